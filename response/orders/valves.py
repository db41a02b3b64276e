"""The valves that were turned for an order, and which of them still stand shut (WO-21)."""

from core.model.valve_operation import Turning, ValveOperation
from core.ports.ledger import Tx

TURNS_SLACK = 1.0
"""Turns by which an opening may fall short of the closing before it counts as not whole."""


def balance(operations: list[ValveOperation]) -> dict[str, float]:
    """By valve, the turns by which it still stands shut, in the order in which they were shut. A valve that
    was shut last, however little, is not open."""
    shut: dict[str, float] = {}
    last: dict[str, Turning] = {}
    for one in sorted(operations, key=lambda one: (one.done_ns or one.at_ns, one.id)):
        turns = one.turns if one.turning is Turning.CLOSE else -one.turns
        shut[one.valve] = max(0.0, shut.get(one.valve, 0.0) + turns)
        last[one.valve] = one.turning
    return {
        valve: turns
        for valve, turns in shut.items()
        if turns > TURNS_SLACK or (turns > 0 and last[valve] is Turning.CLOSE)
    }


async def left_shut(tx: Tx, order: str) -> tuple[str, ...]:
    return tuple(balance(await tx.find(ValveOperation, work_order=order)))
