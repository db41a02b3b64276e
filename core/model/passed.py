"""What a reader of the spool has done: everything up to a place, and stretches ahead of it.

A recorder writes the newest rows first and an outage's backlog behind them, so that its cursor is not one
number: rows up to `base` are done, and so are the stretches in `ahead`; the holes between are its backlog.
"""

from bisect import bisect_right
from dataclasses import dataclass, field

Stretch = tuple[int, int]
"""(after, upto): rows with after < seq <= upto."""


@dataclass(slots=True)
class Passed:
    base: int = 0
    ahead: list[Stretch] = field(default_factory=list)
    """Ascending; none touches another or the base."""

    def add(self, after: int, upto: int) -> None:
        """These are done too; what was done already stays so."""
        stretches = sorted([*self.ahead, (after, upto)] if upto > after else self.ahead)
        ahead: list[Stretch] = []
        for low, high in stretches:
            if low <= self.base:
                self.base = max(self.base, high)
            elif ahead and low <= ahead[-1][1]:
                ahead[-1] = (ahead[-1][0], max(ahead[-1][1], high))
            else:
                ahead.append((low, high))
        self.ahead = ahead

    def has(self, seq: int) -> bool:
        if seq <= self.base:
            return True
        i = bisect_right(self.ahead, (seq - 1, 2**63)) - 1
        return i >= 0 and self.ahead[i][0] < seq <= self.ahead[i][1]

    def holes(self, last: int) -> list[Stretch]:
        """Not done yet, up to row `last`, ascending."""
        edges = [self.base, *(edge for stretch in self.ahead for edge in stretch), last]
        return [(low, high) for low, high in zip(edges[::2], edges[1::2], strict=True) if low < high]
