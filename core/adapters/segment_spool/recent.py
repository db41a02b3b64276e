"""The newest rows in memory, so that followers at the head share one copy and no disk read."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import NamedTuple

from core.ports.spool import SpoolRow

MOST_ROWS, MOST_BYTES = 65_536, 48 * 2**20
"""Kept while a follower has yet to see them; one that is further behind reads from disk."""
LEAST_BYTES = 2**20
"""Kept in any case."""


class Appended(NamedTuple):
    """A row that was just committed. size: in bytes."""

    row: SpoolRow
    size: int

    @property
    def seq(self) -> int:
        return self.row.seq


class Place:
    """How far a follower has come."""

    def __init__(self, seq: int) -> None:
        self.seq = seq


class Recent:
    def __init__(self) -> None:
        self._rows: deque[Appended] = deque()
        self._bytes = 0
        self._places: set[Place] = set()

    @contextmanager
    def follower(self, seq: int) -> Iterator[Place]:
        """One that has seen everything up to `seq`: it moves its place on."""
        place = Place(seq)
        self._places.add(place)
        try:
            yield place
        finally:
            self._places.discard(place)

    def add(self, row: Appended) -> None:
        self._rows.append(row)
        self._bytes += row.size
        while len(self._rows) > MOST_ROWS or self._bytes > MOST_BYTES:
            self._drop()
        if self._bytes <= LEAST_BYTES:
            return
        seen = min((place.seq for place in self._places), default=row.seq)
        while self._bytes > LEAST_BYTES and self._rows[0].seq <= seen:
            self._drop()

    def _drop(self) -> None:
        self._bytes -= self._rows.popleft().size

    def after(self, seq: int, limit: int) -> list[SpoolRow] | None:
        """None when the row that follows is no longer here."""
        if not self._rows or seq + 1 < self._rows[0].seq:
            return None
        newer = max(0, self._rows[-1].seq - seq)
        found = [recent.row for recent in islice(reversed(self._rows), newer)]
        found.reverse()
        return found[:limit]
