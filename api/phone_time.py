"""When something was done, by a phone that may have been without a network, and whose clock may be wrong."""

from api.wire import parse_time
from core.model.account import User
from core.model.work_order import WorkOrder
from core.ports.clock import Clock
from response.field_time import When, within

LONGEST_NS = 72 * 3600 * 1_000_000_000
"""What a phone claims to have kept for longer is taken to be so old."""


def when(
    clock: Clock,
    order: WorkOrder,
    actor: User,
    at: str,
    sent: str | None,
    now_ns: int,
    *,
    since_reopened: bool = False,
) -> When:
    """at: the phone's clock when it was done; sent: when the phone sent it. Only the difference counts, so
    that a wrong clock does no harm; within what can be (`response.field_time`). Raises ValueError."""
    at_ns, speed = parse_time(at), clock.anchor.speed
    ago_ns = (parse_time(sent) if sent else at_ns) - at_ns
    return within(
        order,
        actor,
        now_ns - round(ago_ns * speed),
        now_ns,
        said_ns=at_ns,
        oldest_ns=now_ns - round(LONGEST_NS * speed),
        since_reopened=since_reopened,
    )
