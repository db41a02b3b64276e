"""How far a repair has come, as citizens are shown it.

A published notice is never edited; what a crew reports on its order moves the stages beside it. Each stage
is a step that was recorded, with the time at which it was done: a break is located once valves are shut for
it or it is repaired (whoever has just come looks for it), water is shut off where it was stopped (a clamp
under pressure stops none: it is the repair itself). After a repair that valves were shut for they are still
to be opened; they are being opened once the first of them was, and the main is refilled once none is left
shut (under a clamp it was never empty). Nobody is said to be repairing who did not say so. What was shown is
not taken back in silence: work that found nothing adds that it did, and an order that is opened again adds a
round.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from core.model.notice import Notice, NoticeKind, Progress
from core.model.valve_operation import StoppedBy, Turning, ValveOperation
from core.model.work_order import MAIN_DONE, MENDED, Outcome, Round, WorkOrder, WorkOrderState
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
    notice: Notice,
    order: WorkOrder | None,
    turned: Sequence[ValveOperation] = (),
    told_ns: int = 0,
) -> tuple[tuple[Progress, int], ...]:
    """Each stage reached with its first time (UTC ns), in the order in which they come. Where the order was
    opened again while the notice stood, AGAIN follows with when that was, and after it the stages of that
    round. turned: the valves' log of the order; told_ns: when the notice was first published. What was
    written down once water was back had come before it; what a later round did is none of a notice that had
    ended."""
    own = [one for one in notice.progress if one[0] is not Progress.LOCATED]
    over_ns = dict(own).get(Progress.RESTORED)
    found = [one for one in own if one[0] is not Progress.RESTORED]
    for n, (began_ns, said) in enumerate(_rounds(notice, order, turned, told_ns)):
        if n and over_ns is not None and began_ns >= over_ns:
            break
        if n:
            found += [(Progress.AGAIN, began_ns), *_ordered(notice, said, over_ns)]
        else:
            found = _ordered(notice, [*found, *said], over_ns)
    return (*found, *((stage, at_ns) for stage, at_ns in own if stage is Progress.RESTORED))


def _rounds(
    notice: Notice, order: WorkOrder | None, turned: Sequence[ValveOperation], told_ns: int
) -> Iterator[tuple[int, list[tuple[Progress, int]]]]:
    """Those of the notice's incident, the first of them since 0, each other since it was opened again."""
    if order is None:
        yield 0, []
        return
    began_ns = 0
    for one in order.rounds:
        if one.incident == notice.incident and one.again_ns > told_ns:
            yield began_ns, list(one.shown)
            began_ns = one.again_ns
    of_another = notice.incident in order.past and notice.incident != order.incident
    if not of_another:
        yield began_ns, list(_of(order, turned))
    elif not began_ns:
        yield 0, []


def _ordered(
    notice: Notice, said: Sequence[tuple[Progress, int]], over_ns: int | None
) -> list[tuple[Progress, int]]:
    quality = notice.kind is NoticeKind.WATER_QUALITY
    shown = [one for one in said if not (quality and one[0] is Progress.LOCATED)]
    return [(stage, at_ns if over_ns is None else min(at_ns, over_ns)) for stage, at_ns in _first(shown)]


def _first(said: Iterable[tuple[Progress, int]]) -> list[tuple[Progress, int]]:
    """Each stage with its first time, in their order."""
    reached: dict[Progress, int] = {}
    for stage, at_ns in said:
        reached[stage] = min(at_ns, reached.get(stage, at_ns))
    return [(stage, reached[stage]) for stage in Progress if stage in reached]


def shown_before(order: WorkOrder, turned: Sequence[ValveOperation], now_ns: int) -> WorkOrder:
    """As it is opened again: what people were shown of it stays."""
    past = Round(incident=order.incident, shown=tuple(_first(_of(order, turned))), again_ns=now_ns)
    return replace(order, rounds=(*order.rounds, past))


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
            shown = _REPAIRING if clamped else (Progress.LOCATED,)
            yield from _of_valves(order, mine, milestone.when_ns)
        elif milestone.state in _MAIN_DONE and outcome in NOTHING_THERE:
            shown = (Progress.NOTHING_FOUND,)
        elif milestone.state is WorkOrderState.ISOLATED and clamped:
            shown = _REPAIRING
        for stage in shown:
            isolated = stage is Progress.ISOLATED
            at_ns = parted_ns(order, mine, milestone.when_ns) if isolated else milestone.when_ns
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
    return max((one.when_ns for one in turned if one.turning is Turning.OPEN), default=0)
