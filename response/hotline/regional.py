"""Reports that no single zone explains (facts-water 4.10): callers on both sides of a zone's border, and the
whole town ringing at once. Pure: a service asks the ledger.

Near each other is DBSCAN (Ester et al. 1996) in place and time, its points weighed by building. The whole
town rings when it is far above what is usual for it and over most of its zones: that is one finding, and a
zone on its own has then to stand out from the town.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import hypot

from core.model.phone_call import CallCluster, SymptomGroup
from core.model.shanghai import local
from response.hotline.chance import at_least, expected
from response.hotline.clusters import CHANCE, PREMISES, Signal, Told, counts, signal_of

_S = 1_000_000_000
NEAR_M = 400.0
NEAR_S = 2700.0
"""eps in place and in time [P]."""
STORM_FACTOR = 10.0
"""So far above its usual rate the whole town rings [P]."""
STORM_SHARE = 0.5
STORM_ZONES = 3
"""From so large a share of the zones, and from so many at least; no more than half of the callers of one."""


@dataclass(frozen=True, slots=True)
class Storm:
    """found: the whole town's, the zone with most callers first. factor: how far above its usual rate."""

    found: Signal
    factor: float


def heard_of(heard: Sequence[Told], group: SymptomGroup, now_ns: int) -> list[Told]:
    """Those of the group that count, of now, of a known zone, and of no incident that is known."""
    since = now_ns - int(NEAR_S * _S)
    return [
        one
        for one in heard
        if one.report.zone
        and since < one.report.at_ns <= now_ns
        and counts(one) is group
        and one.report.incident is None
    ]


def neighbourhoods(heard: Sequence[Told]) -> list[list[Told]]:
    """DBSCAN: at least three buildings near a report make it a core; what is near a core is of one. heard:
    all within the time."""
    at = [(one, one.report.x, one.report.y) for one in heard]
    points = [(one, x, y) for one, x, y in at if x is not None and y is not None]
    near = [[k for k, (_, u, v) in enumerate(points) if hypot(u - x, v - y) <= NEAR_M] for _, x, y in points]
    core = [len({points[k][0].premises for k in some}) >= PREMISES for some in near]
    seen: set[int] = set()
    found: list[list[Told]] = []
    for start in range(len(points)):
        if not core[start] or start in seen:
            continue
        mine, todo = {start}, [start]
        while todo:
            fresh = set(near[todo.pop()]) - mine
            mine |= fresh
            todo += [k for k in fresh if core[k]]
        seen |= mine
        found.append([points[k][0] for k in sorted(mine)])
    return found


def across(
    heard: Sequence[Told], group: SymptomGroup, zone: str, rates: Mapping[str, float], now_ns: int
) -> Signal | None:
    """Of callers near each other on both sides of this zone's border; rare against all its zones together.
    rates: reports a second by zone."""
    found = []
    for some in neighbourhoods(heard):
        zones = _zones(some)
        if len(zones) < 2 or zone not in zones:
            continue
        rate_s = sum(rates.get(one, 0.0) for one in zones)
        if one := _rare(some, zones, group, rate_s, now_ns):
            found.append(one)
    return min(found, key=lambda one: one.p, default=None)


def storm(
    heard: Sequence[Told], group: SymptomGroup, rates: Mapping[str, float], now_ns: int
) -> Storm | None:
    """rates: of every zone that has customers."""
    zones = _zones(heard)
    premises = len({one.premises for one in heard})
    if not wide(zones, rates) or premises < PREMISES * STORM_ZONES:
        return None
    most = len({one.premises for one in heard if one.report.zone == zones[0]})
    mean = expected(sum(rates.values()), NEAR_S, local(now_ns).hour)
    if most * 2 > premises or premises <= STORM_FACTOR * mean:
        return None
    found = _rare(heard, zones, group, sum(rates.values()), now_ns)
    return Storm(found, premises / mean) if found and mean > 0 else None


def wide(zones: Collection[str], rates: Collection[object]) -> bool:
    return len(zones) >= max(STORM_ZONES, STORM_SHARE * len(rates))


def _zones(heard: Sequence[Told]) -> tuple[str, ...]:
    """By their callers, the most first."""
    buildings = {(one.report.zone or "", one.premises) for one in heard}
    by_zone = Counter(zone for zone, _ in buildings)
    return tuple(sorted(by_zone, key=lambda zone: (-by_zone[zone], zone)))


def _rare(
    some: Sequence[Told], zones: tuple[str, ...], group: SymptomGroup, rate_s: float, now_ns: int
) -> Signal | None:
    premises = len({one.premises for one in some})
    mean = expected(rate_s, NEAR_S, local(now_ns).hour)
    if premises < PREMISES or (p := at_least(premises, mean)) >= CHANCE:
        return None
    return signal_of(zones[0], group, some, NEAR_S, mean, p, zones)


def regional(standing: Sequence[CallCluster], found: Signal) -> CallCluster | None:
    """The town's own; else the oldest of its zones', which has become the town's."""
    own = [one for one in standing if one.regional]
    others = sorted(
        (one for one in standing if one.zone in found.zones), key=lambda one: (one.opened_ns, one.id)
    )
    return next(iter((*own, *others)), None)


def same(standing: Sequence[CallCluster], found: Signal) -> CallCluster | None:
    """What stands of the same callers, or of the same zone; on a border, of any of its zones."""
    zones, reports = {found.zone, *found.zones}, set(found.reports)
    mine = [one for one in standing if not one.regional]
    return next((one for one in mine if one.zone in zones or reports & set(one.reports)), None)
