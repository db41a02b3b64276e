"""What people reported, hung on an order: one burst with two hundred calls is one order with two hundred
links (WO-05). The report keeps everything that came with it; the order counts."""

from dataclasses import replace

from core.model.report import Report
from core.model.text import Text
from core.model.tracking import fresh_token
from core.model.work_order import OVER, Origin, WorkOrder
from core.ports.ledger import Tx
from response.named import order_of, report_of
from response.orders.events import put
from response.refused import Refused


async def take(tx: Tx, report: Report) -> Report:
    """Keep a new report, with the number by which it is followed; an order or incident named in it is linked.
    Raises Unknown for an order that is not there."""
    kept = replace(report, work_order=None, token=report.token or fresh_token())
    await tx.insert(kept)
    if report.work_order is None:
        return kept
    linked, _ = await link(tx, report.id, report.work_order, report.at_ns)
    return linked


async def link(tx: Tx, report_id: str, order_id: str, now_ns: int) -> tuple[Report, WorkOrder]:
    """Idempotent. Whoever took the first report of an order that nobody had touched answers for it (WO-12).
    Raises Unknown, or Refused `linked_elsewhere` or `over`."""
    report = await report_of(tx, report_id)
    order = await order_of(tx, order_id)
    if report.work_order == order_id:
        return report, order
    if report.work_order is not None:
        why = Text(f"已关联工单 {report.work_order}", f"it hangs on order {report.work_order} already")
        raise Refused("linked_elsewhere", why)
    if order.state in OVER:
        raise Refused("over", Text("工单已结束", "the order is over"), ("reopen",))
    linked = replace(
        report, work_order=order_id, incident=report.incident or order.incident, seq=report.seq + 1
    )
    await tx.put(linked)
    counted = replace(
        order,
        reports=order.reports + 1,
        callers=order.callers + (1 if report.wants_update else 0),
        owner=order.owner if order.answered_for else report.taken_by,
        first_owner=order.first_owner or report.taken_by,
    )
    return linked, await put(tx, counted, now_ns)


async def move_off(tx: Tx, report: Report, now_ns: int) -> Report:
    """Off its order and incident, which count it no more; it stands, and hangs on nothing yet."""
    free = replace(report, work_order=None, incident=None, seq=report.seq + 1)
    await tx.put(free)
    if report.work_order is not None:
        await _uncounted(tx, await order_of(tx, report.work_order), report, now_ns)
    return free


async def unlink(tx: Tx, report: Report, now_ns: int) -> Report:
    """Off its order, which counts it no more; it keeps what was told and counts for nothing. Raises Refused
    `over`, or `opened_by_it` where the order hangs on nothing else: that one is cancelled."""
    order = await order_of(tx, report.work_order) if report.work_order else None
    if order is not None and order.state in OVER:
        raise Refused("over", Text("工单已结束", "the order is over"))
    if order is not None and order.origin is Origin.REPORT and order.reports <= 1:
        why = Text(
            f"工单 {order.id} 由此来电开立，请取消工单",
            f"order {order.id} was opened by it: cancel the order",
        )
        raise Refused("opened_by_it", why, ("cancel",))
    back = replace(
        report,
        work_order=None,
        incident=None,
        wants_update=False,
        at_night=False,
        taken_back_ns=now_ns,
        seq=report.seq + 1,
    )
    await tx.put(back)
    if order is not None:
        await _uncounted(tx, order, report, now_ns)
    return back


async def _uncounted(tx: Tx, order: WorkOrder, report: Report, now_ns: int) -> None:
    fewer = order.callers - (1 if report.wants_update else 0)
    await put(tx, replace(order, reports=order.reports - 1, callers=max(0, fewer)), now_ns)
