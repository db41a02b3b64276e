"""What people do to incidents. Each is told on the event stream, in the caller's transaction."""

from dataclasses import replace

from alarms.acts import Unknown
from alarms.confirming import BELIEVED
from alarms.incidents import confirmed, publish
from alarms.journal import Stamp, entry_of
from alarms.states import LEAST_REASON, AlarmEvent, Cause
from alarms.transition import Transition
from core.model.alarm import Alarm
from core.model.incident import OPEN, Incident, IncidentState
from core.ports.ledger import Tx

UNDOABLE = (IncidentState.CONFIRMED, IncidentState.RESTORED)


class Stale(Exception):
    """What the author saw is no longer so (HTTP 409): another occurrence, a newer state, a closed one."""


async def confirm(tx: Tx, id: str, seq: int, actor: str, now_ns: int) -> Incident:
    """A person confirms a suspected incident. Raises Unknown, Stale."""
    incident = await seen(tx, id, seq, (IncidentState.SUSPECTED,))
    return await publish(tx, confirmed(incident, f"confirmed_by_{actor}", now_ns), now_ns)


async def close(tx: Tx, id: str, seq: int, actor: str, now_ns: int) -> Incident:
    """The matter is settled. Raises Unknown, Stale."""
    incident = await seen(tx, id, seq, OPEN)
    return await _end(tx, incident, IncidentState.CLOSED, f"closed_by_{actor}", now_ns)


async def false_alarm(tx: Tx, id: str, seq: int, actor: str, now_ns: int) -> Incident:
    """There was nothing. Raises Unknown, Stale."""
    incident = await seen(tx, id, seq, OPEN)
    return await _end(tx, incident, IncidentState.FALSE_ALARM, f"false_alarm_by_{actor}", now_ns)


async def undo(tx: Tx, id: str, seq: int, reason: str, actor: str, now_ns: int) -> Incident:
    """A person takes back that the hub believed an incident: it is a suspicion again, and stays one until a
    person says otherwise, whatever joins it. Raises Unknown, Stale; ValueError for what a person decided, or
    without a reason."""
    incident = await seen(tx, id, seq, UNDOABLE)
    if not by_the_hub(incident):
        raise ValueError("a person confirmed it: close it, or call it a false alarm")
    note = said(reason)
    state = IncidentState.SUSPECTED if incident.state is IncidentState.CONFIRMED else incident.state
    why = (*incident.why, f"undone_by_{actor}")
    held = replace(incident, state=state, confirmed_ns=None, held=True, why=why)
    await journal_undo(tx, held, note, actor, now_ns)
    return await publish(tx, held, now_ns)


async def undone(tx: Tx, id: str, seq: int, what: str, reason: str, actor: str, now_ns: int) -> Incident:
    """What followed from an incident has been taken back in this transaction; the incident stands. Raises as
    `undo`."""
    incident = await seen(tx, id, seq, OPEN)
    await journal_undo(tx, incident, said(reason), actor, now_ns)
    return await publish(tx, replace(incident, why=(*incident.why, f"{what}_undone_by_{actor}")), now_ns)


def by_the_hub(incident: Incident) -> bool:
    """The last to confirm it was the hub itself."""
    people = ("confirmed_by_", "undone_by_")
    decided = [why for why in incident.why if why.startswith(people) or why in BELIEVED]
    return incident.confirmed_ns is not None and bool(decided) and decided[-1] in BELIEVED


def said(reason: str) -> str:
    """Raises ValueError for a reason that says nothing."""
    if len(reason.strip()) < LEAST_REASON:
        raise ValueError(f"give a reason of {LEAST_REASON} characters at least")
    return reason.strip()


async def journal_undo(tx: Tx, incident: Incident, note: str, actor: str, now_ns: int) -> None:
    """Into the chain, with the alarm that stood for it."""
    root = incident.root or next(iter(incident.first_out), None)
    alarm = await tx.get(Alarm, root) if root else None
    if alarm is not None:
        cause = Cause(t_ns=now_ns, actor=actor, reason=note)
        alarm = replace(alarm, incident=incident.id)
        entry = entry_of(Transition(alarm, alarm.state), AlarmEvent.UNDO, cause, Stamp(now_ns))
        await tx.journal(entry)


async def seen(tx: Tx, id: str, seq: int, states: tuple[IncidentState, ...]) -> Incident:
    """As its author saw it. Raises Unknown, Stale."""
    incident = await tx.get(Incident, id)
    if incident is None:
        raise Unknown(f"no incident {id}")
    if incident.seq != seq or incident.state not in states:
        raise Stale(f"incident {id} is {incident.state}, seq {incident.seq}; the command was for seq {seq}")
    return incident


async def _end(tx: Tx, incident: Incident, state: IncidentState, why: str, now_ns: int) -> Incident:
    ended = replace(incident, state=state, closed_ns=now_ns, why=(*incident.why, why))
    return await publish(tx, ended, now_ns)
