"""Whether an area's outline is one: that it does not cross itself, and lies where the network does."""

import itertools
from collections.abc import Sequence

from core.model.notice import Position

SPAN_DEGREES = 2.0
"""A town's service area is within this of its network; latitude and longitude swapped are not."""


def near(point: Position, origin: tuple[float, float]) -> bool:
    return abs(point.lat - origin[0]) < SPAN_DEGREES and abs(point.lon - origin[1]) < SPAN_DEGREES


def crossed(ring: Sequence[Position]) -> bool:
    """Two sides that do not follow each other meet."""
    sides = list(itertools.pairwise(ring))
    return any(
        _meet(*sides[i], *sides[j])
        for i in range(len(sides))
        for j in range(i + 2, len(sides))
        if not (i == 0 and j == len(sides) - 1)
    )


def _meet(a: Position, b: Position, c: Position, d: Position) -> bool:
    return _side(a, b, c) * _side(a, b, d) <= 0 and _side(c, d, a) * _side(c, d, b) <= 0


def _side(a: Position, b: Position, c: Position) -> float:
    return (b.lon - a.lon) * (c.lat - a.lat) - (b.lat - a.lat) * (c.lon - a.lon)
