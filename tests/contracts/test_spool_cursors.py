"""What every spool promises of its readers' cursors and of its books."""

from core.adapters.segment_spool.room import Bounds
from core.model.conservation import Fate
from core.model.sample import Batch, Sample
from core.runtime.conservation import assert_conserved
from tests.contracts.spools import SMALL, batch, opened


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
