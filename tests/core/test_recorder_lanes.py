"""After an outage: what is new first, what was left behind after it, each sample in the books once."""

import asyncio
import time
from contextlib import asynccontextmanager

import numpy as np
import pytest

from core.adapters.segment_spool.spool import SegmentSpool
from core.adapters.sqlite_historian import SqliteHistorian
from core.model.condition import Severity
from core.model.conservation import Fate
from core.model.sample import Batch, Names, Sample
from core.ports.historian import HistorianUnavailable, Hold
from core.ports.spool import RECORDER
from core.runtime import recorder as lanes
from core.runtime.conservation import assert_conserved
from core.runtime.health import Health
from core.runtime.pace import LEAST, Pace
from core.runtime.recorder import Recorder
from tests.collectors.field import eventually

TAGS = tuple(f"p{i}" for i in range(500))
NAMES = Names.one("modbus:a", TAGS)
S = 10**9


class Outage:
    """A real historian behind a line that can be cut."""

    def __init__(self, historian, cause=None):
        self._historian, self.cause, self.tried = historian, cause, []

    async def write(self, batches, *, mark=None):
        self.tried.append(time.monotonic())
        if self.cause is not None:
            raise HistorianUnavailable("the line is cut", self.cause)
        return await self._historian.write(batches, mark=mark)

    def __getattr__(self, name):
        return getattr(self._historian, name)


def second(k):
    """One second of every tag."""
    n = len(TAGS)
    t = np.full(n, k * S, np.int64)
    zero = np.zeros(n, np.uint32)
    return Batch(NAMES, np.arange(n, dtype=np.uint32), t, np.full(n, float(k)), zero, t, zero.astype("u1"))


@asynccontextmanager
async def house(folder):
    spool = await SegmentSpool.open(folder / "spool")
    historian = await SqliteHistorian.open(folder / "historian.db", {})
    try:
        yield spool, historian
    finally:
        await spool.close()
        await historian.close()


@asynccontextmanager
async def recording(spool, historian, **options):
    task = asyncio.create_task(Recorder(spool, historian, **options).run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_live_rows_do_not_wait_for_a_backlog_and_all_are_counted_once(tmp_path):
    async with house(tmp_path) as (spool, historian):
        await spool.cursor(RECORDER)
        for k in range(1, 201):
            await spool.put(second(k))
        async with recording(spool, historian):
            async with asyncio.timeout(20):
                while not await spool.cursor(RECORDER):
                    await asyncio.sleep(0.01)
            late = []
            for k in range(201, 216):
                await spool.put(second(k))
                started = time.monotonic()
                await eventually(lambda k=k: historian._query.last(["p0"]).t_ns.tolist() == [k * S])
                late.append(time.monotonic() - started)
            facts = await spool.facts()
            assert_conserved(facts)
            assert facts.behind[RECORDER] > 20_000, "the backlog is still there"
            assert max(late) < 5 and sorted(late)[7] < 0.5
            async with asyncio.timeout(60):
                while (await spool.facts()).behind[RECORDER]:
                    assert_conserved(await spool.facts())
                    await asyncio.sleep(0.2)
        facts = await spool.facts()
        assert facts.tally() == {"modbus:a": {Fate.STORED: 215 * len(TAGS)}}
        assert await spool.cursor(RECORDER) == 215
        assert (await historian.read("p7", 0, 10**15)).v.tolist() == [float(k) for k in range(1, 216)]


async def test_death_in_either_lane_is_neither_lost_nor_counted_twice(tmp_path):
    async with house(tmp_path) as (spool, historian):
        await spool.cursor(RECORDER)
        for k in range(1, 151):
            await spool.put(second(k))
        name = (await spool.facts()).spool
        live = await spool.read(149)
        tally = await historian.write([row.batch for row in live], mark=f"{name} 149 150")
        await spool.advance(RECORDER, 150, tally, after=149)
        backlog = await spool.read(0, 20)
        await historian.write([row.batch for row in backlog], mark=f"{name} 0 20")
    async with house(tmp_path) as (spool, historian), recording(spool, historian):
        async with asyncio.timeout(60):
            while (await spool.facts()).behind[RECORDER]:
                await asyncio.sleep(0.1)
        facts = await spool.facts()
        assert_conserved(facts)
        assert facts.tally() == {"modbus:a": {Fate.STORED: 150 * len(TAGS)}}


@pytest.mark.parametrize(
    ("cause", "severity"),
    [(Hold.AWAY, Severity.WARNING), (Hold.TOKEN, Severity.ALARM), (Hold.BUCKET, Severity.ALARM)],
)
async def test_a_store_that_takes_nothing_is_tried_with_back_off_and_told(tmp_path, cause, severity):
    health = Health()
    async with house(tmp_path) as (spool, historian):
        cut = Outage(historian, cause)
        await spool.put(second(1))
        async with recording(spool, cut, health=health, store="influx"):
            await eventually(lambda: len(cut.tried) >= 3)
            gaps = np.diff(cut.tried)
            assert gaps[0] > 0.7 and gaps[1] > 1.5, "back-off, never a hot loop"
            (condition,) = health.standing()
            assert (condition.id, condition.severity) == ("store:influx", severity)
            assert condition.cause.zh and condition.mend.en and "cut" in condition.detail
            assert (await spool.facts()).behind[RECORDER] == len(TAGS)
            cut.cause = None
            await eventually(lambda: not health.standing())
        assert_conserved(await spool.facts())
        assert (await spool.facts()).count(Fate.STORED) == len(TAGS)


async def test_one_historian_that_is_away_never_slows_another(tmp_path):
    second_store = await SqliteHistorian.open(tmp_path / "second.db", {})
    async with house(tmp_path) as (spool, historian):
        cut = Outage(second_store, Hold.AWAY)
        async with recording(spool, historian), recording(spool, cut, cursor="recorder.second"):
            await spool.cursor("recorder.second")
            for k in range(1, 21):
                await spool.put(second(k))
            await eventually(lambda: historian._query.last(["p0"]).t_ns.tolist() == [20 * S])
            facts = await spool.facts()
            assert facts.behind["recorder.second"] == 20 * len(TAGS)
            cut.cause = None
            async with asyncio.timeout(20):
                while (await spool.facts()).behind["recorder.second"]:
                    await asyncio.sleep(0.05)
            facts = await spool.facts()
            assert_conserved(facts)
            assert_conserved(facts, "recorder.second")
    await second_store.close()


def test_backlog_goes_at_five_times_the_live_rate_and_never_below_the_least():
    now = [100.0]
    pace = Pace(lambda: now[0])
    assert pace.rate == LEAST
    for _ in range(10):
        now[0] += 1
        pace.lived(6_000)
    assert pace.rate == pytest.approx(30_000)
    assert pace.wait_s(15_000) == 0
    assert pace.wait_s(15_000) == pytest.approx(0.5)
    now[0] += 30
    assert pace.rate == LEAST and pace.wait_s(10) == 0


def test_pieces_of_backlog_are_bounded_in_samples():
    rows = [
        lanes.SpoolRow(k, Batch.of("s", [Sample("a", 1, 1.0)] * n))
        for k, n in enumerate((1, 9_999, 1, 20_000, 5))
    ]
    assert [[row.seq for row in piece] for piece in lanes._pieces(rows)] == [[0, 1], [2], [3], [4]]
