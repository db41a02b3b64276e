"""What every spool promises of rows that hold several sources' samples."""

import numpy as np
import pytest

from core.adapters.segment_spool.room import Bounds
from core.model.conservation import Fate
from core.ports.spool import SpoolFull
from core.runtime.conservation import assert_conserved
from tests.contracts.spools import batch, opened, shared


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
