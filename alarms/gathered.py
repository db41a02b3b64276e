"""Hands each slice to the grids of bins that want its tags, and to no other."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from alarms.bins import Bins, Rows
from alarms.columns import Slice
from alarms.watched import Watched
from core.runtime.numbering import Numbering, Numbers


class Gathered:
    """Grids are numbered as given; a tag may be in several of them."""

    def __init__(self, grids: Sequence[Bins], tags: Numbering) -> None:
        self._grids = grids
        names = [name for grid in grids for name in grid.tags]
        self._watched = Watched(names, tags)
        self._grid = np.repeat(np.arange(len(grids)), [len(grid.tags) for grid in grids])
        places = [np.arange(len(grid.tags)) for grid in grids]
        self._place = np.concatenate([np.empty(0, np.intp), *places]).astype(np.intp)

    @property
    def tags(self) -> Numbers:
        return self._watched.number

    def add(self, s: Slice) -> Iterator[tuple[int, Rows]]:
        """The grids that have complete bins now, with these."""
        at, rows = self._watched.of(s.tags)
        if not len(rows):
            return
        order = np.argsort(self._grid[rows], kind="stable")
        at, rows = at[order], rows[order]
        grids = self._grid[rows]
        cuts = [0, *(np.flatnonzero(np.diff(grids)) + 1).tolist(), len(grids)]
        for a, b in pairwise(cuts):
            n = int(grids[a])
            if (done := self._to(self._grids[n], s, at[a:b], self._place[rows[a:b]])) is not None:
                yield n, done

    def _to(self, grid: Bins, s: Slice, at: Numbers, place: Numbers) -> Rows | None:
        if s.once:
            return grid.add_once(place, s.t_ns[at], s.v[at], s.good[at])
        columns = zip(place.tolist(), at.tolist(), strict=True)
        return grid.add({grid.tags[i]: s.column(where) for i, where in columns})
