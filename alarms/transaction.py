"""What one finding changes in the ledger: the alarm, its journal, its event, and the incidents.

Called inside the service's one transaction; a finding already journalled (a replay after `kill -9`)
changes nothing.
"""

from collections.abc import Iterable, Mapping
from typing import Protocol

from alarms.chatter import settled
from alarms.engine import QualityChange
from alarms.incidents import Correlator, over_when_back
from alarms.joining import Raised
from alarms.journal import Stamp, entry_of
from alarms.states import AlarmEvent, Cause, Effect
from alarms.transition import Transition, step
from core.model.alarm import Alarm, AlarmDefinition, Found, State
from core.model.event import Event, EventKind
from core.model.finding import Finding, FindingKind, Verb
from core.model.incident import GIVEN_UP
from core.ports.ledger import Writing

_EVENTS = {
    Verb.RAISE: AlarmEvent.RAISE,
    Verb.CLEAR: AlarmEvent.CLEAR,
    Verb.ESCALATE: AlarmEvent.ESCALATE,
    Verb.UPDATE: AlarmEvent.DE_ESCALATE,
}
_SIZED = (FindingKind.BURST, FindingKind.LEAK)


class Gate(Protocol):
    """What stands between a finding and its alarm (`alarms.withholding`)."""

    async def before(self, tx: Writing, alarm: Alarm, row: AlarmDefinition, finding: Finding) -> Alarm:
        """The alarm as it is to be when the finding changes it."""
        ...

    def refined(self, finding: Finding) -> None: ...


def fresh(row: AlarmDefinition) -> Alarm:
    """The alarm of a definition nobody has raised yet."""
    return Alarm(id=row.id, priority=row.priority, tag=row.tag, zone=row.zone, config=row.config)


async def record(
    tx: Writing,
    findings: Iterable[tuple[Finding, Stamp]],
    definitions: Mapping[str, AlarmDefinition],
    correlator: Correlator,
    gate: Gate | None = None,
) -> None:
    """Carry findings into the ledger, in their order; then see which incidents are over. What a rule
    withholds, or is out of service, opens no incident: the correlator is told when it is let go."""
    cleared: dict[str, int] = {}
    for finding, stamp in findings:
        row = definitions.get(finding.alarm)
        if row is None or finding.late:
            continue
        if finding.kind in _SIZED and finding.verb in (Verb.UPDATE, Verb.ESCALATE):
            await correlator.refined(tx, finding, stamp.now_ns)
            if gate is not None:
                gate.refined(finding)
        if finding.kind is FindingKind.BURST and finding.verb is Verb.UPDATE:
            continue
        alarm = await tx.get(Alarm, row.id) or fresh(row)
        if gate is not None:
            alarm = await gate.before(tx, alarm, row, finding)
        event, cause = _EVENTS[finding.verb], _cause(finding, row)
        alarm = await settled(tx, alarm, cause, stamp)
        transition = step(alarm, event, cause)
        if Effect.CORRELATE in transition.effects and not (alarm.suppressed_by or alarm.oos):
            if await tx.journalled(alarm.id, stamp.spool_seq, event, cause.t_ns):
                continue
            raised = Raised(row, transition.alarm, finding)
            incident = await correlator.raised(tx, raised, stamp.now_ns)
            transition = transition.within(incident.id if incident else None)
        if not await tx.journal(entry_of(transition, event, cause, stamp, _found(finding))):
            continue
        alarm = transition.alarm
        if transition.changed:
            await tx.put(alarm)
            await tx.emit(event_of(alarm, row, finding.t_ns))
        if finding.verb is Verb.CLEAR and alarm.incident:
            ended = str(finding.evidence.get("reason"))
            if ended in GIVEN_UP:
                await correlator.given_up(tx, alarm.incident, GIVEN_UP[ended], stamp.now_ns)
            if ended != "rebased":
                cleared[alarm.incident] = stamp.now_ns
    for id, now_ns in cleared.items():
        await over_when_back(tx, id, now_ns)


async def record_quality(tx: Writing, change: QualityChange, id: str, stamp: Stamp) -> None:
    """Rows 23 and 24: an alarm in any state but normal shows what is known of its tag's quality; so does a
    normal one that showed Bad until now. Nothing else of it changes."""
    alarm = await tx.get(Alarm, id)
    if alarm is None or (alarm.core is State.NORM and not alarm.quality >> 31):
        return
    event = AlarmEvent.QUALITY_BAD if change.code >> 31 else AlarmEvent.QUALITY_GOOD
    cause = Cause(t_ns=change.t_ns, quality=change.code)
    transition = step(alarm, event, cause)
    if await tx.journal(entry_of(transition, event, cause, stamp)):
        await tx.put(transition.alarm)
        await tx.emit(event_of(transition.alarm, None, change.t_ns))


async def happen(
    tx: Writing, alarm: Alarm, row: AlarmDefinition | None, event: AlarmEvent, cause: Cause, now_ns: int
) -> Transition:
    """What no spool row made. In the journal, obeyed or refused; a change is written and told. row: None
    where the event stream needs no name."""
    transition = step(alarm, event, cause)
    await tx.journal(entry_of(transition, event, cause, Stamp(now_ns)))
    if transition.changed:
        await tx.put(transition.alarm)
        await tx.emit(event_of(transition.alarm, row, now_ns))
    return transition


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
        "withheld": withheld_by(alarm),
        "raises": alarm.raises,
        "chattering": alarm.chatter is not None,
    }
    if row is not None:
        data["name"] = {"zh": row.name.zh, "en": row.name.en}
    return Event(kind=EventKind.ALARM, subject=alarm.id, t_ns=t_ns, zone=alarm.zone, data=data)


def withheld_by(alarm: Alarm) -> dict[str, object]:
    """The overlays on an alarm: why nobody hears of it, since when and until when."""
    told: dict[str, object] = {}
    if alarm.shelf:
        told["shelved"] = {"until_ns": alarm.shelf.until_ns, "once": alarm.shelf.once}
    if alarm.suppressed_by:
        told |= {"suppressed_by": list(alarm.suppressed_by), "suppressed_ns": alarm.suppressed_ns}
    if alarm.oos:
        told["out_of_service"] = {"since_ns": alarm.oos.since_ns, "permit": alarm.oos.permit}
    return told


def _found(finding: Finding) -> Found | None:
    """None where there is no more to it than a value and its limit."""
    if not finding.evidence:
        return None
    return Found(tags=finding.tags, evidence=finding.evidence, score=finding.score, size_m3h=finding.size_m3h)


def _cause(finding: Finding, row: AlarmDefinition) -> Cause:
    return Cause(
        t_ns=finding.t_ns,
        began_ns=finding.began_ns if finding.verb is Verb.CLEAR else None,
        latching=row.latching,
        ack_required=row.ack_required,
        value=finding.value,
        limit=finding.limit,
        priority=max(1, row.priority - 1) if finding.verb is Verb.ESCALATE else row.priority,
    )
