"""What one finding changes in the ledger: the alarm, its journal, its event, and the incidents.

Called inside the service's one transaction; a finding already journalled (a replay after `kill -9`)
changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from alarms.incidents import Correlator, Raised
from alarms.states import AlarmEvent, Cause, Effect, Transition, step
from core.model.alarm import Alarm, AlarmDefinition, JournalEntry
from core.model.event import Event, EventKind
from core.model.finding import Finding, Verb
from core.ports.ledger import Tx

_EVENTS = {
    Verb.RAISE: AlarmEvent.RAISE,
    Verb.CLEAR: AlarmEvent.CLEAR,
    Verb.ESCALATE: AlarmEvent.ESCALATE,
    Verb.UPDATE: AlarmEvent.DE_ESCALATE,
}


@dataclass(frozen=True, slots=True)
class Stamp:
    """When the transaction writes (plant time) and which spool row made it; None for a tick."""

    now_ns: int
    spool_seq: int | None


def fresh(row: AlarmDefinition) -> Alarm:
    """The alarm of a definition nobody has raised yet."""
    return Alarm(id=row.id, priority=row.priority, tag=row.tag, zone=row.zone)


async def record(
    tx: Tx,
    findings: Sequence[Finding],
    definitions: Mapping[str, AlarmDefinition],
    correlator: Correlator,
    stamp: Stamp,
) -> None:
    """Carry findings into the ledger, in their order."""
    for finding in findings:
        row = definitions.get(finding.alarm)
        if row is None or finding.late:
            continue
        alarm = await tx.get(Alarm, row.id) or fresh(row)
        transition = step(alarm, _EVENTS[finding.verb], _cause(finding, row))
        if not await journal(tx, transition, _EVENTS[finding.verb], finding, stamp):
            continue
        alarm = transition.alarm
        if Effect.CORRELATE in transition.effects:
            raised = Raised(row, alarm, finding)
            incident = await correlator.raised(tx, raised, stamp.now_ns)
            alarm = replace(alarm, incident=incident.id if incident else None)
        elif finding.verb is Verb.UPDATE:
            await correlator.updated(tx, alarm, finding, stamp.now_ns)
        if transition.changed:
            await tx.put(alarm)
            await tx.emit(event_of(alarm, row, finding.t_ns))
        if finding.verb is Verb.CLEAR and alarm.incident:
            await correlator.cleared(tx, alarm, stamp.now_ns)


async def journal(tx: Tx, transition: Transition, event: AlarmEvent, finding: Finding, stamp: Stamp) -> bool:
    alarm = transition.alarm
    return await tx.journal(
        JournalEntry(
            alarm=alarm.id,
            occurrence=alarm.occurrence,
            event=event,
            before=transition.before,
            after=alarm.state,
            event_ns=finding.t_ns,
            commit_ns=stamp.now_ns,
            spool_seq=stamp.spool_seq,
            value=finding.value,
            limit=finding.limit,
            quality=alarm.quality,
            incident=alarm.incident,
        )
    )


def event_of(alarm: Alarm, row: AlarmDefinition | None, t_ns: int) -> Event:
    """The alarm on the event stream."""
    data: dict[str, object] = {
        "state": alarm.state.value,
        "priority": alarm.priority,
        "occurrence": alarm.occurrence,
        "seq": alarm.seq,
        "tag": alarm.tag,
        "value": alarm.value,
        "limit": alarm.limit,
        "incident": alarm.incident,
    }
    if row is not None:
        data["name"] = {"zh": row.name.zh, "en": row.name.en}
    return Event(kind=EventKind.ALARM, subject=alarm.id, t_ns=t_ns, zone=alarm.zone, data=data)


def _cause(finding: Finding, row: AlarmDefinition) -> Cause:
    return Cause(
        t_ns=finding.t_ns,
        latching=row.latching,
        value=finding.value,
        limit=finding.limit,
        priority=max(1, row.priority - 1) if finding.verb is Verb.ESCALATE else row.priority,
    )
