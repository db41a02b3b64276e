"""How urgent an order is, with every reason (WO-07): 1 critical, 2 urgent, 3 normal, 4 planned.

Every rule that holds is told; the most urgent of them decides. The bounds are this project's own defaults.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from core.model.account import Segment
from core.model.shanghai import local

LARGE_MM, TRUNK_MM = 300.0, 500.0
MANY, SOME = 500, 100
"""Connections without water."""
PEAKS = ((6, 9), (17, 21))
"""Hours in which most people need water."""
BY_PERSON = "set_by_person"
"""The reason of a priority that a person chose: the hub leaves it alone."""
CALL_CLUSTER = "call_cluster"
"""Several households reported it."""
QUALITY_KINDS = frozenset({"water_quality"})
DOUBTFUL_KINDS = frozenset({"discoloured"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What is known of an order when its priority is set. base: as its service has it."""

    kind: str
    base: int
    at_ns: int
    diameter_mm: float = 0.0
    connections: int = 0
    segments: Collection[Segment] = field(default_factory=tuple)
    main_road: bool = False


@dataclass(frozen=True, slots=True)
class Rated:
    """reasons: `name` or `name:figure`, those that decide first."""

    priority: int
    reasons: tuple[str, ...]


_KEY = {
    Segment.HOSPITAL: 1,
    Segment.DIALYSIS: 1,
    Segment.SCHOOL: 2,
    Segment.NURSING: 2,
    Segment.VULNERABLE: 2,
    Segment.LARGE_USER: 2,
}


def rate(matter: Matter) -> Rated:
    """Planned work stays planned, whatever it touches: what it cuts off is announced before."""
    if matter.base >= 4:
        return Rated(4, ("planned",))
    holding = sorted(_rules(matter), key=lambda rule: rule[0])
    best = min(matter.base, *(priority for priority, _ in holding)) if holding else matter.base
    reasons = [reason for _, reason in holding]
    if not holding or holding[0][0] > matter.base:
        reasons.insert(0, f"service:{matter.base}")
    return Rated(best, tuple(reasons))


def _rules(matter: Matter) -> Iterator[tuple[int, str]]:
    if matter.kind in QUALITY_KINDS:
        yield 1, "quality_risk"
    if matter.kind in DOUBTFUL_KINDS:
        yield 2, "quality_doubt"
    if matter.diameter_mm >= TRUNK_MM:
        yield 1, f"trunk_main:{matter.diameter_mm:.0f}"
    elif matter.diameter_mm >= LARGE_MM:
        yield 1, f"large_main:{matter.diameter_mm:.0f}"
    for segment in Segment:
        if segment in _KEY and segment in matter.segments:
            yield _KEY[segment], f"inside_{segment.value}"
    if matter.connections >= MANY:
        yield 1, f"many_connections:{matter.connections}"
    elif matter.connections >= SOME:
        yield 2, f"some_connections:{matter.connections}"
        if _peak(matter.at_ns):
            yield 2, "peak_hours"
    if matter.main_road:
        yield 2, "main_road"


def _peak(at_ns: int) -> bool:
    hour = local(at_ns).hour
    return any(start <= hour < end for start, end in PEAKS)
