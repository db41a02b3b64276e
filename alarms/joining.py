"""How an alarm comes into an incident: by place, by time, and what it brings along."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from alarms.clocks import Clock
from alarms.first_out import first_out, with_one_more
from alarms.timers import SECOND
from core.model.alarm import Alarm, AlarmDefinition
from core.model.finding import Finding
from core.model.incident import Incident, IncidentKind, IncidentState, Member
from core.model.text import Text

WINDOW_NS = 180 * SECOND
JOIN_NS = 900 * SECOND
NAMES = {
    IncidentKind.BURST: Text("疑似爆管", "Suspected burst"),
    IncidentKind.LOW_PRESSURE: Text("低压", "Low pressure"),
    IncidentKind.WATER_QUALITY: Text("水质异常", "Water quality anomaly"),
}


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


def place(
    incident: Incident, kind: IncidentKind, zone: str | None, near: Mapping[str, frozenset[str]]
) -> tuple[int, str] | None:
    """Rank and name of how near the alarm's zone is to the incident's. Two inflow steps in two zones are
    two bursts, however near."""
    if zone == incident.zone or (zone and zone in incident.zones):
        return 0, "same_zone"
    if kind is IncidentKind.BURST or kind is IncidentKind.WATER_QUALITY:
        return None
    if zone and incident.zone in near.get(zone, ()):
        return 1, "linked_zone"
    return None


def time_of(incident: Incident, raised: Raised, t_ns: int) -> str | None:
    """Name of how near the alarm's time is to the incident's; None where it is not."""
    if any(member.alarm == raised.row.id for member in incident.members):
        return "raised_again"
    first_ns = incident.opened_ns
    for member in incident.members:
        latest_ns = member.raised_ns if member.last_ns is None else member.last_ns
        if abs(t_ns - member.raised_ns) <= WINDOW_NS or abs(t_ns - latest_ns) <= WINDOW_NS:
            return "within_window"
    if first_ns - WINDOW_NS <= t_ns <= first_ns + JOIN_NS:
        return "latecomer"
    return None


def joined(incident: Incident, kind: IncidentKind, raised: Raised, why: str, clock: Clock) -> Incident:
    """The incident with the alarm in it. A burst gives it its kind, its zone and its size."""
    t_ns, occurrence = raised.finding.t_ns, raised.alarm.occurrence
    again = next((member for member in incident.members if member.alarm == raised.row.id), None)
    if again:
        newest = replace(again, occurrence=occurrence, last_ns=max(again.last_ns or again.raised_ns, t_ns))
        if t_ns < again.raised_ns:
            newest = replace(newest, raised_ns=t_ns, clock=clock.id, clock_s=clock.off_s)
        members = tuple(newest if member is again else member for member in incident.members)
        first = first_out(members)
    else:
        member = Member(
            alarm=raised.row.id,
            occurrence=occurrence,
            raised_ns=t_ns,
            why=why,
            clock=clock.id,
            clock_s=clock.off_s,
        )
        members = (*incident.members, member)
        first = with_one_more(incident.first_out, incident.members, member)
    opened_ns = min(incident.opened_ns, t_ns)
    changes: dict[str, object] = {"members": members, "first_out": first, "opened_ns": opened_ns}
    if kind is IncidentKind.BURST:
        name = NAMES[kind]
        changes |= {"kind": kind, "size_m3h": raised.finding.size_m3h}
        if incident.kind is not kind:
            changes["title"] = Text(
                incident.title.zh.replace(NAMES[incident.kind].zh, name.zh),
                incident.title.en.replace(NAMES[incident.kind].en, name.en),
            )
        changes["evidence"] = {**incident.evidence, **raised.finding.evidence}
    if incident.state is IncidentState.RESTORED:
        changes |= {
            "state": IncidentState.SUSPECTED if incident.confirmed_ns is None else IncidentState.CONFIRMED
        }
        changes |= {"why": (*incident.why, "raised_again")}
    return replace(incident, **changes)  # type: ignore[arg-type]
