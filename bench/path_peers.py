"""Who else collects a field of Modbus devices: the same devices, the same rate, their own CPU."""

import asyncio
import os
import tempfile
from pathlib import Path

import psutil

from bench.path_field import field_at_work
from bench.path_plant import VALUES, host
from tests.servers import influxdb

TELEGRAF = "1.37.2"
SETTLE_S = 8.0

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


async def telegraf(devices: int, period_s: float, seconds: float) -> float | None:
    """Samples a core-second of Telegraf writing to a real InfluxDB, one request a poll; it keeps what it
    could not write in memory only, and judges nothing. None where either program is missing."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    program = cache / "waterhub" / f"telegraf-{TELEGRAF}" / "telegraf"
    with tempfile.TemporaryDirectory(prefix="bench-telegraf-") as name, influxdb.ready(Path(name)) as server:
        if server is None or not program.exists():
            return None
        server.bucket("bench")
        async with field_at_work(Path(name), devices) as field:
            config = Path(name) / "telegraf.conf"
            config.write_text(_config(server, devices, field.port, period_s))
            with (Path(name) / "telegraf.log").open("wb") as log:
                process = await asyncio.create_subprocess_exec(
                    program, "--config", config, stdout=log, stderr=log
                )
            try:
                await asyncio.sleep(SETTLE_S)
                before, used = await field.replies(), _cpu_s(process.pid)
                await asyncio.sleep(seconds)
                cpu_s = _cpu_s(process.pid) - used
                return VALUES * (await field.replies() - before) / cpu_s
            finally:
                process.terminate()
                await process.wait()


def _config(server: influxdb.InfluxServer, devices: int, port: int, period_s: float) -> str:
    fields = ", ".join(f'{{address={2 * k}, name="v{k:02d}", type="FLOAT32"}}' for k in range(VALUES))
    agent = _AGENT.format(period_ms=1e3 * period_s, url=server.url, token=server.token, org=server.org)
    return agent + "".join(
        _DEVICE.format(device=device, host=host(device), port=port, fields=fields)
        for device in range(devices)
    )


def _cpu_s(pid: int) -> float:
    used = psutil.Process(pid).cpu_times()
    return float(used.user + used.system)
