"""What a version says of itself when it is approved: when people are told next, and why it is late."""

from collections.abc import Sequence
from dataclasses import replace

from core.model.notice import Change, Notice, NoticeKind
from core.model.notice_version import NoticeVersion
from core.model.work_order import WorkOrder
from core.ports.ledger import Tx
from response import wording
from response.notices.validation import late_by
from response.service_times import ServiceTimes

_S = 1_000_000_000


def labelled(notice: Notice, earlier: Sequence[NoticeVersion], now_ns: int, times: ServiceTimes) -> Notice:
    """A reason for being late is said only of what is late; of what has not moved, as it was said."""
    begun = bool(earlier) and earlier[-1].content.starts_ns == notice.starts_ns
    if notice.kind is not NoticeKind.PLANNED_OUTAGE or begun or late_by(notice, now_ns, times):
        return notice
    return replace(notice, late_reason="")


async def promised(tx: Tx, notice: Notice, now_ns: int, times: ServiceTimes) -> Notice:
    """With the next update: within the hour, half of it of what is urgent, and before the likely end."""
    if notice.kind is NoticeKind.PLANNED_OUTAGE or notice.change is Change.RESTORED:
        passed = notice.next_update_ns is not None and notice.next_update_ns <= now_ns
        return wording.composed(replace(notice, next_update_ns=None)) if passed else notice
    orders = await tx.find(WorkOrder, incident=notice.incident) if notice.incident else []
    urgent = any(order.priority == 1 for order in orders)
    next_ns = now_ns + times.update_s * _S // (2 if urgent else 1)
    likely_ns = notice.eta_likely_ns or notice.eta_latest_ns
    if likely_ns is not None and likely_ns > now_ns:
        next_ns = min(next_ns, likely_ns)
    return wording.composed(replace(notice, next_update_ns=next_ns))
