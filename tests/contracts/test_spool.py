"""What every spool promises, and what this one does when its disk or its process fails."""

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import replace

import numpy as np
import pytest

from core.adapters.segment_spool.room import Bounds
from core.adapters.segment_spool.spool import SegmentSpool
from core.model.conservation import Fate
from core.model.sample import Batch, Names, Sample
from core.ports.spool import SpoolFull
from core.runtime.conservation import assert_conserved, unaccounted

SMALL = Bounds(segment_bytes=4 * 2**20)


def batch(*t_ns, tag="a", source="s"):
    return Batch.of(source, [Sample(tag, t, float(t)) for t in t_ns])


def shared(*t_ns, sources=("a", "b", "c")):
    """At each time a sample of each source."""
    names = Names.many((source, (f"{source}.p", f"{source}.unread")) for source in sources)
    samples = [Sample(f"{source}.p", t, float(t)) for t in t_ns for source in sources]
    tag = 2 * np.tile(np.arange(len(sources), dtype=np.uint32), len(t_ns))
    return replace(Batch.of("", samples), names=names, tag=tag)


@asynccontextmanager
async def opened(folder, **options):
    spool = await SegmentSpool.open(folder, **options)
    try:
        yield spool
    finally:
        await spool.close()


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


async def test_puts_at_the_same_time_share_a_commit_and_keep_their_order(tmp_path):
    async with opened(tmp_path) as spool:
        started = time.perf_counter()
        seqs = await asyncio.gather(*(spool.put(batch(t)) for t in range(1_000)))
        took_s = time.perf_counter() - started
        rows = await spool.read(0, 2_000)
    assert seqs == list(range(1, 1_001))
    assert [row.batch.t_ns[0] for row in rows] == list(range(1_000))
    assert took_s < 5


async def test_a_put_at_low_load_is_durable_within_20_ms(tmp_path):
    async with opened(tmp_path) as spool:
        took = []
        for t in range(100):
            await asyncio.sleep(0.002)
            started = time.perf_counter()
            await spool.put(batch(t))
            took.append(time.perf_counter() - started)
    assert sorted(took)[50] < 0.02


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


async def test_cursors_persist_never_move_back_and_start_at_zero(tmp_path):
    async with opened(tmp_path) as spool:
        assert await spool.cursor("alarms") == 0
        await spool.advance("alarms", 7)
        await spool.advance("alarms", 3)
    async with opened(tmp_path) as spool:
        assert await spool.cursor("alarms") == 7


async def test_a_row_is_kept_while_one_registered_cursor_needs_it(tmp_path):
    big = Batch.of("s", [Sample(f"tag-{i}", i, 1.0) for i in range(30_000)])
    async with opened(tmp_path, bounds=SMALL) as spool:
        await spool.cursor("alarms")
        for _ in range(12):
            await spool.advance("recorder", await spool.put(big))
        assert (await spool.read(0, 1))[0].seq == 1
        assert (await spool.facts()).bytes > 12 * len(big.encode())
        await spool.advance("alarms", 12)
        assert (await spool.facts()).bytes < 5 * len(big.encode())


async def test_a_forgotten_cursor_keeps_nothing_and_begins_anew_when_it_is_asked_for_again(tmp_path):
    big = Batch.of("s", [Sample(f"tag-{i}", i, 1.0) for i in range(30_000)])
    async with opened(tmp_path, bounds=SMALL) as spool:
        await spool.cursor("second")
        for _ in range(20):
            await spool.advance("first", await spool.put(big))
        before = (await spool.facts()).bytes
        await spool.forget("second")
        await spool.forget("nobody")
        await spool.advance("first", await spool.put(big))
        facts = await spool.facts()
        assert facts.bytes < before / 2
        assert list(facts.readers) == ["first"]
    async with opened(tmp_path, bounds=SMALL) as spool:
        assert list((await spool.facts()).readers) == ["first"]
        await spool.holes("second")
        facts = await spool.facts()
        assert facts.readers["second"].missed["s"] + facts.behind["second"] == 21 * 30_000
        assert_conserved(facts, "second")


async def test_facts_count_samples_received_and_behind_each_cursor(tmp_path):
    async with opened(tmp_path) as spool:
        await spool.put(batch(1, 2, 3))
        second = await spool.put(batch(4, 5))
        await spool.put(batch(6))
        await spool.cursor("alarms")
        await spool.advance("recorder", second, {"s": {Fate.STORED: 4, Fate.DUPLICATE: 1}})
        await spool.count("s", Fate.SHED, 9)
        await spool.count("t", Fate.QUARANTINED, 2)
    async with opened(tmp_path) as spool:
        facts = await spool.facts()
    assert (facts.last_seq, facts.received, facts.count(Fate.SHED)) == (3, 17, 9)
    assert facts.received_by == {"s": 15, "t": 2}
    assert facts.readers["recorder"].spooled == {"s": 1}
    assert_conserved(facts)
    assert facts.behind == {"alarms": 6, "recorder": 1}
    assert facts.depth == 6
    assert facts.tally() == {
        "s": {Fate.STORED: 4, Fate.DUPLICATE: 1, Fate.SHED: 9},
        "t": {Fate.QUARANTINED: 2},
    }


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


async def test_rows_ahead_of_the_backlog_are_done_by_themselves(tmp_path):
    async with opened(tmp_path) as spool:
        for t in range(10):
            await spool.put(batch(t))
        await spool.cursor("recorder")
        await spool.advance("recorder", 3, {"s": {Fate.STORED: 3}})
        await spool.advance("recorder", 8, {"s": {Fate.STORED: 2}}, after=6)
        assert await spool.cursor("recorder") == 3
        assert await spool.holes("recorder") == [(3, 6), (8, 10)]
        assert (await spool.facts()).readers["recorder"].spooled == {"s": 5}
        assert_conserved(await spool.facts())
    async with opened(tmp_path) as spool:
        await spool.advance("recorder", 6, {"s": {Fate.STORED: 3}}, after=3)
        assert await spool.cursor("recorder") == 8
        assert await spool.holes("recorder") == [(8, 10)]
        assert_conserved(await spool.facts())


async def test_cursors_and_books_are_read_from_any_of_its_files(tmp_path):
    tiny = Bounds(segment_bytes=2_000)
    async with opened(tmp_path, bounds=tiny) as spool:
        await spool.cursor("alarms")
        for t in range(200):
            await spool.put(batch(t, t + 1_000, source="one" if t % 3 else "two"))
        await spool.advance("recorder", 101, {"one": {Fate.STORED: 134}, "two": {Fate.STORED: 68}})
    assert len(list(tmp_path.glob("*.log"))) > 5
    async with opened(tmp_path, bounds=tiny) as spool:
        facts = await spool.facts()
        assert_conserved(facts)
        assert facts.behind == {"alarms": 400, "recorder": 198}
        assert [row.seq for row in await spool.read(150, 500)][:3] == [151, 152, 153]
        seen = [row.seq async for row in rows_of(spool, 0, 200)]
        assert seen == list(range(1, 201))
        await spool.advance("alarms", 101)
        assert (await spool.read(0, 1))[0].seq > 50
        assert_conserved(await spool.facts())


async def rows_of(spool, after, last):
    async for rows in spool.follow(after, limit=7):
        for row in rows:
            yield row
        if rows[-1].seq >= last:
            return


async def test_a_reader_that_comes_later_does_not_miss_what_it_never_had(tmp_path):
    async with opened(tmp_path, bounds=Bounds(segment_bytes=1_000)) as spool:
        for t in range(100):
            seq = await spool.put(batch(t))
            await spool.advance("recorder", seq, {"s": {Fate.STORED: 1}})
        await spool.cursor("recorder.second")
        facts = await spool.facts()
        assert_conserved(facts, "recorder.second")
        assert 0 < facts.behind["recorder.second"] < 50


async def test_a_row_of_several_sources_comes_back_and_is_counted_by_source(tmp_path):
    async with opened(tmp_path) as spool:
        assert await spool.put(shared(1, 2)) == 1
        assert await spool.put(batch(3, source="a")) == 2
        assert await spool.put(shared(4, sources=("b", "d"))) == 3
        assert await spool.put(shared(5).where(np.array([False, True, False]))) == 4
        await spool.cursor("alarms")
        tally = {source: {Fate.STORED: 1, Fate.DUPLICATE: 1} for source in "abc"}
        await spool.advance("recorder", 1, tally)
        assert (await spool.read(0))[0].batch.samples() == shared(1, 2).samples()
    for _ in range(2):
        async with opened(tmp_path) as spool:
            rows = await spool.read(0)
            facts = await spool.facts()
        assert rows[0].batch.samples() == shared(1, 2).samples()
        assert [row.batch.by_source() for row in rows] == [
            {"a": 2, "b": 2, "c": 2},
            {"a": 1},
            {"b": 1, "d": 1},
            {"b": 1},
        ]
        assert facts.received_by == {"a": 3, "b": 4, "c": 2, "d": 1}
        assert facts.readers["recorder"].spooled == {"a": 1, "b": 2, "d": 1}
        assert facts.readers["alarms"].spooled == facts.received_by
        assert_conserved(facts)


async def test_rows_of_several_sources_are_counted_from_any_of_its_files(tmp_path):
    async with opened(tmp_path, bounds=Bounds(segment_bytes=2_000)) as spool:
        await spool.cursor("alarms")
        for t in range(60):
            await spool.put(shared(t, sources=("a", "b") if t % 2 else ("b", "c")))
        await spool.advance(
            "recorder", 31, {s: {Fate.STORED: n} for s, n in zip("abc", (15, 31, 16), strict=True)}
        )
        await spool.advance(
            "recorder", 50, {s: {Fate.STORED: 5} for s in "abbc"} | {"b": {Fate.STORED: 10}}, after=40
        )
    assert len(list(tmp_path.glob("*.log"))) > 5
    async with opened(tmp_path) as spool:
        facts = await spool.facts()
        assert facts.readers["recorder"].spooled == {"a": 10, "b": 19, "c": 9}
        assert facts.received_by == {"a": 30, "b": 60, "c": 30}
        assert_conserved(facts)
        await spool.advance("alarms", 31)
        assert (await spool.read(0, 1))[0].seq > 15
        assert_conserved(await spool.facts())


async def test_of_a_nearly_full_spool_each_source_of_a_batch_sheds_what_is_its_own(tmp_path):
    polls = {"a", "b", "c"}
    async with opened(tmp_path, max_bytes=20_000, polled=polls.__contains__) as spool:
        await spool.cursor("recorder")
        with pytest.raises(SpoolFull):
            for t in range(1_000):
                await spool.put(shared(t, sources=("a", "push")))
        pushed = (await spool.facts()).received_by
        assert spool.fill >= 0.94
        with pytest.raises(SpoolFull):
            for t in range(1_000, 2_000):
                await spool.put(shared(t))
        facts = await spool.facts()
    shed = {source: facts.door[source][Fate.SHED] for source in "abc"}
    assert "push" not in facts.door and min(shed.values()) > 0
    assert len(set(shed.values())) == 1, "each has as many samples as the others"
    assert facts.received_by["push"] == pushed["push"]
    assert_conserved(facts)


async def test_more_sources_than_a_row_can_name_are_refused_at_the_door(tmp_path):
    many = tuple(f"modbus:{n}" for n in range(2_000))
    async with opened(tmp_path) as spool:
        with pytest.raises(ValueError, match="2000 sources"):
            await spool.put(shared(1, sources=many))
        assert await spool.put(shared(1, sources=many[:500])) == 1
