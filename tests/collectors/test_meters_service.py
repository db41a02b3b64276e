"""Registers through a real spool, into totals, flows and findings that a restart does not change."""

import asyncio
import contextlib
from contextlib import asynccontextmanager

import pytest

from collectors.meters.service import CURSOR, Meters
from collectors.meters.spec import MeterSpec
from core.adapters.sqlite_historian import SqliteHistorian
from core.model.quality import Status
from core.model.sample import Batch, Flag, Sample
from core.model.tag import Quantity
from tests.collectors.field import eventually, tags

HOUR = 3600 * 10**9
TAGS = tags(["meter.A", "meter.B", "meter.A.total", "meter.B.total"], quantity=Quantity.VOLUME, unit="m3")
TAGS |= tags(["meter.A.flow"]) | tags(["meter.A.trouble"], quantity=Quantity.STATUS, unit="")
SPECS = [MeterSpec(tags="meter.*", rollover_m3=10_000, max_flow_m3h=5)]


@pytest.fixture
def begin(clock) -> int:
    return clock.now_ns() // HOUR * HOUR - 100 * HOUR


@asynccontextmanager
async def at_work(kept, clock, tmp_path, historian=None):
    meters = Meters(SPECS, TAGS, kept.spool, clock, tmp_path / "meters.db")
    run = asyncio.create_task(meters.run(kept, historian))
    try:
        await eventually(lambda: meters.facts.connected or run.done())
        yield meters
    finally:
        run.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await run


async def send(kept, begin, *rows: tuple[int, float], meter="meter.A", q=Status.GOOD) -> None:
    samples = [
        Sample(meter, begin + h * HOUR, None if q >> 31 else v, q, begin + h * HOUR + 1) for h, v in rows
    ]
    await kept.spool.put(Batch.of("mqtt:m", samples))


def made(kept, tag: str, begin: int) -> list[tuple[int, float]]:
    return [((s.t_ns - begin) // HOUR, round(s.v, 6)) for s in kept.samples(tag)]


async def test_a_register_becomes_a_total_and_a_flow(kept, clock, tmp_path, begin):
    async with at_work(kept, clock, tmp_path) as meters:
        await send(kept, begin, (0, 9_998), (1, 9_999), (3, 1))
        await send(kept, begin, (4, 3), meter="meter.B")
        await send(kept, begin, (4, 0), q=Status.BAD_TIMEOUT)
        await send(kept, begin, (2, 9_999.5), (5, 5))
        await eventually(lambda: len(made(kept, "meter.A.total", begin)) == 4)
        await eventually(lambda: kept.last("meter.A.trouble"))
    assert made(kept, "meter.A.total", begin) == [(0, 0), (1, 1), (3, 3), (5, 7)]
    assert made(kept, "meter.A.flow", begin) == [(1, 1), (3, 1), (5, 2)]
    assert made(kept, "meter.B.total", begin) == [(4, 0)]
    assert {batch.sources for batch in kept.batches} == {("hub",)}
    assert meters.facts.devices["meter.A"].failures == {"rollover": 1, "old": 1}
    assert len(meters.facts.devices) + meters.facts.devices_well == 2
    assert begin < meters.facts.last_good_ns <= clock.now_ns()


async def test_a_late_reading_gets_the_total_of_its_moment_as_backfill(kept, clock, tmp_path, begin):
    async with at_work(kept, clock, tmp_path):
        await send(kept, begin, (0, 10), (4, 14), (2, 11))
        await eventually(lambda: len(made(kept, "meter.A.total", begin)) == 3)
    assert made(kept, "meter.A.total", begin) == [(0, 0), (4, 4), (2, 1)]
    assert [s.flags for s in kept.samples("meter.A.total")] == [0, 0, Flag.BACKFILL]


async def test_a_restart_goes_on_where_it_was(kept, clock, tmp_path, begin):
    async with at_work(kept, clock, tmp_path):
        await send(kept, begin, (0, 10), (1, 12))
        await eventually(lambda: len(made(kept, "meter.A.total", begin)) == 2)
        facts = await kept.spool.facts()
        async with asyncio.timeout(30):
            while (await kept.spool.facts()).cursors[CURSOR] < facts.last_seq - 1:
                await asyncio.sleep(0.05)
    await send(kept, begin, (2, 13))
    async with at_work(kept, clock, tmp_path):
        await eventually(lambda: (2, 3) in made(kept, "meter.A.total", begin))
    totals = dict(made(kept, "meter.A.total", begin))
    assert totals == {0: 0, 1: 2, 2: 3}


async def test_one_that_died_before_it_saved_makes_the_same_samples_again(kept, clock, tmp_path, begin):
    await send(kept, begin, (0, 10), (1, 12), (2, 8_000), (3, 13))
    for _ in range(3):
        async with at_work(kept, clock, tmp_path):
            await eventually(lambda: (3, 3) in made(kept, "meter.A.total", begin))
        assert set(made(kept, "meter.A.total", begin)) == {(0, 0), (1, 2), (3, 3)}


async def test_a_lost_file_goes_on_from_the_historians_total(kept, clock, tmp_path, begin):
    historian = await SqliteHistorian.open(tmp_path / "historian.db", TAGS)
    await historian.write([Batch.of("hub", [Sample("meter.A.total", begin, 500.0)])])
    async with at_work(kept, clock, tmp_path, historian):
        await send(kept, begin, (1, 12), (2, 13))
        await eventually(lambda: len(made(kept, "meter.A.total", begin)) == 2)
    assert made(kept, "meter.A.total", begin) == [(1, 500), (2, 501)]
    await historian.close()


async def test_findings_are_named_at_the_meter_and_as_a_sample_that_alarms_can_watch(
    kept, clock, tmp_path, begin
):
    now = clock.now_ns() - begin
    async with at_work(kept, clock, tmp_path) as meters:
        hours = range(now // HOUR - 30, now // HOUR + 1)
        await send(kept, begin, *[(h, 100 + 0.01 * h) for h in hours])
        await eventually(lambda: (last := kept.last("meter.A.trouble")) and last.v == 1.0)
        assert meters.facts.devices["meter.A"].cause.startswith("continuous_flow: water has run for")
        await send(kept, begin, (hours[-1] + 1, 100 + 0.01 * hours[-1]))
        await eventually(lambda: kept.last("meter.A.trouble").v == 0.0)
        assert meters.facts.devices["meter.A"].cause is None


async def test_a_meter_that_falls_silent_is_told_without_a_new_sample_of_it(kept, clock, tmp_path, begin):
    async with at_work(kept, clock, tmp_path) as meters:
        await send(kept, begin, *[(h, 10) for h in range(10)])
        await eventually(lambda: (last := kept.last("meter.A.trouble")) and last.v == 1.0)
        assert meters.facts.devices["meter.A"].cause.startswith("silent: not heard for")
