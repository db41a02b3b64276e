"""The valves that were turned for an order, and which of them still stand shut (WO-21)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from core.model.plant import Plant
from core.model.text import Text
from core.model.valve_operation import Direction, Turning, ValveOperation, ValveTurns
from core.model.work_order import Milestone, WorkOrder, WorkOrderState
from core.ports.ledger import Tx
from response.field_time import When
from response.named import order_of
from response.orders.events import put
from response.refused import Refused, Unknown

TURNS_SLACK = 1.0
"""Turns by which an opening may fall short of the closing before it counts as not whole."""


async def entries_of(tx: Tx, orders: Iterable[WorkOrder]) -> list[ValveOperation]:
    """All that was entered for any of them, by id, as it is read. What counts is `log_of`."""
    ids = tuple(order.id for order in orders)
    return await tx.find(ValveOperation, work_order=ids) if ids else []


async def log_of(tx: Tx, orders: Iterable[WorkOrder]) -> list[ValveOperation]:
    """What was turned for any of them, by id: without slips that were taken back."""
    return [one for one in await entries_of(tx, orders) if one.stands]


def balance(operations: list[ValveOperation]) -> dict[str, float]:
    """By valve, the turns by which it still stands shut, in the order in which they were shut. A valve that
    was shut last, however little or without counting, is not open."""
    shut: dict[str, float] = {}
    last: dict[str, Turning] = {}
    for one in in_turn(operations):
        turns = one.turns if one.turning is Turning.CLOSE else -one.turns
        shut[one.valve] = max(0.0, shut.get(one.valve, 0.0) + turns)
        last[one.valve] = one.turning
    return {
        valve: turns for valve, turns in shut.items() if turns > TURNS_SLACK or last[valve] is Turning.CLOSE
    }


def off_balance(operations: Iterable[ValveOperation]) -> tuple[ValveTurns, ...]:
    """The valves that stand shut, and those opened by other turns than they were shut, where both were
    counted: since each was last open as it had been."""
    log = in_turn(operations)
    shut, rows = balance(log), dict[str, list[ValveOperation]]()
    for one in log:
        mine = rows.setdefault(one.valve, [])
        again = one.turning is Turning.CLOSE and mine and mine[-1].turning is Turning.OPEN
        if again and not _unlike(*_sums(mine)):
            mine.clear()
        mine.append(one)
    found = ((valve, *_sums(mine)) for valve, mine in rows.items())
    return tuple(
        ValveTurns(valve=valve, closed=closed, opened=opened, shut=valve in shut)
        for valve, closed, opened in found
        if valve in shut or _unlike(closed, opened)
    )


def opening_since(operations: Iterable[ValveOperation]) -> int | None:
    """When the first valve was opened after the last was shut; None: not yet."""
    since: int | None = None
    for one in in_turn(operations):
        if one.turning is Turning.CLOSE:
            since = None
        elif since is None:
            since = one.when_ns
    return since


def in_turn(operations: Iterable[ValveOperation]) -> list[ValveOperation]:
    return sorted(operations, key=lambda one: (one.when_ns, one.id))


def _sums(operations: Sequence[ValveOperation]) -> tuple[float, float]:
    closed = sum(one.turns for one in operations if one.turning is Turning.CLOSE)
    return closed, sum(one.turns for one in operations if one.turning is Turning.OPEN)


def _unlike(closed: float, opened: float) -> bool:
    return closed > 0 and abs(closed - opened) > TURNS_SLACK


def shut_for(order: WorkOrder, operations: Iterable[ValveOperation]) -> bool:
    """Whether a valve was shut for it, since it was last reopened."""
    return any(one.turning is Turning.CLOSE for one in this_round(order, operations))


def this_round(order: WorkOrder, operations: Iterable[ValveOperation]) -> list[ValveOperation]:
    """Turned since it was last reopened."""
    since = order.said[0].at_ns if order.reopened and order.said else 0
    return [one for one in operations if one.when_ns >= since]


async def shut_uncounted(
    tx: Tx,
    plant: Plant,
    order: str,
    valves: Sequence[str],
    operator: str,
    now_ns: int,
    when: When | None,
    act: str | None = None,
) -> None:
    """Valves that somebody says are shut, in one word; turns may be added later. Those that stand shut, and
    those that are not of this town, are left out."""
    standing = balance(await log_of(tx, [await order_of(tx, order)]))
    for valve in dict.fromkeys(valves):
        unheard_of = bool(plant.network.valves) and valve not in plant.network.valves
        if valve in standing or unheard_of:
            continue
        operation = ValveOperation(
            id="",
            work_order=order,
            valve=valve,
            turning=Turning.CLOSE,
            turns=0.0,
            closes=Direction.CLOCKWISE,
            operator=operator,
            at_ns=now_ns,
            done_ns=when.done_ns if when else None,
            claimed_ns=when.claimed_ns if when else None,
            act=act,
        )
        await turn(tx, plant, operation)


async def turn(tx: Tx, plant: Plant, operation: ValveOperation) -> tuple[WorkOrder, ValveOperation]:
    """Write one operation down. What was opened again stirs the main up: from then on the order says that the
    water may be discoloured; and with the last of them a repair that waited for it is done. Raises Unknown
    `no_such_order` or `no_such_valve`; Refused `turns_required`: what was shut by so many turns is opened by
    so many."""
    order = await order_of(tx, operation.work_order)
    if plant.network.valves and operation.valve not in plant.network.valves:
        why = Text(f"没有阀门 {operation.valve}", f"there is no valve {operation.valve}")
        raise Unknown("no_such_valve", why)
    if operation.turning is Turning.OPEN and not operation.turns:
        _uncounted(operation.valve, await log_of(tx, [order]))
    written = replace(operation, id=await tx.next_id("VOP", operation.at_ns))
    await tx.put(written)
    if operation.turning is Turning.OPEN and order.discoloured_ns is None:
        order = replace(order, discoloured_ns=operation.at_ns)
    log = await log_of(tx, [order])
    return await put(tx, _as_valves_stand(order, written, off_balance(log)), operation.at_ns), written


def _uncounted(valve: str, log: Sequence[ValveOperation]) -> None:
    """Turns balance where they were written down: there is nothing to balance where nobody counted."""
    off = next((one for one in off_balance(log) if one.valve == valve), None)
    if off is None or not off.closed:
        return
    why = Text(
        f"阀门 {valve} 关了 {off.closed:g} 圈，请填写开阀圈数",
        f"valve {valve} was shut by {off.closed:g} turns: say by how many it was opened",
    )
    raise Refused("turns_required", why)


def _as_valves_stand(order: WorkOrder, last: ValveOperation, off: tuple[ValveTurns, ...]) -> WorkOrder:
    """Done once nothing of it is shut; a valve that is shut after it was makes it wait again."""
    order, shut = replace(order, off_balance=off), any(one.shut for one in off)
    if order.state is WorkOrderState.TO_OPEN and not shut:
        state = WorkOrderState.COMPLETED
    elif order.state is WorkOrderState.COMPLETED and shut and last.turning is Turning.CLOSE:
        state = WorkOrderState.TO_OPEN
    else:
        return order
    reached = Milestone(
        state=state,
        at_ns=last.at_ns,
        actor=last.operator,
        done_ns=last.done_ns,
        claimed_ns=last.claimed_ns,
    )
    return replace(order, state=state, milestones=(*order.milestones, reached))
