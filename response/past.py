"""How incidents, work orders and valves stood at a past instant: by the times in their records, and nothing
that was learnt later."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from core.model.incident import OPEN as OPEN_INCIDENTS
from core.model.incident import Incident, IncidentState, Location, Member
from core.model.shanghai import local
from core.model.work_order import OPEN, OVER, Milestone, WorkOrder, WorkOrderState
from core.ports.ledger import Page, Record, Tx
from response.orders.valves import balance, log_of

LOOKED_BACK_NS = 92 * 86_400 * 1_000_000_000
"""What is over by now and was opened longer before the instant is left out."""
_PAGE, _MOST = 500, 10_000
R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentThen:
    """state: `restored` from when its instruments were back, as the record has that now: one that was raised
    again since counts as if it had gone on. members: those that had joined, by when they were raised.
    location: None unless it was worked out by then."""

    incident: Incident
    state: IncidentState
    members: tuple[Member, ...]
    location: Location | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderThen:
    """step: the last that was taken. crew: who had it. Its place and priority are those it has now."""

    order: WorkOrder
    step: Milestone
    crew: str | None


async def incidents_at(tx: Tx, t_ns: int) -> list[IncidentThen]:
    """The newest first."""
    standing = await tx.find(Incident, state=OPEN_INCIDENTS)
    lately = await _lately(tx, Incident, "INC", t_ns, lambda one: one.opened_ns)
    return [then for one in _once(standing, lately) if (then := _incident(one, t_ns))]


def _incident(one: Incident, t_ns: int) -> IncidentThen | None:
    if one.opened_ns > t_ns or (one.closed_ns is not None and one.closed_ns <= t_ns):
        return None
    state = IncidentState.SUSPECTED
    if one.back_ns is not None and one.back_ns <= t_ns:
        state = IncidentState.RESTORED
    elif one.confirmed_ns is not None and one.confirmed_ns <= t_ns:
        state = IncidentState.CONFIRMED
    where = one.location if one.location and one.location.at_ns <= t_ns else None
    members = tuple(member for member in one.members if member.raised_ns <= t_ns)
    return IncidentThen(incident=one, state=state, members=members, location=where)


async def orders_at(tx: Tx, t_ns: int, **equal: str) -> list[OrderThen]:
    """The newest first; `equal` as in `Tx.find`."""
    standing = await tx.find(WorkOrder, None, state=OPEN, **equal)
    lately = await _lately(tx, WorkOrder, "WO", t_ns, lambda one: one.opened_ns, **equal)
    return [then for one in _once(standing, lately) if (then := _order(one, t_ns))]


def _order(one: WorkOrder, t_ns: int) -> OrderThen | None:
    steps = [step for step in one.milestones if step.at_ns <= t_ns and step.beside is None]
    if one.opened_ns > t_ns or not steps or steps[-1].state in OVER:
        return None
    return OrderThen(order=one, step=steps[-1], crew=_crew(steps))


def _crew(steps: Sequence[Milestone]) -> str | None:
    """Of the last assignment, unless it was given back or put into the pool after it."""
    for step in reversed(steps):
        if step.state in (WorkOrderState.REJECTED, WorkOrderState.REOPENED, WorkOrderState.POOLED):
            return None
        if step.crew is not None:
            return step.crew
    return None


async def shut_at(tx: Tx, orders: Sequence[OrderThen], t_ns: int) -> list[tuple[str, str]]:
    """(valve, order): what stood shut by the crews' records, for orders that stood then."""
    turned = await log_of(tx, [then.order for then in orders])
    done = [one for one in turned if one.when_ns <= t_ns]
    ids = [then.order.id for then in orders]
    return [(valve, id) for id in ids for valve in balance([one for one in done if one.work_order == id])]


async def _lately(
    tx: Tx, kind: type[R], prefix: str, t_ns: int, begun: Callable[[R], int], **equal: str
) -> list[R]:
    """Opened in LOOKED_BACK_NS before, whatever became of them. Ids sort by the day of their opening."""
    found: list[R] = []
    after = f"{prefix}-{local(t_ns) + timedelta(days=2):%Y%m%d}-"
    while len(found) < _MOST:
        some = await tx.find(kind, Page(_PAGE, after), **equal)
        found += some
        if len(some) < _PAGE or begun(some[-1]) < t_ns - LOOKED_BACK_NS:
            break
        after = some[-1].id
    return [one for one in found if begun(one) >= t_ns - LOOKED_BACK_NS]


def _once(*lists: Sequence[R]) -> list[R]:
    """Each once, the newest first."""
    found = {one.id: one for some in lists for one in some}
    return [found[id] for id in sorted(found, reverse=True)]
