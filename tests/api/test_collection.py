"""Health of collection as the desk asks for it: connections, devices, tags, spool and quarantine."""

from pathlib import Path

import pytest

from collectors.modbus.driver import ModbusSource
from collectors.modbus.spec import ModbusSpec
from core.adapters.sqlite_quarantine import SqliteQuarantine
from core.model.account import Role
from core.model.clock import REAL
from core.model.quality import Status
from core.model.sample import Batch, Sample
from core.ports.quarantine import Refusal
from core.ports.source import Breaker, DeviceFacts
from core.runtime.clock import AnchoredClock
from hub.reads import reads
from tests.api.hub_at_work import T0, S, hub_at_work, plant

SPEC = ModbusSpec.model_validate(
    {
        "type": "modbus",
        "id": "st-01",
        "host": "127.0.0.1",
        "units": [
            {"unit": 1, "points": [{"tag": "dma-01.p1", "address": 0}, {"tag": "dma-01.p2", "address": 1}]},
            {"unit": 7, "points": [{"tag": "dma-02.p1", "address": 0}]},
        ],
    }
)


@pytest.fixture
async def shown(tmp_path: Path):
    source = ModbusSource(SPEC, plant().tags, AnchoredClock(REAL))
    source.facts.connected = True
    source.facts.devices["unit 1"] = DeviceFacts(last_good_ns=T0)
    source.facts.devices["unit 7"] = DeviceFacts(
        breaker=Breaker.OPEN, failures_in_row=3, cause="no answer in 1 s", failures={"timeout": 3}
    )
    quarantine = await SqliteQuarantine.open(tmp_path / "quarantine.db")
    await quarantine.put([Refusal(T0, "mqtt:meters", "not_json", "line 1", b"{", 2)])
    more = {
        "sources": [source],
        "reads": reads([SPEC], plant().tags),
        "quarantine": quarantine,
    }
    async with hub_at_work(tmp_path, **more) as hub:
        good = Sample("dma-01.p1", T0, 31.5)
        bad = Sample("dma-02.p1", T0 + S, None, Status.BAD_TIMEOUT)
        hub.live.update(Batch.of(source.id, [good, bad]))
        async with hub.as_(Role.ENGINEER) as client:
            yield client
    await quarantine.close()


async def test_a_connection_tells_how_many_devices_and_tags_are_in_trouble(shown):
    (row,) = (await shown.get("/api/v1/collection")).json()["connections"]
    assert row["id"] == "modbus:st-01"
    assert row["state"] == "trouble"
    assert row["cause"] == "unit 7: no answer in 1 s"
    assert row["devices"] == {"all": 2, "in_trouble": 1}
    assert row["tags"] == {"all": 3, "good": 1, "bad": 1, "without_value": 1}


async def test_what_is_in_trouble_comes_first_with_its_cause_and_breaker(shown):
    row = (await shown.get("/api/v1/collection/modbus:st-01")).json()
    first, second = row["device_list"]
    assert (first["id"], first["breaker"], first["cause"]) == ("unit 7", "open", "no answer in 1 s")
    assert first["failures"] == {"timeout": 3}
    assert second["state"] == "ok"
    tags = {tag["id"]: tag for tag in row["tag_list"]}
    assert row["tag_list"][-1]["id"] == "dma-01.p1"
    assert tags["dma-02.p1"]["reason"] == "bad_timeout" and tags["dma-02.p1"]["last_good"] is None
    assert tags["dma-01.p1"]["last_good"] == tags["dma-01.p1"]["time"]
    assert tags["dma-01.p2"]["quality"] is None
    assert tags["dma-02.p1"]["device"] == "unit 7"


async def test_no_device_is_called_well_behind_a_line_that_is_down(tmp_path):
    source = ModbusSource(SPEC, plant().tags, AnchoredClock(REAL))
    more = {"sources": [source], "reads": reads([SPEC], plant().tags)}
    async with hub_at_work(tmp_path, **more) as hub, hub.as_(Role.ENGINEER) as client:
        row = (await client.get("/api/v1/collection/modbus:st-01")).json()
    assert (row["state"], row["devices"]) == ("down", {"all": 2, "in_trouble": 2})
    assert [device["state"] for device in row["device_list"]] == ["down", "down"]


async def test_spool_and_quarantine_are_told_by_fate_and_reason(shown):
    answer = (await shown.get("/api/v1/collection")).json()
    spool = answer["spool"]
    fates = ("stored", "spooled", "duplicate", "quarantined", "compressed", "shed", "corrupt")
    assert spool["received"] == sum(spool[fate] for fate in fates)
    assert answer["quarantine"]["waiting"] == 1
    assert answer["quarantine"]["reasons"] == [
        {"source": "mqtt:meters", "reason": "not_json", "n": 1, "samples": 2}
    ]


async def test_an_unknown_connection_is_404(shown):
    assert (await shown.get("/api/v1/collection/modbus:nowhere")).status_code == 404
