"""Whoever is to hear that a key customer has not been reached in time (WO-13)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from core.model.account import Segment
from core.model.call import Call, CallState, Why
from core.model.duty import Duty, DutyAbout, DutyState
from core.model.message import Message
from core.model.shanghai import moment
from core.model.text import Text
from core.model.timer import Timer
from core.ports.clock import Clock
from core.ports.ledger import Ledger
from core.runtime.timetable import held
from response.duties.acts import DUTY, timer_of
from response.escalation.reminding import AGAIN_NS, page, reminder
from response.escalation.spec import Notify
from response.escalation.telling import Teller
from response.service_times import ServiceTimes

_SEGMENTS: Mapping[Segment, Text] = {
    Segment.GENERAL: Text("用户", "customer"),
    Segment.LARGE_USER: Text("大用户", "large user"),
    Segment.HOSPITAL: Text("医院", "hospital"),
    Segment.DIALYSIS: Text("透析中心", "dialysis ward"),
    Segment.SCHOOL: Text("学校", "school"),
    Segment.NURSING: Text("养老院", "nursing home"),
    Segment.VULNERABLE: Text("弱势户", "vulnerable household"),
}
_UNHEARD: Mapping[DutyAbout, Text] = {
    DutyAbout.WATER_OFF: Text("停水", "water is off"),
    DutyAbout.PLANNED: Text("计划停水", "a planned cut"),
    DutyAbout.MOVED: Text("计划停水改期", "a planned cut was moved"),
    DutyAbout.CALLED_OFF: Text("停水取消", "the planned cut is off"),
    DutyAbout.WATER_BACK: Text("已来水", "water is back"),
}


class DutyReminder:
    """Tells the positions of `duty_overdue`, once, of each duty whose time has passed."""

    def __init__(self, ledger: Ledger, clock: Clock, times: ServiceTimes, teller: Teller, desk: str) -> None:
        self._ledger, self._clock, self._teller = ledger, clock, teller
        self._tell, self._desk = times.file.duty_overdue, desk

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
                await tx.put(timer_of(timer.subject, now_ns + AGAIN_NS))
                return
            await tx.delete(Timer, timer.id)
            if late and now is not None:
                await tx.put(replace(now, escalated_ns=now_ns, seq=now.seq + 1))

    def _message(self, duty: Duty, now_ns: int) -> Message:
        """The account's number and nothing personal."""
        what, unheard, due = _SEGMENTS[duty.segment], _UNHEARD[duty.about], moment(duty.due_ns)
        title = Text(
            f"{what.zh}（{duty.account}）尚未联系上：{unheard.zh}",
            f"{what.en} {duty.account} has not been reached: {unheard.en}",
        )
        return reminder(
            duty.id,
            title,
            [Text(f"应于 {due.zh} 前联系", f"Due {due.en}")],
            subject=duty.subject,
            began_ns=duty.opened_ns,
            at_ns=now_ns,
            link=page(self._desk, f"board?duties={duty.subject}"),
        )


def _call(duty: Duty) -> Call:
    """What the notification log files it under: the incident, or the notice."""
    return Call(
        id=duty.subject,
        state=CallState.CALLING,
        why=Why.DUTY_OVERDUE,
        policy=DUTY,
        priority=1,
        lead=duty.id,
        began_ns=duty.opened_ns,
        zone=duty.zone,
        incident=duty.incident,
    )
