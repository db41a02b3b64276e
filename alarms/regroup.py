"""What people know better than the correlator: two causes in one incident, or one cause in two. It sticks: an
alarm that was taken out of an incident never joins it again, and what was put together stays so until people
part it (A-22): then what was put into another goes on."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from alarms import signs
from alarms.absorbing import ended, move, recounted, together
from alarms.commands import seen
from alarms.confirming import BELIEVED
from alarms.incidents import over_when_back, publish
from alarms.joining import titled
from alarms.unmerging import homes, parted, reopened, taken_in, turned, without
from core.model.alarm import Alarm, AlarmDefinition, Found
from core.model.incident import OPEN, Incident, IncidentKind, IncidentState, Member
from core.model.plant import Plant
from core.ports.ledger import Page, Tx


async def split(
    tx: Tx,
    plant: Plant,
    definitions: Mapping[str, AlarmDefinition],
    id: str,
    seq: int,
    alarms: Sequence[str],
    actor: str,
    now_ns: int,
    told: Mapping[str, Found] = MappingProxyType({}),
) -> Incident:
    """The incident of `alarms`: what was put into this one with them goes on, else it is a new one; what is
    left stays where it is. told: what their detectors went by. Raises Unknown, Stale; ValueError when not
    some of its alarms, and not all."""
    whole = await seen(tx, id, seq, OPEN)
    out = [member for member in whole.members if member.alarm in alarms]
    rest = [member for member in whole.members if member.alarm not in alarms]
    if {member.alarm for member in out} != set(alarms) or not out or not rest:
        raise ValueError("choose some of the incident's own alarms, and leave at least one")
    taken = await taken_in(tx, whole)
    if turned(taken, _names(out), _names(rest)):
        out, rest = rest, out
    parts, why = parted(taken, _names(out)), f"split_by_{actor}"
    records = [alarm for name in _names(out) if (alarm := await tx.get(Alarm, name))]
    if parts.back:
        made = reopened(parts.back[0], parts.back[1:], out, why)
    else:
        zone = next((alarm.zone for alarm in records if alarm.zone), whole.zone)
        made = await _new(tx, plant, definitions, whole, out, zone, told, now_ns)
        made = replace(made, why=(why,))
    left = _left(plant, definitions, without(whole, rest, parts), bool(parts.back))
    left = replace(left, apart=tuple(sorted({*whole.apart, *_names(out)})), why=(*whole.why, why))
    apart = (*(name for name in made.apart if name not in _names(out)), *_names(rest))
    made = recounted(replace(made, apart=tuple(dict.fromkeys(apart))))
    for one in homes(whole.id, parts):
        await publish(tx, one, now_ns)
    await publish(tx, recounted(left), now_ns)
    made = await publish(tx, made, now_ns)
    await move(tx, records, made.id, actor, now_ns)
    for one in (left, made):
        await _over(tx, one, now_ns)
    return await tx.get(Incident, made.id) or made


async def _new(
    tx: Tx,
    plant: Plant,
    definitions: Mapping[str, AlarmDefinition],
    whole: Incident,
    out: Sequence[Member],
    zone: str | None,
    told: Mapping[str, Found],
    now_ns: int,
) -> Incident:
    """Of alarms that never had an incident of their own. Its place is looked for anew (`alarms.locating`)."""
    kind = _kind(whole.kind, plant, [row for name in _names(out) if (row := definitions.get(name))])
    found = next((told[one.alarm] for one in out if one.sign in signs.FLOWS and one.alarm in told), None)
    return Incident(
        id=await tx.next_id("INC", now_ns),
        kind=kind,
        state=IncidentState.SUSPECTED,
        opened_ns=min(member.raised_ns for member in out),
        zone=zone,
        title=titled(plant, kind, zone),
        members=tuple(replace(member, why="split") for member in out),
        size_m3h=found.size_m3h if found else None,
        evidence=dict(found.evidence) if found else {},
    )


def _left(
    plant: Plant, definitions: Mapping[str, AlarmDefinition], left: Incident, given_back: bool
) -> Incident:
    """It is what it was before the other was put into it: of its own kind, and as sure as itself."""
    if not given_back:
        return left
    rows = [row for name in _names(left.members) if (row := definitions.get(name))]
    kind = _kind(left.kind, plant, rows)
    if kind is not left.kind:
        left = replace(left, kind=kind, title=titled(plant, kind, left.zone))
    itself = any(why in BELIEVED or why.startswith("confirmed_by_") for why in left.why)
    if left.state is IncidentState.CONFIRMED and not itself:
        left = replace(left, state=IncidentState.SUSPECTED, confirmed_ns=None)
    return left


async def _over(tx: Tx, incident: Incident, now_ns: int) -> None:
    """Where all that belongs to it now is back it is over: no alarm clears any more that would say so."""
    members = _names(incident.members)
    if await tx.find(Alarm, Page(limit=1), id=members, incident=incident.id):
        await over_when_back(tx, incident.id, now_ns)


def _names(members: Sequence[Member]) -> tuple[str, ...]:
    return tuple(member.alarm for member in members)


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
