"""The journal's rows: what happened, told so that it can be done again."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

import msgspec

from alarms.states import AlarmEvent, Cause
from alarms.transition import Transition, step
from core.model.alarm import Alarm, Found, JournalEntry
from core.ports.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Stamp:
    """When the transaction writes (plant time) and which spool row made it; None for a tick or a command."""

    now_ns: int
    spool_seq: int | None = None


def entry_of(
    transition: Transition, event: AlarmEvent, cause: Cause, stamp: Stamp, found: Found | None = None
) -> JournalEntry:
    """A transition's row; of a no-op and of a refusal too."""
    alarm = transition.alarm
    seen = None
    if cause.occurrence is not None and cause.seq is not None:
        seen = cause.occurrence, cause.seq
    return JournalEntry(
        alarm=alarm.id,
        occurrence=alarm.occurrence,
        event=event,
        before=transition.before,
        after=alarm.state,
        event_ns=cause.t_ns,
        commit_ns=stamp.now_ns,
        rows=transition.rows,
        refused=transition.refused,
        spool_seq=stamp.spool_seq,
        value=cause.value,
        limit=cause.limit,
        quality=alarm.quality,
        actor=cause.actor,
        rule=cause.rule,
        note=cause.reason,
        incident=alarm.incident,
        seen=seen,
        until_ns=cause.until_ns,
        limit_ns=cause.limit_ns,
        once=cause.once,
        supervisor=cause.supervisor,
        permit=cause.permit,
        approved_by=cause.approved_by,
        priority=cause.priority,
        latching=cause.latching,
        ack_required=cause.ack_required,
        config=alarm.config or None,
        began_ns=cause.began_ns,
        found=found,
    )


def cause_of(entry: JournalEntry) -> Cause:
    """The inverse: what came with the event."""
    occurrence, seq = entry.seen or (None, None)
    return Cause(
        t_ns=entry.event_ns,
        latching=entry.latching,
        ack_required=entry.ack_required,
        value=entry.value,
        limit=entry.limit,
        priority=entry.priority,
        quality=entry.quality,
        occurrence=occurrence,
        seq=seq,
        actor=entry.actor,
        reason=entry.note,
        until_ns=entry.until_ns,
        once=entry.once,
        limit_ns=entry.limit_ns,
        supervisor=entry.supervisor,
        rule=entry.rule,
        permit=entry.permit,
        approved_by=entry.approved_by,
        config=entry.config,
        began_ns=entry.began_ns,
    )


def replayed(fresh: Alarm, entries: Iterable[JournalEntry]) -> Alarm:
    """The alarm after these entries, oldest first, from when nobody had raised it yet (A-04, A-27)."""
    alarm = fresh
    for entry in entries:
        if entry.refused or not (entry.rows or entry.event == AlarmEvent.REGROUP):
            continue
        if entry.event != AlarmEvent.REGROUP:
            alarm = step(alarm, AlarmEvent(entry.event), cause_of(entry)).alarm
        else:
            alarm = replace(alarm, seq=alarm.seq + 1)
        alarm = replace(alarm, incident=entry.incident, config=entry.config or "")
        if entry.facts is not None and not alarm.occurrence:
            alarm = replace(alarm, priority=entry.facts.priority)
    return alarm


def unborn(alarm: Alarm) -> Alarm:
    """The same alarm before anything happened to it: where its whole replay begins. What its definition gave
    it stands without an entry: what it watches, the version, and the priority. Its first entry tells the
    version anew, a restart and its first raise the priority."""
    return Alarm(id=alarm.id, priority=alarm.priority, tag=alarm.tag, zone=alarm.zone, config=alarm.config)


def digest(alarms: Iterable[Alarm]) -> str:
    """SHA-256 over every stored fact of these alarms, by id: equal for the same facts, whoever wrote them.
    What the oldest ledgers do not have counts where it is known."""
    told = hashlib.sha256()
    for alarm in sorted(alarms, key=lambda alarm: alarm.id):
        facts = msgspec.to_builtins(alarm)
        if alarm.back_ns is None:
            del facts["back_ns"]
        told.update(msgspec.json.encode(facts, order="sorted") + b"\n")
    return told.hexdigest()


async def last_raised(ledger: Ledger, alarm: str) -> JournalEntry | None:
    """Of its newest entries the last raise that has what its detector went by."""
    entries = await ledger.journal_of(alarm)
    return next((one for one in entries if one.event == AlarmEvent.RAISE and one.found is not None), None)
