"""Two incidents have become one: which of their orders stands for both.

The one that is further on stands, with the incident that goes on; the other stays open, with its reason on
it, until a dispatcher ends it: a crew may be on its way with it. One that was only to look into the matter
goes along with it, to be raised or taken up there.
"""

from dataclasses import replace

from core.model.incident import Incident
from core.model.text import Words
from core.model.work_order import OVER, WorkOrder, how_far
from core.ports.ledger import Tx
from response.notices.rules import HUB
from response.orders import events
from response.orders.one_matter import LOOKS, bound, same_matter


async def take_over(tx: Tx, gone: Incident, orders: list[WorkOrder], now_ns: int) -> None:
    """The orders of an incident that ended in another. Once only: what is settled is left alone."""
    if gone.merged_into is None:
        return
    moved = f"{gone.id} → {gone.merged_into}"
    for order in orders:
        if order.state in OVER or order.same_as is not None:
            continue
        into = await tx.get(Incident, gone.merged_into)
        if order.kind in LOOKS and into is not None:
            await bound(tx, order, into, now_ns)
            continue
        theirs = await tx.find(WorkOrder, incident=gone.merged_into, kind=order.kind)
        standing = next(iter(theirs), None)
        if standing is None:
            await _put(tx, replace(order, incident=gone.merged_into), moved, now_ns)
        elif standing.state in OVER or how_far(order.reached) > how_far(standing.reached):
            await tx.put(replace(standing, incident=None))
            kept = replace(order, incident=gone.merged_into)
            await _put(tx, kept, moved, now_ns)
            await _put(tx, _same(standing, kept, gone.id), same_matter(kept), now_ns)
        else:
            await _put(tx, _same(order, standing, gone.id), same_matter(standing), now_ns)


async def gather(tx: Tx, incident: Incident, now_ns: int) -> None:
    """What hung on the incidents that were put into this one hangs on it, before it opens an order."""
    for id in incident.merged:
        gone = await tx.get(Incident, id)
        if gone is not None and gone.merged_into == incident.id:
            await take_over(tx, gone, await tx.find(WorkOrder, incident=id), now_ns)


def _same(order: WorkOrder, standing: WorkOrder, incident: str) -> WorkOrder:
    ended = order.state in OVER
    return replace(order, incident=incident, same_as=None if ended else standing.id)


async def _put(tx: Tx, order: WorkOrder, note: Words, now_ns: int) -> None:
    await events.put(tx, order, now_ns, HUB, note)
