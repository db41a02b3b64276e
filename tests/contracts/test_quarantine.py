"""What every quarantine promises."""

import sqlite3
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from core.adapters.sqlite_quarantine import SqliteQuarantine
from core.model.sample import Batch, Sample
from core.ports.quarantine import Refusal

BATCH = Batch.of("modbus:st-01", [Sample("a", 1, float("inf"))])


def refusal(n, reason="not_json", source="mqtt:meters", samples=0):
    return Refusal(1_000 + n, source, reason, f"at byte {n}", b"\x00\xff" + str(n).encode(), samples)


@asynccontextmanager
async def opened(folder, **options):
    quarantine = await SqliteQuarantine.open(folder / "quarantine.db", **options)
    try:
        yield quarantine
    finally:
        await quarantine.close()


async def test_what_is_put_comes_back_whole_after_a_restart_the_newest_first(tmp_path):
    items = [refusal(n) for n in range(5)]
    async with opened(tmp_path) as quarantine:
        await quarantine.put(items[:3])
        await quarantine.put(items[3:])
    async with opened(tmp_path) as quarantine:
        newest = await quarantine.newest(2)
        assert [kept.refusal for kept in newest] == [items[4], items[3]]
        assert [kept.refusal for kept in await quarantine.newest(9, before=newest[-1].id)] == items[2::-1]


async def test_a_batch_in_quarantine_decodes_to_its_samples(tmp_path):
    async with opened(tmp_path) as quarantine:
        await quarantine.put([Refusal(1, BATCH.sources[0], "not_finite", "", BATCH.encode(), 1)])
        (kept,) = await quarantine.newest()
    assert Batch.decode(kept.refusal.content).samples() == BATCH.samples()


async def test_the_same_refusal_is_kept_and_counted_once_whatever_its_time_and_detail(tmp_path):
    async with opened(tmp_path) as quarantine:
        await quarantine.put([refusal(1, samples=3), refusal(1, samples=3)])
        await quarantine.put([replace(refusal(1, samples=3), at_ns=9, detail="again")])
        await quarantine.put([refusal(1, reason="unknown_meter"), refusal(1, source="mqtt:other")])
        facts = await quarantine.facts()
    assert (facts.kept, facts.waiting) == (3, 3)
    assert facts.counts[("mqtt:meters", "not_json")] == 1
    assert facts.samples[("mqtt:meters", "not_json")] == 3


async def test_it_is_asked_by_source_and_reason(tmp_path):
    async with opened(tmp_path) as quarantine:
        await quarantine.put([refusal(1), refusal(2, "unknown_meter"), refusal(3, source="opcua:q")])
        assert [k.id for k in await quarantine.newest(source="mqtt:meters")] == [2, 1]
        assert [k.id for k in await quarantine.newest(reason="not_json")] == [3, 1]
        assert [k.id for k in await quarantine.newest(source="opcua:q", reason="unknown_meter")] == []


async def test_what_was_replayed_says_when_and_waits_no_more(tmp_path):
    async with opened(tmp_path) as quarantine:
        await quarantine.put([refusal(n) for n in range(3)])
        await quarantine.replayed([2], 77)
        assert [(k.id, k.replayed_ns) for k in await quarantine.get([3, 2, 99])] == [(2, 77), (3, None)]
        facts = await quarantine.facts()
        assert (facts.kept, facts.waiting) == (3, 2)


async def test_what_is_discarded_is_gone_and_stays_counted(tmp_path):
    async with opened(tmp_path) as quarantine:
        await quarantine.put([refusal(n) for n in range(3)])
        assert await quarantine.discard([1, 2, 99]) == 2
        facts = await quarantine.facts()
        assert (facts.kept, facts.counts[("mqtt:meters", "not_json")]) == (1, 3)


async def test_beyond_its_size_the_oldest_replayed_then_the_oldest_go_and_are_counted(tmp_path):
    big = [replace(refusal(n), content=bytes([n]) * 1_000) for n in range(8)]
    async with opened(tmp_path, max_bytes=5_100) as quarantine:
        await quarantine.put(big[:5])
        await quarantine.replayed([3], 1)
        await quarantine.put(big[5:6])
        assert [kept.id for kept in await quarantine.newest()] == [6, 5, 4, 2, 1]
        await quarantine.put(big[6:])
        assert [kept.id for kept in await quarantine.newest()] == [8, 7, 6, 5, 4]
        facts = await quarantine.facts()
        assert (facts.dropped, facts.bytes <= 5_100) == (3, True)


async def test_a_disk_that_takes_nothing_is_told_and_nothing_half_is_kept(tmp_path):
    async with opened(tmp_path) as quarantine:
        await quarantine.put([refusal(0)])
        quarantine._db.execute("PRAGMA max_page_count=20")
        with pytest.raises(OSError, match="full"):
            await quarantine.put([refusal(1), replace(refusal(2), content=bytes(200_000))])
        quarantine._db.execute("PRAGMA max_page_count=1000000")
        assert [kept.id for kept in await quarantine.newest()] == [1]
        await quarantine.put([refusal(3)])
        assert (await quarantine.facts()).kept == 2


async def test_a_file_that_is_no_quarantine_is_refused(tmp_path):
    (tmp_path / "quarantine.db").write_bytes(b"no database" * 1000)
    with pytest.raises(sqlite3.DatabaseError):
        await SqliteQuarantine.open(tmp_path / "quarantine.db")
