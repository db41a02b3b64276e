"""What a planned interruption withholds: low pressure where and while it is expected, and nothing else
(ON-34). Water quality and everything outside stay loud; past its end its alarms are heard again.
"""

from dataclasses import replace

from core.model.activity import OPEN, Activity, ActivityKind, ActivityState
from core.model.event import Event, EventKind
from core.model.notice import Change, Notice, NoticeKind
from core.ports.ledger import Tx

PREFIX = "ACT"
GRACE_S = 1800.0
"""Pipes fill and settle after water is let in again."""


async def follow(tx: Tx, said: Notice, now_ns: int) -> Notice:
    """The planned activity of what was just said: begun, moved or ended with it. The notice with its id."""
    if said.kind is not NoticeKind.PLANNED_OUTAGE or said.status != "actual":
        return said
    standing = await tx.get(Activity, said.envelope) if said.envelope else None
    if said.change in (Change.RESTORED, Change.CANCELLED):
        if standing is not None and standing.state in OPEN:
            await _put(tx, _ended(standing, said, now_ns), now_ns)
        return said
    if said.eta_latest_ns is None or not said.zones:
        return said
    if standing is None or standing.state not in OPEN:
        made = _made(said, await tx.next_id(PREFIX, now_ns), now_ns)
        await _put(tx, made, now_ns)
        return replace(said, envelope=made.id)
    moved = replace(standing, end_ns=said.eta_latest_ns, zones=said.zones, note=said.title.zh)
    if standing.state is ActivityState.PLANNED:
        moved = replace(moved, start_ns=said.starts_ns)
    if standing.state is ActivityState.OVERRUN and moved.end_ns > now_ns:
        moved = replace(moved, state=ActivityState.RUNNING)
    await _put(tx, moved, now_ns)
    return said


def _made(said: Notice, id: str, now_ns: int) -> Activity:
    """The author planned it and another person approved: so its alarms of priority 1 are withheld too."""
    return Activity(
        id=id,
        kind=ActivityKind.OUTAGE,
        start_ns=said.starts_ns,
        end_ns=said.eta_latest_ns or said.starts_ns,
        by=said.author,
        asked_ns=now_ns,
        zones=said.zones,
        grace_s=GRACE_S,
        who=said.author,
        work=said.id,
        note=said.title.zh,
        approved_by=said.approved_by,
    )


def _ended(one: Activity, said: Notice, now_ns: int) -> Activity:
    ended = replace(one, ended_ns=now_ns, ended_by=said.published_by)
    if one.state is ActivityState.PLANNED:
        return replace(ended, state=ActivityState.CANCELLED)
    if one.state is ActivityState.OVERRUN:
        return replace(ended, state=ActivityState.ENDED)
    return replace(ended, end_ns=min(one.end_ns, now_ns))


async def _put(tx: Tx, one: Activity, now_ns: int) -> None:
    """As `alarms` tells of its activities: it follows them by this event."""
    one = replace(one, seq=one.seq + 1)
    await tx.put(one)
    data = {"kind": one.kind.value, "state": one.state.value, "seq": one.seq}
    zone = one.zones[0] if len(one.zones) == 1 else None
    await tx.emit(Event(kind=EventKind.ACTIVITY, subject=one.id, t_ns=now_ns, zone=zone, data=data))
