"""Many alarms, one cause: the correlator. Incidents open here and nowhere else.

Alarms join by place (the same zone, one joined to it by an open pipe, or one that a pump feeds), by time
(180 s between source times, latecomers up to 15 min) and by sign (inflow up, pressure down, tank falling,
pump stopped). Instrument and communication alarms open nothing: they say that the hub sees less, not that
the water does worse.
"""

from collections.abc import Container, Iterator, Mapping
from dataclasses import replace

from alarms import back, confirming, signs
from alarms.absorbing import ended, move, together
from alarms.clocks import ClockOf, unknown
from alarms.confirming import RULES, Rule
from alarms.joining import JOIN_NS, Places, Raised, joined, near_in_time, of_people, time_of_raised, titled
from alarms.unmerging import of_alarm
from core.model.alarm import Alarm, AlarmDefinition
from core.model.finding import Finding, Verb
from core.model.incident import GOING_ON, OPEN, Incident, IncidentKind, IncidentState, Sign
from core.model.incident_event import incident_event
from core.model.plant import Plant
from core.model.tag import Quantity
from core.ports.ledger import Page, Writing

LOOKED_AT = 25
"""Members asked for at once, the newest first: of an incident that goes on one of them is active."""


class Correlator:
    """Knows the plant, its clocks and the rules; keeps nothing between transactions."""

    def __init__(
        self,
        plant: Plant,
        definitions: Mapping[str, AlarmDefinition],
        clock_of: ClockOf = unknown,
        rules: Mapping[IncidentKind, Rule] = RULES,
    ) -> None:
        self._plant, self._definitions, self._clock_of, self._rules = plant, definitions, clock_of, rules
        self._places = Places(plant)
        self._tanks = _tanks(plant, definitions)

    async def raised(self, tx: Writing, raised: Raised, now_ns: int) -> Incident | None:
        """The incident the alarm now belongs to; None when it is of a kind that opens none."""
        sign = signs.sign_of(raised.row, self._plant)
        if sign is None:
            return None
        found = await self._join(tx, sign, raised)
        if found is None and sign not in signs.OPENS:
            return None
        incident, why = found or (await self._open(tx, sign, raised, now_ns), "first_out")
        incident = joined(self._plant, incident, sign, raised, why, self._clock_of(raised.seen_in))
        if found is None:
            incident = await self._adopted(tx, incident, now_ns)
        if sign in signs.CAUSES:
            incident = await self._absorbed(tx, incident, raised, now_ns)
        incident = await self._doubted(tx, incident, sign, now_ns)
        rule = self._rules.get(incident.kind)
        at_once = rule is not None and rule.persists_s <= 0
        if at_once and (reason := self._reason(incident, now_ns)) and not confirming.lasting(reason):
            incident = confirmed(incident, reason, now_ns)
        await publish(tx, incident, now_ns)
        return incident

    async def refined(self, tx: Writing, finding: Finding, now_ns: int) -> None:
        """A better known size of an open burst. Of one that was put into another it is kept with it too, for
        the other has its own."""
        alarm = await tx.get(Alarm, finding.alarm)
        incident = await tx.get(Incident, alarm.incident) if alarm and alarm.incident else None
        if incident is None or incident.state not in OPEN:
            return
        taken = await of_alarm(tx, incident, finding.alarm)
        for one in (taken, incident if taken is None or incident.size_m3h == taken.size_m3h else None):
            if one is not None:
                evidence = {**one.evidence, **finding.evidence}
                changed = replace(one, size_m3h=finding.size_m3h, evidence=evidence)
                await publish(tx, changed, now_ns)

    async def due(
        self, tx: Writing, now_ns: int, returning: Container[str] = ()
    ) -> list[tuple[Incident, str]]:
        """Suspected incidents that are believed by now, with the named reason. returning: alarms that are
        active only until their off-delay is over; what they tell of does not stand any more."""
        believed = []
        for incident in await tx.find(Incident, state=IncidentState.SUSPECTED):
            reason = self._reason(incident, now_ns)
            if reason and (not confirming.lasting(reason) or await self._stands(tx, incident, returning)):
                believed.append((incident, reason))
        return believed

    async def believe(self, tx: Writing, now_ns: int, returning: Container[str] = ()) -> None:
        """Confirm what is due."""
        for incident, why in await self.due(tx, now_ns, returning):
            await publish(tx, confirmed(incident, why, now_ns), now_ns)

    async def given_up(self, tx: Writing, id: str, why: str, now_ns: int) -> None:
        """A member has cleared without having seen its matter end."""
        incident = await tx.get(Incident, id)
        if incident is not None and incident.state in GOING_ON and not incident.given_up:
            await publish(tx, replace(incident, why=(*incident.why, why)), now_ns)

    async def _stands(self, tx: Writing, incident: Incident, returning: Container[str]) -> bool:
        for alarms in _lots(incident):
            found = await tx.find(Alarm, id=alarms)
            if any(_counts(alarm) and alarm.id not in returning for alarm in found):
                return True
        return False

    def _reason(self, incident: Incident, now_ns: int) -> str | None:
        if incident.state is not IncidentState.SUSPECTED:
            return None
        rule = self._rules.get(incident.kind)
        return confirming.reason(
            incident, rule, lambda: len(confirming.sensors(incident, self._definitions)), now_ns
        )

    async def _join(self, tx: Writing, sign: Sign, raised: Raised) -> tuple[Incident, str] | None:
        """The open incident this alarm belongs to and the named reason: the one it was in before, the same
        zone before a neighbour, the newest first."""
        ranked: list[tuple[bool, int, int, Incident, str]] = []
        for incident in await tx.find(Incident, state=OPEN):
            if incident.kind not in signs.JOINS[sign] or raised.row.id in incident.apart:
                continue
            near = self._places.of(incident, sign, raised.row.zone)
            if near is not None and (when := time_of_raised(incident, raised)):
                again = when == "raised_again"
                ranked.append((not again, near[0], -incident.opened_ns, incident, f"{near[1]}_{when}"))
        if not ranked:
            return None
        *_, incident, why = min(ranked, key=lambda item: item[:3])
        return incident, why

    async def _open(self, tx: Writing, sign: Sign, raised: Raised, now_ns: int) -> Incident:
        kind = signs.OPENS[sign]
        return Incident(
            id=await tx.next_id("INC", now_ns),
            kind=kind,
            state=IncidentState.SUSPECTED,
            opened_ns=raised.finding.began_ns or raised.finding.t_ns,
            zone=raised.row.zone,
            title=titled(self._plant, kind, raised.row.zone),
        )

    async def _adopted(self, tx: Writing, incident: Incident, now_ns: int) -> Incident:
        """With the tanks beside it that fell just before: alone they open nothing."""
        if incident.kind not in signs.JOINS[Sign.TANK_FALL]:
            return incident
        ids = [id for zone, ids in self._tanks.items() for id in ids if self._beside(incident, zone)]
        found = await tx.find(Alarm, id=tuple(ids)) if ids else []
        falling = [
            alarm
            for alarm in found
            if alarm.active and alarm.incident is None and near_in_time(incident.opened_ns, alarm.raised_ns)
        ]
        for alarm in falling:
            row, t_ns = self._definitions[alarm.id], alarm.raised_ns or now_ns
            finding = Finding(alarm=row.id, kind=row.kind, verb=Verb.RAISE, t_ns=t_ns, tags=())
            raised = Raised(row, alarm, finding)
            clock = self._clock_of(raised.seen_in)
            incident = joined(self._plant, incident, Sign.TANK_FALL, raised, "fell_before", clock)
        await move(tx, falling, incident.id, None, now_ns)
        return incident

    def _beside(self, incident: Incident, zone: str) -> bool:
        return self._places.of(incident, Sign.TANK_FALL, zone) is not None

    async def _absorbed(self, tx: Writing, incident: Incident, raised: Raised, now_ns: int) -> Incident:
        """With the low pressures around it that came first and had no cause until now."""
        for other in await tx.find(Incident, state=OPEN):
            if other.kind is not IncidentKind.LOW_PRESSURE or other.id == incident.id or of_people(other):
                continue
            if incident.apart and any(member.alarm in incident.apart for member in other.members):
                continue
            near = other.zone is not None and self._places.of(incident, Sign.PRESSURE_DOWN, other.zone)
            if not near or time_of_raised(other, raised) is None:
                continue
            touched = [zone for zone in (other.zone, *other.touched) if zone and zone != incident.zone]
            incident = together(incident, other, "same_cause")
            incident = replace(incident, touched=tuple(dict.fromkeys((*incident.touched, *touched))))
            await publish(tx, ended(other, incident.id, "same_cause", now_ns), now_ns)
            names = tuple(member.alarm for member in other.members if member.alarm != raised.row.id)
            alarms = [alarm for alarm in await tx.find(Alarm, id=names) if alarm.incident == other.id]
            await move(tx, alarms, incident.id, None, now_ns)
        return incident

    async def _doubted(self, tx: Writing, incident: Incident, sign: Sign, now_ns: int) -> Incident:
        """A burst whose pressures may have fallen because a pump stopped is not believed on their word. What
        a pump that stops later throws doubt on is told of it, as long as it is only suspected."""
        if incident.kind is IncidentKind.BURST and incident.state is IncidentState.SUSPECTED:
            for other in await tx.find(Incident, state=OPEN):
                if self._explains(other, incident):
                    return replace(incident, evidence={**incident.evidence, "pump_stopped": other.root or ""})
        if sign is Sign.PUMP_STOPPED:
            for other in await tx.find(Incident, state=IncidentState.SUSPECTED):
                if self._explains(incident, other):
                    evidence = {**other.evidence, "pump_stopped": incident.root or ""}
                    await publish(tx, replace(other, evidence=evidence), now_ns)
        return incident

    def _explains(self, pump: Incident, burst: Incident) -> bool:
        return (
            pump.kind is IncidentKind.PUMP_TRIP
            and burst.kind is IncidentKind.BURST
            and "pump_stopped" not in burst.evidence
            and burst.zone in self._places.fed_from(pump.zone)
            and abs(pump.opened_ns - burst.opened_ns) <= JOIN_NS
        )


def _tanks(plant: Plant, definitions: Mapping[str, AlarmDefinition]) -> dict[str, list[str]]:
    """Alarms of falling tanks, by zone."""
    levels = {tag.id: tag.zone or "" for tag in plant.tags.values() if tag.quantity is Quantity.LEVEL}
    found: dict[str, list[str]] = {}
    for id in definitions if levels else ():
        zone = levels.get(id.rpartition(":")[0])
        if zone is not None and signs.sign_of(definitions[id], plant) is Sign.TANK_FALL:
            found.setdefault(zone, []).append(id)
    return found


def _counts(alarm: Alarm) -> bool:
    """It stands, its instrument can be believed, and no rule explains it otherwise."""
    up = alarm.active and (alarm.chatter is None or alarm.chatter.up)
    return up and not alarm.quality >> 31 and not alarm.suppressed_by


def _lots(incident: Incident) -> Iterator[tuple[str, ...]]:
    members = [member.alarm for member in reversed(incident.members)]
    return (tuple(members[at : at + LOOKED_AT]) for at in range(0, len(members), LOOKED_AT))


async def over_when_back(tx: Writing, id: str, now_ns: int) -> None:
    """Members have cleared. When none is active any more the incident counts as restored; people close it, or
    the hub once nothing of it is left open (`response.settled`)."""
    incident = await tx.get(Incident, id)
    if incident is None or incident.state not in GOING_ON:
        return
    if await tx.find(Alarm, Page(limit=1), incident=id, active=True):
        return
    why, back_ns = (*incident.why, "all_members_cleared"), await back.since(tx, incident)
    incident = replace(incident, state=IncidentState.RESTORED, why=why, back_ns=back_ns)
    await publish(tx, incident, now_ns)


async def publish(tx: Writing, incident: Incident, now_ns: int) -> Incident:
    """Write a changed incident and tell everyone."""
    incident = replace(incident, seq=incident.seq + 1)
    await tx.put(incident)
    await tx.emit(incident_event(incident, now_ns))
    return incident


def confirmed(incident: Incident, why: str, now_ns: int) -> Incident:
    """Confirmed, with the named reason."""
    state = IncidentState.CONFIRMED
    return replace(incident, state=state, confirmed_ns=now_ns, why=(*incident.why, why))
