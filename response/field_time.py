"""When something was done in the field: what a phone says, within what can be (WO-19).

Nothing is done on an order before it was opened, by a crew not before it had it, and nothing after now. What
a phone says beyond that is brought to the nearest time that can be, and kept beside it, marked: a wrong
clock loses nobody's act, and moves no promise and no outage.
"""

from dataclasses import dataclass

from core.model.account import User
from core.model.work_order import WorkOrder, WorkOrderState


@dataclass(frozen=True, slots=True)
class When:
    """done_ns: plant time, ns. claimed_ns: what the phone said, where that cannot be; None where it can."""

    done_ns: int
    claimed_ns: int | None = None


def within(
    order: WorkOrder,
    actor: User,
    done_ns: int,
    now_ns: int,
    *,
    said_ns: int | None = None,
    oldest_ns: int = 0,
    since_reopened: bool = False,
) -> When:
    """done_ns: as it follows from what the phone said, said_ns: its own words, where these differ. oldest_ns:
    how far back a phone is believed. since_reopened: of a step, which belongs to the order's last opening;
    notes, photos and valves may come late of an earlier one."""
    earliest_ns = max(oldest_ns, _earliest_ns(order, actor, since_reopened=since_reopened))
    possible_ns = min(max(done_ns, earliest_ns), now_ns)
    if possible_ns == done_ns:
        return When(done_ns)
    return When(possible_ns, done_ns if said_ns is None else said_ns)


def _earliest_ns(order: WorkOrder, actor: User, *, since_reopened: bool) -> int:
    line = order.said if since_reopened else order.milestones
    begun_ns = line[0].at_ns if since_reopened and order.reopened and line else order.opened_ns
    if actor.crew is None:
        return begun_ns
    given = (
        one.at_ns for one in line if one.state is WorkOrderState.ASSIGNED and one.crew in (None, actor.crew)
    )
    return max(begun_ns, min(given, default=begun_ns))
