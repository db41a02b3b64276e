"""The way of an order as every page shows it: the same steps, in the same order, whoever looks.

Each was recorded: water is not said to be back before the last valve that was shut for it is open again,
whatever instruments around show.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from core.model.work_order import FIELD_DONE, MAIN_DONE, MENDED, VOID, WorkOrder
from core.model.work_order import WorkOrderState as S
from response.orders.one_matter import INVESTIGATE


class WayStep(StrEnum):
    """In the order in which they come."""

    REPORTED = "reported"
    ASSIGNED = "assigned"
    ARRIVED = "arrived"
    STOPPED = "stopped"
    REPAIRED = "repaired"
    OVER = "over"
    """The work on site is over without a repair."""
    TO_OPEN = "to_open"
    """Valves that were shut for it wait to be opened."""
    OPENED = "opened"
    RESTORED = "restored"
    CALLED_BACK = "called_back"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Stage:
    """at_ns: when it was reached, by the clock of the phone that says so; None: not yet."""

    step: WayStep
    at_ns: int | None = None


_STATES = {
    S.ASSIGNED: WayStep.ASSIGNED,
    S.ARRIVED: WayStep.ARRIVED,
    S.ISOLATED: WayStep.STOPPED,
    S.TO_OPEN: WayStep.TO_OPEN,
    S.CALLBACK_DONE: WayStep.CALLED_BACK,
    S.CLOSED: WayStep.CLOSED,
}
_DONE = FIELD_DONE - VOID
_OF_PIPES = frozenset({"burst", "leak", INVESTIGATE})


def way(order: WorkOrder) -> tuple[Stage, ...]:
    """Since it was last reopened; those that are still to come without a time. What was passed over nobody
    recorded: it is left out once a later one is reached; but that water is back people may publish while work
    goes on."""
    reached = _reached(order)
    steps = list(WayStep)
    last = max((steps.index(step) for step in reached if step is not WayStep.RESTORED), default=0)
    unexpected = _unexpected(order, reached)
    return tuple(
        Stage(step, reached.get(step))
        for n, step in enumerate(steps)
        if step in reached or (n > last and step not in unexpected)
    )


def _unexpected(order: WorkOrder, reached: Collection[WayStep]) -> set[WayStep]:
    """What is not announced: valves while none is shut, water where nothing was repaired or no pipe is."""
    unexpected = {WayStep.OVER, WayStep.CALLED_BACK}
    if WayStep.TO_OPEN not in reached and not _left(order):
        unexpected |= {WayStep.TO_OPEN, WayStep.OPENED}
    if WayStep.OVER in reached or order.kind not in _OF_PIPES:
        unexpected |= {WayStep.STOPPED, WayStep.RESTORED}
    return unexpected


def _reached(order: WorkOrder) -> dict[WayStep, int]:
    reached = {WayStep.REPORTED: order.opened_ns}
    done = WayStep.REPAIRED if _mended(order) else WayStep.OVER
    for one in order.said:
        if one.beside is not None:
            continue
        if (step := _STATES.get(one.state)) is not None:
            reached.setdefault(step, one.when_ns)
        if one.state in (S.TO_OPEN, S.COMPLETED) and order.reached in MAIN_DONE:
            reached.setdefault(done, one.when_ns)
        if one.state in _DONE and WayStep.TO_OPEN in reached and not _left(order):
            reached.setdefault(WayStep.OPENED, one.when_ns)
        elif one.state is S.TO_OPEN:
            reached.pop(WayStep.OPENED, None)
    if order.reached not in MAIN_DONE:
        reached.pop(WayStep.TO_OPEN, None)
        reached.pop(WayStep.OPENED, None)
    if order.reached is S.TO_OPEN:
        reached.pop(WayStep.OPENED, None)
    back_ns = order.told_back_ns
    if back_ns is None and order.state in _DONE:
        back_ns = order.recovered_ns
    if back_ns is not None and not _left(order):
        before = (
            reached[step] for step in (WayStep.REPAIRED, WayStep.OVER, WayStep.OPENED) if step in reached
        )
        reached[WayStep.RESTORED] = max([back_ns, *before])
    return reached


def _mended(order: WorkOrder) -> bool:
    return order.finding is not None and order.finding.outcome in MENDED


def _left(order: WorkOrder) -> bool:
    return any(one.shut for one in order.off_balance)
