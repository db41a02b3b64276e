"""What came of people's reports, for whoever has a number of one (WO-28): no crew, no place, nobody else."""

from collections.abc import Iterable, Mapping

from core.model.event import EventKind
from core.model.notice import Site
from core.model.report import Report
from core.model.snapshot import PublicTracking
from core.model.text import Text
from core.model.tracking import key_of
from core.model.work_order import (
    MENDED,
    OVER,
    VOID,
    PublicMilestone,
    WorkOrder,
    WorkOrderState,
    public_milestone,
)
from core.ports.ledger import FOR_EVER_NS, Ledger, Tx
from public_portal.told import Told
from response.orders.appointments import kept
from response.orders.catalogue import services
from response.orders.public_steps import public_steps
from response.site import site_of

MOST = 2_000
"""The newest reports that can be followed."""
EVENTS = 500
"""Of the ledger between two snapshots; of more everything is read anew."""
WHOLE_NS = 600 * 1_000_000_000
"""Plant time after which everything is, too: what left the ledger without an event."""
_DAY_NS = 24 * 3600 * 1_000_000_000
OPEN_FOR_NS, OVER_FOR_NS, ALONE_FOR_NS = 90 * _DAY_NS, 14 * _DAY_NS, 30 * _DAY_NS
"""[P] How long a number lasts: from the report while its order is open, after its end, and of a report
that no order came of."""
_OTHER = Text("您反映的问题", "What you reported")


Rows = dict[str, tuple[tuple[object, ...], PublicTracking]]
"""By report: what a row was made of, and the row. One with an agreed visit also depends on the time."""


class Tracking:
    """Reports and their orders as a snapshot last told them: of 2,000 a change concerns one or two, so that
    only these are read again. What changed is known by the ledger's events; everything is read anew at
    first, after `WHOLE_NS`, and where more changed than is worth looking up."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._seen: int | None = None
        self._whole_ns = 0
        self._reports: dict[str, Report] = {}
        self._orders: dict[str, WorkOrder] = {}
        self._rows: Rows = {}
        self._changed: dict[EventKind, set[str]] = {EventKind.REPORT: set(), EventKind.WORK_ORDER: set()}

    async def look(self) -> None:
        """What has changed by now; before the transaction that `told` reads in."""
        last = await self._ledger.last_event()
        if self._seen is None or not 0 <= last - self._seen <= EVENTS:
            self._seen, self._whole_ns = last, 0
            return
        if last == self._seen:
            return
        for event in await self._ledger.events(self._seen, EVENTS):
            self._seen = event.id
            if event.kind in self._changed:
                self._changed[event.kind].add(event.subject)

    async def told(self, tx: Tx, found: Iterable[Told], now_ns: int) -> tuple[PublicTracking, ...]:
        """Bounded in number and age; the newest first."""
        if not 0 <= now_ns - self._whole_ns < WHOLE_NS:
            reports = await _newest(tx, now_ns)
            orders = await _read(tx, {one.work_order for one in reports if one.work_order})
            self._whole_ns = now_ns
        else:
            reports, orders = await self._again(tx, now_ns)
        self._reports, self._orders = {one.id: one for one in reports}, orders
        for ids in self._changed.values():
            ids.clear()
        rows = await _rows(tx, reports, _standing(orders), found, now_ns, self._rows)
        self._rows = {one.id: self._rows[one.id] for one in reports}
        return rows

    async def _again(self, tx: Tx, now_ns: int) -> tuple[list[Report], dict[str, WorkOrder]]:
        """What was told last, with what has changed since."""
        ids, changed = self._changed[EventKind.REPORT], self._changed[EventKind.WORK_ORDER]
        fresh = await tx.find(Report, id=tuple(ids)) if ids else []
        fresh += await tx.find(Report, work_order=tuple(changed)) if changed else []
        reports = {id: one for id, one in self._reports.items() if id not in ids}
        reports |= {one.id: one for one in fresh if one.followed_ns is not None}
        newest = sorted(reports.values(), key=lambda one: (one.at_ns, one.id), reverse=True)[:MOST]
        newest = [one for one in newest if one.at_ns > now_ns - OPEN_FOR_NS]
        known = {id: order for id, order in self._orders.items() if id not in changed}
        wanted = {one.work_order for one in newest if one.work_order}
        wanted |= {order.same_as for order in known.values() if order.same_as}
        return newest, known | await _read(tx, wanted - known.keys())


async def _newest(tx: Tx, now_ns: int) -> list[Report]:
    since_ns = now_ns - OPEN_FOR_NS + 1
    return (await tx.within(Report, "followed_ns", since_ns, FOR_EVER_NS, MOST))[::-1]


async def _read(tx: Tx, ids: set[str]) -> dict[str, WorkOrder]:
    """Orders by id, with those that stand for them."""
    orders = {order.id: order for order in await tx.find(WorkOrder, id=tuple(ids))} if ids else {}
    others = tuple({o.same_as for o in orders.values() if o.same_as} - orders.keys())
    return orders | ({o.id: o for o in await tx.find(WorkOrder, id=others)} if others else {})


def _standing(orders: Mapping[str, WorkOrder]) -> dict[str, WorkOrder]:
    """By the id that a report names: the order that stands for its matter."""
    return {id: orders.get(order.same_as or "", order) for id, order in orders.items()}


async def _rows(
    tx: Tx,
    reports: Iterable[Report],
    orders: Mapping[str, WorkOrder],
    found: Iterable[Told],
    now_ns: int,
    known: Rows,
) -> tuple[PublicTracking, ...]:
    """known: as they were told last, and now."""
    found = tuple(found)
    notices = {told.head.incident: told.head.id for told in found if told.head.incident}
    updates = {told.head.id: told.head.next_update_ns for told in found if told.now is not None}
    matters = {id: service.name for id, service in (await services(tx)).items()}
    for one in reports:
        order, had = orders.get(one.work_order or ""), known.get(one.id)
        incident = one.incident or (order.incident if order else None)
        notice = notices.get(incident or "")
        out_of = one, order, notice, updates.get(notice or ""), matters.get(one.service or "")
        if had is None or had[0] != out_of or (order is not None and order.visit is not None):
            known[one.id] = out_of, _row(one, order, notices, updates, matters, now_ns)
    rows = (known[one.id][1] for one in reports)
    return tuple(row for row in rows if now_ns < row.until_ns)


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
    """The report is the person's own; of the order what was reached, and that it was opened again since. Work
    that found nothing is not done while that is only the crew's word."""
    received = PublicMilestone.RECEIVED.value, report.at_ns
    if order is None:
        return (received,)
    now = None if order.state in OVER else public_milestone(order.reached)
    if now is not None and site_of([order], ()) is Site.NOTHING_YET:
        now = PublicMilestone.REPAIR
    return (received, *public_steps(order, now, report.at_ns))


def _end(order: WorkOrder) -> str:
    """cancelled, merged, or what came of it: a repair once it is done, anything else once a second person
    agreed and the order is closed."""
    if order.state in VOID:
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
