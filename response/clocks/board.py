"""What the dispatcher's board shows of each order that is not over: its clocks, what holds it, and since when
it lies."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from core.model.duty import Duty, DutyState
from core.model.service_clock import Pause, ServiceClock
from core.model.work_order import OPEN, WorkOrder
from core.ports.ledger import Tx
from response.clocks.idle import Spell, spells, standing
from response.clocks.reckoning import Reading, read
from response.service_times import ServiceTimes

_AT_ONCE = 400
"""Orders asked about in one query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """clocks: in the order of their deadlines, each with how it stands. next: the running one that is due
    first, pauses counted. duties: open ones of its incident; duties_late: of these, overdue."""

    order: WorkOrder
    clocks: tuple[tuple[ServiceClock, Reading], ...]
    pauses: tuple[Pause, ...]
    idle: Spell | None
    duties: int = 0
    duties_late: int = 0

    @property
    def next(self) -> tuple[ServiceClock, Reading] | None:
        running = [(clock, reading) for clock, reading in self.clocks if clock.running]
        return min(running, key=lambda one: one[1].due_paused_ns, default=None)


async def cards(tx: Tx, times: ServiceTimes, now_ns: int, crew: str | None = None) -> list[Card]:
    """The most urgent first: by priority, then by the next deadline. crew: its own alone."""
    equal: dict[str, object] = {"state": OPEN} if crew is None else {"state": OPEN, "crew": crew}
    found = await cards_of(tx, times, await tx.find(WorkOrder, **equal), now_ns)
    return sorted(found, key=_urgency)


async def cards_of(tx: Tx, times: ServiceTimes, orders: Sequence[WorkOrder], now_ns: int) -> list[Card]:
    """These orders, as they are given. In a thread: thousands are seconds of reckoning."""
    clocks: dict[str, list[ServiceClock]] = defaultdict(list)
    pauses: dict[str, list[Pause]] = defaultdict(list)
    duties: dict[str, list[Duty]] = defaultdict(list)
    for at in range(0, len(orders), _AT_ONCE):
        ids = tuple(order.id for order in orders[at : at + _AT_ONCE])
        for clock in await tx.find(ServiceClock, order=ids):
            clocks[clock.order].append(clock)
        for pause in await tx.find(Pause, order=ids):
            pauses[pause.order].append(pause)
    for duty in await tx.find(Duty, state=DutyState.OPEN):
        duties[duty.subject].append(duty)

    def reckoned() -> list[Card]:
        return [
            _card(times, order, clocks[order.id], pauses[order.id], duties[order.incident or ""], now_ns)
            for order in orders
        ]

    return await asyncio.to_thread(reckoned)


def _card(
    times: ServiceTimes,
    order: WorkOrder,
    clocks: list[ServiceClock],
    pauses: list[Pause],
    duties: list[Duty],
    now_ns: int,
) -> Card:
    clocks.sort(key=lambda clock: (clock.due_ns, clock.id))
    return Card(
        order=order,
        clocks=tuple((c, read(c, times.calendar(c.calendar), pauses, now_ns)) for c in clocks),
        pauses=tuple(pauses),
        idle=standing(spells(order, clocks, pauses, times.file.idle, now_ns)),
        duties=len(duties),
        duties_late=sum(duty.due_ns < now_ns for duty in duties),
    )


def _urgency(card: Card) -> tuple[int, int, str]:
    first = card.next
    return card.order.priority, first[1].due_paused_ns if first else 2**63, card.order.id
