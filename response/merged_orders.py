"""Two incidents have become one: which of their orders stands for both.

The one that is further on stands, with the incident that goes on; the other stays open, with its reason on
it, until a dispatcher ends it: a crew may be on its way with it.
"""

from dataclasses import replace

from core.model.incident import Incident
from core.model.work_order import OVER, WorkOrder, how_far
from core.ports.ledger import Tx
from response.notices.rules import HUB
from response.orders import events


async def take_over(tx: Tx, gone: Incident, orders: list[WorkOrder], now_ns: int) -> None:
    """The orders of an incident that ended in another. Once only: what is settled is left alone."""
    if gone.merged_into is None:
        return
    moved = f"{gone.id} → {gone.merged_into}"
    for order in orders:
        if order.state in OVER or order.same_as is not None:
            continue
        theirs = await tx.find(WorkOrder, incident=gone.merged_into, kind=order.kind)
        standing = next(iter(theirs), None)
        if standing is None:
            await _put(tx, replace(order, incident=gone.merged_into), moved, now_ns)
        elif standing.state in OVER or how_far(order.reached) > how_far(standing.reached):
            await tx.put(replace(standing, incident=None))
            kept = replace(order, incident=gone.merged_into)
            await _put(tx, kept, moved, now_ns)
            await _put(tx, _same(standing, kept, gone.id), _note(kept), now_ns)
        else:
            await _put(tx, _same(order, standing, gone.id), _note(standing), now_ns)


def _same(order: WorkOrder, standing: WorkOrder, incident: str) -> WorkOrder:
    ended = order.state in OVER
    return replace(order, incident=incident, same_as=None if ended else standing.id)


def _note(standing: WorkOrder) -> str:
    return f"与工单 {standing.id} 同一事件 / same matter as order {standing.id}"


async def _put(tx: Tx, order: WorkOrder, note: str, now_ns: int) -> None:
    await events.put(tx, order, now_ns, HUB, note)
