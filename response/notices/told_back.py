"""What people publish of the water goes for its orders too: every page of an order goes by it."""

from dataclasses import replace

from core.model.notice import QUALITY_KINDS, Change, Notice
from core.model.work_order import VOID, WorkOrder
from core.ports.ledger import Tx
from response.orders.events import put
from response.site import matter


async def tell_orders(tx: Tx, said: Notice, now_ns: int) -> None:
    """That water is back, since when that is known or was said."""
    if said.incident is None or said.change is not Change.RESTORED or said.kind in QUALITY_KINDS:
        return
    for order in await tx.find(WorkOrder, incident=await matter(tx, said.incident)):
        if order.state not in VOID:
            back_ns = said.back_ns or said.restored_ns or now_ns
            await put(tx, replace(order, told_back_ns=back_ns), now_ns)
