"""What is being verified now, from the standing alarms and the open quality incidents."""

from collections.abc import Container

from core.model.alarm import Alarm
from core.model.incident import Incident, IncidentKind, IncidentState
from core.model.plant import Plant
from core.model.tag import Quantity
from core.ports.ledger import Tx
from public_portal.areas import PARAMETERS, Doubts

_OPEN = (IncidentState.SUSPECTED, IncidentState.CONFIRMED)


async def doubts_of(tx: Tx, plant: Plant, shown: Container[str]) -> Doubts:
    """shown: the tags that are published."""
    alarms = await tx.find(Alarm, active=True)
    parameters: set[tuple[str, Quantity]] = set()
    zones: set[str] = set()
    for incident in await tx.find(Incident, state=_OPEN):
        if incident.kind is not IncidentKind.WATER_QUALITY or not incident.zone:
            continue
        meant = await _parameters(tx, plant, incident)
        if meant is None:
            zones.add(incident.zone)
        else:
            parameters |= {(incident.zone, quantity) for quantity in meant}
    return Doubts(
        tags=frozenset(alarm.tag for alarm in alarms if alarm.tag and alarm.tag in shown),
        parameters=frozenset(parameters),
        zones=frozenset(zones),
    )


async def _parameters(tx: Tx, plant: Plant, incident: Incident) -> frozenset[Quantity] | None:
    """What the incident's alarms are of; None, which is everything, while any of them does not say."""
    found: set[Quantity] = set()
    for member in incident.members:
        alarm = await tx.get(Alarm, member.alarm)
        tag = plant.tags.get(alarm.tag or "") if alarm else None
        if tag is None or tag.quantity not in PARAMETERS:
            return None
        found.add(tag.quantity)
    return frozenset(found) or None
