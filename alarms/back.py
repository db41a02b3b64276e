"""Since when an incident is over: by what its instruments saw come back, not by when their detectors believed
it, nor by when the hub stopped waiting for more calls."""

from core.model.alarm import Alarm
from core.model.incident import Incident
from core.model.phone_call import CallCluster, told_by
from core.ports.ledger import Page, Writing


async def since(tx: Writing, incident: Incident) -> int | None:
    """Event time of its last member's return; of callers by what ended them, which is the instruments beside
    them where there are any. None where nothing tells."""
    names = tuple(member.alarm for member in incident.members)
    alarms = await tx.find(Alarm, id=names)
    own = [alarm.back_ns or alarm.cleared_ns for alarm in alarms if told_by(alarm.id) is None]
    known = [end for end in own if end is not None]
    callers = [await _end(tx, alarm, bool(known)) for alarm in alarms if told_by(alarm.id) is not None]
    return max((end for end in (*known, *callers) if end is not None), default=None)


async def _end(tx: Writing, alarm: Alarm, beside: bool) -> int | None:
    """beside: instruments are in it too."""
    if (told := told_by(alarm.id)) is None:
        return None
    zone, group = told
    newest = await tx.find(CallCluster, Page(limit=1), zone=zone, group=group)
    by_instruments = newest[0].back_ns if newest else None
    if by_instruments is not None and beside:
        return None
    return alarm.cleared_ns if by_instruments is None else by_instruments
