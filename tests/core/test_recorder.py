"""Spool to historian: nothing lost, nothing twice, every sample in the books once."""

import asyncio
import random
import signal
import subprocess
import sys
import time
from contextlib import asynccontextmanager

import pytest

from core.adapters.segment_spool.spool import SegmentSpool
from core.adapters.sqlite_historian import SqliteHistorian
from core.adapters.sqlite_quarantine import SqliteQuarantine
from core.model.conservation import Fate
from core.model.sample import Batch, Sample
from core.ports.spool import RECORDER
from core.runtime.conservation import assert_conserved
from core.runtime.recorder import Recorder
from tests.servers.recording import LIMITS
from tests.servers.recording import batch as recorded


@asynccontextmanager
async def house(folder):
    spool = await SegmentSpool.open(folder / "spool")
    quarantine = await SqliteQuarantine.open(folder / "quarantine.db")
    historian = await SqliteHistorian.open(folder / "historian.db", {}, quarantine=quarantine, limits=LIMITS)
    try:
        yield spool, historian
    finally:
        await spool.close()
        await historian.close()
        await quarantine.close()


async def record_all(spool, historian):
    """Runs a recorder until nothing is behind it."""
    task = asyncio.create_task(Recorder(spool, historian).run())
    last = (await spool.facts()).last_seq
    async with asyncio.timeout(60):
        while await spool.cursor(RECORDER) < last and not task.done():
            await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return await spool.facts()


async def test_what_is_spooled_is_recorded_and_counted(tmp_path):
    async with house(tmp_path) as (spool, historian):
        for k in range(10):
            await spool.put(Batch.of("s", [Sample("a", k, float(k)), Sample("a", 0, 0.0)]))
        facts = await record_all(spool, historian)
        assert (facts.received, facts.behind[RECORDER]) == (20, 0)
        assert facts.tally() == {"s": {Fate.STORED: 10, Fate.DUPLICATE: 10}}
        assert (await historian.read("a", 0, 100)).v.tolist() == list(range(10))


async def test_the_recorder_follows_what_comes_later(tmp_path):
    async with house(tmp_path) as (spool, historian):
        task = asyncio.create_task(Recorder(spool, historian).run())
        for k in range(5):
            seq = await spool.put(Batch.of("s", [Sample("a", k, 1.0)]))
            async with asyncio.timeout(30):
                while await spool.cursor(RECORDER) < seq:
                    await asyncio.sleep(0.001)
            assert len(await historian.read("a", 0, 100)) == k + 1
        task.cancel()


async def test_death_between_write_and_advance_is_neither_lost_nor_counted_twice(tmp_path):
    async with house(tmp_path) as (spool, historian):
        await record_all(spool, historian)
        for k in range(6):
            await spool.put(Batch.of("s", [Sample("a", k, float(k))]))
        rows = await spool.read(0, 4)
        name = (await spool.facts()).spool
        await historian.write([row.batch for row in rows], mark=f"{name} 0 4")
    async with house(tmp_path) as (spool, historian):
        facts = await record_all(spool, historian)
        assert facts.tally() == {"s": {Fate.STORED: 6}}
        assert (await historian.read("a", 0, 100)).v.tolist() == [0, 1, 2, 3, 4, 5]


async def test_a_mark_of_another_spool_is_no_reason_to_leave_rows_out(tmp_path):
    async with house(tmp_path) as (spool, historian):
        await spool.put(Batch.of("s", [Sample("a", 1, 1.0)]))
        await record_all(spool, historian)
    (tmp_path / "spool").rename(tmp_path / "old")
    async with house(tmp_path) as (spool, historian):
        await spool.put(Batch.of("s", [Sample("a", 2, 2.0)]))
        facts = await record_all(spool, historian)
        assert facts.tally() == {"s": {Fate.STORED: 1}}
        assert len(await historian.read("a", 0, 100)) == 2


def run_until_killed(folder, first, after_s):
    """The last batch that the child said was acknowledged before it was killed."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.servers.recording", str(folder), str(first)], stdout=subprocess.PIPE
    )
    head = child.stdout.readline()
    time.sleep(after_s)
    child.send_signal(signal.SIGKILL)
    rest, _ = child.communicate(timeout=30)
    return int((head + rest).decode().split("\n")[-2])


@pytest.mark.timeout(180)
async def test_kill_9_of_the_whole_path_keeps_the_books_to_the_sample(tmp_path):
    chance = random.Random(20_261_122)
    acked, first = set(), 0
    for _ in range(20):
        last = await asyncio.to_thread(run_until_killed, tmp_path, first, chance.uniform(0, 0.25))
        acked.update(range(first, last + 1))
        first = last + 50
    async with house(tmp_path) as (spool, historian):
        facts = await record_all(spool, historian)
        assert facts.behind[RECORDER] == 0
        assert_conserved(facts)
        stored = {}
        for i in range(10):
            series = await historian.read(f"tag-{i}", 0, 2**62)
            assert (series.t_ns[1:] > series.t_ns[:-1]).all()
            stored.update(
                {(f"tag-{i}", t): v for t, v in zip(series.t_ns.tolist(), series.v.tolist(), strict=True)}
            )
        assert facts.count(Fate.STORED) == len(stored)
    quarantine = await SqliteQuarantine.open(tmp_path / "quarantine.db")
    refused = (await quarantine.facts()).samples
    await quarantine.close()
    assert refused == {("kill", "not_finite"): facts.count(Fate.QUARANTINED)}
    for k in acked:
        for sample in recorded(k).samples():
            if sample.v != float("inf"):
                assert stored[sample.tag, sample.t_ns] >= sample.v
