"""For whom an outage counts, and from when (WO-29): while it is only suspected those who may be without water
are named and no minute is counted; once crews have stopped the water, those whom the shut valves part from
the rest, from the first valve on."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from core.model.incident import Incident, IncidentKind
from core.model.notice import Affected, Notice, NoticeState
from core.model.notice_version import NoticeReach
from core.model.plant import Plant
from core.model.valve_operation import StoppedBy, Turning
from core.model.work_order import WorkOrder
from core.model.work_order import WorkOrderState as S
from core.ports.ledger import Tx
from response.affected import LOW_PRESSURE, NO_WATER, Reason, reach
from response.notices import versions
from response.notices.exercises import in_earnest
from response.orders.valves import log_of
from response.site import REPAIRED, Work

_STOPS = frozenset({S.ISOLATED, S.REPAIRING, S.FLUSHING})


@dataclass(frozen=True, slots=True)
class Concerned:
    """Connections without water, and with little. since_ns: from when on; None while that is suspected."""

    dry: int = 0
    low: int = 0
    since_ns: int | None = None


async def concerned(
    tx: Tx,
    plant: Plant,
    incident: Incident,
    orders: Sequence[WorkOrder],
    work: Work,
    began_ns: int,
    back_ns: int = 0,
) -> Concerned:
    """began_ns: when the first sign of it was seen. back_ns: when water was back that had been off before."""
    if incident.kind is IncidentKind.LOW_PRESSURE:
        dry, low = await _told(tx, incident)
        return Concerned(dry, low, began_ns)
    since_ns = await stopped_ns(tx, incident, orders, back_ns)
    if since_ns is None and (back_ns or work.site not in REPAIRED):
        return Concerned(*await _told(tx, incident))
    found = await reach(tx, plant, incident)
    if not found.parted and not found.low:
        return Concerned(*await _told(tx, incident), since_ns or began_ns)
    counts = Counter(hit.supply for hit in found.hits)
    return Concerned(counts[NO_WATER], counts[LOW_PRESSURE], since_ns or began_ns)


async def stopped_ns(tx: Tx, incident: Incident, orders: Sequence[WorkOrder], back_ns: int = 0) -> int | None:
    """When the first valve was shut since water was back; of what has none recorded, the step that says that
    water is stopped: once it was back, by others."""
    since_ns = {order.id: taken_ns(incident, order) for order in orders}
    log = [one for one in await log_of(tx, orders) if one.at_ns >= since_ns[one.work_order]]
    shut = [one.when_ns for one in log if one.turning is Turning.CLOSE]
    steps = [
        one.when_ns
        for order in orders
        for one in order.milestones
        if one.beside is None
        and one.at_ns >= since_ns[order.id]
        and one.state in (_stops(order) if back_ns else _STOPS)
    ]
    anew = [[at_ns for at_ns in found if at_ns > back_ns] for found in (shut, steps)]
    return min(anew[0] or anew[1], default=None)


def _stops(order: WorkOrder) -> frozenset[S]:
    """Of the steps after water was back those that say that it is off again."""
    return frozenset({S.ISOLATED}) if order.stopped is StoppedBy.BY_OTHERS else frozenset()


def taken_ns(incident: Incident, order: WorkOrder) -> int:
    """When it was opened again for this incident, where it had been another's: what was done before is of
    that. 0 where it was always of this one."""
    again = [one.at_ns for one in order.milestones if one.state is S.REOPENED] if order.past else []
    return min((at_ns for at_ns in again if at_ns >= incident.opened_ns), default=0)


async def _told(tx: Tx, incident: Incident) -> tuple[int, int]:
    """The most that were published; until something was, those that are found now. A first guess goes as far
    as the zone, counts no longer than it stands, and names nobody as without water."""
    dry, low = 0, 0
    for notice in in_earnest(await tx.find(Notice, incident=incident.id)):
        said = [await tx.get(NoticeReach, version.id) for version in await versions.published(tx, notice.id)]
        counts = [Counter(reach.supply_of().values()) for reach in said if reach is not None]
        if not counts and notice.state is not NoticeState.WITHDRAWN:
            rows = await tx.find(Affected, notice=notice.id)
            counts = [Counter(LOW_PRESSURE if row.reason == Reason.IN_ZONE else row.supply for row in rows)]
        dry += max((count[NO_WATER] for count in counts), default=0)
        low += max((count[LOW_PRESSURE] for count in counts), default=0)
    return dry, low
