"""Which address of a refused request is the illegal one (exceptions 2 and 3): a search by halves."""

from collections.abc import Sequence
from dataclasses import dataclass

from collectors.modbus.plan import Request
from collectors.modbus.point import Point
from collectors.modbus.spec import Forbidden


@dataclass(frozen=True, slots=True)
class Found:
    """illegal: addresses that no request may read along any more; None when everything is refused.
    A value that lies on them is asked for by itself from now on, and its own refusal names it."""

    illegal: Forbidden | None


@dataclass(slots=True)
class _Block:
    start: int
    end: int
    points: list[Point]


class Bisection:
    """Asks for the first half of what must hold the culprit: ceil(log2 n) questions for n values. Where no
    half was answered up to two single values more, since a device that refuses everything has no culprit.

    Values that must come in one reply (an atomic group, bits of one register) count as one.
    """

    def __init__(self, request: Request) -> None:
        self._request = request
        self._blocks = _blocks(request.points)
        self._low, self._high = 0, len(self._blocks)
        self._answered = False
        self._others = sorted({len(self._blocks) - 1, len(self._blocks) // 2} - {0})
        self.asked = 0

    @property
    def halves(self) -> bool:
        """False for a request of one value."""
        return len(self._blocks) > 1

    def next(self) -> Request | Found:
        """What to ask next, or what was found."""
        if self._high - self._low > 1:
            return self._part(self._low, (self._low + self._high) // 2, self._from())
        if self._answered:
            return self._found()
        if self._others:
            other = self._others[-1]
            return self._part(other, other + 1, self._blocks[other].start)
        return Found(None)

    def told(self, answered: bool) -> None:
        """Whether what `next` said to ask was answered, and not refused."""
        self.asked += 1
        self._answered |= answered
        if self._high - self._low > 1:
            middle = (self._low + self._high) // 2
            self._low, self._high = (middle, self._high) if answered else (self._low, middle)
        else:
            self._others.pop()

    def _from(self) -> int:
        """Where what must hold the culprit begins: unused addresses that lie before the first suspect and
        were read along may be the true culprits."""
        start = self._blocks[self._low].start
        return min(start, self._blocks[self._low - 1].end) if self._low else start

    def _found(self) -> Found:
        start = self._from()
        return Found(Forbidden(table=self._request.table, address=start, count=self._end(self._low) - start))

    def _end(self, block: int) -> int:
        return self._blocks[block].end

    def _part(self, low: int, high: int, start: int) -> Request:
        points = tuple(point for block in self._blocks[low:high] for point in block.points)
        count = self._end(high - 1) - start
        return Request(self._request.unit, self._request.table, start, count, points)


def _blocks(points: Sequence[Point]) -> list[_Block]:
    """By address; what overlaps or belongs to one atomic group is one block."""
    spans: dict[str, _Block] = {}
    for point in points:
        name = point.atomic_group or f"tag {point.tag}"
        span = spans.setdefault(name, _Block(point.start, point.end, []))
        span.start, span.end = min(span.start, point.start), max(span.end, point.end)
        span.points.append(point)
    blocks: list[_Block] = []
    for span in sorted(spans.values(), key=lambda s: (s.start, s.end)):
        if blocks and span.start < blocks[-1].end:
            blocks[-1].end = max(blocks[-1].end, span.end)
            blocks[-1].points += span.points
        else:
            blocks.append(span)
    return blocks
