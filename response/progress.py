"""How far a repair has come, as citizens are shown it.

A published notice is never edited; what a crew reports on its order moves the stages beside it. Each stage is
a step that was recorded: a break is located once valves are shut for it or it is repaired (whoever has just
come looks for it), water is shut off where it was stopped (a clamp under pressure stops none: it is the
repair itself). After a repair that valves were shut for they are still to be opened; they are being opened
once the first of them was, and the main is refilled once none is left shut (under a clamp it was never
empty). What was shown is not taken back in silence: work that found nothing adds that it did.
"""

from collections.abc import Iterator, Sequence

from core.model.notice import Notice, NoticeKind, Progress
from core.model.valve_operation import StoppedBy, Turning, ValveOperation
from core.model.work_order import MAIN_DONE, MENDED, Outcome, WorkOrder, WorkOrderState
from response.orders.parting import parted_ns
from response.orders.valves import balance, opening_since, shut_for

_REPAIRING = (Progress.LOCATED, Progress.REPAIRING)
_SHOWN_AS = {
    WorkOrderState.ISOLATING: (Progress.LOCATED,),
    WorkOrderState.ISOLATED: (Progress.LOCATED, Progress.ISOLATED),
    WorkOrderState.REPAIRING: _REPAIRING,
    WorkOrderState.FLUSHING: (Progress.REFILLING,),
}
_MAIN_DONE = frozenset({WorkOrderState.TO_OPEN, WorkOrderState.COMPLETED})
NOTHING_THERE = frozenset({Outcome.NOT_FOUND, Outcome.FALSE_ALARM, Outcome.NO_ACTION})


def stages(
    notice: Notice, order: WorkOrder | None, turned: Sequence[ValveOperation] = ()
) -> tuple[tuple[Progress, int], ...]:
    """Each stage reached with its first time (UTC ns), in the order in which they come. turned: the valves'
    log of the order. What was written down once water was back had come before it."""
    reached: dict[Progress, int] = {}
    said = list(_of(order, turned)) if order else []
    if notice.kind is NoticeKind.WATER_QUALITY:
        said = [(stage, at_ns) for stage, at_ns in said if stage is not Progress.LOCATED]
    own = [(stage, at_ns) for stage, at_ns in notice.progress if stage is not Progress.LOCATED]
    for stage, at_ns in (*own, *said):
        reached[stage] = min(at_ns, reached.get(stage, at_ns))
    over_ns = reached.get(Progress.RESTORED)
    if over_ns is not None:
        reached = {stage: min(at_ns, over_ns) for stage, at_ns in reached.items()}
    return tuple((stage, reached[stage]) for stage in Progress if stage in reached)


def dry(order: WorkOrder, turned: Sequence[ValveOperation]) -> bool:
    """Whether water cannot come back yet: a valve is left shut for it, and nobody said that it is flushed."""
    flushed = any(one.state is WorkOrderState.FLUSHING for one in order.said)
    return not flushed and bool(balance([one for one in turned if one.work_order == order.id]))


def _of(order: WorkOrder, turned: Sequence[ValveOperation]) -> Iterator[tuple[Progress, int]]:
    """Since it was last reopened."""
    outcome = order.finding.outcome if order.finding and order.reached in MAIN_DONE else None
    clamped = order.stopped is StoppedBy.UNDER_PRESSURE
    mine = [one for one in turned if one.work_order == order.id]
    for milestone in order.said:
        shown = _SHOWN_AS.get(milestone.state, ())
        if milestone.state in _MAIN_DONE and outcome in MENDED:
            shown = _REPAIRING
            yield from _of_valves(order, mine, milestone.at_ns)
        elif milestone.state in _MAIN_DONE and outcome in NOTHING_THERE:
            shown = (Progress.NOTHING_FOUND,)
        elif milestone.state is WorkOrderState.ISOLATED and clamped:
            shown = _REPAIRING
        for stage in shown:
            isolated = stage is Progress.ISOLATED
            at_ns = parted_ns(order, mine, milestone.at_ns) if isolated else milestone.at_ns
            if at_ns is not None:
                yield stage, at_ns


def _of_valves(
    order: WorkOrder, mine: Sequence[ValveOperation], done_ns: int
) -> Iterator[tuple[Progress, int]]:
    """done_ns: when the main was repaired."""
    parted, since_ns = shut_for(order, mine), opening_since(mine)
    if parted and (since_ns is None or since_ns > done_ns):
        yield Progress.TO_OPEN, done_ns
    if parted and since_ns is not None:
        yield Progress.OPENING, max(done_ns, since_ns)
    if (parted or order.stopped is not StoppedBy.UNDER_PRESSURE) and not dry(order, mine):
        yield Progress.REFILLING, max(done_ns, _opened_ns(mine))


def _opened_ns(turned: Sequence[ValveOperation]) -> int:
    """When a valve was last opened; 0 for never."""
    return max((one.at_ns for one in turned if one.turning is Turning.OPEN), default=0)
