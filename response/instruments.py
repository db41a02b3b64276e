"""Where the instruments stand that a caller's card looks at: pressures and the water's quality."""

from collections.abc import Iterable

import numpy as np

from core.model.plant import Plant
from core.model.tag import QUALITY, Quantity, Tag

PRESSURES = 3
_FIRST = (
    Quantity.PRESSURE,
    Quantity.FREE_CHLORINE,
    Quantity.TOTAL_CHLORINE,
    Quantity.TURBIDITY,
    Quantity.PH,
)
_REST = len(_FIRST)


class _Standing:
    """Instruments of one quantity, by id."""

    def __init__(self, placed: Iterable[tuple[Tag, tuple[float, float]]]) -> None:
        rows = sorted(placed, key=lambda row: row[0].id)
        self.tags = [tag for tag, _ in rows]
        self.x, self.y = np.array([at for _, at in rows]).T
        self.zone = np.array([tag.zone or "" for tag in self.tags])

    def nearest(self, x: float, y: float, zone: str, most: int) -> list[tuple[bool, float, Tag]]:
        far_m, others = np.hypot(self.x - x, self.y - y), self.zone != zone
        ranked = np.lexsort((far_m, others))[:most].tolist()
        return [(bool(others[k]), float(far_m[k]), self.tags[k]) for k in ranked]


class Instruments:
    """Looked up once of a plant: a city has thousands, and a card is asked for while the telephone rings."""

    def __init__(self, plant: Plant) -> None:
        self.plant = plant
        placed: dict[Quantity, list[tuple[Tag, tuple[float, float]]]] = {}
        for tag in plant.tags.values():
            at = _place(plant, tag) if tag.quantity is Quantity.PRESSURE or tag.quantity in QUALITY else None
            if at is not None:
                placed.setdefault(tag.quantity, []).append((tag, at))
        self._of = {quantity: _Standing(rows) for quantity, rows in placed.items()}

    @property
    def tags(self) -> list[Tag]:
        return [tag for one in self._of.values() for tag in one.tags]

    def nearest(self, node: str, zone: str) -> list[tuple[Tag, float]]:
        """Three pressures and one instrument of each quality quantity, with their distance; the zone's own
        before a neighbour's."""
        home = self.plant.network.nodes.get(node)
        if home is None:
            return []
        found = [
            (_FIRST.index(quantity) if quantity in _FIRST else _REST, *row)
            for quantity, one in self._of.items()
            for row in one.nearest(home.x, home.y, zone, PRESSURES if quantity is Quantity.PRESSURE else 1)
        ]
        found.sort(key=lambda row: (*row[:3], row[3].id))
        return [(tag, far_m) for *_, far_m, tag in found]


def _place(plant: Plant, tag: Tag) -> tuple[float, float] | None:
    if tag.node in plant.network.nodes:
        node = plant.network.nodes[tag.node or ""]
        return node.x, node.y
    return plant.network.middle(tag.link) if tag.link in plant.network.links else None
