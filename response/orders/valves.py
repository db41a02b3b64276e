"""The valves that were turned for an order, and which of them still stand shut (WO-21)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from core.model.plant import Plant
from core.model.text import Text
from core.model.valve_operation import Direction, Turning, ValveOperation
from core.model.work_order import WorkOrder
from core.ports.ledger import Tx
from response.field_time import When
from response.orders.events import put
from response.orders.standing import order_of
from response.refused import Unknown

TURNS_SLACK = 1.0
"""Turns by which an opening may fall short of the closing before it counts as not whole."""


def balance(operations: list[ValveOperation]) -> dict[str, float]:
    """By valve, the turns by which it still stands shut, in the order in which they were shut. A valve that
    was shut last, however little or without counting, is not open."""
    shut: dict[str, float] = {}
    last: dict[str, Turning] = {}
    for one in sorted(operations, key=lambda one: (one.done_ns or one.at_ns, one.id)):
        turns = one.turns if one.turning is Turning.CLOSE else -one.turns
        shut[one.valve] = max(0.0, shut.get(one.valve, 0.0) + turns)
        last[one.valve] = one.turning
    return {
        valve: turns for valve, turns in shut.items() if turns > TURNS_SLACK or last[valve] is Turning.CLOSE
    }


def shut_for(order: WorkOrder, operations: Iterable[ValveOperation]) -> bool:
    """Whether a valve was shut for it, since it was last reopened."""
    since = order.said[0].at_ns if order.reopened and order.said else 0
    return any(one.turning is Turning.CLOSE and one.at_ns >= since for one in operations)


async def shut_uncounted(
    tx: Tx,
    plant: Plant,
    order: str,
    valves: Sequence[str],
    operator: str,
    now_ns: int,
    when: When | None,
) -> None:
    """Valves that somebody says are shut, in one word; turns may be added later. Those that stand shut, and
    those that are not of this town, are left out."""
    standing = balance(await tx.find(ValveOperation, work_order=order))
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
        )
        await turn(tx, plant, operation)


async def left_shut(tx: Tx, order: str) -> tuple[str, ...]:
    return tuple(balance(await tx.find(ValveOperation, work_order=order)))


async def turn(tx: Tx, plant: Plant, operation: ValveOperation) -> tuple[WorkOrder, ValveOperation]:
    """Write one operation down. What was opened again stirs the main up: from then on the order says that the
    water may be discoloured. Raises Unknown `no_such_order` or `no_such_valve`."""
    order = await order_of(tx, operation.work_order)
    if plant.network.valves and operation.valve not in plant.network.valves:
        why = Text(f"没有阀门 {operation.valve}", f"there is no valve {operation.valve}")
        raise Unknown("no_such_valve", why)
    written = replace(operation, id=await tx.next_id("VOP", operation.at_ns))
    await tx.put(written)
    if operation.turning is Turning.OPEN and order.discoloured_ns is None:
        order = replace(order, discoloured_ns=operation.at_ns)
    return await put(tx, order, operation.at_ns), written
