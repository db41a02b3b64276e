"""Suppression that every hub has: a station nobody hears cannot say anything new, so that its tags' silence
is told once, by the station's communication alarm."""

from collections.abc import Iterable, Sequence
from functools import partial

from alarms.definitions import Definitions
from alarms.suppression import SuppressionRule
from core.model.alarm import AlarmDefinition
from core.model.finding import FindingKind
from core.model.plant import Plant
from core.model.tag import Tag
from core.model.text import Text

PREFIX = "comms:"
SILENT = (FindingKind.STALE, FindingKind.FLATLINE)
"""What says of a tag only that nothing new comes from it."""
SCANS = 3
LEAST_BACK_S = 10.0


def lost_stations(
    rows: Sequence[AlarmDefinition], plant: Plant, speed: float = 1.0
) -> Iterable[SuppressionRule]:
    """One rule for each station with a communication alarm. When the station is back, each of its tags has
    three of its intervals (real seconds) to be heard again."""
    slowest: dict[str, float] = {}
    for tag in plant.tags.values():
        slowest[tag.station] = max(slowest.get(tag.station, 0.0), tag.period_s)
    silent = _silent(rows)
    for alarm, station in _communication(rows):
        back_s = max(LEAST_BACK_S, SCANS * slowest.get(station, 0.0)) * speed
        name = Text(f"{station} 站通信中断", f"station {station} is not heard")
        targets = partial(_of_station, silent, station, plant)
        yield SuppressionRule(f"{PREFIX}{station}", name, (alarm,), targets, back_s)


def _communication(rows: Sequence[AlarmDefinition]) -> Iterable[tuple[str, str]]:
    if isinstance(rows, Definitions):
        for rule in rows.rules:
            if rule.kind is FindingKind.COMMUNICATION:
                yield from ((f"{station}:{rule.id}", station) for station in rule.watched)
    else:
        for row in rows:
            if row.kind is FindingKind.COMMUNICATION and row.station:
                yield row.id, row.station


Silent = Definitions | Sequence[AlarmDefinition]


def _silent(rows: Sequence[AlarmDefinition]) -> Silent:
    if isinstance(rows, Definitions):
        return Definitions(rule for rule in rows.rules if rule.kind in SILENT)
    return [row for row in rows if row.kind in SILENT]


def _of_station(silent: Silent, station: str, plant: Plant) -> tuple[str, ...]:
    """Made when the station is lost: of all stations together they would be as many as the plant's alarms."""
    if isinstance(silent, Definitions):
        return tuple(
            f"{id}:{rule.id}"
            for rule in silent.rules
            for id, of in rule.watched.items()
            if isinstance(of, Tag) and of.station == station
        )
    return tuple(row.id for row in silent if row.tag and plant.tags[row.tag].station == station)
