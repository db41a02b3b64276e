"""What people do to incidents. Each is told on the event stream, in the caller's transaction."""

from dataclasses import replace

from alarms.acts import Unknown
from alarms.incidents import OPEN, confirmed, publish
from core.model.incident import Incident, IncidentState
from core.ports.ledger import Tx


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
