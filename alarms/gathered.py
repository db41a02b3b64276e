"""Hands each slice to the grids of bins that want its tags, and to no other.

Between two ends of a bin nothing can come of a Good sample, so those of all grids are collected here at
once; a grid is told when a sample ends a tag's bin, or says that it cannot be believed.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from alarms.bins import CLOSED, Bins, Rows
from alarms.columns import Slice
from alarms.watched import Watched
from core.model.sample import Int64s
from core.runtime.numbering import Numbering, Numbers, Places


class Gathered:
    """Grids are numbered as given; a tag may be in several of them. start: of the bin that is open for each
    tag of each grid, CLOSED when its grid must see the next sample; newest, cells: what that bin holds by
    now, see `Bins.opened`."""

    def __init__(self, grids: Sequence[Bins], tags: Numbering) -> None:
        self._grids = grids
        self._watched = Watched([name for grid in grids for name in grid.tags], tags)
        sizes = [len(grid.tags) for grid in grids]
        self._grid = np.repeat(np.arange(len(grids)), sizes)
        self._first = np.cumsum(sizes, dtype=np.intp) - sizes
        self._width: Int64s = np.repeat(np.array([grid.width_ns for grid in grids], np.int64), sizes)
        n = len(self._grid)
        self._start: Int64s = np.full(n, CLOSED, np.int64)
        self._newest: Int64s = np.zeros(n, np.int64)
        self._cells = np.zeros((4, n))

    @property
    def tags(self) -> Numbers:
        return self._watched.number

    def add(self, s: Slice) -> Iterator[tuple[int, Rows]]:
        """The grids that have complete bins now, with these."""
        pairs = self._watched.pairs(s)
        if not pairs.n:
            return
        told = np.arange(pairs.n)
        if s.once:
            t_ns, start = s.t_ns[pairs.at], self._start[pairs.rows]
            plain = (t_ns > start) & (t_ns < start + self._width[pairs.rows]) & s.good[pairs.at]
            if plain.all():
                self._collect(s, pairs.at, pairs.rows)
                return
            self._collect(s, *pairs.where(np.flatnonzero(plain)))
            told = np.flatnonzero(~plain)
        at, rows = pairs.where(told)
        order = np.argsort(self._grid[rows], kind="stable")
        at, rows = at[order], rows[order]
        grids = self._grid[rows]
        cuts = [0, *(np.flatnonzero(np.diff(grids)) + 1).tolist(), len(grids)]
        for a, b in pairwise(cuts):
            n = int(grids[a])
            if (done := self._tell(n, s, at[a:b], rows[a:b] - self._first[n])) is not None:
                yield n, done

    def _collect(self, s: Slice, at: Places, rows: Places) -> None:
        total, count, low, high = self._cells
        v = s.v[at]
        total[rows] += v
        count[rows] += 1.0
        low[rows] = np.minimum(low[rows], v)
        high[rows] = np.maximum(high[rows], v)
        self._newest[rows] = s.t_ns[at]

    def _tell(self, n: int, s: Slice, at: Numbers, place: Numbers) -> Rows | None:
        grid = self._grids[n]
        self._put_back(n)
        if s.once:
            done = grid.add_once(place, s.t_ns[at], s.v[at], s.good[at])
        else:
            columns = zip(place.tolist(), at.tolist(), strict=True)
            done = grid.add({grid.tags[i]: s.column(where) for i, where in columns})
        mine = self._of(n)
        self._start[mine], self._newest[mine], self._cells[:, mine] = grid.opened()
        return done

    def _of(self, n: int) -> Places:
        """The rows of a grid's tags."""
        return slice(int(self._first[n]), int(self._first[n]) + len(self._grids[n].tags))

    def _put_back(self, n: int) -> None:
        mine = self._of(n)
        self._grids[n].put_back(self._start[mine], self._newest[mine], self._cells[:, mine])

    def settle(self) -> None:
        """Whatever was collected is in the grids, to be kept."""
        for n in range(len(self._grids)):
            self._put_back(n)

    def forget(self) -> None:
        """What was collected is of no use: the grids have been given another past."""
        self._start[:] = CLOSED
