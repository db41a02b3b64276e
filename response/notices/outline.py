"""The area of a notice as a closed outline on the map, and what stands inside.

Generalised before it leaves the hub: a convex hull with a margin, so that no pipe, valve or station can be
read from it.
"""

import math
from collections.abc import Collection, Iterable

from core.model.notice import Position
from core.model.plant import Plant
from core.model.text import Text

MARGIN_M = 150.0
_M_A_DEGREE = 111_320.0
CELLS_A_DEGREE = 10_000
Point = tuple[int, int]


def outline(nodes: Iterable[str], plant: Plant) -> tuple[Position, ...]:
    """First = last. Empty where nothing is known, or the network's place on the earth is not."""
    known = {plant.network.nodes[id] for id in nodes if id in plant.network.nodes}
    if not known or plant.utility.origin is None:
        return ()
    around = [(dx * MARGIN_M, dy * MARGIN_M) for dx in (-1, 1) for dy in (-1, 1)]
    cells = {_cell((n.x + dx, n.y + dy), plant.utility.origin) for n in known for dx, dy in around}
    ring = hull(cells)
    return tuple(Position(y / CELLS_A_DEGREE, x / CELLS_A_DEGREE) for x, y in (*ring, ring[0]))


def hydrants_inside(plant: Plant, nodes: Collection[str]) -> tuple[str, ...]:
    """Hydrants that lose water, by id."""
    inside = (p.id for p in plant.places.values() if p.kind == "hydrant" and p.node in nodes)
    return tuple(sorted(inside))


INSTITUTIONS = ("hospital", "dialysis", "school")
"""Public places that a notice names; a private customer never is."""


def institutions(plant: Plant, nodes: Collection[str]) -> tuple[Text, ...]:
    """Hospitals first."""
    inside = [p for p in plant.places.values() if p.kind in INSTITUTIONS and p.node in nodes]
    return tuple(p.name for p in sorted(inside, key=lambda p: (INSTITUTIONS.index(p.kind), p.id)))


def _cell(point: tuple[float, float], origin: tuple[float, float]) -> Point:
    """On a grid of about ten metres, east and north: whole numbers, so that no corner is nearly straight."""
    lat, lon = latlon(point, origin)
    return round(lon * CELLS_A_DEGREE), round(lat * CELLS_A_DEGREE)


def latlon(point: tuple[float, float], origin: tuple[float, float]) -> tuple[float, float]:
    """WGS-84 of a place given in metres east and north of the origin."""
    x, y = point
    lat, lon = origin
    east = x / (_M_A_DEGREE * math.cos(math.radians(lat)))
    return round(lat + y / _M_A_DEGREE, 6), round(lon + east, 6)


def hull(points: Collection[Point]) -> list[Point]:
    """Andrew's monotone chain, counter-clockwise from the leftmost; of three points or more."""
    ordered = sorted(points)
    return [*_half(ordered), *_half(ordered[::-1])]


def _half(ordered: list[Point]) -> list[Point]:
    chain: list[Point] = []
    for point in ordered:
        while len(chain) > 1 and _turn(chain[-2], chain[-1], point) <= 0:
            chain.pop()
        chain.append(point)
    return chain[:-1]


def _turn(a: Point, b: Point, c: Point) -> int:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
