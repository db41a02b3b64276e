"""Whether everybody who reported an order's matter and asked to hear was told that it is over."""

from core.model.bulletin import Change
from core.model.mailing import Letter, LetterState
from core.model.notice import Notice
from core.model.report import Report
from core.model.work_order import WorkOrder
from core.ports.ledger import Tx

TOLD = (LetterState.SENT, LetterState.DELIVERED, LetterState.READ)


async def informed_ns(tx: Tx, order: WorkOrder) -> int | None:
    """When the last of them was, by the messages of its incident; None while somebody waits, or nobody can be
    told by message."""
    if order.incident is None:
        return None
    reports = {r.id: r for r in await tx.find(Report, work_order=order.id)}
    reports |= {r.id: r for r in await tx.find(Report, incident=order.incident)}
    waiting = {r.account for r in reports.values() if r.wants_update}
    if not waiting or None in waiting:
        return None
    notices = tuple(notice.id for notice in await tx.find(Notice, incident=order.incident))
    letters = await tx.find(Letter, notice=(order.incident, *notices), change=Change.RESTORED, state=TOLD)
    sent = {letter.account: letter.sent_ns for letter in letters if letter.sent_ns is not None}
    if not waiting <= sent.keys():
        return None
    return max(at_ns for account, at_ns in sent.items() if account in waiting)
