"""Samples of a few tags brought onto one grid of equal bins of source time.

Bin k holds the Good samples with (k-1) x width < t <= k x width, so a sample on the minute completes its
minute at once. A bin is given out when every tag has passed it; a tag whose last word was Bad, or that has
been silent for `SILENT` bins, is not waited for, and nobody for more than `GRACE` bins. For a stream in
source order the rows are therefore the same however it is cut into batches.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alarms.columns import Column
from alarms.detectors.detector import State
from alarms.timers import SECOND
from core.model.sample import Floats, Int64s
from core.runtime.numbering import Numbers

MINUTE_S = 60
GRACE = 2
SILENT = 10
CLOSED = 1 << 62
"""Instead of the start of a bin that may be filled from outside."""
_NEVER = -(1 << 62)


def width_for(period_s: float, step_s: int = MINUTE_S) -> int:
    """Of bins in which what comes so often has a value each: the least whole steps, nanoseconds."""
    return step_s * max(1, -(-round(period_s) // step_s)) * SECOND


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Complete bins k .. k+n-1; the columns are (n, tags): NaN, or n = 0, where there was no Good sample."""

    k: int
    mean: Floats
    count: Int64s
    low: Floats
    high: Floats

    def __len__(self) -> int:
        return len(self.mean)


class Bins:
    def __init__(self, tags: Sequence[str], width_ns: int) -> None:
        self.tags, self.width_ns = tuple(tags), width_ns
        self._base: int | None = None
        self._origin = 0
        self._last: Int64s = np.full(len(self.tags), _NEVER, np.int64)
        self._bad = np.zeros(len(self.tags), np.bool_)
        self._grid = self._empty(0)

    def times(self, rows: Rows) -> Int64s:
        """When its bins end, ns, (n,)."""
        return np.arange(rows.k, rows.k + len(rows), dtype=np.int64) * self.width_ns

    @property
    def base(self) -> int | None:
        """The first bin that has not been given out; None before the first sample."""
        return self._base

    def _empty(self, rows: int) -> npt.NDArray[np.float64]:
        """Planes: sum, count, low, high."""
        grid = np.zeros((4, rows, len(self.tags)))
        grid[2], grid[3] = np.inf, -np.inf
        return grid

    def add(self, columns: Mapping[str, Column]) -> Rows | None:
        """Take samples in; the bins that are complete now, or None."""
        seen = [(i, columns[tag]) for i, tag in enumerate(self.tags) if tag in columns]
        if not seen:
            return None
        if self._base is None:
            first_ns = min(int(column.t_ns[0]) for _, column in seen)
            self._base = self._origin = -(-first_ns // self.width_ns)
        for i, column in seen:
            self._put(i, column, self._base)
        return self._take(self._base)

    def add_once(self, at: Numbers, t_ns: Int64s, v: Floats, good: npt.NDArray[np.bool_]) -> Rows | None:
        """The same for one sample each of the tags at these places."""
        if self._base is None:
            self._base = self._origin = -(-int(t_ns.min()) // self.width_ns)
        passes = t_ns // self.width_ns > self._last[at] // self.width_ns
        news = bool((passes | (self._bad[at] == good)).any())
        self._last[at], self._bad[at] = t_ns, ~good
        k = -(-t_ns // self.width_ns) - self._base
        self._reach(int(k.max()) + 1)
        use = good & (k >= 0)
        if not use.all():
            at, k, v = at[use], k[use], v[use]
        self._grid[0, k, at] += v
        self._grid[1, k, at] += 1.0
        self._grid[2, k, at] = np.minimum(self._grid[2, k, at], v)
        self._grid[3, k, at] = np.maximum(self._grid[3, k, at], v)
        return self._take(self._base) if news else None

    def opened(self) -> tuple[Int64s, Int64s, npt.NDArray[np.float64]]:
        """Of each tag: the start of the bin in which its next sample falls, unless it passes it; the newest
        sample; and the bin's sum, count, low and high so far. Good samples in that bin, its end left out, may
        be collected there and put back later."""
        passed = self._last // self.width_ns
        cells = self._empty(1)[:, 0]
        if self._base is None:
            return np.full(len(self.tags), CLOSED, np.int64), self._last.copy(), cells
        k = passed + 1 - self._base
        tags = np.flatnonzero((k >= 0) & (k < self._grid.shape[1]))
        cells[:, tags] = self._grid[:, k[tags], tags]
        closed = self._bad | (self._last == _NEVER) | (k < 0)
        return np.where(closed, CLOSED, passed * self.width_ns), self._last.copy(), cells

    def put_back(self, start: Int64s, last: Int64s, cells: npt.NDArray[np.float64]) -> None:
        """What `opened` gave, with what came since."""
        tags = np.flatnonzero((start != CLOSED) & (last != self._last))
        if self._base is None or not len(tags):
            return
        k = start[tags] // self.width_ns + 1 - self._base
        self._reach(int(k.max()) + 1)
        self._grid[:, k, tags] = cells[:, tags]
        self._last[tags] = last[tags]

    def _reach(self, rows: int) -> None:
        if rows > self._grid.shape[1]:
            self._grid = np.concatenate((self._grid, self._empty(rows - self._grid.shape[1])), axis=1)

    def _put(self, i: int, column: Column, base: int) -> None:
        self._last[i] = int(column.t_ns[-1])
        self._bad[i] = not bool(column.good[-1])
        k = -(-column.t_ns // self.width_ns) - base
        self._reach(int(k[-1]) + 1)
        use = column.good & (k >= 0)
        if not use.all():
            k, v = k[use], column.v[use]
        else:
            v = column.v
        np.add.at(self._grid[0, :, i], k, v)
        np.add.at(self._grid[1, :, i], k, 1.0)
        np.minimum.at(self._grid[2, :, i], k, v)
        np.maximum.at(self._grid[3, :, i], k, v)

    def _take(self, base: int) -> Rows | None:
        passed = np.maximum(self._last // self.width_ns, self._origin - 1)
        newest = int(passed.max())
        if newest < base:
            return None
        awaited = passed[~self._bad & (passed > newest - SILENT)]
        upto = max(int(awaited.min()) if len(awaited) else newest, newest - GRACE)
        n = min(upto - base + 1, self._grid.shape[1])
        if n <= 0:
            return None
        total, count, low, high = self._grid[:, :n]
        self._grid = self._grid[:, n:].copy()
        self._base = base + n
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = total / count
        none = count == 0
        low, high = np.where(none, np.nan, low), np.where(none, np.nan, high)
        return Rows(base, mean, count.astype(np.int64), low, high)

    def snapshot(self) -> State:
        return {
            "tags": self.tags,
            "width_ns": self.width_ns,
            "base": self._base,
            "origin": self._origin,
            "last": self._last.tolist(),
            "bad": self._bad.tolist(),
            "grid": self._grid.tobytes(),
        }

    def fits(self, state: State) -> bool:
        """Whether a snapshot is of these tags on this grid: on another, bins have other numbers. Older ones
        do not tell their width."""
        return tuple(state["tags"]) == self.tags and state.get("width_ns", self.width_ns) == self.width_ns

    def restore(self, state: State) -> None:
        """A snapshot that does not fit is left aside."""
        if not self.fits(state):
            return
        self._base, self._origin = state["base"], state["origin"]
        self._last, self._bad = np.array(state["last"], np.int64), np.array(state["bad"], np.bool_)
        self._grid = np.frombuffer(state["grid"]).reshape(4, -1, len(self.tags)).copy()
