"""Acute doubtful water has a clock (ON-12), from the confirmed result until the public is told; at each share
of it somebody higher hears, by the channels of escalation.yaml.

By 40 CFR 141.202 tier 1 is 24 h [V, US]; what a Chinese utility promises is configuration [K].
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from core.model.call import Why
from core.model.event import EventKind
from core.model.message import Message
from core.model.notice import Notice, NoticeState, Status
from core.model.service_clock import CalendarKind, ClockName, ServiceClock
from core.model.shanghai import moment
from core.model.text import Text
from core.model.timer import Timer
from core.ports.clock import Clock
from core.ports.ledger import Ledger, Tx
from core.runtime.timetable import held
from response.clocks.spec import AcuteRules, Rung
from response.escalation.reminding import AGAIN_NS
from response.escalation.spec import Notify
from response.escalation.telling import Teller
from response.following import Follower
from response.notices.reminding import call_of, reminder
from response.notices.versions import prepared
from response.service_times import ServiceTimes

ACUTE = "acute_notice"
"""The kind of the timers."""
CURSOR = "acute notices"
_S = 1_000_000_000


def clock_id(notice: str) -> str:
    return f"{notice}:{ClockName.PUBLIC_NOTICE.value}"


class AcuteClocks:
    """Follows notices and keeps their clocks. wake: called when a timer may be due."""

    def __init__(
        self, ledger: Ledger, clock: Clock, times: ServiceTimes, wake: Callable[[], None] = lambda: None
    ) -> None:
        self._clock, self._rules = clock, times.file.acute_quality
        self.follower = Follower(ledger, CURSOR, frozenset({EventKind.NOTICE}), self.handle, wake)

    async def run(self) -> None:
        """Until cancelled."""
        await self.follower.run()

    async def handle(self, tx: Tx, notices: Sequence[str]) -> None:
        for id in notices:
            head = (await prepared(tx, id)).head
            before = await tx.get(ServiceClock, clock_id(id))
            after = as_it_stands(before, head, self._rules, self._clock.now_ns())
            if after is None or after == before:
                continue
            await tx.put(after)
            await _retime(tx, after, self._rules)


def as_it_stands(
    clock: ServiceClock | None, notice: Notice, rules: AcuteRules, now_ns: int
) -> ServiceClock | None:
    """None where there is none. It begins with the confirmed result; with the draft where nobody has said
    when that was."""
    if clock is None:
        if notice.kind not in rules.kinds or notice.status is not Status.ACTUAL:
            return None
        clock = ServiceClock(
            id=clock_id(notice.id),
            order=notice.id,
            clock=ClockName.PUBLIC_NOTICE,
            calendar=CalendarKind.ALWAYS,
            start_ns=notice.drafted_ns,
            due_ns=notice.drafted_ns + rules.within * _S,
            source=rules.source,
        )
    if not clock.running:
        return clock
    result_ns = notice.quality.confirmed_ns if notice.quality else None
    if result_ns is not None and result_ns != clock.start_ns:
        clock = replace(clock, start_ns=result_ns, due_ns=result_ns + rules.within * _S)
    if notice.published_ns is not None:
        return replace(clock, running=False, stopped_ns=notice.published_ns)
    if notice.state is NoticeState.WITHDRAWN or notice.status is not Status.ACTUAL:
        return replace(clock, running=False, void_ns=now_ns)
    return clock


async def _retime(tx: Tx, clock: ServiceClock, rules: AcuteRules) -> None:
    step = next_rung(clock, rules)
    if step is None:
        await tx.delete(Timer, f"{ACUTE}:{clock.id}")
    else:
        await tx.put(_timer(clock, _at_ns(clock, step)))


def next_rung(clock: ServiceClock, rules: AcuteRules) -> Rung | None:
    if not clock.running:
        return None
    return next((one for one in rules.ladder if one.at_pct not in clock.told), None)


def _at_ns(clock: ServiceClock, step: Rung) -> int:
    return clock.start_ns + (clock.due_ns - clock.start_ns) * step.at_pct // 100


def _timer(clock: ServiceClock, due_ns: int) -> Timer:
    return Timer(id=f"{ACUTE}:{clock.id}", kind=ACUTE, subject=clock.id, due_ns=due_ns)


class AcuteLadder:
    """Work for a Timetable."""

    def __init__(self, ledger: Ledger, clock: Clock, times: ServiceTimes, teller: Teller, desk: str) -> None:
        self._ledger, self._clock, self._teller = ledger, clock, teller
        self._rules, self._desk = times.file.acute_quality, desk

    @property
    def work(self) -> dict[str, Callable[[Timer], Awaitable[None]]]:
        return {ACUTE: self._rung}

    async def _rung(self, timer: Timer) -> None:
        """Of several that passed while nobody looked only the highest is told."""
        async with self._ledger.read() as tx:
            clock = await tx.get(ServiceClock, timer.subject)
            notice = await tx.get(Notice, clock.order) if clock else None
        passed: tuple[int, ...] = ()
        reached, now_ns = True, self._clock.now_ns()
        if clock is not None and notice is not None and clock.running:
            due = [
                one
                for one in self._rules.ladder
                if one.at_pct not in clock.told and _at_ns(clock, one) <= now_ns
            ]
            passed = tuple(one.at_pct for one in due)
            if due:
                step = Notify(notify=due[-1].tell, ways="all")
                message = self._message(notice, clock, due[-1], now_ns)
                call = call_of(notice, Why.QUALITY_DUE, ACUTE, clock.start_ns)
                reached = (await self._teller.tell(call, step, message)).reached
        async with self._ledger.begin() as tx:
            await held(tx, timer)
            clock = await tx.get(ServiceClock, timer.subject)
            if clock is None:
                await tx.delete(Timer, timer.id)
            elif not reached and clock.running:
                await tx.put(_timer(clock, self._clock.now_ns() + AGAIN_NS))
            else:
                clock = replace(clock, told=tuple(dict.fromkeys((*clock.told, *passed))))
                await tx.put(clock)
                await _retime(tx, clock, self._rules)

    def _message(self, notice: Notice, clock: ServiceClock, step: Rung, now_ns: int) -> Message:
        late, due, since = step.at_pct >= 100, moment(clock.due_ns), moment(clock.start_ns)
        title = Text(
            f"水质公告 {notice.id} {'已超时未发布' if late else f'时限已用 {step.at_pct}%'}",
            f"{notice.id}: the public has not been told"
            + (", and it is overdue" if late else f", {step.at_pct} % of the time is gone"),
        )
        line = Text(
            f"结果确认 {since.zh}，须在 {due.zh} 前公告", f"Confirmed {since.en}; to be published by {due.en}"
        )
        key = f"{clock.id}/{clock.start_ns // _S}/{step.at_pct}"
        return reminder(notice, key, title, line, self._desk, began_ns=clock.start_ns, at_ns=now_ns)
