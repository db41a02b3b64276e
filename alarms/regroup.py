"""What people know better than the correlator: two causes in one incident, or one cause in two. It sticks: an
alarm that was taken out of an incident never joins it again, and what was put together stays so (A-22)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from alarms.commands import seen
from alarms.first_out import first_out
from alarms.incidents import OPEN, publish
from alarms.joining import NAMES
from alarms.journal import Stamp, entry_of
from alarms.states import AlarmEvent, Cause
from alarms.transition import Transition
from core.model.alarm import Alarm, AlarmDefinition
from core.model.finding import FindingKind
from core.model.incident import Incident, IncidentKind, IncidentState
from core.model.plant import Plant
from core.model.text import Text
from core.ports.ledger import Tx


async def split(
    tx: Tx,
    plant: Plant,
    definitions: Mapping[str, AlarmDefinition],
    id: str,
    seq: int,
    alarms: Sequence[str],
    actor: str,
    now_ns: int,
) -> Incident:
    """The new incident of `alarms`; what is left stays where it is. Raises Unknown, Stale; ValueError when
    not some of its alarms, and not all."""
    whole = await seen(tx, id, seq, OPEN)
    out = [member for member in whole.members if member.alarm in alarms]
    rest = [member for member in whole.members if member.alarm not in alarms]
    if {member.alarm for member in out} != set(alarms) or not out or not rest:
        raise ValueError("choose some of the incident's own alarms, and leave at least one")
    records = [alarm for name in dict.fromkeys(alarms) if (alarm := await tx.get(Alarm, name))]
    zone = next((alarm.zone for alarm in records if alarm.zone), whole.zone)
    kind = whole.kind
    rows = [row for name in alarms if (row := definitions.get(name))]
    if kind is IncidentKind.BURST and not any(row.kind is FindingKind.BURST for row in rows):
        kind = IncidentKind.LOW_PRESSURE
    made = Incident(
        id=await tx.next_id("INC", now_ns),
        kind=kind,
        state=IncidentState.SUSPECTED,
        opened_ns=min(member.raised_ns for member in out),
        zone=zone,
        title=_title(plant, kind, zone),
        members=tuple(replace(member, why="split") for member in out),
        first_out=first_out(out),
        apart=tuple(dict.fromkeys(member.alarm for member in rest)),
        why=(f"split_by_{actor}",),
    )
    left = replace(
        whole,
        members=tuple(rest),
        first_out=first_out(rest),
        apart=tuple(sorted({*whole.apart, *alarms})),
        why=(*whole.why, f"split_by_{actor}"),
    )
    await publish(tx, left, now_ns)
    made = await publish(tx, made, now_ns)
    await _move(tx, records, made.id, actor, now_ns)
    return made


async def merge(tx: Tx, id: str, seq: int, other: str, other_seq: int, actor: str, now_ns: int) -> Incident:
    """`id` with everything of `other`, which ends as merged. Raises Unknown, Stale; ValueError for itself."""
    if id == other:
        raise ValueError("an incident is not merged into itself")
    into = await seen(tx, id, seq, OPEN)
    gone = await seen(tx, other, other_seq, OPEN)
    members = tuple(replace(member, why="merged") for member in gone.members)
    names = {member.alarm for member in members}
    zones = dict.fromkeys(
        zone for zone in (*into.zones, gone.zone, *gone.zones) if zone and zone != into.zone
    )
    whole = replace(
        into,
        kind=IncidentKind.BURST if IncidentKind.BURST in (into.kind, gone.kind) else into.kind,
        opened_ns=min(into.opened_ns, gone.opened_ns),
        members=(*into.members, *members),
        first_out=first_out((*into.members, *members)),
        apart=tuple(name for name in into.apart if name not in names),
        zones=tuple(zones),
        size_m3h=into.size_m3h if into.size_m3h is not None else gone.size_m3h,
        location=into.location or gone.location,
        why=(*into.why, f"merged_by_{actor}"),
    )
    ended = replace(
        gone,
        state=IncidentState.MERGED,
        closed_ns=now_ns,
        merged_into=id,
        why=(*gone.why, f"merged_by_{actor}"),
    )
    await publish(tx, ended, now_ns)
    whole = await publish(tx, whole, now_ns)
    records = [alarm for name in sorted(names) if (alarm := await tx.get(Alarm, name))]
    await _move(tx, [alarm for alarm in records if alarm.incident == other], id, actor, now_ns)
    return whole


async def _move(tx: Tx, alarms: Sequence[Alarm], incident: str, actor: str, now_ns: int) -> None:
    for alarm in alarms:
        moved = replace(alarm, incident=incident, seq=alarm.seq + 1)
        cause = Cause(t_ns=now_ns, actor=actor)
        await tx.journal(entry_of(Transition(moved, alarm.state), AlarmEvent.REGROUP, cause, Stamp(now_ns)))
        await tx.put(moved)


def _title(plant: Plant, kind: IncidentKind, zone: str | None) -> Text:
    name, place = NAMES[kind], plant.zones.get(zone or "")
    return Text(f"{place.name.zh} {name.zh}", f"{name.en}, {place.name.en}") if place else name
