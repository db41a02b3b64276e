"""Minutes that end between two ends of a bin, so that a large burst need not wait for the bin's end.

A step that begins late in a minute hardly moves that minute's mean and would be told at the end of the next.
Here the samples are also kept by quarters of a bin, and each quarter ends a window as long as a bin. Only
sudden steps are looked for in them, and nothing is learned from them: that is for the bins alone, whose past
may be of one sample a minute.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from alarms.bins import Bins
from alarms.detectors.detector import State
from core.model.sample import Floats, Int64s

PARTS = 4
TAIL = 20
"""So many windows before the newest are kept of each of the PARTS - 1 grids."""


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """One grid's, of which the last n are new: t_ns (m,), their ends; mean (m, columns), NaN where a quarter
    of the window is unknown; k (n,): the last bin that ended before each new one did."""

    t_ns: Int64s
    mean: Floats
    k: Int64s

    @property
    def n(self) -> int:
        return len(self.k)


class Between:
    """Quarter e ends at e x width / PARTS, bin k with quarter k x PARTS. What is judged are columns made of
    the tags' means, as many as `columns`."""

    def __init__(self, tags: Sequence[str], width_ns: int, columns: int) -> None:
        self.bins = Bins(tags, width_ns // PARTS)
        self._columns = columns
        self._known = np.empty((0, columns))
        self._end = 0
        self._due = 0

    def hear(self, k: int, means: Floats) -> None:
        """What came of quarters k, k + 1 .. that `bins` gave out, (n, columns)."""
        if not len(self._known):
            self._due = k
        self._known = np.concatenate((self._known, means))
        self._end = k + len(means)

    def due(self, upto: int, k: int, before: Floats) -> list[Windows]:
        """The windows that have not been given yet and end before bin upto + 1 does, grid by grid. Of the
        time before anything was heard here, a bin stands for each: `before` are those before bin k."""
        first, past = self._due, min(self._end, (upto + 1) * PARTS)
        if past <= first:
            return []
        self._due = past
        ends = np.arange(first, past, dtype=np.int64)
        grids = [ends[ends % PARTS == part] for part in range(1, PARTS)]
        windows = [self._windows(mine, k, before) for mine in grids if len(mine)]
        keep = self._end - past + (TAIL + 1) * PARTS
        self._known = self._known[-keep:]
        return windows

    def _windows(self, ends: Int64s, k: int, before: Floats) -> Windows:
        start = self._end - len(self._known)
        whole = np.arange(int(ends[0]) - TAIL * PARTS, int(ends[-1]) + 1, PARTS, dtype=np.int64)
        parts = whole[:, None] - start + np.arange(1 - PARTS, 1)
        mean = self._known[np.maximum(parts, 0)].mean(axis=1)
        unheard = np.flatnonzero(parts[:, 0] < 0)
        mean[unheard] = np.nan
        bins = whole[unheard] // PARTS - k + len(before)
        there = (bins >= 0) & (bins < len(before))
        mean[unheard[there]] = before[bins[there]]
        return Windows(whole * self.bins.width_ns, mean, ends // PARTS)

    def snapshot(self) -> State:
        return {
            "bins": self.bins.snapshot(),
            "known": self._known.tobytes(),
            "end": self._end,
            "due": self._due,
        }

    def restore(self, state: State) -> None:
        self.bins.restore(state["bins"])
        self._known = np.frombuffer(state["known"]).reshape(-1, self._columns).copy()
        self._end, self._due = state["end"], state["due"]


@dataclass(frozen=True, slots=True, eq=False)
class Hit:
    """A window whose step stands above the bar: the `at`th of `windows`; r, expected: of all of them; ratio,
    z: of each pair there."""

    windows: Windows
    at: int
    r: Floats
    expected: Floats
    ratio: Floats
    z: Floats

    @property
    def k(self) -> int:
        """The last bin that ended before."""
        return int(self.windows.k[self.at - len(self.r)])

    @property
    def t_ns(self) -> int:
        return int(self.windows.t_ns[self.at])


Judge = Callable[[Windows], tuple[Floats, Floats, Floats, Floats]]
"""r, expected (m,) and ratio, z (n, pairs) of one grid's windows."""


def hits(windows: Sequence[Windows], judge: Judge) -> list[Hit]:
    """In the order of time."""
    return sorted(_hits(windows, judge), key=lambda hit: hit.t_ns)


def _hits(windows: Sequence[Windows], judge: Judge) -> Iterator[Hit]:
    for one in windows:
        r, expected, ratio, z = judge(one)
        for i in np.flatnonzero(np.fmax.reduce(ratio, axis=1) > 1.0).tolist():
            yield Hit(one, len(r) - one.n + i, r, expected, ratio[i], z[i])
