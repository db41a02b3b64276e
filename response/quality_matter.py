"""What an incident of water quality is about, and whether it is more than one instrument's word."""

from core.model.alarm import Alarm
from core.model.incident import Incident, IncidentKind, IncidentState
from core.model.plant import Plant
from core.model.published import PARAMETERS
from core.model.tag import Quantity
from core.ports.ledger import Tx

PERSISTED = "persisted"
"""Why the hub believes one instrument alone: its alarm was still there after some minutes, of which most may
have been the alarm's off-delay."""


def told_by_one(incident: Incident) -> bool:
    """One instrument says so, and nobody and nothing else."""
    return incident.state is IncidentState.SUSPECTED or incident.why[-1:] == (PERSISTED,)


def ever_by_more(incident: Incident) -> bool:
    """A second instrument or a person confirmed it, whatever came after."""
    people = any(one.startswith("confirmed_by_") for one in incident.why)
    return incident.confirmed_ns is not None and (people or PERSISTED not in incident.why)


async def parameters_of(tx: Tx, plant: Plant, incident: Incident) -> frozenset[Quantity] | None:
    """What the incident's alarms are of; None, which is everything, while any of them does not say."""
    found: set[Quantity] = set()
    for member in incident.members:
        alarm = await tx.get(Alarm, member.alarm)
        tag = plant.tags.get(alarm.tag or "") if alarm else None
        if tag is None or tag.quantity not in PARAMETERS:
            return None
        found.add(tag.quantity)
    return frozenset(found) or None


async def confirmed_between(
    tx: Tx, plant: Plant, zone: str, parameter: str, begin_ns: int, end_ns: int
) -> bool:
    """An incident confirmed the like at any time of it, be it over or not."""
    for incident in await tx.find(Incident, kind=IncidentKind.WATER_QUALITY, zone=zone):
        last_ns = incident.back_ns or incident.closed_ns or end_ns
        taken_back = incident.state is IncidentState.FALSE_ALARM
        if taken_back or not ever_by_more(incident) or incident.opened_ns >= end_ns or last_ns < begin_ns:
            continue
        meant = await parameters_of(tx, plant, incident)
        if meant is None or Quantity(parameter) in meant:
            return True
    return False


async def confirmed(tx: Tx, plant: Plant, zone: str, parameter: str) -> Incident | None:
    """The incident that confirms that water of this parameter is not as it should be there: a second
    instrument or a person says so too."""
    for incident in await tx.find(Incident, state=IncidentState.CONFIRMED, zone=zone):
        if incident.kind is not IncidentKind.WATER_QUALITY or told_by_one(incident):
            continue
        meant = await parameters_of(tx, plant, incident)
        if meant is None or Quantity(parameter) in meant:
            return incident
    return None
