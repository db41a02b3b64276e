"""When the hub believes an incident by itself: a rule for each kind, as configuration (A-23).

What is believed gets its work order and its draft without a person, so a rule states what it takes: a score,
so many instruments that agree, and how long. What it went by stands in the incident's evidence.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from alarms.timers import SECOND
from core.model.alarm import AlarmDefinition
from core.model.finding import FindingKind
from core.model.incident import Incident, IncidentKind, IncidentState, Sign

BELIEVED = frozenset(
    {
        "burst_step_and_pressure_agree",
        "burst_step_and_low_pressure_alarm",
        "pump_stopped_and_pressure_fell",
        "sibling_instrument_agrees",
        "several_pressures_low",
        "persisted",
    }
)
"""The names of the hub's own reasons."""
FALL_SD = 2.0
"""A gauge agrees with a burst when it fell so many times as far as it wanders by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """score: at least, 0..1. sensors: so many different instruments agree. persists_s: so long after its
    opening. alone_s: what has fewer sensors or less score is believed when it lasts so long; None: never."""

    score: float = 0.0
    sensors: int = 2
    persists_s: float = 0.0
    alone_s: float | None = None


RULES: Mapping[IncidentKind, Rule] = MappingProxyType(
    {
        IncidentKind.BURST: Rule(score=0.9, alone_s=3600.0),
        IncidentKind.LEAK: Rule(score=1.0, alone_s=0.0),
        IncidentKind.PUMP_TRIP: Rule(score=0.9),
        IncidentKind.LOW_PRESSURE: Rule(sensors=3, persists_s=180.0, alone_s=900.0),
        IncidentKind.WATER_QUALITY: Rule(score=1.0, alone_s=300.0),
    }
)
"""Gauges low together are believed sooner than one, yet not before a burst has had time to show itself. A
leak has been weighed by its detector over a night or more."""


def sensors(incident: Incident, definitions: Mapping[str, AlarmDefinition]) -> frozenset[str]:
    """What speaks for it: the instruments of its alarms, gauges that fell with a burst's step, and customers
    who rang up."""
    rows = [(m, definitions.get(m.alarm)) for m in incident.members]
    tags = {row.tag for _, row in rows if row is not None and row.tag is not None}
    tags |= {row.id for _, row in rows if row is not None and row.kind is FindingKind.CALLS}
    if any(member.sign is Sign.INFLOW_UP for member in incident.members):
        gauges = tags | (_fallen(incident.evidence) if agreed(incident) else set())
        if not gauges and agreed(incident):
            gauges = {f"{incident.zone} pressure"}
        tags = gauges | {f"{incident.zone} inflow"}
    return frozenset(tags)


def agreed(incident: Incident) -> bool:
    """The burst's detector saw the pressures fall with the step."""
    return incident.evidence.get("pressure_agrees") == "yes"


def reason(incident: Incident, rule: Rule | None, seen: Callable[[], int], now_ns: int) -> str | None:
    """Why it is believed now, by name; None while it is not. seen: how many instruments agree, when asked."""
    if rule is None or incident.held or incident.state is not IncidentState.SUSPECTED:
        return None
    stood_s = max(0.0, (now_ns - incident.opened_ns) / SECOND)
    may = stood_s >= rule.persists_s and (incident.score or 0.0) >= rule.score and not _otherwise(incident)
    if may and seen() >= rule.sensors:
        return _named(incident) if rule.persists_s <= 0 else "persisted"
    doubted = incident.evidence.get("pressure_agrees") == "no"
    if rule.alone_s is not None and not doubted and stood_s >= rule.alone_s:
        return "persisted"
    return None


def lasting(reason: str) -> bool:
    """It holds only while what an alarm of it tells of still stands."""
    return reason == "persisted"


def _otherwise(incident: Incident) -> bool:
    """The fall of the pressures has another explanation."""
    return "pump_stopped" in incident.evidence


def _named(incident: Incident) -> str:
    match incident.kind:
        case IncidentKind.BURST:
            by = "pressure_agree" if agreed(incident) else "low_pressure_alarm"
            return f"burst_step_and_{by}"
        case IncidentKind.PUMP_TRIP:
            return "pump_stopped_and_pressure_fell"
        case IncidentKind.WATER_QUALITY:
            return "sibling_instrument_agrees"
        case _:
            return "several_pressures_low"


def _fallen(evidence: Mapping[str, float | str]) -> set[str]:
    """Gauges that fell clearly with the step."""
    fallen = set()
    for name, fall in evidence.items():
        what, _, tag = name.partition(":")
        if what == "fall_m" and isinstance(fall, float):
            sd = evidence.get(f"fall_sd_m:{tag}")
            if fall > FALL_SD * (sd if isinstance(sd, float) else 0.05):
                fallen.add(tag)
    return fallen
