"""What came of people's reports, for whoever has a number of one (WO-28): no crew, no place, nobody else."""

from collections.abc import Iterable, Mapping

from core.model.notice import Site
from core.model.report import Report
from core.model.snapshot import PublicTracking
from core.model.text import Text
from core.model.tracking import key_of
from core.model.work_order import (
    MENDED,
    OVER,
    PublicMilestone,
    WorkOrder,
    WorkOrderState,
    public_milestone,
)
from core.ports.ledger import FOR_EVER_NS, Tx
from public_portal.told import Told
from response.orders.appointments import kept
from response.orders.catalogue import services
from response.site import site_of

MOST = 2_000
"""The newest reports that can be followed."""
_DAY_NS = 24 * 3600 * 1_000_000_000
OPEN_FOR_NS, OVER_FOR_NS, ALONE_FOR_NS = 90 * _DAY_NS, 14 * _DAY_NS, 30 * _DAY_NS
"""[P] How long a number lasts: from the report while its order is open, after its end, and of a report
that no order came of."""
_OTHER = Text("您反映的问题", "What you reported")


async def tracked(tx: Tx, found: Iterable[Told], now_ns: int) -> tuple[PublicTracking, ...]:
    """Bounded in number and age; the newest first."""
    since_ns = now_ns - OPEN_FOR_NS + 1
    reports = (await tx.within(Report, "followed_ns", since_ns, FOR_EVER_NS, MOST))[::-1]
    orders = await _orders(tx, {one.work_order for one in reports if one.work_order})
    notices = {told.head.incident: told.head.id for told in found if told.head.incident}
    updates = {told.head.id: told.head.next_update_ns for told in found if told.now is not None}
    matters = {id: service.name for id, service in (await services(tx)).items()}
    rows = (_row(one, orders.get(one.work_order or ""), notices, updates, matters, now_ns) for one in reports)
    return tuple(row for row in rows if now_ns < row.until_ns)


async def _orders(tx: Tx, ids: set[str]) -> dict[str, WorkOrder]:
    """By the id that a report names: the order that stands for its matter."""
    orders = {order.id: order for order in await tx.find(WorkOrder, id=tuple(ids))} if ids else {}
    others = tuple({o.same_as for o in orders.values() if o.same_as} - orders.keys())
    standing = orders | ({o.id: o for o in await tx.find(WorkOrder, id=others)} if others else {})
    return {id: standing.get(order.same_as or "", order) for id, order in orders.items()}


def _row(
    report: Report,
    order: WorkOrder | None,
    notices: Mapping[str, str],
    updates: Mapping[str, int | None],
    matters: Mapping[str, Text],
    now_ns: int,
) -> PublicTracking:
    incident = report.incident or (order.incident if order else None)
    notice = notices.get(incident) if incident else None
    end = _end(order) if order else ""
    promised = None if order is None or end else order.due_ns
    return PublicTracking(
        key=key_of(report.token or ""),
        matter=matters.get(report.service or "", _OTHER),
        reached=_reached(report, order),
        until_ns=_until_ns(report, order),
        held=order is not None and order.state is WorkOrderState.SUSPENDED,
        end=end,
        unfound=order is not None and not end and site_of([order], ()) is Site.NOTHING_YET,
        notice=notice,
        visit=(order.visit.start_ns, order.visit.end_ns) if order and order.visit and not end else None,
        visit_missed=order is not None
        and order.visit is not None
        and kept(order.visit, order, now_ns) == "missed",
        next_update_ns=(updates.get(notice) if notice else None) or promised,
    )


def _reached(report: Report, order: WorkOrder | None) -> tuple[tuple[str, int], ...]:
    """The report is the person's own; of the order what was reached since it was last opened again. Work that
    found nothing is not done while that is only the crew's word."""
    first: dict[PublicMilestone, int] = {PublicMilestone.RECEIVED: report.at_ns}
    for said in order.said if order else ():
        milestone = public_milestone(said.state)
        if milestone is not None:
            first.setdefault(milestone, said.done_ns or said.at_ns)
    now = public_milestone(order.reached) if order else None
    if order is not None and site_of([order], ()) is Site.NOTHING_YET:
        now = PublicMilestone.REPAIR
    line = list(PublicMilestone)
    back = now is not None and order is not None and order.state not in OVER
    last = line.index(now) if back and now is not None else len(line)
    return tuple((one.value, first[one]) for one in line[: last + 1] if one in first)


def _end(order: WorkOrder) -> str:
    """cancelled, merged, or what came of it: a repair once it is done, anything else once a second person
    agreed and the order is closed."""
    if order.state in (WorkOrderState.CANCELLED, WorkOrderState.MERGED):
        return order.state.value
    if order.finding and (order.state in OVER or order.finding.outcome in MENDED):
        return order.finding.outcome.value
    return ""


def _until_ns(report: Report, order: WorkOrder | None) -> int:
    if order is None:
        return report.at_ns + ALONE_FOR_NS
    if order.state in OVER and order.milestones:
        return order.milestones[-1].at_ns + OVER_FOR_NS
    return report.at_ns + OPEN_FOR_NS
