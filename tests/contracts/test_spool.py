"""What every spool promises, and what this one does when its disk or its process fails."""

import asyncio
import os
import time

import pytest

from core.adapters.segment_spool.spool import SegmentSpool
from core.model.conservation import Fate
from core.model.sample import Batch, Sample
from core.ports.spool import SpoolFull
from core.runtime.conservation import assert_conserved, unaccounted
from tests.contracts.spools import SMALL, batch, opened


async def test_sequences_ascend_from_one_and_survive_a_restart(tmp_path):
    async with opened(tmp_path) as spool:
        assert [await spool.put(batch(t)) for t in (10, 20)] == [1, 2]
    async with opened(tmp_path) as spool:
        assert await spool.put(batch(30)) == 3
        rows = await spool.read(0)
    assert [(row.seq, row.batch.samples()[0].t_ns) for row in rows] == [(1, 10), (2, 20), (3, 30)]


async def test_a_sequence_is_not_used_again_after_its_row_is_gone(tmp_path):
    big = Batch.of("s", [Sample(f"tag-{i}", i, 1.0) for i in range(30_000)])
    async with opened(tmp_path, bounds=SMALL) as spool:
        for _ in range(12):
            await spool.advance("recorder", await spool.put(big))
        assert (await spool.facts()).bytes < 5 * len(big.encode())
    async with opened(tmp_path) as spool:
        assert await spool.put(batch(1)) == 13


async def test_what_was_put_comes_back_bit_for_bit(tmp_path):
    samples = [Sample("水压", 2**62, None, 0x800A0000, 5, 1), Sample("b", -1, -0.0, 0x40000000, 2**62, 16)]
    async with opened(tmp_path) as spool:
        await spool.put(Batch.of("modbus:站", samples))
    async with opened(tmp_path) as spool:
        (row,) = await spool.read(0)
    assert row.batch.sources == ("modbus:站",)
    assert row.batch.samples() == samples


async def test_puts_at_the_same_time_share_a_commit_and_keep_their_order(tmp_path, monkeypatch):
    synced, fdatasync = [], os.fdatasync
    async with opened(tmp_path) as spool:
        monkeypatch.setattr(os, "fdatasync", lambda fd: synced.append(fd) or fdatasync(fd))
        seqs = await asyncio.gather(*(spool.put(batch(t)) for t in range(1_000)))
        commits = len(synced)
        rows = await spool.read(0, 2_000)
    assert seqs == list(range(1, 1_001))
    assert [row.batch.t_ns[0] for row in rows] == list(range(1_000))
    assert 1 <= commits <= 5, "of a thousand"


async def test_a_put_at_low_load_is_durable_within_20_ms(tmp_path):
    async with opened(tmp_path) as spool:
        took = []
        for t in range(100):
            await asyncio.sleep(0.002)
            started = time.perf_counter()
            await spool.put(batch(t))
            took.append(time.perf_counter() - started)
    assert min(took) < 0.02, "nothing waits for company; how long it takes is the bench's"


async def test_a_follower_sees_every_row_once_and_wakes_at_the_commit(tmp_path):
    async with opened(tmp_path) as spool:
        await spool.put(batch(0))
        seen, woke = [], []

        async def follow():
            async for rows in spool.follow(0):
                woke.append(time.perf_counter())
                seen.extend(row.seq for row in rows)
                if seen[-1] == 200:
                    return

        task = asyncio.create_task(follow())
        gaps = []
        for t in range(1, 200):
            await asyncio.sleep(0.001)
            await spool.put(batch(t))
            committed = time.perf_counter()
            await asyncio.sleep(0)
            gaps.append(woke[-1] - committed)
        await asyncio.wait_for(task, 5)
    assert seen == list(range(1, 201))
    assert sorted(gaps)[len(gaps) // 2] < 0.001


async def test_a_late_follower_catches_up_from_disk_and_goes_on_live(tmp_path):
    async with opened(tmp_path) as spool:
        for t in range(50):
            await spool.put(batch(t))
    async with opened(tmp_path) as spool:
        seen = []

        async def follow():
            async for rows in spool.follow(10, limit=7):
                assert 0 < len(rows) <= 7
                seen.extend(row.seq for row in rows)
                if seen[-1] == 60:
                    return

        task = asyncio.create_task(follow())
        for t in range(10):
            await spool.put(batch(t))
        await asyncio.wait_for(task, 5)
    assert seen == list(range(11, 61))


async def test_a_sample_that_nobody_accounts_for_is_named_with_its_source(tmp_path):
    async with opened(tmp_path) as spool:
        await spool.put(batch(1, 2, 3))
        await spool.advance("recorder", 1, {"s": {Fate.STORED: 2}})
        assert unaccounted(await spool.facts()) == {"s": 1}
        with pytest.raises(AssertionError, match="'s': 1"):
            assert_conserved(await spool.facts())


async def test_a_full_spool_refuses_and_takes_again_when_a_reader_has_passed(tmp_path):
    async with opened(tmp_path, max_bytes=2_000) as spool:
        await spool.cursor("recorder")
        accepted = []
        with pytest.raises(SpoolFull, match="2000 bytes"):
            for t in range(100):
                accepted.append(await spool.put(batch(t)))
        assert len(accepted) > 10
        assert (await spool.facts()).received == len(accepted)
        await spool.advance("recorder", accepted[-1])
        assert await spool.put(batch(1)) == accepted[-1] + 1


async def test_a_second_process_is_refused(tmp_path):
    async with opened(tmp_path):
        with pytest.raises(BlockingIOError, match="another process"):
            await SegmentSpool.open(tmp_path)


async def test_nothing_is_taken_after_close(tmp_path):
    async with opened(tmp_path) as spool:
        pass
    with pytest.raises(OSError):
        await asyncio.wait_for(spool.put(batch(1)), 5)
