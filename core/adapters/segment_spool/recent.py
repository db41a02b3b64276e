"""The newest rows in memory, so that followers at the head share one copy and no disk read."""

from collections import deque
from itertools import islice
from typing import NamedTuple

from core.ports.spool import SpoolRow

_ROWS, _BYTES = 16_384, 16 * 2**20


class Appended(NamedTuple):
    """A row that was just committed. size: in bytes."""

    row: SpoolRow
    size: int

    @property
    def seq(self) -> int:
        return self.row.seq


class Recent:
    def __init__(self) -> None:
        self._rows: deque[Appended] = deque()
        self._bytes = 0

    def add(self, row: Appended) -> None:
        self._rows.append(row)
        self._bytes += row.size
        while len(self._rows) > _ROWS or self._bytes > _BYTES:
            self._bytes -= self._rows.popleft().size

    def after(self, seq: int, limit: int) -> list[SpoolRow] | None:
        """None when the row that follows is no longer here."""
        if not self._rows or seq + 1 < self._rows[0].seq:
            return None
        newer = max(0, self._rows[-1].seq - seq)
        found = [recent.row for recent in islice(reversed(self._rows), newer)]
        found.reverse()
        return found[:limit]
