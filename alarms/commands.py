"""What people do to alarms and incidents. Each is journalled or told on the event stream, in the caller's
transaction."""

from dataclasses import replace

from alarms.incidents import OPEN, confirmed, publish
from alarms.states import AlarmEvent, Cause, step
from alarms.transaction import event_of
from core.model.alarm import Alarm, JournalEntry
from core.model.incident import Incident, IncidentState
from core.ports.ledger import Tx


class Unknown(LookupError):
    """No alarm or incident of that id (HTTP 404)."""


class Stale(Exception):
    """What the author saw is no longer so (HTTP 409): another occurrence, a newer state, a closed one."""


async def acknowledge(tx: Tx, id: str, occurrence: int, seq: int, actor: str, now_ns: int) -> Alarm:
    """The alarm, acknowledged. It names what its author saw, so that an ack sent for one occurrence never
    acknowledges the next. Raises Unknown, Stale."""
    alarm = await tx.get(Alarm, id)
    if alarm is None:
        raise Unknown(f"no alarm {id}")
    cause = Cause(t_ns=now_ns, occurrence=occurrence, seq=seq, actor=actor)
    transition = step(alarm, AlarmEvent.ACK, cause)
    if not transition.changed:
        raise Stale(
            f"alarm {id} is {alarm.state} in occurrence {alarm.occurrence}, seq {alarm.seq}; "
            f"the acknowledgement was for occurrence {occurrence}, seq {seq}"
        )
    alarm = transition.alarm
    await tx.journal(
        JournalEntry(
            alarm=id,
            occurrence=occurrence,
            event=AlarmEvent.ACK,
            before=transition.before,
            after=alarm.state,
            event_ns=now_ns,
            commit_ns=now_ns,
            value=alarm.value,
            limit=alarm.limit,
            quality=alarm.quality,
            actor=actor,
            incident=alarm.incident,
        )
    )
    await tx.put(alarm)
    await tx.emit(event_of(alarm, None, now_ns))
    return alarm


async def confirm(tx: Tx, id: str, seq: int, actor: str, now_ns: int) -> Incident:
    """A person confirms a suspected incident. Raises Unknown, Stale."""
    incident = await _seen(tx, id, seq, (IncidentState.SUSPECTED,))
    return await publish(tx, confirmed(incident, f"confirmed_by_{actor}", now_ns), now_ns)


async def close(tx: Tx, id: str, seq: int, actor: str, now_ns: int) -> Incident:
    """The matter is settled. Raises Unknown, Stale."""
    incident = await _seen(tx, id, seq, OPEN)
    return await _end(tx, incident, IncidentState.CLOSED, f"closed_by_{actor}", now_ns)


async def false_alarm(tx: Tx, id: str, seq: int, actor: str, now_ns: int) -> Incident:
    """There was nothing. Raises Unknown, Stale."""
    incident = await _seen(tx, id, seq, OPEN)
    return await _end(tx, incident, IncidentState.FALSE_ALARM, f"false_alarm_by_{actor}", now_ns)


async def _seen(tx: Tx, id: str, seq: int, states: tuple[IncidentState, ...]) -> Incident:
    incident = await tx.get(Incident, id)
    if incident is None:
        raise Unknown(f"no incident {id}")
    if incident.seq != seq or incident.state not in states:
        raise Stale(f"incident {id} is {incident.state}, seq {incident.seq}; the command was for seq {seq}")
    return incident


async def _end(tx: Tx, incident: Incident, state: IncidentState, why: str, now_ns: int) -> Incident:
    ended = replace(incident, state=state, closed_ns=now_ns, why=(*incident.why, why))
    return await publish(tx, ended, now_ns)
