"""The notification log: every attempt is a record, an event, and an entry of the alarm's journal."""

from dataclasses import replace

from core.model.alarm import NOTIFIED, Alarm, JournalEntry
from core.model.call import Call, Notification, Outcome
from core.model.event import Event, EventKind
from core.model.message import Delivered, Delivery, Refused, Retry
from core.ports.ledger import Tx

MOST = 200
"""Characters kept of what a provider said."""


def came_of(answer: Delivery) -> tuple[Outcome, str, str]:
    """Outcome, the trouble (none when it was taken), and the receipt or what the provider said."""
    match answer:
        case Delivered(receipt):
            return Outcome.DELIVERED, "", receipt[:MOST]
        case Retry(reason, detail):
            return Outcome.RETRY, reason.value, detail[:MOST]
        case Refused(reason, detail):
            return Outcome.REFUSED, reason.value, detail[:MOST]


async def write(tx: Tx, note: Notification) -> Notification:
    """With an id of its own. In the journal only what was really sent or tried: it is part of how the alarm
    was answered, and its hash chain vouches for it."""
    made = replace(note, id=await tx.next_id("NTF", note.at_ns))
    await tx.put(made)
    await tx.emit(event_of(made))
    alarm = await tx.get(Alarm, note.lead) if note.lead else None
    if alarm is not None and note.outcome is not Outcome.SKIPPED:
        said = (
            f"{note.kind} {note.position or '-'} {note.contact} {note.channel}: {note.outcome} {note.reason}"
        )
        await tx.journal(
            JournalEntry(
                alarm=alarm.id,
                occurrence=alarm.occurrence,
                event=NOTIFIED,
                before=alarm.state,
                after=alarm.state,
                event_ns=note.at_ns,
                commit_ns=note.at_ns,
                quality=alarm.quality,
                note=said,
                incident=alarm.incident,
            )
        )
    return made


def event_of(note: Notification) -> Event:
    data = {
        "id": note.id,
        "outcome": note.outcome.value,
        "reason": note.reason,
        "position": note.position,
        "contact": note.contact,
        "channel": note.channel,
    }
    return Event(kind=EventKind.NOTIFICATION, subject=note.call, t_ns=note.at_ns, zone=note.zone, data=data)


def call_event(call: Call, now_ns: int) -> Event:
    data = {
        "state": call.state.value,
        "why": call.why.value,
        "priority": call.priority,
        "lead": call.lead,
        "incident": call.incident,
        "seq": call.seq,
    }
    return Event(kind=EventKind.CALL, subject=call.id, t_ns=now_ns, zone=call.zone, data=data)
