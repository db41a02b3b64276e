"""Carries what `alarms.suppression` finds into the ledger: in the transaction of what it follows from."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import msgspec

from alarms.absorbing import move
from alarms.activities import Activities
from alarms.engine import Engine
from alarms.incidents import Correlator
from alarms.joining import Raised
from alarms.journal import Stamp, entry_of
from alarms.sheet import Sheet
from alarms.states import AlarmEvent, Cause
from alarms.stations import PREFIX, SILENT, lost_stations
from alarms.suppression import ByDesign, Suppression
from alarms.timers import SECOND
from alarms.transaction import event_of, fresh
from alarms.transition import step
from alarms.unheard import RECENT_S, Unheard
from core.model.alarm import Alarm, AlarmDefinition, State
from core.model.finding import Finding, Verb
from core.model.incident import Incident
from core.model.plant import Plant
from core.ports.clock import Clock
from core.ports.ledger import Tx, Writing
from core.ports.spool import SpoolRow

NAME = "alarms.suppression"
RULED = (State.DSUPR, State.OOSRV)
"""States in which a rule may hold an alarm."""
AT_ONCE = 500
_LOUDER = (Verb.RAISE, Verb.ESCALATE)


class _Kept(msgspec.Struct):
    """until: of rules whose condition is over. found: why alarms that are withheld were raised, where the
    detector had evidence. out: alarms that rose while they were out of service."""

    until: dict[str, int]
    found: dict[str, Finding]
    out: list[str] = []


class Withholding:
    """One plant's suppression by design. A new one for each life of the alarm service."""

    def __init__(
        self,
        design: ByDesign,
        rows: Sequence[AlarmDefinition],
        definitions: Mapping[str, AlarmDefinition],
        plant: Plant,
        clock: Clock,
    ) -> None:
        self._plant, self._definitions, self._clock = plant, definitions, clock
        stations = lost_stations(rows, plant, clock.anchor.speed)
        self.suppression = Suppression([*design.rules, *stations])
        self._conditions = {row.id: row for row in design.conditions}
        self._designed: dict[str, list[str]] = {}
        for rule in design.rules:
            for alarm in rule.targets():
                self._designed.setdefault(alarm, []).append(rule.id)
        self._activities = Activities(rows, plant)
        self._unheard: Unheard
        self._found: dict[str, Finding] = {}
        self._out: set[str] = set()
        self._written = b""
        self._reconcile = True

    async def start(self, tx: Tx, engine: Engine, backlog: int) -> None:
        """As the life before left it. backlog: the spool's last row. Raises what the ledger raises."""
        if content := await tx.kept(NAME):
            kept = msgspec.msgpack.decode(content, type=_Kept)
            self.suppression.restore(kept.until)
            self._found, self._out = kept.found, set(kept.out)
        standing = engine.standing(self._conditions)
        ids = [id for id in self.suppression.inhibitors if id not in self._conditions]
        for at in range(0, len(ids), AT_ONCE):
            alarms = await tx.find(Alarm, id=tuple(ids[at : at + AT_ONCE]))
            standing |= {alarm.id for alarm in alarms if alarm.active}
        self.suppression.stand(standing, self._clock.now_ns())
        await self._activities.begin(tx)
        await self.windows(tx)
        recent_ns = round(RECENT_S * self._clock.anchor.speed * SECOND)
        self._unheard = Unheard(self._plant, backlog, self._clock.now_ns() - recent_ns)
        waiting = [rule for id, rule in self.suppression.rules.items() if id not in self.suppression.holding]
        self._unheard.wait_for(waiting, {**self._conditions, **self._of_inhibitors()})

    def _of_inhibitors(self) -> dict[str, AlarmDefinition]:
        ids = self.suppression.inhibitors
        return {id: self._definitions[id] for id in ids if id in self._definitions}

    async def windows(self, tx: Tx) -> None:
        """What is planned, and opens or closes now."""
        now_ns = self._clock.now_ns()
        self.suppression.open(await self._activities.windows(tx, now_ns), now_ns)

    def take(self, findings: list[Finding], rows: Sequence[SpoolRow]) -> list[Finding]:
        """Those that are alarms' own, after all that these rows say has been weighed."""
        self._unheard.hear(rows, self._clock.now_ns())
        self.suppression.judge(findings)
        return [f for f in findings if f.alarm not in self._conditions] if self._conditions else findings

    def look(self, seq: int, now_ns: int) -> bool:
        """By the clock. seq: of the last row judged. True when something is to be written."""
        self.suppression.pass_time(now_ns)
        if self._unheard.look(seq, self._clock.monotonic(), now_ns):
            self._reconcile = True
        turn = self.suppression.turn
        return bool(self._reconcile or turn.begun or turn.ended or self._activities.due(now_ns))

    async def before(self, tx: Writing, alarm: Alarm, row: AlarmDefinition, finding: Finding) -> Alarm:
        """The alarm as it stands when a finding is about to change it: withheld, where it shall be."""
        if finding.verb is Verb.CLEAR:
            self._found.pop(alarm.id, None)
            self._out.discard(alarm.id)
        if finding.verb not in _LOUDER:
            return alarm
        rules = self.suppression.held(alarm.id) | self._perhaps(row)
        for rule in sorted(rules - {*alarm.suppressed_by}):
            alarm = await self._act(tx, alarm, AlarmEvent.SUPPRESS, rule, finding.t_ns)
        if alarm.oos:
            self._out.add(alarm.id)
        if (alarm.suppressed_by or alarm.oos) and finding.evidence:
            self._found[alarm.id] = finding
        return alarm

    def refined(self, finding: Finding) -> None:
        """A better known size of what is withheld."""
        if finding.alarm in self._found:
            self._found[finding.alarm] = finding

    def _perhaps(self, row: AlarmDefinition) -> set[str]:
        """Rules that may hold the alarm, for all that is known yet."""
        rules = list(self._designed.get(row.id, ()))
        if row.kind in SILENT and row.tag:
            rules.append(f"{PREFIX}{self._plant.tags[row.tag].station}")
        return {rule for rule in rules if rule in self._unheard}

    async def settle(self, sheet: Sheet, correlator: Correlator) -> list[Finding]:
        """What begins is put on its alarms, what holds no longer is taken off. Returns what is heard only
        now, and was found before."""
        await self._activities.advance(sheet, self._clock.now_ns())
        turn = self.suppression.take_turn()
        heard: list[Finding] = []
        for rule, t_ns in turn.begun.items():
            await self._put_on(sheet, rule, t_ns)
        if turn.ended or self._reconcile:
            for alarm in await sheet.find(Alarm, state=RULED):
                if (finding := await self._take_off(sheet, alarm, turn.ended, correlator)) is not None:
                    heard.append(finding)
        self._reconcile = False
        await sheet.look_up(self._out)
        for id in sorted(self._out):
            if (finding := await self._back_in_service(sheet, id, correlator)) is not None:
                heard.append(finding)
        return heard

    async def _put_on(self, sheet: Sheet, rule: str, t_ns: int) -> None:
        if rule not in self.suppression.holding:
            return
        targets = self.suppression.rules[rule].targets()
        await sheet.find(Alarm, id=targets)
        for id in targets:
            if (row := self._definitions.get(id)) is not None:
                alarm = await sheet.get(Alarm, id) or fresh(row)
                if rule not in alarm.suppressed_by:
                    await self._act(sheet, alarm, AlarmEvent.SUPPRESS, rule, t_ns)

    async def _take_off(
        self, sheet: Sheet, alarm: Alarm, ended: Mapping[str, int], correlator: Correlator
    ) -> Finding | None:
        """Of an alarm that stands, and belongs to no incident yet, what the correlator is told: as found now,
        since nothing of it counted until now."""
        now_ns, row = self._clock.now_ns(), self._definitions.get(alarm.id)
        rules = {*alarm.suppressed_by} - self.suppression.holds(alarm.id)
        rules = {rule for rule in rules if rule not in self._unheard}
        last, finding = rules == {*alarm.suppressed_by}, None
        if last and alarm.oos:
            self._out.add(alarm.id)
        elif last and (found := self._found.pop(alarm.id, None) or _as_found(alarm, row)):
            finding = replace(found, verb=Verb.RAISE, t_ns=now_ns)
        for n, rule in enumerate(sorted(rules), 1):
            t_ns, incident = ended.get(rule, now_ns), None
            if finding and row and n == len(rules):
                incident = await correlator.raised(sheet, Raised(row, alarm, finding), now_ns)
            alarm = await self._act(sheet, alarm, AlarmEvent.UNSUPPRESS, rule, t_ns, incident)
        return finding

    async def _back_in_service(self, sheet: Sheet, id: str, correlator: Correlator) -> Finding | None:
        """Of an alarm that rose out of service and stands when it is back, what the correlator is told."""
        alarm, row, now_ns = await sheet.get(Alarm, id), self._definitions.get(id), self._clock.now_ns()
        if alarm is not None and alarm.oos:
            return None
        self._out.discard(id)
        if alarm is None or row is None or alarm.suppressed_by:
            return None
        if (found := self._found.pop(id, None) or _as_found(alarm, row)) is None or alarm.incident:
            return None
        finding = replace(found, verb=Verb.RAISE, t_ns=now_ns)
        incident = await correlator.raised(sheet, Raised(row, alarm, finding), now_ns)
        if incident is not None:
            await move(sheet, [alarm], incident.id, None, now_ns)
        return finding

    async def _act(
        self,
        tx: Writing,
        alarm: Alarm,
        event: AlarmEvent,
        rule: str,
        t_ns: int,
        incident: Incident | None = None,
    ) -> Alarm:
        now_ns = self._clock.now_ns()
        cause = Cause(t_ns=t_ns, rule=rule)
        transition = step(alarm, event, cause)
        if incident is not None:
            transition = transition.within(incident.id)
        await tx.journal(entry_of(transition, event, cause, Stamp(now_ns)))
        await tx.put(transition.alarm)
        await tx.emit(event_of(transition.alarm, self._definitions.get(alarm.id), now_ns))
        return transition.alarm

    async def keep(self, tx: Tx) -> None:
        """What cannot be seen again after a restart, when it has changed."""
        until = {id: end for id, end in self.suppression.holding.items() if end is not None}
        content = msgspec.msgpack.encode(_Kept(until, self._found, sorted(self._out)))
        if content != self._written:
            await tx.keep(NAME, content)
            self._written = content


def _as_found(alarm: Alarm, row: AlarmDefinition | None) -> Finding | None:
    if row is None or not alarm.active or alarm.incident:
        return None
    return Finding(
        alarm=row.id,
        kind=row.kind,
        verb=Verb.RAISE,
        t_ns=alarm.raised_ns or 0,
        tags=(row.tag,) if row.tag else (),
        zone=row.zone,
        value=alarm.value,
        limit=alarm.limit,
    )
