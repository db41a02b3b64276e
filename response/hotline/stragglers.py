"""Whoever still complains when the instruments are back (HL-32). Two buildings, or one whose neighbours have
it too, may be a second break and hold up that it is over. One building alone is most likely indoors where no
instrument of its zone shows anything, and nobody around joined it within the time that instruments are waited
for: its report gets an order of its own, its caller is not told that water is back, and the zone is over.

An instrument speaks of supply alone: a leak that is seen, and doubtful water, hold as before.
"""

from collections.abc import Sequence

from core.model.alarm import Alarm
from core.model.phone_call import CallCluster, SymptomGroup, told_by
from core.model.plant import Plant
from core.model.report import Report
from core.model.text import Text
from core.model.work_order import OVER, WorkOrder
from core.ports.ledger import Tx
from response.field_notes import hub_note
from response.hotline.around import homes_of, premises
from response.hotline.service_forms import asked
from response.notices.rules import AS_HUB
from response.orders.closing import STEADY_NS
from response.orders.opening import Wish, open_order
from response.orders.reports import link, move_off
from response.service_times import ServiceTimes

_NOTE = Text(
    "仪表恢复后仅此一处仍反映，周边无人反映、片区仪表正常：先查户内与支管",
    "The only building that still reports it since the instruments were back; nobody around does and the "
    "zone's instruments are normal: look indoors and at the service pipe first",
)


async def alone(tx: Tx, cluster: CallCluster, after: Sequence[Report], now_ns: int) -> bool:
    """after: of its kind since the instruments were back. The first of them is waited for, so that ringing up
    again and again holds nothing."""
    if cluster.group is not SymptomGroup.SUPPLY or not after or any(one.neighbours for one in after):
        return False
    if now_ns - min(one.at_ns for one in after) < STEADY_NS or not await _one_building(tx, after):
        return False
    return not await _seen(tx, cluster)


async def set_apart(
    tx: Tx, plant: Plant, after: Sequence[Report], now_ns: int, times: ServiceTimes
) -> WorkOrder | None:
    """The one order of its own for what this building reported. None where it has one already."""
    order: WorkOrder | None = None
    for report in after:
        was = await tx.get(WorkOrder, report.work_order) if report.work_order else None
        if was is not None and (was.incident is None or was.state in OVER or was.reports <= 1):
            continue
        free = await move_off(tx, report, now_ns)
        if order is None:
            service, _ = await asked(tx, report.symptom, report.service, None)
            wish = Wish(service=service, report=free.id)
            order = await open_order(tx, plant, wish, AS_HUB, now_ns, times)
            await tx.insert(hub_note(order, "alone", _NOTE, now_ns))
        else:
            _, order = await link(tx, free.id, order.id, now_ns)
    return order


async def _one_building(tx: Tx, reports: Sequence[Report]) -> bool:
    homes = await homes_of(tx, reports)
    return len({premises(one, homes) for one in reports}) == 1


async def _seen(tx: Tx, cluster: CallCluster) -> bool:
    """An instrument of its zones shows something, or says nothing that can be believed."""
    standing = [one for zone in cluster.everywhere for one in await tx.find(Alarm, zone=zone, active=True)]
    return any(told_by(alarm.id) is None for alarm in standing)
