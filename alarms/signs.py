"""What an alarm is a sign of, which signs go together, and which cause they speak for (alarms.md 1.5)."""

from collections import Counter
from collections.abc import Mapping, Sequence

from core.model.alarm import AlarmClass, AlarmDefinition
from core.model.finding import FindingKind
from core.model.incident import IncidentKind, Member, Sign
from core.model.network import LinkKind
from core.model.phone_call import SymptomGroup
from core.model.plant import Plant
from core.model.tag import QUALITY, Quantity, Tag

OPENS: Mapping[Sign, IncidentKind] = {
    Sign.INFLOW_UP: IncidentKind.BURST,
    Sign.NIGHT_FLOW_UP: IncidentKind.LEAK,
    Sign.PRESSURE_DOWN: IncidentKind.LOW_PRESSURE,
    Sign.PUMP_STOPPED: IncidentKind.PUMP_TRIP,
    Sign.WATER_QUALITY: IncidentKind.WATER_QUALITY,
}
"""What a sign opens where it belongs to nothing. A tank that falls is told by its own alarm; it joins."""
FLOWS = (Sign.INFLOW_UP, Sign.NIGHT_FLOW_UP)
"""They tell of a size, and of a place."""
JOINS: Mapping[Sign, frozenset[IncidentKind]] = {
    Sign.INFLOW_UP: frozenset({IncidentKind.BURST, IncidentKind.LOW_PRESSURE}),
    Sign.NIGHT_FLOW_UP: frozenset({IncidentKind.LEAK}),
    Sign.PRESSURE_DOWN: frozenset({IncidentKind.BURST, IncidentKind.LOW_PRESSURE, IncidentKind.PUMP_TRIP}),
    Sign.TANK_FALL: frozenset({IncidentKind.BURST, IncidentKind.LOW_PRESSURE, IncidentKind.PUMP_TRIP}),
    Sign.PUMP_STOPPED: frozenset({IncidentKind.LOW_PRESSURE, IncidentKind.PUMP_TRIP}),
    Sign.WATER_QUALITY: frozenset({IncidentKind.WATER_QUALITY}),
}
"""A pump that stops takes pressure and inflow away: an inflow that rises is no sign of it. What nights tell
of is beside what a burst's alarm has told (`detectors.leak`)."""
CAUSES: Mapping[Sign, IncidentKind] = {
    Sign.INFLOW_UP: IncidentKind.BURST,
    Sign.PUMP_STOPPED: IncidentKind.PUMP_TRIP,
}
"""Signs that say why, and not only that. They give an incident its kind."""
COUNT = "signs:"
"""Of a figure of evidence: how many alarms stand for that sign."""
EXPECTED: Mapping[IncidentKind, Mapping[Sign, float]] = {
    IncidentKind.BURST: {Sign.INFLOW_UP: 0.5, Sign.PRESSURE_DOWN: 0.4, Sign.TANK_FALL: 0.1},
    IncidentKind.LEAK: {Sign.NIGHT_FLOW_UP: 1.0},
    IncidentKind.PUMP_TRIP: {Sign.PUMP_STOPPED: 0.5, Sign.PRESSURE_DOWN: 0.4, Sign.TANK_FALL: 0.1},
    IncidentKind.LOW_PRESSURE: {Sign.INFLOW_UP: 0.3, Sign.PUMP_STOPPED: 0.3, Sign.PRESSURE_DOWN: 0.4},
    IncidentKind.WATER_QUALITY: {Sign.WATER_QUALITY: 1.0},
}
"""Weights of the signs that each cause gives; this project's own. Of low pressure alone no cause is known."""


def sign_of(row: AlarmDefinition, plant: Plant) -> Sign | None:
    """None of an alarm that says nothing of the water: of an instrument, a line, the hub."""
    if row.alarm_class in (AlarmClass.INSTRUMENT, AlarmClass.COMMUNICATION, AlarmClass.SYSTEM):
        return None
    if row.kind is FindingKind.BURST:
        return Sign.INFLOW_UP
    if row.kind is FindingKind.LEAK:
        return Sign.NIGHT_FLOW_UP
    if row.kind is FindingKind.QUALITY_EVENT:
        return Sign.WATER_QUALITY
    if row.kind is FindingKind.CALLS:
        return Sign.WATER_QUALITY if row.group == SymptomGroup.QUALITY else Sign.PRESSURE_DOWN
    tag = plant.tags.get(row.tag or "")
    if tag is None:
        return None
    low = row.kind is FindingKind.LIMIT_LOW
    limit = low or row.kind is FindingKind.LIMIT_HIGH
    if tag.quantity in QUALITY and limit:
        return Sign.WATER_QUALITY
    if tag.quantity is Quantity.PRESSURE and low:
        return Sign.PRESSURE_DOWN
    if tag.quantity is Quantity.LEVEL and (low or _falling(row)):
        return Sign.TANK_FALL
    if of_pump(tag, plant) and (limit or row.kind is FindingKind.DISCREPANCY):
        return Sign.PUMP_STOPPED
    return None


def of_pump(tag: Tag, plant: Plant) -> bool:
    """Whether the tag says of a pump that it runs, or that its protection has tripped."""
    link = plant.network.links.get(tag.link or "")
    return tag.quantity is Quantity.STATUS and link is not None and link.kind is LinkKind.PUMP


def seen_in(evidence: Mapping[str, float | str]) -> frozenset[Sign]:
    """Signs that an incident's alarms stand for; the burst's own detector may have seen the pressures fall
    before any alarm of theirs."""
    seen = {sign for sign in Sign if f"{COUNT}{sign}" in evidence}
    if evidence.get("pressure_agrees") == "yes":
        seen.add(Sign.PRESSURE_DOWN)
    return frozenset(seen)


def scored(kind: IncidentKind, seen: frozenset[Sign]) -> float:
    """Which share of the signs of such a cause is seen, 0..1."""
    return round(sum(weight for sign, weight in EXPECTED.get(kind, {}).items() if sign in seen), 2)


def root_of(kind: IncidentKind, members: Sequence[Member]) -> str | None:
    """The earliest member that says why; None while none does."""
    sign = next((sign for sign, cause in CAUSES.items() if cause is kind), None)
    causes = [member for member in members if member.sign is sign is not None]
    first = min(causes, key=lambda member: (member.raised_ns, member.alarm), default=None)
    return first.alarm if first else None


def counted(members: Sequence[Member]) -> dict[str, float | str]:
    """How many alarms stand for each sign, as evidence."""
    counts = Counter(member.sign for member in members if member.sign)
    return {f"{COUNT}{sign}": float(n) for sign, n in sorted(counts.items())}


def without_counts(evidence: Mapping[str, float | str]) -> dict[str, float | str]:
    return {name: said for name, said in evidence.items() if not name.startswith(COUNT)}


def _falling(row: AlarmDefinition) -> bool:
    return row.kind is FindingKind.RATE and row.setpoint is not None and row.setpoint < 0
