"""How far an order has come, by the public milestones: what was shown stays when it is opened again."""

from collections.abc import Sequence
from itertools import pairwise

from core.model.notice import Progress
from core.model.work_order import Milestone, PublicMilestone, WorkOrder, WorkOrderState, public_milestone

AGAIN = Progress.AGAIN.value
_LINE = tuple(PublicMilestone)


def public_steps(
    order: WorkOrder, now: PublicMilestone | None, since_ns: int = 0
) -> tuple[tuple[str, int], ...]:
    """Those after the report, each with its first time, as far as now (None: all). Where it was opened again,
    AGAIN with when that was, and after it the steps of that round; of none that ended before since_ns."""
    rounds: list[list[Milestone]] = [[]]
    for one in order.milestones:
        if one.beside is not None:
            continue
        if one.state is WorkOrderState.REOPENED:
            rounds.append([])
        rounds[-1].append(one)
    told: list[tuple[str, int]] = []
    for said, after in pairwise(rounds):
        again_ns = after[0].at_ns
        if again_ns > since_ns:
            told += [*_first(said, _ended(order, said, again_ns)), (AGAIN, again_ns)]
    return (*told, *_first(rounds[-1], now))


def _first(said: Sequence[Milestone], now: PublicMilestone | None) -> list[tuple[str, int]]:
    first: dict[PublicMilestone | None, int] = {}
    for one in said:
        first.setdefault(public_milestone(one.state), one.when_ns)
    upto = len(_LINE) if now is None else _LINE.index(now) + 1
    return [(one.value, first[one]) for one in _LINE[1:upto] if one in first]


def _ended(order: WorkOrder, said: Sequence[Milestone], again_ns: int) -> PublicMilestone | None:
    """Where it stood: work that found nothing was not done while nobody else had agreed."""
    closed = any(one.state is WorkOrderState.CLOSED for one in said)
    shown = (stage for one in order.rounds if one.again_ns == again_ns for stage, _ in one.shown)
    if not closed and Progress.NOTHING_FOUND in shown:
        return PublicMilestone.REPAIR
    reached = [stage for one in said if (stage := public_milestone(one.state)) is not None]
    return reached[-1] if reached else PublicMilestone.RECEIVED
