"""What people know better than the correlator: two causes in one incident, or one cause in two. It sticks: an
alarm that was taken out of an incident never joins it again, and what was put together stays so (A-22)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from alarms import signs
from alarms.absorbing import ended, move, recounted, together
from alarms.commands import seen
from alarms.incidents import publish
from alarms.joining import titled
from core.model.alarm import Alarm, AlarmDefinition
from core.model.incident import OPEN, Incident, IncidentKind, IncidentState
from core.model.plant import Plant
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
    kind = _kind(whole.kind, plant, [row for name in alarms if (row := definitions.get(name))])
    made = Incident(
        id=await tx.next_id("INC", now_ns),
        kind=kind,
        state=IncidentState.SUSPECTED,
        opened_ns=min(member.raised_ns for member in out),
        zone=zone,
        title=titled(plant, kind, zone),
        members=tuple(replace(member, why="split") for member in out),
        apart=tuple(dict.fromkeys(member.alarm for member in rest)),
        why=(f"split_by_{actor}",),
    )
    left = replace(
        whole,
        members=tuple(rest),
        apart=tuple(sorted({*whole.apart, *alarms})),
        why=(*whole.why, f"split_by_{actor}"),
    )
    made, left = recounted(made), recounted(left)
    await publish(tx, left, now_ns)
    made = await publish(tx, made, now_ns)
    await move(tx, records, made.id, actor, now_ns)
    return made


async def merge(
    tx: Tx, plant: Plant, id: str, seq: int, other: str, other_seq: int, actor: str, now_ns: int
) -> Incident:
    """`id` with everything of `other`, which ends as merged; confirmed if one of them was. Raises
    Unknown, Stale; ValueError for itself."""
    if id == other:
        raise ValueError("an incident is not merged into itself")
    into = await seen(tx, id, seq, OPEN)
    gone = await seen(tx, other, other_seq, OPEN)
    names = {member.alarm for member in gone.members}
    zones = dict.fromkeys(
        zone for zone in (*into.zones, gone.zone, *gone.zones) if zone and zone != into.zone
    )
    why = f"merged_by_{actor}"
    if IncidentKind.BURST is gone.kind is not into.kind:
        into = replace(into, kind=gone.kind, title=titled(plant, gone.kind, into.zone))
    whole = together(into, gone, "merged")
    whole = replace(
        whole,
        apart=tuple(name for name in into.apart if name not in names),
        zones=tuple(zones),
        held=into.held and gone.held,
        why=(*into.why, why),
    )
    if whole.confirmed_ns is None and gone.confirmed_ns is not None:
        whole = replace(whole, state=IncidentState.CONFIRMED, confirmed_ns=gone.confirmed_ns)
    await publish(tx, ended(gone, id, why, now_ns), now_ns)
    whole = await publish(tx, whole, now_ns)
    records = [alarm for name in sorted(names) if (alarm := await tx.get(Alarm, name))]
    await move(tx, [alarm for alarm in records if alarm.incident == other], id, actor, now_ns)
    return whole


def _kind(whole: IncidentKind, plant: Plant, rows: Sequence[AlarmDefinition]) -> IncidentKind:
    """Of what is taken out: as its own signs say; without a sign of a cause it is low pressure, if the whole
    was about pressure."""
    seen = {signs.sign_of(row, plant) for row in rows}
    cause = next((kind for sign, kind in signs.CAUSES.items() if sign in seen), None)
    return cause or (IncidentKind.LOW_PRESSURE if whole in signs.CAUSES.values() else whole)
