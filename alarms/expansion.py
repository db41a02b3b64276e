"""The rows of alarms.yaml over a plant: an alarm for each tag, zone or station that a row selects, and what
is wrong with a row that cannot work there.
"""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from alarms import wrong_row
from alarms.composing import compose
from alarms.conditions import check, measure, references
from alarms.definitions import Definitions, Rule, Station, Watched
from alarms.detectors.agreement import LEAST_READINGS
from alarms.detectors.cross_check import MOST_TAGS, compared
from alarms.detectors.quality_event import WATCHED
from alarms.matrix import Matrix, whole
from alarms.rationale import OWN
from alarms.spec import AlarmRow, AlarmsSpec
from alarms.wrong_row import WrongRow
from core.model.finding import FindingKind
from core.model.plant import Plant
from core.model.tag import Tag
from core.model.text import Text

_WITH_SETPOINT = frozenset(
    {
        FindingKind.LIMIT_HIGH,
        FindingKind.LIMIT_LOW,
        FindingKind.RATE,
        FindingKind.FLATLINE,
        FindingKind.SPIKE,
        FindingKind.DRIFT,
    }
)
_WITH_DEADBAND = frozenset({FindingKind.LIMIT_HIGH, FindingKind.LIMIT_LOW, FindingKind.RATE})
_WITH_WINDOW = frozenset({FindingKind.RATE, FindingKind.FLATLINE})


def expand(spec: AlarmsSpec, plant: Plant) -> Definitions:
    """Every row over every tag, zone or station it selects. Raises WrongRow."""
    found, wrong = spread(spec, plant)
    if wrong:
        raise wrong[0]
    return found


def spread(
    spec: AlarmsSpec, plant: Plant, versions: Mapping[str, str] = MappingProxyType({})
) -> tuple[Definitions, list[WrongRow]]:
    """The definitions of the rows that can work, and what is wrong with each of the others. versions: at
    which each row was approved."""
    matrix = whole(spec.matrix)
    rules: dict[str, Rule] = {}
    known: dict[Hashable, dict[str, Any]] = {}
    wrong: list[WrongRow] = []
    for at, row in enumerate(spec.alarms):
        try:
            with wrong_row.row(at):
                if row.id in rules:
                    raise WrongRow.of(row, "two rows have this id", "give each its own", "id")
                _check(row, plant)
                rule = _over(row, plant, matrix, versions.get(row.id, ""))
                rules[row.id] = replace(rule, shared=_one(rule.shared, known))
        except WrongRow as error:
            wrong.append(error)
    for at, row in enumerate(spec.alarms):
        if row.kind is not FindingKind.COMPOSITE or row.id not in rules:
            continue
        try:
            with wrong_row.row(at):
                rules[row.id] = compose(row, spec.alarms, rules)
        except WrongRow as error:
            del rules[row.id]
            wrong.append(error)
    return Definitions(rules.values()), wrong


def _check(row: AlarmRow, plant: Plant) -> None:
    check(row)
    if row.kind in _WITH_SETPOINT and row.setpoint is None:
        raise WrongRow.of(row, f"a {row.kind} alarm needs a setpoint", "state setpoint")
    if row.kind in _WITH_WINDOW and row.window_s is None:
        raise WrongRow.of(row, f"a {row.kind} alarm needs window_s", "state window_s")
    if row.escalate_at is not None and row.setpoint is not None:
        upward = row.kind is FindingKind.LIMIT_HIGH
        if (row.escalate_at > row.setpoint) is not upward:
            raise WrongRow.of(row, "escalate_at must lie beyond the setpoint", "correct one of them")
    if row.setpoint is not None and row.unit is None:
        raise WrongRow.of(row, "its setpoint has no unit", "state the unit (or `own`: each tag's own)")
    if row.kind in _WITH_DEADBAND and row.deadband is None:
        raise WrongRow.of(row, f"a {row.kind} alarm needs a deadband", "state deadband (0 only knowingly)")
    if row.area != OWN and row.area not in plant.zones:
        raise WrongRow.of(row, f"area {row.area!r} is no zone of zones.csv", "name one, or `own`")


def _over(row: AlarmRow, plant: Plant, matrix: Matrix, config: str) -> Rule:
    watched: Mapping[str, Watched]
    own: Mapping[str, Mapping[str, Any]] = {}
    if row.kind is FindingKind.CROSS_CHECK:
        watched = _compared(row, plant)
    elif row.kind in (FindingKind.BURST, FindingKind.LEAK, FindingKind.COMPOSITE):
        zones = [zone for zone in plant.zones.values() if row.select.takes_zone(zone)]
        watched = {zone.id: zone for zone in zones if zone.inflow or row.kind is FindingKind.COMPOSITE}
    else:
        tags = [tag for tag in row.select.candidates(plant) if row.select.takes(tag, plant)]
        if row.kind is FindingKind.COMMUNICATION:
            watched = dict.fromkeys(tag.station for tag in tags)
        elif row.kind is FindingKind.QUALITY_EVENT:
            watched, own = _moving(row, tags, plant)
        else:
            watched = {tag.id: tag for tag in tags}
            _one_unit(row, tags)
            own = references(row, tags, plant)
    return Rule(row.id, row.name.text(), shared_of(row, matrix), watched, own, config)


def _moving(
    row: AlarmRow, tags: Sequence[Tag], plant: Plant
) -> tuple[dict[str, Watched], dict[str, dict[str, int]]]:
    """Stations with as many quality tags as must move at once. Raises WrongRow."""
    needs = row.needs if "needs" in row.model_fields_set else 1
    if not isinstance(needs, int) or needs < 1:
        raise WrongRow.of(row, f"it needs {needs} quantities", "give a number, or leave it out: one", "needs")
    told = Counter(tag.station for tag in tags if tag.quantity in WATCHED)
    stations = [station for station, n in told.items() if n >= needs]
    at = {tag.station: _station(tag, plant) for tag in tags if tag.station in stations}
    return dict(at), {station: {"needs": needs} for station in stations}


def _station(tag: Tag, plant: Plant) -> Station:
    """Where it stands, called by its zone and its own id."""
    zone, id = plant.zones.get(tag.zone or ""), tag.station
    name = Text(f"{zone.name.zh} {id}", f"{zone.name.en} {id}") if zone else Text(id, id)
    return Station(id, tag.zone, name)


def _compared(row: AlarmRow, plant: Plant) -> dict[str, Watched]:
    """Zones with enough tags to hold against each other. Raises WrongRow for one with too many."""
    zones = [zone for zone in plant.zones.values() if row.select.takes_zone(zone)]
    tags = {zone.id: len(compared(plant, zone.id)) for zone in zones}
    for id, n in tags.items():
        if n > MOST_TAGS:
            what, mend = f"zone {id} has {n} tags to compare", f"leave it out; {MOST_TAGS} are the most"
            raise WrongRow.of(row, what, mend, "for")
    return {zone.id: zone for zone in zones if tags[zone.id] >= LEAST_READINGS}


def _one(shared: dict[str, Any], known: dict[Hashable, dict[str, Any]]) -> dict[str, Any]:
    """The same object for rows that say the same: of 100,000 rows few differ in more than tag and name."""
    return known.setdefault(tuple(shared.values()), shared)


def _one_unit(row: AlarmRow, tags: Sequence[Tag]) -> None:
    """Raises ValueError for a figure in another unit than its tag's."""
    for tag in tags:
        own = measure(row, tag.unit)
        if row.setpoint is not None and row.unit not in (OWN, own):
            what = f"it is in {row.unit}, its tag {tag.id} is in {own}"
            raise WrongRow.of(row, what, f"convert its figures into {own}, or leave that tag out", "unit")


def shared_of(row: AlarmRow, matrix: Matrix) -> dict[str, Any]:
    """What all definitions of a row have in common, made once."""
    return {
        "kind": row.kind,
        "alarm_class": row.alarm_class,
        "priority": row.priority(matrix),
        "cause": row.causes(),
        "consequence": row.consequence.text(),
        "action": row.action.text(),
        "response_min": row.response_min,
        "setpoint": row.setpoint,
        "escalate_at": row.escalate_at,
        "deadband": row.deadband or 0.0,
        "on_delay_s": row.on_delay_s,
        "off_delay_s": row.off_delay_s,
        "window_s": row.window_s,
        **row.shared(),
        "quantities": row.select.quantity if row.kind is FindingKind.QUALITY_EVENT else (),
        "latching": row.latching,
        "group": row.group,
        "ack_required": row.ack_required,
        "shelve_max_min": row.shelve_max_min,
        "confirm_action": row.confirm_action.text(),
        "owner_role": row.owner_role,
        "escalation_policy": row.escalation_policy,
        "display_link": row.display_link,
        "procedure_link": row.procedure_link,
    }
