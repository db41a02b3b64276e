"""Samples collected between two ends of a bin, against grids that are told each of them."""

from collections.abc import Sequence

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from alarms.bins import Bins, Rows
from alarms.columns import Slice, Splitter
from alarms.gathered import Gathered
from core.model.quality import Status
from core.model.sample import Batch, Sample
from core.runtime.numbering import Numbering
from tests.alarms.alarm_town import NOON, SECOND

TAGS = ["a", "b", "c", "d"]
POLLS = st.lists(
    st.tuples(
        st.sampled_from([1, 2, 5, 10, 40, 700]),
        st.lists(st.sampled_from(TAGS), min_size=1, unique=True),
        st.sampled_from([0, 0, 0, 0, Status.BAD_TIMEOUT, Status.UNCERTAIN]),
        st.integers(-9, 9),
    ),
    min_size=1,
    max_size=60,
)
Poll = tuple[int, list[str], int, int]
Said = tuple[int, int, list[float], list[float], list[float], list[int]]


def grids() -> list[Bins]:
    return [Bins(["a", "b"], 10 * SECOND), Bins(["b", "c"], 30 * SECOND)]


def said(n: int, rows: Rows) -> Said:
    values = [
        np.nan_to_num(column, nan=-99.0).ravel().tolist() for column in (rows.mean, rows.low, rows.high)
    ]
    return n, rows.k, *values, rows.count.ravel().tolist()


def told_each(polls: Sequence[Slice], tags: Numbering) -> list[Said]:
    found, told = [], grids()
    for s in polls:
        seen = {tags.names[number]: s.column(i) for i, number in enumerate(s.tags.tolist())}
        for n, grid in enumerate(told):
            if (rows := grid.add(seen)) is not None:
                found.append(said(n, rows))
    return found


def collected(polls: Sequence[Slice], tags: Numbering, kept_after: int) -> list[Said]:
    found, told = [], grids()
    gathered = Gathered(told, tags)
    for at, s in enumerate(polls):
        found += [said(n, rows) for n, rows in gathered.add(s)]
        if at == kept_after:
            gathered.settle()
            kept, told = [grid.snapshot() for grid in told], grids()
            for grid, state in zip(told, kept, strict=True):
                grid.restore(state)
            gathered = Gathered(told, tags)
    return found


@given(read=POLLS, together=st.integers(1, 3), kept_after=st.integers(0, 20))
@example(read=[(1, ["d"], 0, 1), (1, ["d"], 0, 2)], together=2, kept_after=0)
def test_what_is_collected_is_what_each_grid_would_have_been_told(
    read: list[Poll], together: int, kept_after: int
) -> None:
    tags, t, samples = Numbering(TAGS, grows=False), 0, []
    for step, names, q, v in read:
        t += step
        samples.append([Sample(tag, NOON + t * SECOND, None if q >> 31 else v, q) for tag in names])
    batches = [
        Batch.of("m", [sample for part in samples[a : a + together] for sample in part])
        for a in range(0, len(samples), together)
    ]
    splitter = Splitter(tags, [np.arange(len(TAGS))])
    polls = [s for batch in batches if (s := splitter.split([batch])) is not None]
    assert collected(polls, tags, kept_after) == told_each(polls, tags)
