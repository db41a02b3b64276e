"""Whether a notice had told of what somebody reports (HL-31)."""

from core.model.notice import Affected, Notice, NoticeState
from core.model.report import Report
from core.ports.ledger import Tx
from response.hotline.symptoms import explained_by_notice


async def explained_to(tx: Tx, report: Report) -> bool:
    """A notice that reaches the caller tells of it: one that is published, or one that was restored after
    the call."""
    if report.account is None:
        return False
    for row in await tx.find(Affected, account=report.account):
        notice = await tx.get(Notice, row.notice)
        told = notice is not None and (
            notice.state is NoticeState.PUBLISHED or report.at_ns <= _restored_ns(notice)
        )
        if notice is not None and told and explained_by_notice(report.symptom, notice.kind):
            return True
    return False


def _restored_ns(notice: Notice) -> int:
    """Until when it explained what was reported; 0 of one that was never published, or was taken back."""
    if notice.state is not NoticeState.RESTORED or notice.published_ns is None:
        return 0
    return max(notice.published_ns, notice.restored_ns or 0)
