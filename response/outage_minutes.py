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
from core.model.valve_operation import Turning
from core.model.work_order import WorkOrder
from core.model.work_order import WorkOrderState as S
from core.ports.ledger import Tx
from response.affected import LOW_PRESSURE, NO_WATER, reach
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
    tx: Tx, plant: Plant, incident: Incident, orders: Sequence[WorkOrder], work: Work, began_ns: int
) -> Concerned:
    """began_ns: when the first sign of it was seen."""
    if incident.kind is IncidentKind.LOW_PRESSURE:
        dry, low = await _told(tx, incident)
        return Concerned(dry, low, began_ns)
    since_ns = await _stopped_ns(tx, orders)
    if since_ns is None and work.site not in REPAIRED:
        return Concerned(*await _told(tx, incident))
    found = await reach(tx, plant, incident)
    if not found.parted and not found.low:
        return Concerned(*await _told(tx, incident), since_ns or began_ns)
    counts = Counter(hit.supply for hit in found.hits)
    return Concerned(counts[NO_WATER], counts[LOW_PRESSURE], since_ns or began_ns)


async def _stopped_ns(tx: Tx, orders: Sequence[WorkOrder]) -> int | None:
    """When the first valve was shut; of what has none recorded, the step that says that water is stopped."""
    log = await log_of(tx, orders)
    shut = [one.done_ns or one.at_ns for one in log if one.turning is Turning.CLOSE]
    said = [one for order in orders for one in order.said if one.state in _STOPS and one.beside is None]
    return min(shut or [one.done_ns or one.at_ns for one in said], default=None)


async def _told(tx: Tx, incident: Incident) -> tuple[int, int]:
    """The most that were published; until something was, those that are found now. A first guess goes as far
    as the zone, and counts no longer than it stands."""
    dry, low = 0, 0
    for notice in in_earnest(await tx.find(Notice, incident=incident.id)):
        said = [await tx.get(NoticeReach, version.id) for version in await versions.published(tx, notice.id)]
        counts = [Counter(reach.supply_of().values()) for reach in said if reach is not None]
        if not counts and notice.state is not NoticeState.WITHDRAWN:
            counts = [Counter(row.supply for row in await tx.find(Affected, notice=notice.id))]
        dry += max((count[NO_WATER] for count in counts), default=0)
        low += max((count[LOW_PRESSURE] for count in counts), default=0)
    return dry, low
