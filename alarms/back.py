"""Since when an incident is over: by what its instruments saw come back, not by when their detectors believed
it, nor by when the hub stopped waiting for more calls."""

from core.model.alarm import Alarm
from core.model.incident import Incident
from core.model.phone_call import CallCluster, SymptomGroup, told_by
from core.ports.ledger import Page, Writing


async def since(tx: Writing, incident: Incident) -> int | None:
    """Event time of its last member's return; of callers by what ended them, which is the instruments beside
    them where there are any. None where nothing tells: that nobody rings up any more does not, nor a detector
    that gave it up."""
    if incident.given_up:
        return None
    names = tuple(member.alarm for member in incident.members)
    alarms = await tx.find(Alarm, id=names)
    ends = [alarm.back_ns or alarm.cleared_ns for alarm in alarms if told_by(alarm.id) is None]
    beside = any(ends)
    for alarm in alarms:
        if told := told_by(alarm.id):
            by_instruments = await _by_instruments(tx, *told)
            if by_instruments is None:
                return None
            ends.append(None if beside else by_instruments)
    return max((end for end in ends if end is not None), default=None)


async def _by_instruments(tx: Writing, zone: str, group: SymptomGroup) -> int | None:
    newest = await tx.find(CallCluster, Page(limit=1), zone=zone, group=group)
    return newest[0].back_ns if newest else None
