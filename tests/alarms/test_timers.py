"""Delays in event time, against a model that walks sample by sample."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from alarms.timers import Timer

GAP = 10


def walk(t: list[int], kinds: str, on: int, off: int) -> list[tuple[int, bool]]:
    """kinds: e enter, l leave, n neither (inside the deadband), b bad."""
    active, since, last, changes = False, None, None, []
    for i, (now, kind) in enumerate(zip(t, kinds, strict=True)):
        if last is not None and now - last > GAP:
            since = None
        last = now
        if kind != ("l" if active else "e"):
            since = None
            continue
        since = now if since is None else since
        if now - since >= (off if active else on):
            active, since = not active, None
            changes.append((i, active))
    return changes


samples = st.lists(st.tuples(st.integers(1, 14), st.sampled_from("eelnb")), min_size=1, max_size=60)


@settings(max_examples=400)
@given(samples, st.integers(0, 12), st.integers(0, 12), st.lists(st.integers(0, 60), max_size=6))
def test_however_cut_it_is_the_walk(steps: list[tuple[int, str]], on: int, off: int, cuts: list[int]) -> None:
    t = np.cumsum([dt for dt, _ in steps]).tolist()
    kinds = "".join(kind for _, kind in steps)
    timer, changes = Timer(on, off, GAP), []
    edges = sorted({0, len(t), *(cut for cut in cuts if cut < len(t))})
    for a, b in pairwise(edges):
        marks = np.array(list(kinds[a:b]))
        got = timer.run(np.array(t[a:b], np.int64), marks == "e", marks == "l", marks != "b")
        changes += [(a + i, state) for i, state in got]
        kept = timer.snapshot()
        timer = Timer(on, off, GAP)
        timer.restore(kept)
    assert changes == walk(t, kinds, on, off)


def test_a_wait_comes_due_by_the_clock_alone() -> None:
    timer = Timer(5, 5, GAP)
    timer.run(np.array([10]), np.array([True]), np.array([False]), np.array([True]))
    assert not timer.due(14)
    assert timer.due(15)
    assert timer.active
