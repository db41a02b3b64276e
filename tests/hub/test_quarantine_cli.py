"""`waterhub quarantine`: what was refused is seen, mended and back once, whether the hub runs or not."""

import asyncio
import json
import sys
import time

import httpx
import pytest

from bench.path_plant import tag_of, write_plant
from collectors.mqtt.framing import Message
from collectors.mqtt.replay import keep
from core.adapters.segment_spool.spool import SegmentSpool
from core.adapters.sqlite_historian import SqliteHistorian
from core.adapters.sqlite_quarantine import SqliteQuarantine
from core.model.sample import Batch, Flag, Sample
from core.ports.quarantine import Refusal
from core.runtime.conservation import assert_conserved
from tests.hub.command import waterhub
from tests.ports import free_port

NOW = time.time_ns()
DAY = 86_400 * 10**9
METER = "v09"
TAG = f"meter.{METER}"
MQTT = """
  - type: mqtt
    id: meters
    host: 127.0.0.1
    port: 9
    allow_insecure: true
    topics:
      - {filter: "meters/+/readings", payload: readings, tag: "meter.{meter}"}
"""


def batch(source, t_ns, v=1.0):
    return Batch.of(source, [Sample(TAG, t_ns, v, r_ns=NOW)])


def refusals():
    payload = json.dumps({"meter": METER, "readings": [{"t": "2026-11-22T10:00:00Z", "m3": 4.5}]}).encode()
    topic = b"meters/%b/readings" % METER.encode()
    message = keep(Message(mid=1, topic=topic, payload=payload, size=len(payload), retain=False, again=False))
    return [
        Refusal(NOW, "mqtt:meters", "unknown_meter", "unknown meter v09", message),
        Refusal(
            NOW, "modbus:a", "old_time", "stamped long ago", batch("modbus:a", NOW - 90 * DAY).encode(), 1
        ),
        Refusal(NOW, "modbus:b", "future_time", "in 2099", batch("modbus:b", 4 * 10**18).encode(), 1),
        Refusal(NOW, "modbus:b", "not_finite", "no number", batch("modbus:b", NOW, float("inf")).encode(), 1),
        Refusal(
            NOW, "mqtt:meters", "not_json", "at byte 0", b'{"topic":"meters/v09/readings","payload":"{"}'
        ),
    ]


@pytest.fixture
async def plant(tmp_path):
    """A plant whose hub has run, with five refusals."""
    config, data = tmp_path / "plant", tmp_path / "data"
    write_plant(config, data, free_port(), 10, 1.0, free_port())
    tags = config / "tags.csv"
    (gauge,) = (line for line in tags.read_text().splitlines() if line.startswith(f"{tag_of(0, 9)},"))
    with tags.open("a") as file:
        file.write(gauge.replace(f"{tag_of(0, 9)},pressure,m,", f"{TAG},volume,m3,") + "\n")
    with (config / "collectors.yaml").open("a") as file:
        file.write(MQTT)
    data.mkdir()
    quarantine = await SqliteQuarantine.open(data / "quarantine.db")
    await quarantine.put(refusals())
    await quarantine.close()
    return config, data


def told(config, *arguments, code=0):
    done = waterhub("quarantine", arguments[0], config, *arguments[1:], timeout_s=120)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


async def test_it_is_listed_by_reason_shown_whole_and_discarded(plant):
    config, _ = plant
    listed = json.loads(await asyncio.to_thread(told, config, "list", "--json", "--source", "modbus:b"))
    assert (listed["kept"], listed["waiting"]) == (5, 5)
    counts = {(row["source"], row["reason"]): row["refusals"] for row in listed["counts"]}
    assert counts["modbus:b", "future_time"] == 1 and len(counts) == 5
    assert [row["id"] for row in listed["items"]] == [4, 3]
    text = await asyncio.to_thread(told, config, "list", "--limit", "2")
    assert "5 kept, 5 not replayed" in text and "not_json" in text
    text = await asyncio.to_thread(told, config, "list", "--reason", "no_such")
    assert "not_json" not in text and "nothing of this source and reason" in text
    shown = json.loads(await asyncio.to_thread(told, config, "show", "1"))
    assert shown["content"]["topic"] == "meters/v09/readings" and "4.5" in shown["content"]["payload"]
    assert json.loads(await asyncio.to_thread(told, config, "show", "4"))["content"][0]["v"] == "inf"
    assert "no refusal 99" in await asyncio.to_thread(told, config, "show", "99", code=3)
    assert "1 discarded" in await asyncio.to_thread(told, config, "discard", "--yes", "--reason", "not_json")
    assert "say which" in await asyncio.to_thread(told, config, "replay", code=2)


async def test_a_stopped_hub_s_spool_takes_what_can_be_read_now_and_the_rest_says_why_not(plant):
    config, data = plant
    ids = [str(i) for i in range(1, 6)]
    answer = json.loads(await asyncio.to_thread(told, config, "replay", "--json", *ids, code=1))
    assert (answer["offered"], answer["samples"], answer["waiting"]) == (2, 2, 0)
    assert set(answer["refused"]) == {"3", "4", "5"}
    assert "--received-time" in answer["refused"]["3"] and "not_json" in answer["refused"]["5"]
    answer = json.loads(await asyncio.to_thread(told, config, "replay", "--json", "--received-time", "3"))
    assert answer["offered"] == 1
    spool = await SegmentSpool.open(data / "spool")
    samples = [s for row in await spool.read(0) for s in row.batch.samples()]
    await spool.close()
    assert [(s.tag, s.v) for s in samples] == [(TAG, 4.5), (TAG, 1.0), (TAG, 1.0)]
    assert samples[1].t_ns == NOW - 90 * DAY and samples[2].t_ns == NOW
    assert all(s.flags & Flag.REPLAYED and s.flags & Flag.BACKFILL for s in samples)
    assert samples[2].flags & Flag.CLOCK_SUSPECT
    listed = json.loads(await asyncio.to_thread(told, config, "list", "--json"))
    assert (listed["waiting"], [row["id"] for row in listed["items"] if row["replayed"]]) == (2, [3, 2, 1])
    again = json.loads(await asyncio.to_thread(told, config, "replay", "--json", "--source", "modbus:a"))
    assert again["offered"] == 0, "what was replayed is not offered again by its source"


async def test_a_running_hub_takes_it_within_seconds_and_stores_it(plant):
    config, data = plant
    port = int((config / "hub.yaml").read_text().split("api: {port: ")[1].split("}")[0])
    hub = await asyncio.create_subprocess_exec(*(sys.executable, "-m", "hub", "run", str(config)))
    try:
        async with asyncio.timeout(60), httpx.AsyncClient(verify=False) as client:
            while True:
                try:
                    await client.get(f"http://127.0.0.1:{port}/healthz")
                    break
                except httpx.HTTPError:
                    await asyncio.sleep(0.1)
        answer = json.loads(await asyncio.to_thread(told, config, "replay", "--json", "1", "2"))
        assert (answer["offered"], answer["waiting"], answer["refused"]) == (2, 0, {})
        stored = [
            f'waterhub_samples_total{{fate="stored",source="{s}"}} 1.0' for s in ("modbus:a", "mqtt:meters")
        ]
        async with asyncio.timeout(30), httpx.AsyncClient(verify=False) as client:
            told_of = ""
            while not all(line in told_of for line in stored):
                told_of = (await client.get(f"http://127.0.0.1:{port}/metrics")).text
                await asyncio.sleep(0.1)
    finally:
        hub.terminate()
        await hub.wait()
    historian = await SqliteHistorian.open(data / "historian.db", {})
    series = await historian.read(TAG, NOW - 91 * DAY, NOW - DAY // 24)
    await historian.close()
    assert {1.0, 4.5} <= set(series.v.tolist())
    spool = await SegmentSpool.open(data / "spool")
    assert_conserved(await spool.facts())
    await spool.close()
