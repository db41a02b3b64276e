"""Two incidents become one: what people order, and what the correlator finds to have one cause."""

from collections.abc import Iterable
from dataclasses import replace

from alarms import signs
from alarms.first_out import first_out
from alarms.joining import weighed
from alarms.journal import Stamp, entry_of
from alarms.states import AlarmEvent, Cause
from alarms.transition import Transition
from core.model.alarm import Alarm
from core.model.incident import Incident, IncidentState
from core.ports.ledger import Writing


def together(into: Incident, gone: Incident, why: str) -> Incident:
    """`into` with the members of `gone`, and with what is known of it."""
    known = {member.alarm for member in into.members}
    theirs = (replace(member, why=why) for member in gone.members if member.alarm not in known)
    members = (*into.members, *theirs)
    whole = replace(
        into,
        opened_ns=min(into.opened_ns, gone.opened_ns),
        members=members,
        merged=(*into.merged, gone.id, *gone.merged),
        size_m3h=into.size_m3h if into.size_m3h is not None else gone.size_m3h,
        location=into.location or gone.location,
        evidence={**gone.evidence, **into.evidence},
    )
    return recounted(whole)


def recounted(incident: Incident) -> Incident:
    """With what follows from its members: what came first, the likeliest cause, how many stand for each
    sign."""
    members = incident.members
    return weighed(
        replace(
            incident,
            first_out=first_out(members),
            root=signs.root_of(incident.kind, members),
            evidence=signs.without_counts(incident.evidence) | signs.counted(members),
        )
    )


def ended(gone: Incident, into: str, why: str, now_ns: int) -> Incident:
    state = IncidentState.MERGED
    return replace(gone, state=state, closed_ns=now_ns, merged_into=into, why=(*gone.why, why))


async def move(tx: Writing, alarms: Iterable[Alarm], incident: str, actor: str | None, now_ns: int) -> None:
    """They belong to another incident now; it is in the journal. actor: None for the hub."""
    for alarm in alarms:
        moved = replace(alarm, incident=incident, seq=alarm.seq + 1)
        cause = Cause(t_ns=now_ns, actor=actor)
        await tx.journal(entry_of(Transition(moved, alarm.state), AlarmEvent.REGROUP, cause, Stamp(now_ns)))
        await tx.put(moved)
