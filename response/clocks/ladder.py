"""The ladder of a clock (WO-10): at each share of the time allowed somebody higher is told, once, until a
person has taken it on. When a rung is due is a timer in the ledger; a pause moves it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from core.model.call import Call, CallState, Why
from core.model.message import Message
from core.model.service_clock import Pause, ServiceClock
from core.model.shanghai import moment
from core.model.text import Text
from core.model.timer import Timer
from core.model.work_order import WorkOrder
from core.ports.clock import Clock
from core.ports.ledger import Ledger, Tx
from core.runtime.timetable import held
from response.clocks.book import clocks_of, pauses_of, sync
from response.clocks.reckoning import read, rung
from response.clocks.spec import Rung
from response.clocks.words import CLOCKS
from response.escalation.reminding import AGAIN_NS, page, reminder
from response.escalation.spec import Notify
from response.escalation.telling import Teller
from response.service_times import ServiceTimes

LADDER = "ladder"
"""The kind of the timers."""
CREW = "crew"


async def retime(tx: Tx, times: ServiceTimes, order: str, now_ns: int) -> None:
    """The timers of an order's clocks as these now stand."""
    pauses = await pauses_of(tx, order)
    for clock in await clocks_of(tx, order):
        due_ns = next_rung_ns(times, clock, pauses, now_ns)
        timer = await tx.get(Timer, f"{LADDER}:{clock.id}")
        if due_ns is None:
            if timer is not None:
                await tx.delete(Timer, timer.id)
        elif timer is None or timer.due_ns != due_ns:
            await tx.put(_timer(clock.id, due_ns))


def _timer(clock: str, due_ns: int) -> Timer:
    return Timer(id=f"{LADDER}:{clock}", kind=LADDER, subject=clock, due_ns=due_ns)


def next_rung(times: ServiceTimes, clock: ServiceClock) -> Rung | None:
    """None when all were told, or nobody needs to be."""
    if not clock.running or clock.acked_by is not None:
        return None
    return next((one for one in times.file.ladder if one.at_pct not in clock.told), None)


def next_rung_ns(
    times: ServiceTimes, clock: ServiceClock, pauses: Sequence[Pause], now_ns: int
) -> int | None:
    """None while it is paused, too: it goes on when it runs again."""
    step = next_rung(times, clock)
    if step is None or (clock.pausable and any(pause.open for pause in pauses)):
        return None
    return rung(clock, times.calendar(clock.calendar), step.at_pct, pauses, now_ns)


class Ladder:
    """teller: through the channels of escalation.yaml."""

    def __init__(self, ledger: Ledger, clock: Clock, times: ServiceTimes, teller: Teller, desk: str) -> None:
        self._ledger, self._clock, self._times = ledger, clock, times
        self._teller, self._desk = teller, desk

    @property
    def work(self) -> dict[str, Callable[[Timer], Awaitable[None]]]:
        return {LADDER: self._rung}

    async def _rung(self, timer: Timer) -> None:
        await self._looked_at(timer)
        async with self._ledger.read() as tx:
            clock = await tx.get(ServiceClock, timer.subject)
            order = await tx.get(WorkOrder, clock.order) if clock else None
            pauses = await pauses_of(tx, clock.order) if clock else []
        now_ns = self._clock.now_ns()
        due_ns = next_rung_ns(self._times, clock, pauses, now_ns) if clock else None
        step = next_rung(self._times, clock) if clock else None
        if clock is None or order is None or step is None or due_ns is None or due_ns > now_ns:
            await self._settled(timer, due_ns)
            return
        message = self._message(order, clock, step, pauses, now_ns)
        told = await self._teller.tell(_call(order, clock), self._notify(order, step), message)
        await self._done(timer, clock, step, told.reached)

    async def _looked_at(self, timer: Timer) -> None:
        """Messages to callers move no order: whether they were told is looked at before anybody is told."""
        async with self._ledger.begin() as tx:
            clock = await tx.get(ServiceClock, timer.subject)
            order = await tx.get(WorkOrder, clock.order) if clock else None
            if order is not None:
                await sync(tx, self._times, order)

    async def _settled(self, timer: Timer, due_ns: int | None) -> None:
        async with self._ledger.begin() as tx:
            await held(tx, timer)
            if due_ns is None:
                await tx.delete(Timer, timer.id)
            else:
                await tx.put(_timer(timer.subject, due_ns))

    async def _done(self, timer: Timer, clock: ServiceClock, step: Rung, reached: bool) -> None:
        """Written down as told; or, while nobody was reached and the next rung is not due, tried again."""
        async with self._ledger.begin() as tx:
            await held(tx, timer)
            now = await tx.get(ServiceClock, clock.id) or clock
            pauses = await pauses_of(tx, clock.order)
            now_ns = self._clock.now_ns()
            passed = replace(now, told=tuple(dict.fromkeys((*now.told, step.at_pct))))
            following_ns = next_rung_ns(self._times, passed, pauses, now_ns)
            again_ns = now_ns + AGAIN_NS
            if not reached and now.running and (following_ns is None or again_ns < following_ns):
                await tx.put(_timer(clock.id, again_ns))
                return
            await tx.put(passed)
            if following_ns is None:
                await tx.delete(Timer, timer.id)
            else:
                await tx.put(_timer(clock.id, following_ns))

    def _notify(self, order: WorkOrder, step: Rung) -> Notify:
        """`crew` is the position of the crew that has the order, or whoever gives orders out."""
        file = self._times.file
        positions: list[str] = []
        for id in step.tell:
            own = file.crew_positions.get(order.crew or "") if id == CREW else id
            positions += [own] if own else list(file.unassigned)
        return Notify(notify=tuple(dict.fromkeys(positions)), ways="all")

    def _message(
        self, order: WorkOrder, clock: ServiceClock, step: Rung, pauses: Sequence[Pause], now_ns: int
    ) -> Message:
        reading = read(clock, self._times.calendar(clock.calendar), pauses, now_ns)
        name, due = CLOCKS[clock.clock], moment(reading.due_paused_ns)
        late = step.at_pct >= 100
        title = Text(
            f"工单 {order.id}“{name.zh}”{'已超时' if late else f'已用 {step.at_pct}%'}",
            f"{order.id}: {name.en} {'is overdue' if late else f'{step.at_pct} % of the time is gone'}",
        )
        lines = [order.title, Text(f"期限 {due.zh}", f"Due {due.en}")]
        if reading.due_paused_ns != reading.due_ns:
            plain = moment(reading.due_ns)
            lines.append(Text(f"不计暂停 {plain.zh}", f"Without pauses {plain.en}"))
        return reminder(
            f"{clock.id}/{step.at_pct}",
            title,
            lines,
            subject=order.id,
            began_ns=clock.start_ns,
            at_ns=now_ns,
            link=page(self._desk, f"board?order={order.id}"),
            priority=order.priority,
        )


def _call(order: WorkOrder, clock: ServiceClock) -> Call:
    """What the notification log files it under: the order."""
    return Call(
        id=order.id,
        state=CallState.CALLING,
        why=Why.SERVICE_CLOCK,
        policy=LADDER,
        priority=order.priority,
        lead=clock.id,
        began_ns=clock.start_ns,
        zone=order.zone,
        incident=order.incident,
    )
