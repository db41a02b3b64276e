"""Planned activities in time: each is a rule of suppression from its start to the end of its grace; then it
is over, or, where alarms of it still stand, overrun. A sensor in maintenance is such a rule too."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from alarms.expected import expected, of_maintenance
from alarms.hub_alarms import PREFIX
from alarms.planning import publish
from alarms.states import AlarmEvent, Cause
from alarms.suppression import SuppressionRule
from alarms.transaction import fresh, happen
from core.model.activity import OPEN, Activity, ActivityState
from core.model.alarm import Alarm, AlarmClass, AlarmDefinition
from core.model.finding import FindingKind
from core.model.maintenance import Maintenance
from core.model.plant import Plant
from core.model.text import Text
from core.ports.ledger import Tx, Writing

OVERRUN = f"{PREFIX}activity_overrun:warning"
NAMED = 5
SENSOR = -1
"""In the place of an activity's seq: what a maintenance is of never changes."""
_WITHIN = (ActivityState.PLANNED, ActivityState.RUNNING)


class Activities:
    """Reads what is planned, and writes how it goes."""

    def __init__(self, rows: Sequence[AlarmDefinition], plant: Plant) -> None:
        self._rows, self._plant = rows, plant
        self._open: list[Activity] | None = None
        self._told: frozenset[str] = frozenset()
        """Of which the overrun was told."""
        self._targets: dict[tuple[str, int], tuple[str, ...]] = {}

    async def windows(self, tx: Tx, now_ns: int) -> dict[str, SuppressionRule]:
        """What withholds alarms now, by id."""
        self._open = opened = await tx.find(Activity, state=OPEN)
        under = [one for one in await tx.find(Maintenance, active=True) if one.until_ns > now_ns]
        known = {(one.id, one.seq) for one in opened} | {(one.id, SENSOR) for one in under}
        self._targets = {key: ids for key, ids in self._targets.items() if key in known}
        rules = {}
        for one in opened:
            if one.state in _WITHIN and one.start_ns <= now_ns < one.until_ns:
                name = Text(one.note, one.note)
                rules[one.id] = SuppressionRule(one.id, name, (), partial(self.targets, one))
        for sensor in under:
            name = Text(sensor.note, sensor.note)
            rules[sensor.id] = SuppressionRule(sensor.id, name, (), partial(self._of_sensor, sensor))
        return rules

    def targets(self, one: Activity) -> tuple[str, ...]:
        key = (one.id, one.seq)
        if key not in self._targets:
            self._targets[key] = expected(one, self._rows, self._plant).withheld
        return self._targets[key]

    def _of_sensor(self, one: Maintenance) -> tuple[str, ...]:
        key = (one.id, SENSOR)
        if key not in self._targets:
            self._targets[key] = of_maintenance(one, self._rows, self._plant)
        return self._targets[key]

    def due(self, now_ns: int) -> bool:
        """Since the last look at `windows` something is to be written by `advance`."""
        if self._open is None:
            return False
        late = frozenset(one.id for one in self._open if one.state is ActivityState.OVERRUN)
        return bool(late) or late != self._told or any(self._moves(one, now_ns) for one in self._open)

    def _moves(self, one: Activity, now_ns: int) -> bool:
        begins = one.state is ActivityState.PLANNED and one.start_ns <= now_ns
        return begins or (one.state is ActivityState.RUNNING and one.until_ns <= now_ns)

    async def begin(self, tx: Tx) -> None:
        """At the start: whether its alarm stands already."""
        alarm = await tx.get(Alarm, OVERRUN)
        late = await tx.find(Activity, state=ActivityState.OVERRUN)
        self._told = frozenset(one.id for one in late) if alarm and alarm.active else frozenset()

    async def advance(self, tx: Writing, now_ns: int) -> None:
        """Begins and ends by the clock what nobody has changed meanwhile; then the alarm of those overrun."""
        if self._open is None:
            return
        late = {}
        for seen in self._open:
            one = await tx.get(Activity, seen.id) or seen
            state = await self._next(tx, one, now_ns) if one.seq == seen.seq else one.state
            if state is not one.state:
                ended_ns = now_ns if state is ActivityState.ENDED and one.ended_ns is None else one.ended_ns
                one = await publish(tx, replace(one, state=state, ended_ns=ended_ns), now_ns)
            if one.state is ActivityState.OVERRUN:
                late[one.id] = one
        await self._tell(tx, late, now_ns)
        self._open = None

    async def _next(self, tx: Writing, one: Activity, now_ns: int) -> ActivityState:
        if one.state in _WITHIN:
            if one.start_ns > now_ns or one.until_ns > now_ns:
                return ActivityState.PLANNED if one.start_ns > now_ns else ActivityState.RUNNING
            if one.ended_by is not None:
                return ActivityState.ENDED
        alarms = await tx.find(Alarm, id=self.targets(one))
        stands = any(alarm.active for alarm in alarms)
        return ActivityState.OVERRUN if stands else ActivityState.ENDED

    async def _tell(self, tx: Writing, late: Mapping[str, Activity], now_ns: int) -> None:
        if late.keys() == self._told:
            return
        row, alarm = definition(), await tx.get(Alarm, OVERRUN)
        alarm = alarm or fresh(row)
        event = AlarmEvent.CLEAR if not late else AlarmEvent.RAISE
        if alarm.active and late.keys() - self._told:
            event = AlarmEvent.ESCALATE
        if late and alarm.active and not late.keys() - self._told:
            self._told = frozenset(late)
            return
        named = [f"{one.id} ({one.work or one.kind})" for one in late.values()]
        more = f", +{len(named) - NAMED}" if len(named) > NAMED else ""
        reason = ", ".join(named[:NAMED]) + more
        cause = Cause(t_ns=now_ns, priority=row.priority, reason=reason or None)
        await happen(tx, alarm, row, event, cause, now_ns)
        self._told = frozenset(late)


def definition() -> AlarmDefinition:
    """Of the hub, not of a plant: work that goes on longer than was planned."""
    return AlarmDefinition(
        id=OVERRUN,
        name=Text("计划作业超时，相关报警仍在", "Planned work is overrun: alarms of it still stand"),
        alarm_class=AlarmClass.SYSTEM,
        priority=3,
        cause=Text(
            "作业未按时结束，或作业结束后管网没有恢复",
            "The work goes on longer than planned, or what it changed was not put back",
        ),
        consequence=Text(
            "这些报警重新响起；可能确有故障，也可能只是作业尚未结束",
            "Its alarms are heard again: they may be the work's, or real",
        ),
        action=Text(
            "联系作业人员：未完则在“计划作业”页延长，已完则结束并处理仍在的报警",
            "Ask who does the work: extend it under planned activities if it goes on, otherwise end it there "
            "and answer the alarms that stand",
        ),
        response_min=30.0,
        kind=FindingKind.CONDITION,
    )
