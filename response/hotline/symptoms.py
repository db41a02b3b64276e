"""Which symptoms have one cause, and which an incident or a notice explains."""

from collections.abc import Mapping
from types import MappingProxyType

from core.model.incident import IncidentKind
from core.model.notice import QUALITY_KINDS, NoticeKind
from core.model.phone_call import SymptomGroup
from core.model.report import Symptom

GROUPS: Mapping[Symptom, SymptomGroup] = MappingProxyType(
    dict.fromkeys((Symptom.NO_WATER, Symptom.LOW_PRESSURE, Symptom.INTERMITTENT), SymptomGroup.SUPPLY)
    | dict.fromkeys((Symptom.BURST_VISIBLE, Symptom.WET_GROUND, Symptom.NOISE), SymptomGroup.LEAK)
    | dict.fromkeys(
        (
            Symptom.DISCOLOURED_YELLOW,
            Symptom.DISCOLOURED_BLACK,
            Symptom.DISCOLOURED_MILKY,
            Symptom.ODOUR,
            Symptom.SEDIMENT,
        ),
        SymptomGroup.QUALITY,
    )
)
"""`other` is in none: bills, meters and manners say nothing of the water (HL-31)."""
_CLOUDY = frozenset({Symptom.DISCOLOURED_YELLOW, Symptom.DISCOLOURED_MILKY})
"""A main that breaks or is shut stirs up what lies in it."""
SERVICES: Mapping[Symptom, str] = MappingProxyType(
    {
        Symptom.NO_WATER: "no_water",
        Symptom.LOW_PRESSURE: "low_pressure",
        Symptom.INTERMITTENT: "low_pressure",
        Symptom.BURST_VISIBLE: "burst",
        Symptom.WET_GROUND: "leak",
        Symptom.NOISE: "leak",
    }
)
"""The service whose order a symptom opens; of the others `discoloured` for the water's look and smell."""


def group_of(symptom: Symptom) -> SymptomGroup | None:
    return GROUPS.get(symptom)


def explained_by_notice(symptom: Symptom, kind: NoticeKind) -> bool:
    group = group_of(symptom)
    if kind in QUALITY_KINDS:
        return group is SymptomGroup.QUALITY
    return group in (SymptomGroup.SUPPLY, SymptomGroup.LEAK) or symptom in _CLOUDY


def explained_by_incident(symptom: Symptom, kind: IncidentKind) -> bool:
    group = group_of(symptom)
    if kind is IncidentKind.WATER_QUALITY:
        return group is SymptomGroup.QUALITY
    if kind is IncidentKind.BURST:
        return group in (SymptomGroup.SUPPLY, SymptomGroup.LEAK) or symptom in _CLOUDY
    return kind in (IncidentKind.LOW_PRESSURE, IncidentKind.PUMP_TRIP) and group is SymptomGroup.SUPPLY


def service_of(symptom: Symptom) -> str:
    """Of the catalogue."""
    if group_of(symptom) is SymptomGroup.QUALITY:
        return "discoloured"
    return SERVICES.get(symptom, "complaint")
