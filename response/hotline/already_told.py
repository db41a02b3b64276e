"""Whether a notice had told of what somebody reports (HL-31)."""

from collections import defaultdict
from collections.abc import Sequence

from core.model.notice import Affected, Notice, NoticeState
from core.model.report import Report
from core.ports.ledger import Tx
from response.hotline.symptoms import explained_by_notice


async def explained(tx: Tx, reports: Sequence[Report]) -> frozenset[str]:
    """The ids of those that a notice tells of which reaches the caller: one that is published, or one that
    was restored after the call."""
    accounts = tuple({report.account for report in reports if report.account})
    rows = await tx.find(Affected, account=accounts) if accounts else []
    found = await tx.find(Notice, id=tuple({row.notice for row in rows})) if rows else []
    notices = {notice.id: notice for notice in found}
    reaching: dict[str, list[Notice]] = defaultdict(list)
    for row in rows:
        if row.notice in notices:
            reaching[row.account].append(notices[row.notice])
    return frozenset(
        report.id
        for report in reports
        if any(_explains(notice, report) for notice in reaching.get(report.account or "", ()))
    )


def _explains(notice: Notice, report: Report) -> bool:
    told = notice.state is NoticeState.PUBLISHED or report.at_ns <= _restored_ns(notice)
    return told and explained_by_notice(report.symptom, notice.kind)


def _restored_ns(notice: Notice) -> int:
    """Until when it explained what was reported; 0 of one that was never published, or was taken back."""
    if notice.state is not NoticeState.RESTORED or notice.published_ns is None:
        return 0
    return max(notice.published_ns, notice.restored_ns or 0)
