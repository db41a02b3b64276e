"""A whole hub with a fleet of meters: registers in, totals and findings out, also after `kill -9`."""

import asyncio
import csv
import json
import signal
import subprocess
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from bench.path_plant import write_plant
from tests.collectors.brokers import broker
from tests.collectors.mqtt_packets import send
from tests.ports import free_port

COLLECTORS = """\
collectors:
  - type: mqtt
    id: meters
    host: 127.0.0.1
    port: {port}
    username: hub
    password_file: secrets/meters
    topics:
      - {{filter: "meters/+/readings", payload: readings, tag: "meter.{{meter}}"}}
meters:
  - {{tags: "meter.*", rollover_m3: 10000, max_flow_m3h: 5}}
"""
TAGS = """\
meter.M1,volume,m3,表,Meter,meters,,3600,0,,,,0
meter.M1.total,volume,m3,累计,Total,meters,,3600,0,,,,0
meter.M1.flow,flow,m3/h,流量,Flow,meters,,3600,,,,,0
"""
BEGIN = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=6)


def readings(*rows: tuple[int, float]) -> list[tuple[bytes, bytes]]:
    said = [{"t": (BEGIN + timedelta(hours=h)).isoformat(), "m3": m3} for h, m3 in rows]
    return [(b"meters/M1/readings", json.dumps({"meter": "M1", "readings": said}).encode())]


@asynccontextmanager
async def hub(config):
    child = await asyncio.create_subprocess_exec(sys.executable, "-m", "hub", "run", str(config))
    try:
        yield child
    finally:
        if child.returncode is None:
            child.send_signal(signal.SIGKILL)
        await child.wait()


async def stored(config, tag: str) -> dict[int, float]:
    """By hour, as `waterhub export` writes it beside the running hub."""
    file = config.parent / "out.csv"
    when = ("--from", BEGIN.isoformat(), "--to", (BEGIN + timedelta(days=1)).isoformat())
    command = (sys.executable, "-m", "hub", "export", str(config), *when, "--tags", tag, "-o", str(file))
    quiet = asyncio.subprocess.DEVNULL
    export = await asyncio.create_subprocess_exec(*command, stdout=quiet, stderr=quiet)
    if await export.wait():
        return {}
    rows = list(csv.DictReader(file.read_text().splitlines()))
    times = [datetime.fromisoformat(row["time_utc"]) for row in rows]
    return {
        (t - BEGIN) // timedelta(hours=1): float(row["value"]) for t, row in zip(times, rows, strict=True)
    }


async def until_stored(config, tag: str, wanted: dict[int, float]) -> None:
    found: dict[int, float] = {}
    for _ in range(40):
        found = await stored(config, tag)
        if found == wanted:
            return
        await asyncio.sleep(0.3)
    assert found == wanted


@pytest.mark.timeout(120)
async def test_totals_go_on_over_a_rollover_and_a_killed_hub(tmp_path):
    config, data = tmp_path / "plant", tmp_path / "data"
    write_plant(config, data, free_port(), 10, 1.0, free_port())
    async with broker("mosquitto", tmp_path, free_port()) as site:
        (config / "secrets").mkdir()
        (config / "secrets" / "meters").write_text(
            "a file beside collectors.yaml, wherever the hub is started"
        )
        (config / "collectors.yaml").write_text(COLLECTORS.format(port=site.port))
        tags = config / "tags.csv"
        tags.write_text(tags.read_text() + TAGS)
        async with hub(config):
            await send(site.port, readings((0, 9_997)), retain=True)
            await until_stored(config, "meter.M1.total", {0: 0})
            await send(site.port, readings((1, 9_999), (2, 1)))
            await until_stored(config, "meter.M1.total", {0: 0, 1: 2, 2: 4})
        await send(site.port, readings((3, 2), (4, 2.5)))
        async with hub(config):
            await until_stored(config, "meter.M1.total", {0: 0, 1: 2, 2: 4, 3: 5, 4: 5.5})
            assert await stored(config, "meter.M1") == {0: 9_997, 1: 9_999, 2: 1, 3: 2, 4: 2.5}
            assert await stored(config, "meter.M1.flow") == {1: 2, 2: 2, 3: 1, 4: 0.5}


def test_check_names_units_that_cannot_be_made_and_kinds_of_nobody(tmp_path):
    config = tmp_path / "plant"
    write_plant(config, tmp_path / "data", free_port(), 10, 1.0, free_port())
    (config / "tags.csv").write_text((config / "tags.csv").read_text() + TAGS)
    wrong = COLLECTORS.format(port=1883).replace('"meter.*"', '"metre.*"')
    wrong = wrong.replace("    topics:", "    maps: {up: {format: number, value: {unit: bar}}}\n    topics:")
    (config / "collectors.yaml").write_text(wrong.replace("payload: readings", "payload: up"))
    command = [sys.executable, "-m", "hub", "check", str(config)]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert told.returncode == 2
    said = told.stdout + told.stderr
    assert "collectors.yaml:10: map 'up': bar cannot be made into m3 of meter.M1" in said
    assert "known into m3: m3, L, ft3" in said
    assert "collectors.yaml:12: 'metre.*' fits no tag of quantity volume in m3" in said


def test_check_refuses_a_value_sent_under_the_name_of_what_the_hub_makes(tmp_path):
    config = tmp_path / "plant"
    write_plant(config, tmp_path / "data", free_port(), 10, 1.0, free_port())
    (config / "tags.csv").write_text((config / "tags.csv").read_text() + TAGS)
    sent = "{format: json, values: [{path: v, unit: m3}, {path: q, name: flow, unit: L/h}]}"
    twice = COLLECTORS.format(port=1883).replace("    topics:", f"    maps: {{up: {sent}}}\n    topics:")
    (config / "collectors.yaml").write_text(twice.replace("payload: readings", "payload: up"))
    command = [sys.executable, "-m", "hub", "check", str(config)]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert told.returncode == 2
    said = told.stdout + told.stderr
    assert "collectors.yaml:10: map 'up' sends meter.M1.flow, which the hub makes" in said
    assert "sent_flow" in said
