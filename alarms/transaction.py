"""What one finding changes in the ledger: the alarm, its journal, its event, and the incidents.

Called inside the service's one transaction; a finding already journalled (a replay after `kill -9`)
changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from alarms.engine import QualityChange
from alarms.incidents import Correlator, Raised
from alarms.states import AlarmEvent, Cause, Effect, Transition, core_state, step
from core.model.alarm import Alarm, AlarmDefinition, JournalEntry, State
from core.model.event import Event, EventKind
from core.model.finding import Finding, FindingKind, Verb
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
        if finding.kind is FindingKind.BURST and finding.verb is Verb.UPDATE:
            await correlator.refined(tx, finding, stamp.now_ns)
            continue
        alarm = await tx.get(Alarm, row.id) or fresh(row)
        event = _EVENTS[finding.verb]
        transition = step(alarm, event, _cause(finding, row))
        entry = entry_of(transition, event, finding.t_ns, stamp, finding.value, finding.limit)
        if not await tx.journal(entry):
            continue
        alarm = transition.alarm
        if Effect.CORRELATE in transition.effects:
            raised = Raised(row, alarm, finding)
            incident = await correlator.raised(tx, raised, stamp.now_ns)
            alarm = replace(alarm, incident=incident.id if incident else None)
        if transition.changed:
            await tx.put(alarm)
            await tx.emit(event_of(alarm, row, finding.t_ns))
        if finding.verb is Verb.CLEAR and alarm.incident and finding.evidence.get("reason") != "rebased":
            await correlator.cleared(tx, alarm, stamp.now_ns)


async def record_quality(tx: Tx, change: QualityChange, id: str, stamp: Stamp) -> None:
    """Rows 23 and 24: an alarm in any state but normal shows what is known of its tag's quality; so does a
    normal one that showed Bad until now. Nothing else of it changes."""
    alarm = await tx.get(Alarm, id)
    if alarm is None or (core_state(alarm) is State.NORM and not alarm.quality >> 31):
        return
    event = AlarmEvent.QUALITY_BAD if change.code >> 31 else AlarmEvent.QUALITY_GOOD
    transition = step(alarm, event, Cause(t_ns=change.t_ns, quality=change.code))
    if await tx.journal(entry_of(transition, event, change.t_ns, stamp)):
        await tx.put(transition.alarm)
        await tx.emit(event_of(transition.alarm, None, change.t_ns))


def entry_of(
    transition: Transition,
    event: AlarmEvent,
    t_ns: int,
    stamp: Stamp,
    value: float | None = None,
    limit: float | None = None,
) -> JournalEntry:
    """The journal's row for a transition, no-ops included."""
    alarm = transition.alarm
    return JournalEntry(
        alarm=alarm.id,
        occurrence=alarm.occurrence,
        event=event,
        before=transition.before,
        after=alarm.state,
        event_ns=t_ns,
        commit_ns=stamp.now_ns,
        spool_seq=stamp.spool_seq,
        value=value,
        limit=limit,
        quality=alarm.quality,
        incident=alarm.incident,
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
