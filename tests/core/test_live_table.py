"""The live table in columns, against a dictionary that takes one sample at a time."""

import asyncio
from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.model.quality import Status
from core.model.sample import Batch, Flag, Names, Sample
from core.runtime.live import LiveTable

TAGS = [f"dma-01.p{n}" for n in range(70)]
CODES = st.sampled_from([Status.GOOD, Status.UNCERTAIN_SUB_NORMAL, Status.BAD_TIMEOUT])


@st.composite
def a_sample(draw: st.DrawFn) -> Sample:
    q = draw(CODES)
    v = None if q >> 31 else float(draw(st.integers(-9, 9)))
    t_ns, flags = draw(st.integers(1, 12)), draw(st.sampled_from([0, 0, 0, Flag.BACKFILL]))
    return Sample(draw(st.sampled_from(TAGS[:6])), t_ns, v, q, t_ns + 1, flags)


samples = st.lists(a_sample(), min_size=1, max_size=30)


def one_by_one(batches: Sequence[Sequence[Sample]]) -> tuple[dict[str, Sample], dict[str, int]]:
    """Of each batch first what is live, by time, then what is late."""
    newest: dict[str, Sample] = {}
    good: dict[str, int] = {}
    for batch in batches:
        before = None
        for sample in sorted(batch, key=lambda sample: (sample.flags, sample.t_ns)):
            if sample.flags and before is None:
                before = set(newest)
            known = newest.get(sample.tag)
            if known and (sample.t_ns < known.t_ns or (before is not None and sample.tag in before)):
                continue
            newest[sample.tag] = sample
            if sample.q == Status.GOOD:
                good[sample.tag] = sample.t_ns
    return newest, good


@given(st.lists(samples, min_size=1, max_size=4))
def test_columns_hold_what_one_at_a_time_would(batches: list[list[Sample]]) -> None:
    table = LiveTable()
    for batch in batches:
        table.update(Batch.of("modbus:st-01", batch))
    newest, good = one_by_one(batches)
    for tag in TAGS[:6]:
        kept, told = table.get(tag), newest.get(tag)
        assert (kept and (kept.t_ns, kept.v, kept.q)) == (told and (told.t_ns, told.v, told.q))
        assert table.last_good_ns(tag) == good.get(tag)


def test_rows_taken_together_are_rows_taken_one_after_another() -> None:
    rows = [Batch.of(f"modbus:{n}", [Sample(tag, n, float(n)) for tag in TAGS[n : n + 9]]) for n in range(60)]
    together, apart = LiveTable(), LiveTable()
    together.update(*rows)
    for row in rows:
        apart.update(row)
    assert [together.get(tag) for tag in TAGS] == [apart.get(tag) for tag in TAGS]


async def test_a_slow_reader_gets_the_newest_of_each_tag_once() -> None:
    table = LiveTable()
    changes = table.changes(0.0)
    waiting = asyncio.ensure_future(anext(changes))
    await asyncio.sleep(0)
    for n in range(3):
        table.update(Batch.of("modbus:st-01", [Sample(tag, n + 1, float(n)) for tag in TAGS]))
    newest = await asyncio.wait_for(waiting, 5)
    assert [table.tags.names[number] for number in newest.number] == TAGS
    assert newest.v.tolist() == [2.0] * len(TAGS)
    table.update(Batch.of("modbus:st-01", [Sample("dma-01.p3", 9, None, Status.BAD_TIMEOUT)]))
    again = await asyncio.wait_for(anext(changes), 5)
    assert again.q.tolist() == [Status.BAD_TIMEOUT]
    assert table.last_good_ns("dma-01.p3") == 3
    await changes.aclose()


@given(
    polls=st.lists(
        st.tuples(
            st.sampled_from([0, 5, 5, 5]), st.booleans(), CODES, st.sampled_from([0, 0, Flag.BACKFILL])
        ),
        min_size=1,
        max_size=6,
    )
)
def test_a_large_poll_is_its_samples_in_small_pieces(polls: list[tuple[int, bool, Status, int]]) -> None:
    names = Names.one("modbus:st-01", tuple(f"st-01.v{n:03d}" for n in range(600)))
    whole, pieces = LiveTable(), LiveTable()
    pieces.update(Batch.of("modbus:st-02", [Sample(names.tags[n], 3, 1.0) for n in (7, 5, 599)]))
    whole.update(Batch.of("modbus:st-02", [Sample(names.tags[n], 3, 1.0) for n in (7, 5, 599)]))
    n, now = np.arange(600), 0
    for step, backwards, code, flag in polls:
        now += step
        q = np.where(n % 3 == 1, np.uint32(code), np.uint32(0)).astype(np.uint32)
        v = np.where(q >> 31 == 1, np.nan, n + 0.5)
        tag = (n[::-1] if backwards else n).astype(np.uint32)
        t_ns = np.full(600, now, np.int64)
        flags = np.where(n % 5 == 2, flag, 0).astype(np.uint8)
        batch = Batch(names, tag, t_ns, v, q, t_ns + 1, flags)
        whole.update(batch)
        for first in range(0, 600, 200):
            pieces.update(batch.where((n >= first) & (n < first + 200)))
    assert [whole.get(tag) for tag in names.tags] == [pieces.get(tag) for tag in names.tags]
    assert whole.rows(names.tags).tolist() == pieces.rows(names.tags).tolist()
