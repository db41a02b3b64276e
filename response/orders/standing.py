"""An order that somebody names."""

from core.model.text import Text
from core.model.work_order import WorkOrder
from core.ports.ledger import Tx
from response.refused import Unknown


async def order_of(tx: Tx, id: str) -> WorkOrder:
    """Raises Unknown `no_such_order`."""
    order = await tx.get(WorkOrder, id)
    if order is None:
        raise Unknown("no_such_order", Text(f"没有工单 {id}", f"there is no work order {id}"))
    return order
