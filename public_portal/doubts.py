"""What is being verified now, from the standing alarms and the open quality incidents.

What may still be a spike of some minutes changes nothing in public (WQ-02): the quoted median leaves it out,
and the water is doubted only once it lasts.
"""

from collections.abc import Mapping

from core.model.alarm import Alarm
from core.model.incident import GOING_ON, Incident, IncidentKind
from core.model.plant import Plant
from core.model.tag import Quantity
from core.ports.ledger import Tx
from public_portal.areas import Doubts
from public_portal.quality import MINUTE_NS, SPIKE_MIN, Window
from response.quality_matter import parameters_of, told_by_one

LASTING_NS = 2 * SPIKE_MIN * MINUTE_NS
"""What has stood this long is no spike, however little the value moved: an alarm's off-delay is over."""


async def doubts_of(tx: Tx, plant: Plant, shown: Mapping[str, Window], now_ns: int) -> Doubts:
    """shown: the published tags with their last hour."""
    alarms = [a for a in await tx.find(Alarm, active=True) if _lasts(a, shown, now_ns)]
    lasting = {alarm.id for alarm in alarms}
    parameters: set[tuple[str, Quantity]] = set()
    zones: set[str] = set()
    for incident in await tx.find(Incident, state=GOING_ON):
        if incident.kind is not IncidentKind.WATER_QUALITY or not incident.zone:
            continue
        if _may_be_a_spike(incident, lasting, now_ns):
            continue
        meant = await parameters_of(tx, plant, incident)
        if meant is None:
            zones.add(incident.zone)
        else:
            parameters |= {(incident.zone, quantity) for quantity in meant}
    return Doubts(
        tags=frozenset(alarm.tag for alarm in alarms if alarm.tag and alarm.tag in shown),
        parameters=frozenset(parameters),
        zones=frozenset(zones),
    )


def _lasts(alarm: Alarm, shown: Mapping[str, Window], now_ns: int) -> bool:
    window = shown.get(alarm.tag or "")
    stood = alarm.raised_ns is None or alarm.raised_ns <= now_ns - LASTING_NS
    return stood or (window is not None and window.excursion_min(now_ns) >= SPIKE_MIN)


def _may_be_a_spike(incident: Incident, lasting: set[str], now_ns: int) -> bool:
    members = {member.alarm for member in incident.members}
    young = told_by_one(incident) and incident.opened_ns > now_ns - LASTING_NS
    return young and bool(members) and members.isdisjoint(lasting)
