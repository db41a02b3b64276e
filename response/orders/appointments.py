"""Appointment windows (WO-18): slots by configuration, booked against their capacity, moved and cancelled
with a reason. Who did not come in time is counted, not forgotten."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.model.account import User
from core.model.appointment import Appointment, AppointmentState, Visit
from core.model.shanghai import SHANGHAI, local, span
from core.model.text import Text
from core.model.work_order import OVER, WorkOrder, WorkOrderState, how_far
from core.ports.ledger import FOR_EVER_NS, Tx
from response.clocks.spec import SlotRow
from response.named import order_of
from response.orders.events import put
from response.refused import Refused, Unknown
from response.service_times import ServiceTimes

_S = 1_000_000_000
_BOOKED = AppointmentState.BOOKED
_THERE = how_far(WorkOrderState.ARRIVED)


@dataclass(frozen=True, slots=True)
class Slot:
    """left: how many more fit."""

    id: str
    name: Text
    start_ns: int
    end_ns: int
    capacity: int
    left: int


async def slots(tx: Tx, times: ServiceTimes, now_ns: int) -> list[Slot]:
    """What may still be booked, the soonest first; full ones too, with nothing left."""
    found = sorted(_all(times, now_ns), key=lambda slot: slot.start_ns)
    taken = await _taken(tx, [slot.id for slot in found])
    return [replace(slot, left=max(0, slot.capacity - len(taken.get(slot.id, ())))) for slot in found]


async def book(
    tx: Tx, order_id: str, slot_id: str, reason: str | None, actor: User, now_ns: int, times: ServiceTimes
) -> WorkOrder:
    """Idempotent for the slot that stands; another one moves it, with a reason. In one writing transaction,
    so that the last place goes to one. Raises Unknown (order, slot), Refused `not_visited`, `full`, `over`,
    `already_there` or `reason_missing`."""
    order = await _order(tx, order_id)
    if order.visit and order.visit.slot == slot_id:
        return order
    if not visited(order, times):
        raise Refused("not_visited", Text("该服务不需要上门", "nobody has to come in for this service"))
    offered = await slots(tx, times, now_ns)
    slot = next((one for one in offered if one.id == slot_id), None)
    if slot is None:
        raise Unknown("no_such_slot", Text(f"没有时段 {slot_id}", f"there is no slot {slot_id}"))
    if order.visit and not reason:
        raise Refused("reason_missing", Text("改约须写明原因", "moving it needs a reason"))
    if not slot.left:
        free = tuple(one.id for one in offered if one.left)[:3]
        raise Refused("full", Text("该时段已约满", "this slot is full"), free)
    await _end(tx, order, AppointmentState.MOVED, reason, actor, now_ns)
    n = len(await tx.find(Appointment, order=order.id)) + 1
    made = Appointment(
        id=f"{order.id}.{n}",
        order=order.id,
        slot=slot.id,
        start_ns=slot.start_ns,
        end_ns=slot.end_ns,
        state=_BOOKED,
        by=actor.id,
        at_ns=now_ns,
    )
    await tx.insert(made)
    when = span(slot.start_ns, slot.end_ns)
    moved = Text(f"：{reason}", f": {reason}") if reason else Text("", "")
    again = order.visit is not None
    note = Text(
        f"{'改约' if again else '预约'} {when.zh}{moved.zh}",
        f"{'visit moved to' if again else 'visit'} {when.en}{moved.en}",
    )
    visit = Visit(slot=slot.id, start_ns=slot.start_ns, end_ns=slot.end_ns)
    return await put(tx, replace(order, visit=visit), now_ns, actor.id, note)


def visited(order: WorkOrder, times: ServiceTimes) -> bool:
    """Whether a crew has to come in for it."""
    return (order.service or order.kind) in times.file.appointments.services


async def cancel(tx: Tx, order_id: str, reason: str, actor: User, now_ns: int) -> WorkOrder:
    """Its place is free for others. Idempotent. Raises as `book`."""
    order = await _order(tx, order_id)
    if order.visit is None:
        return order
    await _end(tx, order, AppointmentState.CANCELLED, reason, actor, now_ns)
    note = Text(f"取消预约：{reason}", f"visit cancelled: {reason}")
    return await put(tx, replace(order, visit=None), now_ns, actor.id, note)


async def figures(tx: Tx, since_ns: int, now_ns: int) -> dict[str, int]:
    """Of the appointments that began since then: kept (somebody came before the end), missed, still to come,
    moved and cancelled."""
    rows = await tx.within(Appointment, "start_ns", since_ns, FOR_EVER_NS)
    ids = tuple({one.order for one in rows if one.state is _BOOKED})
    orders = {order.id: order for order in await tx.find(WorkOrder, id=ids)} if ids else {}
    counted = dict.fromkeys(("kept", "missed", "to_come", "moved", "cancelled"), 0)
    for row in rows:
        order = orders.get(row.order)
        counted[row.state.value if order is None else kept(row, order, now_ns)] += 1
    return counted


def kept(row: Appointment | Visit, order: WorkOrder, now_ns: int) -> str:
    """kept | missed | to_come; cancelled for an order that ended before its window without anybody there."""
    came = [m.when_ns for m in order.said if how_far(m.state) >= _THERE and m.state not in OVER]
    if came and min(came) <= row.end_ns:
        return "kept"
    if order.state in OVER and order.milestones[-1].at_ns < row.start_ns:
        return "cancelled"
    return "missed" if came or now_ns > row.end_ns else "to_come"


async def _order(tx: Tx, id: str) -> WorkOrder:
    order = await order_of(tx, id)
    if order.state in OVER:
        raise Refused("over", Text("工单已结束", "the order is over"), ("reopen",))
    if how_far(order.reached) >= _THERE:
        raise Refused("already_there", Text("抢修人员已到场", "the crew is there already"))
    return order


async def _end(
    tx: Tx, order: WorkOrder, state: AppointmentState, reason: str | None, actor: User, now_ns: int
) -> None:
    for one in await tx.find(Appointment, order=order.id, state=_BOOKED):
        await tx.put(replace(one, state=state, reason=reason, ended_by=actor.id, ended_ns=now_ns))


async def _taken(tx: Tx, ids: Iterable[str]) -> dict[str, list[Appointment]]:
    """By slot; an order that is over holds no place."""
    wanted = tuple(ids)
    rows = await tx.find(Appointment, slot=wanted, state=_BOOKED) if wanted else []
    orders = tuple({row.order for row in rows})
    over = {o.id for o in await tx.find(WorkOrder, id=orders) if o.state in OVER} if orders else set()
    found: dict[str, list[Appointment]] = {}
    for row in rows:
        if row.order not in over:
            found.setdefault(row.slot, []).append(row)
    return found


def _all(times: ServiceTimes, now_ns: int) -> Iterable[Slot]:
    rules = times.file.appointments
    today = local(now_ns).date()
    for n in range(rules.ahead + 1):
        day = today + timedelta(days=n)
        working = times.days.is_working(day)
        for row in rules.slots:
            if row.days == "all" or (row.days == "working") == working:
                slot = _slot(row, datetime(day.year, day.month, day.day, tzinfo=SHANGHAI))
                if slot.start_ns >= now_ns + rules.notice * _S:
                    yield slot


def _slot(row: SlotRow, midnight: datetime) -> Slot:
    start, end = (int(midnight.timestamp()) + s for s in row.seconds)
    id = f"{midnight:%Y-%m-%d}:{row.id}"
    return Slot(id, Text(row.name_zh, row.name_en), start * _S, end * _S, row.capacity, row.capacity)
