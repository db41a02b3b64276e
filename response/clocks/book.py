"""An order's clocks in the ledger: begun, stopped and made void as the order goes, in its own transaction."""

from collections.abc import Iterator
from dataclasses import replace

from core.model.service_clock import ClockName, Pause, ServiceClock
from core.model.work_order import (
    FIELD_DONE,
    VOID,
    Beside,
    Milestone,
    Origin,
    WorkOrder,
    WorkOrderState,
    how_far,
)
from core.ports.ledger import Tx
from response.clocks.informed import informed_ns
from response.notices.rules import HUB
from response.orders.events import put
from response.service_times import STOPS, About, ServiceTimes

_S = WorkOrderState


async def clocks_of(tx: Tx, order: str) -> list[ServiceClock]:
    """In the order of their deadlines."""
    return sorted(await tx.find(ServiceClock, order=order), key=lambda clock: (clock.due_ns, clock.id))


async def pauses_of(tx: Tx, order: str) -> list[Pause]:
    return sorted(await tx.find(Pause, order=order), key=lambda pause: pause.from_ns)


async def sync(tx: Tx, times: ServiceTimes, order: WorkOrder) -> list[ServiceClock]:
    """The order's clocks as the order now stands; what changed has been written. When the work is done,
    nothing is held up any more."""
    if order.state in FIELD_DONE:
        for pause in await pauses_of(tx, order.id):
            if pause.open:
                done_ns = _reached(order, _S.COMPLETED) or order.milestones[-1].at_ns
                await tx.put(replace(pause, until_ns=max(done_ns, pause.from_ns), ended_by=HUB))
    before = {clock.id: clock for clock in await clocks_of(tx, order.id)}
    known = {id: _sooner(clock, order) for id, clock in before.items()}
    known |= {begun.id: begun for begun in _begun(times, order) if begun.id not in before}
    told_ns = None
    if any(clock.clock is ClockName.INFORM and clock.running for clock in known.values()):
        told_ns = await informed_ns(tx, order)
    after = [as_it_stands(clock, order, told_ns) for clock in known.values()]
    await tx.put_many(clock for clock in after if before.get(clock.id) != clock)
    return after


async def promised(tx: Tx, order: WorkOrder, clocks: list[ServiceClock], now_ns: int) -> None:
    """What an order that was opened again says to be due is what its clocks of this round say, on every page
    and on its crew's phone."""
    if not order.reopened or not order.said:
        return
    began_ns = order.said[0].at_ns
    mine = [one for one in clocks if one.round == order.reopened + 1 and one.start_ns == began_ns]
    rows = tuple((one.clock.value, one.due_ns) for one in sorted(mine, key=lambda one: (one.due_ns, one.id)))
    if rows and rows != order.clocks:
        await put(tx, replace(order, clocks=rows), now_ns)


def _begun(times: ServiceTimes, order: WorkOrder) -> Iterator[ServiceClock]:
    """Those that have begun, also since it was last reopened. What was promised at its opening stays: an
    order that becomes more urgent later is not late from the first moment on."""
    reported = bool(order.reports or order.callers or order.origin is Origin.REPORT)
    about = About(order.kind, order.priority, order.diameter_mm, order.zone, reported)
    again = order.said[0].at_ns if order.reopened and order.said else None
    opened_ns = order.opened_ns if order.raised_ns is None else order.raised_ns
    suffix = f":{order.reopened + 1}" if order.reopened else ""
    starts: list[tuple[WorkOrderState, int]] = [(_S.REPORTED, opened_ns if again is None else again)]
    if (done := _reached(order, _S.COMPLETED)) is not None:
        starts.append((_S.COMPLETED, done))
    fixed = dict(order.clocks) if again is None else {}
    for since, at_ns in starts:
        for promise in times.promises(about, at_ns, since):
            if since is _S.REPORTED and fixed and promise.clock not in fixed:
                continue
            yield ServiceClock(
                id=f"{order.id}:{promise.clock}{suffix}",
                order=order.id,
                clock=promise.clock,
                calendar=promise.calendar,
                start_ns=at_ns,
                due_ns=fixed.get(promise.clock, promise.due_ns),
                round=order.reopened + 1,
                provisional=promise.provisional,
                source=promise.source,
            )


def _sooner(clock: ServiceClock, order: WorkOrder) -> ServiceClock:
    """An order that was raised to another kind may promise something sooner than it did."""
    if order.raised_ns is None or not clock.running:
        return clock
    return replace(clock, due_ns=min(clock.due_ns, dict(order.clocks).get(clock.clock, clock.due_ns)))


def as_it_stands(clock: ServiceClock, order: WorkOrder, told_ns: int | None = None) -> ServiceClock:
    """Stopped when what was promised is done; void when nobody waits for it any more. told_ns: when the last
    of the callers was told by message."""
    if not clock.running:
        return clock
    if clock.round <= order.reopened:
        return replace(clock, running=False, void_ns=order.said[0].at_ns)
    if order.state in VOID:
        return replace(clock, running=False, void_ns=order.milestones[-1].at_ns)
    if clock.clock is ClockName.RESTORE:
        stopped_ns = order.recovered_ns
    else:
        stopped_ns = _reached(order, STOPS[clock.clock])
    if clock.clock is ClockName.INFORM and told_ns is not None:
        stopped_ns = min(told_ns, told_ns if stopped_ns is None else stopped_ns)
    if stopped_ns is None:
        return clock
    return replace(clock, running=False, stopped_ns=max(stopped_ns, clock.start_ns))


def _reached(order: WorkOrder, state: WorkOrderState) -> int | None:
    """When it first was so far, since it was last reopened; by the clock of the phone where that says so."""
    far = how_far(state)
    said = (m for m in order.said if m.state not in VOID and m.beside is not Beside.TAKEN_BACK)
    first = next((m for m in said if how_far(m.state) >= far), None)
    return None if first is None else _when(first)


def _when(milestone: Milestone) -> int:
    """A time that cannot be keeps no promise: then it counts when the hub heard of it."""
    return milestone.when_ns if milestone.claimed_ns is None else milestone.at_ns
