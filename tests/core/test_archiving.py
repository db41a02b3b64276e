"""What is left out is in the books, and a recorder that dies goes on where it was."""

import asyncio
from pathlib import Path

import pytest

from core.model.archive import ArchiveRule
from core.model.conservation import Fate
from core.model.sample import Batch, Sample
from core.ports.spool import RECORDER
from core.runtime.archiving import Archiving
from core.runtime.conservation import assert_conserved
from core.runtime.recorder import Recorder
from tests.core.test_recorder import house

S = 1_000_000_000
RULES = {"a": ArchiveRule(deadband=0.5)}
WALK = [1.0, 1.1, 1.2, 1.1, 9.0, 9.1, 9.0, 9.2, 3.0]
KEPT = [1.0, 1.1, 9.0, 9.2, 3.0]


async def put(spool, walk=WALK, first=0):
    for k, v in enumerate(walk, first):
        await spool.put(Batch.of("s", [Sample("a", k * S, v), Sample("b", k * S, v)]))


async def record(spool, historian, folder: Path):
    task = asyncio.create_task(Recorder(spool, historian, Archiving(RULES, folder / "archive.state")).run())
    last = (await spool.facts()).last_seq
    async with asyncio.timeout(30):
        while await spool.cursor(RECORDER) < last and not task.done():
            await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return await spool.facts()


async def stored(historian, tag: str) -> list[float]:
    return (await historian.read(tag, 0, 10**15)).v.tolist()


async def test_what_the_deadband_leaves_out_is_booked_by_source(tmp_path):
    async with house(tmp_path) as (spool, historian):
        await put(spool)
        facts = await record(spool, historian, tmp_path)
        assert await stored(historian, "a") == KEPT
        assert await stored(historian, "b") == WALK
        assert_conserved(facts)
        assert facts.count(Fate.COMPRESSED) == len(WALK) - len(KEPT)


@pytest.mark.parametrize("cut", range(1, len(WALK)))
async def test_a_restart_at_any_place_stores_the_same(tmp_path, cut):
    async with house(tmp_path) as (spool, historian):
        await put(spool, WALK[:cut])
        await record(spool, historian, tmp_path)
    async with house(tmp_path) as (spool, historian):
        await put(spool, WALK[cut:], cut)
        facts = await record(spool, historian, tmp_path)
        assert await stored(historian, "a") == KEPT
        assert_conserved(facts)


@pytest.mark.parametrize("kept", [False, True], ids=["before its state was kept", "after"])
async def test_death_between_write_and_advance_changes_nothing(tmp_path, kept):
    async with house(tmp_path) as (spool, historian):
        await put(spool, WALK[:3])
        await record(spool, historian, tmp_path)
        await put(spool, WALK[3:6], 3)
        rows, name = await spool.read(3, 3), (await spool.facts()).spool
        archiving = Archiving(RULES, tmp_path / "archive.state")
        archiving.begin(3)
        await historian.write(archiving.take([row.batch for row in rows]), mark=f"{name} 3 6")
        if kept:
            archiving.keep(6)
    async with house(tmp_path) as (spool, historian):
        await put(spool, WALK[6:], 6)
        facts = await record(spool, historian, tmp_path)
        assert await stored(historian, "a") == KEPT
        assert_conserved(facts)
        assert min(facts.tally()["s"].values()) >= 0


async def test_a_spoiled_state_stores_more_and_never_less(tmp_path):
    async with house(tmp_path) as (spool, historian):
        await put(spool, WALK[:3])
        await record(spool, historian, tmp_path)
        (tmp_path / "archive.state").write_bytes(b"no state at all")
        await put(spool, WALK[3:], 3)
        facts = await record(spool, historian, tmp_path)
        assert set(KEPT) <= set(await stored(historian, "a"))
        assert_conserved(facts)
