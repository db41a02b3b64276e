"""The order that callers had opened, and the incident that their alarm is in: each knows the other, whichever
came first (X-01, HL-32)."""

from dataclasses import replace

from core.model.incident import Incident, IncidentState
from core.model.phone_call import CallCluster
from core.model.report import Report
from core.model.work_order import OVER, WorkOrder
from core.ports.ledger import Tx
from response.orders.callers_of import clusters_in
from response.orders.one_matter import LOOKS, bound, folded, furthest
from response.orders.reports import link

_SURE = (IncidentState.CONFIRMED, IncidentState.RESTORED)


async def brought(tx: Tx, incident: Incident, now_ns: int) -> None:
    """The orders of its clusters hang on the incident. One that belongs to another incident already, which is
    sure, stays there."""
    for cluster in await clusters_in(tx, incident):
        order = await tx.get(WorkOrder, cluster.work_order) if cluster.work_order else None
        if order is not None and await _free(tx, order, incident):
            order = await bound(tx, order, incident, now_ns)
        await _kept(tx, cluster, incident, order)


async def _free(tx: Tx, order: WorkOrder, incident: Incident) -> bool:
    if order.state in OVER or order.same_as is not None or order.kind not in LOOKS:
        return False
    if order.incident in (None, incident.id):
        return order.incident is None
    other = await tx.get(Incident, order.incident)
    return other is None or other.state not in _SURE


async def answered(tx: Tx, incident: Incident, now_ns: int) -> None:
    """Callers whose cluster has no order that stands hang on the incident's."""
    clusters = await clusters_in(tx, incident)
    if not clusters:
        return
    orders = await tx.find(WorkOrder, incident=incident.id)
    standing = furthest(o for o in orders if o.state not in OVER and o.same_as is None)
    if standing is None:
        return
    for cluster in clusters:
        had = await tx.get(WorkOrder, cluster.work_order) if cluster.work_order else None
        if had is not None and had.state not in OVER:
            continue
        standing = await taken_up(tx, cluster, standing, now_ns)
        await _kept(tx, cluster, incident, standing)


async def taken_up(tx: Tx, cluster: CallCluster, order: WorkOrder, now_ns: int) -> WorkOrder:
    """The order with every report of the cluster: also of those who rang up before it was one, and each had
    an order opened with which nobody has gone yet."""
    for report in await tx.find(Report, id=cluster.reports):
        if report.taken_back_ns is not None:
            continue
        if report.work_order is None:
            _, order = await link(tx, report.id, order.id, now_ns)
        elif report.work_order != order.id:
            own = await tx.get(WorkOrder, report.work_order)
            if own is not None and own.state not in OVER and own.same_as is None and own.incident is None:
                order = await folded(tx, own, order, now_ns)
    return order


async def _kept(tx: Tx, cluster: CallCluster, incident: Incident, order: WorkOrder | None) -> None:
    id = order.id if order is not None else cluster.work_order
    if (cluster.incident, cluster.work_order) != (incident.id, id):
        await tx.put(replace(cluster, incident=incident.id, work_order=id, seq=cluster.seq + 1))
