"""A split gives back what a merge took: the incident that ended in another goes on as it was known, so that
its order, its notice and what callers are told go on with it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from alarms.signs import FLOWS
from core.model.incident import Incident, IncidentState, Member
from core.ports.ledger import Writing


@dataclass(frozen=True, slots=True)
class Parted:
    """Of what was put into an incident. back: goes out with the alarms taken out, its outermost first."""

    back: tuple[Incident, ...] = ()
    kept: tuple[Incident, ...] = ()


async def taken_in(tx: Writing, whole: Incident) -> list[Incident]:
    """What was put into it, directly or with another, as it stood then."""
    found = [await tx.get(Incident, id) for id in whole.merged]
    return [one for one in found if one is not None and one.state is IncidentState.MERGED]


async def of_alarm(tx: Writing, whole: Incident, alarm: str) -> Incident | None:
    """The one among them whose cause the alarm is: what is known better of it is kept there too."""
    return next((one for one in await taken_in(tx, whole) if one.root == alarm), None)


def parted(taken: Sequence[Incident], out: Collection[str]) -> Parted:
    """By the alarm that each was taken for, of one without a cause by all its alarms."""
    back = tuple(one for one in taken if _cause(one) and _cause(one) <= set(out))
    return Parted(back, tuple(one for one in taken if one not in back))


def turned(taken: Sequence[Incident], out: Sequence[str], rest: Sequence[str]) -> bool:
    """Whether its own alarms are taken out and what came with another is left: the same parting."""
    came = {member.alarm for one in taken for member in one.members}
    return not parted(taken, out).back and bool(parted(taken, rest).back) and set(rest) <= came


def reopened(gone: Incident, also: Sequence[Incident], out: Sequence[Member], why: str) -> Incident:
    """`gone` goes on with the alarms that were taken out. also: others that go out with it."""
    was = {member.alarm: member for member in gone.members}
    members = tuple(
        replace(one, why=was[one.alarm].why if one.alarm in was else "split", sign=one.sign) for one in out
    )
    sure = gone.confirmed_ns is not None
    within = set(gone.merged)
    zones = [zone for one in also if one.id not in within for zone in (one.zone, *one.zones)]
    staying = {zone for one in also for zone in (one.zone, *one.zones)}
    kept = [zone for zone in gone.zones if zone in staying]
    return replace(
        gone,
        state=IncidentState.CONFIRMED if sure else IncidentState.SUSPECTED,
        closed_ns=None,
        back_ns=None,
        merged_into=None,
        merged=tuple(one.id for one in also),
        members=members,
        zones=tuple(dict.fromkeys(zone for zone in (*kept, *zones) if zone and zone != gone.zone)),
        why=(*gone.why, why),
    )


def without(whole: Incident, rest: Sequence[Member], parted: Parted) -> Incident:
    """What is left of `whole`: what it had of its own, and of what stays in it."""
    zones = {zone for one in parted.kept for zone in (one.zone, *one.zones)}
    went = {zone for one in parted.back for zone in (one.zone, *one.zones, *one.touched)}
    own = any(member.sign in FLOWS for member in rest)
    theirs = own and whole.location not in [one.location for one in parted.back]
    return replace(
        whole,
        members=tuple(rest),
        merged=tuple(one.id for one in parted.kept),
        zones=tuple(zone for zone in whole.zones if zone in zones or zone not in went),
        size_m3h=whole.size_m3h if own else None,
        location=whole.location if theirs else None,
        evidence=_own_evidence(whole.evidence, parted.back, own),
    )


def homes(whole: str, parted: Parted) -> list[Incident]:
    """The records that stay put into something, each by where it is now; those that change alone."""
    changed = []
    sides = ((whole, parted.kept), (parted.back[0].id, parted.back[1:])) if parted.back else ()
    for home, side in sides:
        here = {home, *(one.id for one in side)}
        for one in side:
            into = one.merged_into if one.merged_into in here else home
            fresh = replace(one, merged_into=into, merged=tuple(id for id in one.merged if id in here))
            if fresh != one:
                changed.append(fresh)
    return changed


def _cause(one: Incident) -> frozenset[str]:
    names = frozenset(member.alarm for member in one.members)
    return frozenset({one.root}) if one.root in names and one.root else names


def _own_evidence(
    evidence: Mapping[str, float | str], back: Sequence[Incident], own: bool
) -> dict[str, float | str]:
    """Without figures of instruments that went; of what has no step of its own without those of the step."""
    gone = [one.evidence for one in back]
    return {
        name: said
        for name, said in evidence.items()
        if not any(one.get(name) == said and (":" in name or not own) for one in gone)
    }
