"""Telegraf, one `inputs.modbus` a device and one request a poll, writing to a real InfluxDB.

It keeps what it could not write in memory only, marks no quality and judges nothing. Counted: the points
that InfluxDB says it has written, 30 fields each.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from bench.path_field import Field
from bench.path_plant import VALUES, host
from bench.peers.running import HOME, NotInstalled, Peer, Running, program
from tests.servers import influxdb

VERSION = "1.37.2"
BUILT = HOME.parent / f"telegraf-{VERSION}" / "telegraf"

_AGENT = """\
[agent]
  interval = "{period_ms:.0f}ms"
  flush_interval = "1s"
  metric_batch_size = 5000
  metric_buffer_limit = 500000
  omit_hostname = true
[[outputs.influxdb_v2]]
  urls = ["{url}"]
  token = "{token}"
  organization = "{org}"
  bucket = "bench"
"""
_DEVICE = """\
[[inputs.modbus]]
  name = "st-{device:04d}"
  controller = "tcp://{host}:{port}"
  timeout = "1s"
  configuration_type = "request"
  [[inputs.modbus.request]]
    slave_id = 1
    byte_order = "ABCD"
    register = "holding"
    fields = [{fields}]
"""


@asynccontextmanager
async def running(folder: Path, field: Field, period_s: float) -> AsyncIterator[Running]:
    if not BUILT.exists():
        raise NotInstalled("bench/peers/install.sh telegraf (needs go)")
    with influxdb.ready(folder / "influxdb") as server:
        if server is None:
            raise NotInstalled("it writes to a real InfluxDB: make influxd (needs go and cargo)")
        server.bucket("bench")
        config = folder / "telegraf.conf"
        config.write_text(_config(server, field, period_s))
        async with (
            httpx.AsyncClient(base_url=server.url, timeout=30) as client,
            program(folder, BUILT, "--config", config) as process,
        ):
            before = await _written(client)

            async def delivered() -> int:
                return VALUES * (await _written(client) - before)

            yield Running(process, delivered)


async def _written(client: httpx.AsyncClient) -> int:
    found = re.findall(r"^storage_writer_ok_points_sum\S* (\S+)", (await client.get("/metrics")).text, re.M)
    return int(sum(float(n) for n in found))


def _config(server: influxdb.InfluxServer, field: Field, period_s: float) -> str:
    fields = ", ".join(f'{{address={2 * k}, name="v{k:02d}", type="FLOAT32"}}' for k in range(VALUES))
    agent = _AGENT.format(period_ms=1e3 * period_s, url=server.url, token=server.token, org=server.org)
    return agent + "".join(
        _DEVICE.format(device=device, host=host(device), port=field.port, fields=fields)
        for device in range(field.devices)
    )


TELEGRAF = Peer("Telegraf to InfluxDB", 500, 0.25, running)
