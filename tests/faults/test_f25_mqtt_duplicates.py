"""F25: every message five times, and all of yesterday again: the store is what it was."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest

from core.adapters.sqlite_historian import SqliteHistorian
from core.model.conservation import Fate
from core.runtime.conservation import assert_conserved
from core.runtime.recorder import Recorder
from tests.collectors.brokers import BROKERS, broker
from tests.collectors.field import eventually, running
from tests.collectors.mqtt_packets import send
from tests.collectors.test_mqtt_source import source
from tests.faults.forms import form
from tests.ports import free_port

METERS, HOURS = form(20, 50), 24
BEGIN = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS)


def yesterday() -> list[tuple[bytes, bytes]]:
    """An hourly register of each meter, and once in the evening the whole day in one payload."""
    sent = []
    for meter in range(METERS):
        rows = [{"t": (BEGIN + timedelta(hours=h)).isoformat(), "m3": 10.0 * meter + h} for h in range(HOURS)]
        for said in [*([row] for row in rows), rows]:
            payload = json.dumps({"meter": f"M{meter}", "readings": said}).encode()
            sent.append((f"meters/M{meter}/readings".encode(), payload))
    return sent


async def contents(historian) -> dict:
    start, end = (round(t.timestamp()) * 10**9 for t in (BEGIN, BEGIN + timedelta(hours=HOURS)))
    found = {}
    for meter in range(METERS):
        series = await historian.read(f"meter.M{meter}", start, end)
        found[meter] = list(zip(series.t_ns.tolist(), series.v.tolist(), series.q.tolist(), strict=True))
    return found


@pytest.mark.parametrize("kind", sorted(BROKERS))
async def test_five_times_everything_and_yesterday_again_changes_nothing(
    kind, tmp_path, kept, clock, quarantine
):
    historian = await SqliteHistorian.open(tmp_path / "historian.db", {})
    recorder = asyncio.create_task(Recorder(kept.spool, historian).run())
    each = len(yesterday())
    samples = METERS * HOURS

    async def whole(times: int) -> None:
        async with asyncio.timeout(60):
            while True:
                facts = await kept.spool.facts()
                if facts.received >= times * 2 * samples and not facts.depth:
                    return
                await asyncio.sleep(0.05)

    async with broker(kind, tmp_path, free_port(), ack_wait_s=10) as site:
        mqtt = source(site.port, clock, quarantine)
        async with running(mqtt, kept):
            await eventually(lambda: mqtt.facts.connected)
            await send(site.port, yesterday())
            await whole(1)
            first = await contents(historian)
            assert sum(len(rows) for rows in first.values()) == samples
            for _ in range(4):
                await send(site.port, yesterday())
            await whole(5)
        again = source(site.port, clock, quarantine)
        async with running(again, kept):
            await eventually(lambda: again.facts.connected)
            await send(site.port, yesterday())
            await whole(6)
    assert await contents(historian) == first
    facts = await kept.spool.facts()
    assert facts.count(Fate.STORED) == samples
    assert facts.count(Fate.DUPLICATE) == facts.received - samples >= 11 * samples
    assert_conserved(facts)
    assert mqtt.facts.failures["duplicate"] >= 9 * samples, "known ones never reach the spool"
    assert again.facts.failures["duplicate"] >= samples, "a new process knows none; the historian does"
    assert each == METERS * (HOURS + 1)
    recorder.cancel()
    await asyncio.gather(recorder, return_exceptions=True)
    await historian.close()
