"""Since when an incident that callers are in is over: by its instruments, not by when the hub stopped waiting
for more calls."""

from core.model.alarm import Alarm
from core.model.incident import Incident
from core.model.phone_call import CallCluster, told_by
from core.ports.ledger import Page, Writing


async def since(tx: Writing, incident: Incident) -> int | None:
    """Event time of its last member's end, that of callers by what ended them; None where no caller is in
    it, and it is over when that is seen."""
    names = tuple(member.alarm for member in incident.members)
    if not any(map(told_by, names)):
        return None
    ends = [await _end(tx, alarm) for alarm in await tx.find(Alarm, id=names)]
    return max((end for end in ends if end is not None), default=None)


async def _end(tx: Writing, alarm: Alarm) -> int | None:
    if (told := told_by(alarm.id)) is None:
        return alarm.cleared_ns
    zone, group = told
    newest = await tx.find(CallCluster, Page(limit=1), zone=zone, group=group)
    by_instruments = newest[0].back_ns if newest else None
    return alarm.cleared_ns if by_instruments is None else by_instruments
