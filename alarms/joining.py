"""How an alarm comes into an incident: by place, by time, by sign, and what it brings along."""

from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any

from alarms import signs
from alarms.clocks import Clock
from alarms.first_out import first_out, with_one_more
from alarms.timers import SECOND
from core.model.alarm import Alarm, AlarmDefinition
from core.model.finding import Finding, FindingKind
from core.model.incident import RAISED_AGAIN, Incident, IncidentKind, IncidentState, Member, Sign
from core.model.plant import Plant
from core.model.text import Text

WINDOW_NS = 180 * SECOND
JOIN_NS = 900 * SECOND
FUSED_NS = 1800 * SECOND
"""Callers and instruments of one zone so near in time speak of one thing: people ring up later."""
AGAIN_NS = 86_400 * SECOND
LEAK_AGAIN_NS = 7 * AGAIN_NS
"""What returns so long after an incident was back is another matter, whether or not people have closed that
one. A leak is of nights, and is back when two are."""
NAMES = {
    IncidentKind.BURST: Text("疑似爆管", "Suspected burst"),
    IncidentKind.LEAK: Text("疑似漏损", "Suspected leak"),
    IncidentKind.LOW_PRESSURE: Text("低压", "Low pressure"),
    IncidentKind.PUMP_TRIP: Text("水泵停机", "Pump stopped"),
    IncidentKind.WATER_QUALITY: Text("水质异常", "Water quality anomaly"),
}
NAME = attrgetter("alarm")
"""Of a member. In a flood an incident has thousands, and each raise looks for its own among them."""
Changes = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Raised:
    """An alarm that has just been raised, with its definition and what was found."""

    row: AlarmDefinition
    alarm: Alarm
    finding: Finding

    @property
    def seen_in(self) -> str:
        """The tag that says most of it."""
        return self.row.tag or next(iter(self.finding.tags), self.row.id)


class Places:
    """Which zones lie beside which, by the network's open links."""

    def __init__(self, plant: Plant) -> None:
        self._near = neighbours(plant)

    def beside(self, zone: str | None) -> frozenset[str]:
        return self._near.get(zone or "", frozenset())

    def fed_from(self, zone: str | None) -> frozenset[str]:
        """What a pump in this zone feeds: its own zone, those beside it, and those beside the trunk mains."""
        near = self.beside(zone)
        return near.union(*(self.beside(other) for other in near))

    def of(self, incident: Incident, sign: Sign, zone: str | None) -> tuple[int, str] | None:
        """Rank and name of how near the alarm's zone is to the incident's. Two inflow steps in two zones are
        two bursts, however near."""
        if zone == incident.zone or (zone and zone in incident.zones):
            return 0, "same_zone"
        if incident.kind is IncidentKind.LOW_PRESSURE and zone and zone in incident.touched:
            return 0, "same_zone"
        if sign in (Sign.INFLOW_UP, Sign.NIGHT_FLOW_UP, Sign.WATER_QUALITY):
            return None
        if sign is Sign.PUMP_STOPPED:
            feeds = incident.kind is IncidentKind.LOW_PRESSURE and incident.zone in self.fed_from(zone)
            return (1, "feeds_zone") if feeds else None
        if incident.kind is IncidentKind.PUMP_TRIP:
            return (1, "fed_by_pump") if zone in self.fed_from(incident.zone) else None
        return (1, "linked_zone") if zone in self.beside(incident.zone) else None


def neighbours(plant: Plant) -> dict[str, frozenset[str]]:
    """Zones that an open link joins."""
    near: dict[str, set[str]] = {zone: set() for zone in plant.zones}
    nodes = plant.network.nodes
    for link in plant.network.links.values():
        a, b = nodes[link.a].zone, nodes[link.b].zone
        if a and b and a != b and link.open:
            near.setdefault(a, set()).add(b)
            near.setdefault(b, set()).add(a)
    return {zone: frozenset(others) for zone, others in near.items()}


def time_of(incident: Incident, alarm: str, t_ns: int) -> str | None:
    """Name of how near an alarm's time is to the incident's; None where it is not."""
    again_ns = LEAK_AGAIN_NS if incident.kind is IncidentKind.LEAK else AGAIN_NS
    if t_ns - _quiet_since(incident, t_ns) > again_ns:
        return None
    if alarm in map(NAME, incident.members):
        return "raised_again"
    for member in incident.members:
        latest_ns = member.raised_ns if member.last_ns is None else member.last_ns
        if abs(t_ns - member.raised_ns) <= WINDOW_NS or abs(t_ns - latest_ns) <= WINDOW_NS:
            return "within_window"
    if incident.opened_ns - WINDOW_NS <= t_ns <= incident.opened_ns + JOIN_NS:
        return "latecomer"
    return None


def _quiet_since(incident: Incident, now_ns: int) -> int:
    """When it was back; of one whose detector gave up, so that nobody saw its end, of its last raise."""
    if incident.state is IncidentState.RESTORED and incident.back_ns is not None:
        return incident.back_ns
    if incident.given_up:
        return max((member.last_ns or member.raised_ns for member in incident.members), default=now_ns)
    return now_ns


def time_of_raised(incident: Incident, raised: Raised) -> str | None:
    """The same of an alarm, by when what it tells of began. What people of its zone report while an incident
    is sure and goes on is of that one, however late they ring up."""
    if raised.finding.kind is FindingKind.CALLS and _known(incident, raised.row.zone):
        return "known"
    began_ns = raised.finding.began_ns
    if began_ns is None:
        return time_of(incident, raised.row.id, raised.finding.t_ns)
    if incident.zone == raised.row.zone and abs(incident.opened_ns - began_ns) <= FUSED_NS:
        began_ns = incident.opened_ns
    return time_of(incident, raised.row.id, began_ns)


def _known(incident: Incident, zone: str | None) -> bool:
    """Sure, and going on there."""
    return incident.state is IncidentState.CONFIRMED and zone in (incident.zone, *incident.zones)


def titled(plant: Plant, kind: IncidentKind, zone: str | None) -> Text:
    name, place = NAMES[kind], plant.zones.get(zone or "")
    return Text(f"{place.name.zh} {name.zh}", f"{name.en}, {place.name.en}") if place else name


def joined(plant: Plant, incident: Incident, sign: Sign, raised: Raised, why: str, clock: Clock) -> Incident:
    """The incident with the alarm in it. A sign that says why gives it kind and zone, a burst its size."""
    t_ns = raised.finding.t_ns
    changes: Changes = {"opened_ns": min(incident.opened_ns, t_ns)}
    names = [*map(NAME, incident.members)]
    if raised.row.id in names:
        changes |= _again(incident, names.index(raised.row.id), raised, clock)
    else:
        changes |= _one_more(incident, sign, raised, why, clock)
    if cause := signs.CAUSES.get(sign):
        changes |= _caused(plant, incident, cause, raised.row.zone)
        changes["root"] = signs.root_of(cause, changes["members"])
    elif (zone := raised.row.zone) and zone not in (incident.zone, *incident.zones, *incident.touched):
        changes["touched"] = (*incident.touched, zone)
    zone = changes.get("zone", incident.zone)
    if sign in signs.FLOWS and (incident.size_m3h is None or raised.row.zone == zone):
        changes["size_m3h"] = raised.finding.size_m3h
        changes["evidence"] = {**changes.get("evidence", incident.evidence), **raised.finding.evidence}
    if incident.state is IncidentState.RESTORED:
        before = IncidentState.SUSPECTED if incident.confirmed_ns is None else IncidentState.CONFIRMED
        changes |= {"state": before, "why": (*incident.why, RAISED_AGAIN), "back_ns": None}
    return weighed(replace(incident, **changes))


def weighed(incident: Incident) -> Incident:
    """With the score of the cause it is taken for."""
    score = signs.scored(incident.kind, signs.seen_in(incident.evidence))
    return incident if score == incident.score else replace(incident, score=score)


def _again(incident: Incident, at: int, raised: Raised, clock: Clock) -> Changes:
    """What came first changes only with a stamp before its own."""
    again, t_ns = incident.members[at], raised.finding.t_ns
    last_ns = max(again.last_ns or again.raised_ns, t_ns)
    newest = replace(again, occurrence=raised.alarm.occurrence, last_ns=last_ns)
    if t_ns < again.raised_ns:
        newest = replace(newest, raised_ns=t_ns, clock=clock.id, clock_s=clock.off_s)
    members = (*incident.members[:at], newest, *incident.members[at + 1 :])
    return {"members": members} | ({"first_out": first_out(members)} if t_ns < again.raised_ns else {})


def _one_more(incident: Incident, sign: Sign, raised: Raised, why: str, clock: Clock) -> Changes:
    member = Member(
        alarm=raised.row.id,
        occurrence=raised.alarm.occurrence,
        raised_ns=raised.finding.t_ns,
        why=why,
        clock=clock.id,
        clock_s=clock.off_s,
        sign=sign,
    )
    count = f"{signs.COUNT}{sign}"
    before = incident.evidence.get(count, 0.0)
    return {
        "members": (*incident.members, member),
        "first_out": with_one_more(incident.first_out, incident.members, member),
        "evidence": {**incident.evidence, count: float(before) + 1.0},
    }


def _caused(plant: Plant, incident: Incident, kind: IncidentKind, zone: str | None) -> Changes:
    if kind is incident.kind:
        return {}
    others = [one for one in (incident.zone, *incident.touched) if one and one != zone]
    return {
        "kind": kind,
        "zone": zone,
        "touched": tuple(dict.fromkeys(others)),
        "title": titled(plant, kind, zone),
    }


def near_in_time(plant_ns: int, raised_ns: int | None) -> bool:
    """Whether an alarm that belongs to nothing yet may be a latecomer of what begins now."""
    return raised_ns is not None and abs(plant_ns - raised_ns) <= JOIN_NS


def of_people(incident: Incident) -> bool:
    """People have had a hand in what belongs to it: the hub leaves that alone."""
    return bool(incident.apart) or any(
        why.startswith(("split_by_", "merged_by_", "undone_by_")) for why in incident.why
    )
