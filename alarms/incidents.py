"""Many alarms, one cause: the correlator. Incidents open here and nowhere else.

Alarms join by place (the same zone, or one joined to it by an open pipe), by time (180 s between source
times, latecomers up to 15 min) and by sign (inflow up, pressure down). Instrument and communication alarms
open nothing: they say that the hub sees less, not that the water does worse.
"""

from collections.abc import Mapping
from dataclasses import replace

from alarms.clocks import ClockOf, unknown
from alarms.joining import NAMES, WINDOW_NS, Raised, joined, place, time_of
from alarms.timers import SECOND
from core.model.alarm import Alarm, AlarmClass, AlarmDefinition
from core.model.event import Event, EventKind
from core.model.finding import Finding, FindingKind
from core.model.incident import Incident, IncidentKind, IncidentState
from core.model.plant import Plant
from core.model.tag import QUALITY, Quantity
from core.model.text import Text
from core.ports.ledger import Writing

OPEN = (IncidentState.SUSPECTED, IncidentState.CONFIRMED, IncidentState.RESTORED)
PERSISTED_NS = {
    IncidentKind.WATER_QUALITY: 300 * SECOND,
    IncidentKind.LOW_PRESSURE: 900 * SECOND,
    IncidentKind.BURST: 3600 * SECOND,
}
"""How long a single sign must last before it is believed without a second one."""
SEVERAL = 3
"""Gauges low together are believed sooner, yet not before a burst has had the time to show itself."""
LOOKED_AT = 25
"""Members asked for at once, the newest first: of an incident that goes on one of them is active."""
JOINS: Mapping[IncidentKind, frozenset[IncidentKind]] = {
    IncidentKind.BURST: frozenset({IncidentKind.BURST, IncidentKind.LOW_PRESSURE}),
    IncidentKind.LOW_PRESSURE: frozenset({IncidentKind.BURST, IncidentKind.LOW_PRESSURE}),
    IncidentKind.WATER_QUALITY: frozenset({IncidentKind.WATER_QUALITY}),
}


class Correlator:
    """Knows the plant and its clocks; keeps nothing between transactions."""

    def __init__(
        self, plant: Plant, definitions: Mapping[str, AlarmDefinition], clock_of: ClockOf = unknown
    ) -> None:
        self._plant, self._clock_of = plant, clock_of
        self._definitions = definitions
        self._neighbours = neighbours(plant)

    async def raised(self, tx: Writing, raised: Raised, now_ns: int) -> Incident | None:
        """The incident the alarm now belongs to; None when it is of a kind that opens none."""
        kind = kind_of(raised, self._plant)
        if kind is None:
            return None
        found = await self._join(tx, kind, raised)
        incident, why = found if found else (await self._open(tx, kind, raised, now_ns), "first_out")
        incident = joined(incident, kind, raised, why, self._clock_of(raised.seen_in))
        if incident.state is IncidentState.SUSPECTED and (reason := self._reason(incident, raised.finding)):
            incident = confirmed(incident, reason, now_ns)
        await publish(tx, incident, now_ns)
        return incident

    async def refined(self, tx: Writing, finding: Finding, now_ns: int) -> None:
        """A better known size of an open burst."""
        alarm = await tx.get(Alarm, finding.alarm)
        incident = await tx.get(Incident, alarm.incident) if alarm and alarm.incident else None
        if incident and incident.state in OPEN:
            evidence = {**incident.evidence, **finding.evidence}
            changed = replace(incident, size_m3h=finding.size_m3h, evidence=evidence)
            await publish(tx, changed, now_ns)

    async def due(self, tx: Writing, now_ns: int) -> list[tuple[Incident, str]]:
        """Suspected incidents that have lasted long enough to be believed, with the named reason."""
        believed = []
        for incident in await tx.find(Incident, state=IncidentState.SUSPECTED):
            wait_ns = PERSISTED_NS.get(incident.kind)
            if incident.kind is IncidentKind.LOW_PRESSURE and len(incident.members) >= SEVERAL:
                wait_ns = WINDOW_NS
            doubted = incident.evidence.get("pressure_agrees") == "no"
            if wait_ns is None or doubted or now_ns - incident.opened_ns < wait_ns:
                continue
            alarms = [await tx.get(Alarm, member.alarm) for member in incident.members]
            if any(alarm is not None and _counts(alarm) for alarm in alarms):
                believed.append((incident, "persisted"))
        return believed

    async def believe(self, tx: Writing, now_ns: int) -> None:
        """Confirm what is due."""
        for incident, why in await self.due(tx, now_ns):
            await publish(tx, confirmed(incident, why, now_ns), now_ns)

    async def cleared(self, tx: Writing, id: str, now_ns: int) -> None:
        """Members have cleared. When none is active any more the incident counts as restored; people close
        it."""
        incident = await tx.get(Incident, id)
        if incident is None or incident.state not in OPEN[:2]:
            return
        members = [member.alarm for member in reversed(incident.members)]
        for at in range(0, len(members), LOOKED_AT):
            alarms = await tx.find(Alarm, id=tuple(members[at : at + LOOKED_AT]))
            if any(alarm.active and alarm.incident == id for alarm in alarms):
                return
        incident = replace(incident, state=IncidentState.RESTORED, why=(*incident.why, "all_members_cleared"))
        await publish(tx, incident, now_ns)

    def _reason(self, incident: Incident, finding: Finding) -> str | None:
        """Independent signs that agree, by name; None while one sign stands alone."""
        if incident.kind is IncidentKind.LOW_PRESSURE:
            return None
        rows = (self._definitions.get(member.alarm) for member in incident.members)
        tags = {row.tag for row in rows if row is not None and row.tag is not None}
        if incident.kind is IncidentKind.BURST and finding.evidence.get("pressure_agrees") == "yes":
            return "burst_step_and_pressure_agree"
        if incident.kind is IncidentKind.BURST and tags:
            return "burst_step_and_low_pressure_alarm"
        if incident.kind is IncidentKind.WATER_QUALITY and len(tags) >= 2:
            return "sibling_instrument_agrees"
        return None

    async def _join(self, tx: Writing, kind: IncidentKind, raised: Raised) -> tuple[Incident, str] | None:
        """The open incident this alarm belongs to and the named reason: the one it was in before, the same
        zone before a neighbour, the newest first."""
        open_now = await tx.find(Incident, state=OPEN)
        zone, t_ns = raised.row.zone, raised.finding.t_ns
        ranked: list[tuple[bool, int, int, Incident, str]] = []
        for incident in open_now:
            if incident.kind not in JOINS[kind] or raised.row.id in incident.apart:
                continue
            near = place(incident, kind, zone, self._neighbours)
            if near is not None and (when := time_of(incident, raised, t_ns)) is not None:
                again = when == "raised_again"
                ranked.append((not again, near[0], -incident.opened_ns, incident, f"{near[1]}_{when}"))
        if not ranked:
            return None
        *_, incident, why = min(ranked, key=lambda item: item[:3])
        return incident, why

    async def _open(self, tx: Writing, kind: IncidentKind, raised: Raised, now_ns: int) -> Incident:
        zone = self._plant.zones.get(raised.row.zone or "")
        name = NAMES[kind]
        title = Text(f"{zone.name.zh} {name.zh}", f"{name.en}, {zone.name.en}") if zone else name
        return Incident(
            id=await tx.next_id("INC", now_ns),
            kind=kind,
            state=IncidentState.SUSPECTED,
            opened_ns=raised.finding.t_ns,
            zone=raised.row.zone,
            title=title,
        )


def _counts(alarm: Alarm) -> bool:
    """It stands, its instrument can be believed, and no rule explains it otherwise."""
    return alarm.active and not alarm.quality >> 31 and not alarm.suppressed_by


def kind_of(raised: Raised, plant: Plant) -> IncidentKind | None:
    """What an alarm is a sign of."""
    row = raised.row
    if row.alarm_class in (AlarmClass.INSTRUMENT, AlarmClass.COMMUNICATION, AlarmClass.SYSTEM):
        return None
    if row.kind is FindingKind.BURST:
        return IncidentKind.BURST
    tag = plant.tags.get(row.tag or "")
    if tag is None or row.kind not in (FindingKind.LIMIT_HIGH, FindingKind.LIMIT_LOW):
        return None
    if tag.quantity in QUALITY:
        return IncidentKind.WATER_QUALITY
    if tag.quantity is Quantity.PRESSURE and row.kind is FindingKind.LIMIT_LOW:
        return IncidentKind.LOW_PRESSURE
    return None


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


async def publish(tx: Writing, incident: Incident, now_ns: int) -> Incident:
    """Write a changed incident and tell everyone."""
    incident = replace(incident, seq=incident.seq + 1)
    await tx.put(incident)
    data = {
        "kind": incident.kind.value,
        "state": incident.state.value,
        "seq": incident.seq,
        "title": {"zh": incident.title.zh, "en": incident.title.en},
        "size_m3h": incident.size_m3h,
        "members": len(incident.members),
    }
    event = Event(kind=EventKind.INCIDENT, subject=incident.id, t_ns=now_ns, zone=incident.zone, data=data)
    await tx.emit(event)
    return incident


def confirmed(incident: Incident, why: str, now_ns: int) -> Incident:
    """Confirmed, with the named reason."""
    state = IncidentState.CONFIRMED
    return replace(incident, state=state, confirmed_ns=now_ns, why=(*incident.why, why))
