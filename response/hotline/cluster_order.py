"""The order to look into what several report: where, and what to do there (HL-32)."""

from dataclasses import replace

from core.model.phone_call import CallCluster, SymptomGroup
from core.model.plant import Plant
from core.model.text import Text, listed
from core.model.work_order import OVER, Milestone, Origin, WorkOrder, WorkOrderState
from core.ports.ledger import Tx
from response.notices.rules import HUB
from response.orders.events import put
from response.orders.of_callers import taken_up
from response.orders.one_matter import INVESTIGATE
from response.orders.priority import CALL_CLUSTER
from response.service_times import ServiceTimes, due_ns

_NAMED = 3
"""Zones that are named; of more their number."""

_TITLES = {
    SymptomGroup.SUPPLY: Text(
        "多户反映水压低或无水，现场核查", "Several report low pressure or no water: investigate"
    ),
    SymptomGroup.LEAK: Text("多人反映漏水，现场核查", "Several report a leak: investigate"),
    SymptomGroup.QUALITY: Text(
        "多户反映水质异常，取样并检查是否需要冲洗",
        "Several report doubtful water: take samples, see whether to flush",
    ),
}


def investigate(plant: Plant, cluster: CallCluster, id: str, now_ns: int, times: ServiceTimes) -> WorkOrder:
    where = place_of(plant, cluster)
    kind = "discoloured" if cluster.group is SymptomGroup.QUALITY else INVESTIGATE
    order = WorkOrder(
        id=id,
        incident=None,
        kind=kind,
        service=kind,
        state=WorkOrderState.REPORTED,
        priority=2,
        priority_reasons=(CALL_CLUSTER,),
        zone=cluster.zone,
        title=_title(plant, cluster),
        place=where,
        opened_ns=now_ns,
        clocks=times.clocks(kind, now_ns, 0.0, cluster.zone, 2),
        milestones=(Milestone(state=WorkOrderState.REPORTED, at_ns=now_ns, actor=HUB),),
        origin=Origin.REPORT,
        x=cluster.x,
        y=cluster.y,
    )
    return replace(order, due_ns=due_ns(order))


async def grown(tx: Tx, plant: Plant, cluster: CallCluster, id: str, now_ns: int) -> None:
    """Of one over several zones: its order takes up who rang before anybody could know that they belong to
    it; until somebody goes it also says where that is."""
    order = await tx.get(WorkOrder, id)
    if order is None or order.state in OVER or order.same_as is not None:
        return
    order = await taken_up(tx, cluster, order, now_ns)
    where, title = place_of(plant, cluster), _title(plant, cluster)
    own = CALL_CLUSTER in order.priority_reasons and order.incident is None
    if own and order.state is WorkOrderState.REPORTED and order.title != title:
        await put(tx, replace(order, place=where, title=title), now_ns)


def _title(plant: Plant, cluster: CallCluster) -> Text:
    title, where = _TITLES[cluster.group], place_of(plant, cluster)
    return Text(f"{title.zh}：{where.zh}", f"{title.en}: {where.en}")


def place_of(plant: Plant, cluster: CallCluster) -> Text:
    found = [plant.zones.get(zone) for zone in cluster.everywhere]
    names = [zone.name if zone else Text(id, id) for zone, id in zip(found, cluster.everywhere, strict=True)]
    some = listed(names[:_NAMED])
    if len(names) <= _NAMED:
        return some
    return Text(f"{some.zh}等{len(names)}个片区", f"{some.en} and others, {len(names)} zones")
