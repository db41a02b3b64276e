"""Duties to key customers (WO-13): each hospital, dialysis ward, school or vulnerable household inside an
incident's footprint is spoken to by a person, within the profile's time, and has said that it heard."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from core.model.account import Segment, User
from core.model.call import Call, CallState, Why
from core.model.duty import Duty, DutyAnswer, DutyAttempt, DutyState, DutyWay
from core.model.event import EventKind
from core.model.incident import Incident, IncidentState
from core.model.message import Message, MessageKind
from core.model.plant import Plant
from core.model.shanghai import moment
from core.model.text import Text
from core.model.timer import Timer
from core.model.work_order import WorkOrder
from core.ports.clock import Clock
from core.ports.ledger import Ledger, Tx
from core.runtime.timetable import held
from response.affected import footprint
from response.clocks.spec import DutyRow
from response.escalation.spec import Notify
from response.escalation.telling import Teller
from response.following import Follower
from response.orders import events
from response.refused import Refused, Unknown
from response.service_times import ServiceTimes

DUTY = "duty"
"""The kind of the timers, and the prefix of their ids."""
CURSOR = "duties"
AGAIN_S = 120.0
_S = 1_000_000_000
_SEGMENTS: Mapping[Segment, Text] = {
    Segment.GENERAL: Text("用户", "customer"),
    Segment.LARGE_USER: Text("大用户", "large user"),
    Segment.HOSPITAL: Text("医院", "hospital"),
    Segment.DIALYSIS: Text("透析中心", "dialysis ward"),
    Segment.SCHOOL: Text("学校", "school"),
    Segment.NURSING: Text("养老院", "nursing home"),
    Segment.VULNERABLE: Text("弱势户", "vulnerable household"),
}


class DutyService:
    """teller: None where nobody is called."""

    def __init__(
        self,
        ledger: Ledger,
        plant: Plant,
        clock: Clock,
        times: ServiceTimes,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        self._plant, self._clock = plant, clock
        self._rows = {row.segment: row for row in times.file.duties}
        kinds = frozenset({EventKind.INCIDENT})
        self.follower = Follower(ledger, CURSOR, kinds, self.handle, wake)

    async def run(self) -> None:
        """Until cancelled."""
        await self.follower.run()

    async def handle(self, tx: Tx, incidents: Sequence[str]) -> None:
        for id in incidents:
            incident = await tx.get(Incident, id)
            if incident is None or incident.state is IncidentState.SUSPECTED:
                continue
            standing = {duty.id: duty for duty in await tx.find(Duty, incident=id)}
            wanted = await self._wanted(tx, incident)
            for duty in wanted:
                if duty.id not in standing:
                    await tx.put(duty)
                    await tx.put(_timer(duty.id, duty.due_ns))
            kept = {duty.id for duty in wanted}
            for duty in standing.values():
                if duty.state is DutyState.OPEN and duty.id not in kept:
                    await _put(tx, replace(duty, state=DutyState.DROPPED, done_ns=self._clock.now_ns()))

    async def _wanted(self, tx: Tx, incident: Incident) -> list[Duty]:
        """None once it is over."""
        if incident.state is not IncidentState.CONFIRMED or not self._rows:
            return []
        found = await footprint(tx, self._plant, incident)
        now_ns = self._clock.now_ns()
        return [
            self._duty(incident, hit.account.id, hit.account.zone, hit.supply, row, now_ns)
            for hit in found.hits
            if (row := self._rows.get(hit.account.segment)) is not None
        ]

    def _duty(
        self, incident: Incident, account: str, zone: str, supply: str, row: DutyRow, now_ns: int
    ) -> Duty:
        return Duty(
            id=f"{incident.id}:{account}",
            incident=incident.id,
            account=account,
            segment=row.segment,
            how=DutyWay(row.how),
            state=DutyState.OPEN,
            supply=supply,
            opened_ns=now_ns,
            due_ns=now_ns + row.within * _S,
            zone=zone,
        )


class DutyReminder:
    """Tells the positions of `duty_overdue`, once, of each duty whose time has passed."""

    def __init__(self, ledger: Ledger, clock: Clock, times: ServiceTimes, teller: Teller, desk: str) -> None:
        self._ledger, self._clock, self._teller = ledger, clock, teller
        self._tell, self._desk = times.file.duty_overdue, desk.rstrip("/")

    @property
    def work(self) -> dict[str, Callable[[Timer], Awaitable[None]]]:
        return {DUTY: self._late}

    async def _late(self, timer: Timer) -> None:
        async with self._ledger.read() as tx:
            duty = await tx.get(Duty, timer.subject)
        late = duty is not None and duty.state is DutyState.OPEN and duty.escalated_ns is None
        reached = True
        if late and duty is not None and self._tell:
            step = Notify(notify=self._tell, ways="all")
            told = await self._teller.tell(_call(duty), step, self._message(duty, self._clock.now_ns()))
            reached = told.reached
        async with self._ledger.begin() as tx:
            await held(tx, timer)
            now_ns, now = self._clock.now_ns(), await tx.get(Duty, timer.subject)
            if not reached and now is not None and now.state is DutyState.OPEN:
                await tx.put(_timer(timer.subject, now_ns + round(AGAIN_S * _S)))
                return
            await tx.delete(Timer, timer.id)
            if late and now is not None:
                await tx.put(replace(now, escalated_ns=now_ns, seq=now.seq + 1))

    def _message(self, duty: Duty, now_ns: int) -> Message:
        """The account's number and nothing personal."""
        what, due = _SEGMENTS[duty.segment], moment(duty.due_ns)
        title = Text(
            f"{what.zh}（{duty.account}）尚未联系上", f"{what.en} {duty.account} has not been reached"
        )
        return Message(
            key=duty.id,
            kind=MessageKind.REMINDER,
            to="",
            title=title,
            body=Text(f"{title.zh}\n应于 {due.zh} 前联系", f"{title.en}\nDue {due.en}"),
            subject=duty.incident,
            priority=1,
            count=1,
            began_ns=duty.opened_ns,
            at_ns=now_ns,
            link=f"{self._desk}/board?duties={duty.incident}" if self._desk else "",
        )


async def attempted(
    tx: Tx,
    id: str,
    way: DutyWay,
    answer: DutyAnswer,
    actor: User,
    now_ns: int,
    *,
    note: str | None = None,
    delivery: bool | None = None,
) -> Duty:
    """Somebody was called or visited. Reached: the duty is done. delivery: water is to be brought."""
    duty = await tx.get(Duty, id)
    if duty is None:
        raise Unknown("no_such_duty", Text(f"没有任务 {id}", f"there is no duty {id}"))
    if duty.state is not DutyState.OPEN:
        raise Refused("duty_over", Text("该任务已结束", "that duty is over"))
    attempt = DutyAttempt(at_ns=now_ns, by=actor.id, way=way, answer=answer, note=note)
    done = answer is DutyAnswer.REACHED
    changed = replace(
        duty,
        attempts=(*duty.attempts, attempt),
        state=DutyState.DONE if done else duty.state,
        done_ns=now_ns if done else None,
        delivery=duty.delivery if delivery is None else delivery,
        seq=duty.seq + 1,
    )
    await _put(tx, changed)
    for order in await tx.find(WorkOrder, incident=duty.incident):
        await tx.emit(events.event_of(order, now_ns))
    return changed


async def _put(tx: Tx, duty: Duty) -> None:
    await tx.put(duty)
    if duty.state is not DutyState.OPEN:
        await tx.delete(Timer, f"{DUTY}:{duty.id}")


def _timer(duty: str, due_ns: int) -> Timer:
    return Timer(id=f"{DUTY}:{duty}", kind=DUTY, subject=duty, due_ns=due_ns)


def _call(duty: Duty) -> Call:
    """What the notification log files it under: the incident."""
    return Call(
        id=duty.incident,
        state=CallState.CALLING,
        why=Why.DUTY_OVERDUE,
        policy=DUTY,
        priority=1,
        lead=duty.id,
        began_ns=duty.opened_ns,
        zone=duty.zone,
        incident=duty.incident,
    )
