"""Which alarms a planned activity explains: exactly these, by kind of work, and no other (A-21).

Never those of the class `highly_managed`; those of priority 1 only once a second person has approved it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from alarms.definitions import Definitions, Watched, located
from core.model.activity import Activity, ActivityKind
from core.model.alarm import AlarmClass, AlarmDefinition
from core.model.finding import FindingKind
from core.model.maintenance import Maintenance, Scope
from core.model.plant import Plant
from core.model.tag import Quantity, Tag

LOW, HIGH, RATE = FindingKind.LIMIT_LOW, FindingKind.LIMIT_HIGH, FindingKind.RATE
_UNUSUAL = frozenset({FindingKind.DEVIATION, FindingKind.EWMA, FindingKind.CUSUM})
"""Off from what is usual: whatever moves the water or stirs it up makes it so."""
_MOVED = frozenset({LOW, HIGH, RATE}) | _UNUSUAL

OF_ZONE: Mapping[ActivityKind, Mapping[Quantity | None, frozenset[FindingKind]]] = {
    ActivityKind.FLUSHING: {
        None: frozenset({FindingKind.BURST, FindingKind.CROSS_CHECK}),
        Quantity.TURBIDITY: frozenset({HIGH, RATE}) | _UNUSUAL,
        Quantity.PRESSURE: frozenset({LOW, RATE}) | _UNUSUAL,
        Quantity.FLOW: frozenset({HIGH, RATE}) | _UNUSUAL,
    },
    ActivityKind.VALVE_WORK: {
        None: frozenset({FindingKind.BURST, FindingKind.CROSS_CHECK}),
        Quantity.TURBIDITY: frozenset({HIGH, RATE}) | _UNUSUAL,
        Quantity.PRESSURE: _MOVED,
        Quantity.FLOW: _MOVED,
        Quantity.LEVEL: _MOVED,
    },
    ActivityKind.CALIBRATION: {},
    ActivityKind.TEST: {},
    ActivityKind.OUTAGE: {
        None: frozenset({FindingKind.CROSS_CHECK}),
        Quantity.PRESSURE: frozenset({LOW, RATE}) | _UNUSUAL,
    },
}
"""Of a listed zone: kinds of findings by what the tag measures; None: of the zone itself. Water that flows
more, faster or the other way lowers pressure, raises flow and stirs up deposits. It does not take away
chlorine or change pH: those stay loud. An interruption lowers pressure, and nothing else of it is expected
(ON-34). All of them change how a zone's readings go together."""

_INSTRUMENT = (AlarmClass.INSTRUMENT, AlarmClass.COMMUNICATION)


class Watch(NamedTuple):
    """As much of a definition as is asked here."""

    id: str
    row: str
    kind: FindingKind
    alarm_class: AlarmClass
    priority: int
    tag: Tag | None
    zone: str | None
    station: str | None


@dataclass(frozen=True, slots=True)
class Expected:
    """Ids of alarms. withheld: explained and held back. to_approve: explained, of priority 1, heard until
    another person has approved. never: explained, and highly managed."""

    withheld: tuple[str, ...]
    to_approve: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


def expected(activity: Activity, rows: Sequence[AlarmDefinition], plant: Plant) -> Expected:
    """What it withholds, now or once it is approved."""
    explained = [watch for watch in watches(rows, plant) if _explains(activity, watch)]
    never = tuple(w.id for w in explained if w.alarm_class is AlarmClass.HIGHLY_MANAGED)
    rest = [w for w in explained if w.alarm_class is not AlarmClass.HIGHLY_MANAGED]
    if activity.approved_by is not None:
        return Expected(tuple(w.id for w in rest), (), never)
    first = tuple(w.id for w in rest if w.priority == 1)
    return Expected(tuple(w.id for w in rest if w.priority > 1), first, never)


def of_maintenance(one: Maintenance, rows: Sequence[AlarmDefinition], plant: Plant) -> tuple[str, ...]:
    """A sensor in maintenance is judged by nobody (`collectors.intake.maintenance`): neither what it
    measures nor what it says of itself is news. Of a station, its line neither."""
    found = []
    for watch in watches(rows, plant):
        if watch.alarm_class is AlarmClass.HIGHLY_MANAGED:
            continue
        mine = watch.tag is not None and one.subject == (
            watch.tag.id if one.scope is Scope.TAG else watch.tag.station
        )
        if mine or (one.scope is Scope.STATION and watch.tag is None and watch.station == one.subject):
            found.append(watch.id)
    return tuple(found)


def _explains(activity: Activity, watch: Watch) -> bool:
    tag = watch.tag
    if activity.kind is ActivityKind.TEST:
        where = not (activity.zones or activity.tags) or (
            watch.zone in activity.zones or (tag is not None and tag.id in activity.tags)
        )
        return where and (watch.row in activity.rows or watch.id in activity.rows)
    if tag is not None and tag.id in activity.tags:
        return activity.kind is ActivityKind.CALIBRATION or watch.alarm_class not in _INSTRUMENT
    if watch.zone not in activity.zones or watch.alarm_class in _INSTRUMENT:
        return False
    return watch.kind in OF_ZONE[activity.kind].get(tag.quantity if tag else None, frozenset())


def watches(rows: Sequence[AlarmDefinition], plant: Plant) -> Iterator[Watch]:
    """Of many definitions none is made."""
    if not isinstance(rows, Definitions):
        for row in rows:
            tag = plant.tags.get(row.tag or "")
            named = row.id.rpartition(":")[2]
            yield Watch(row.id, named, row.kind, row.alarm_class, row.priority, tag, row.zone, row.station)
        return
    for rule in rows.rules:
        yield from _of_rule(rule.id, rule.shared, rule.watched.items())


def _of_rule(row: str, shared: Mapping[str, Any], watched: Iterable[tuple[str, Watched]]) -> Iterator[Watch]:
    kind, alarm_class, priority = shared["kind"], shared["alarm_class"], shared["priority"]
    for id, of in watched:
        _, zone, station = located(id, of)
        tag = of if isinstance(of, Tag) else None
        yield Watch(f"{id}:{row}", row, kind, alarm_class, priority, tag, zone, station)
