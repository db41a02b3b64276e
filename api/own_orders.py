"""Whose orders a crew may touch: its own. For anybody else what is another crew's is not there."""

from collections.abc import Callable

from api.gate import Caller
from api.permissions import Limit
from api.problems import not_found
from core.model.work_order import WorkOrder
from core.ports.ledger import Tx


def own(order: WorkOrder, caller: Caller) -> bool:
    return caller.limit is not Limit.OWN or (order.crew is not None and order.crew == caller.user.crew)


def had(order: WorkOrder, caller: Caller) -> bool:
    """Also what was its own: notes and photos that a phone kept are taken when they come."""
    return own(order, caller) or (caller.user.crew is not None and caller.user.crew in order.had)


def own_alone(caller: Caller) -> dict[str, str]:
    """For `Tx.find`: what narrows orders to those that whoever asks may see."""
    return {"crew": caller.user.crew or ""} if caller.limit is Limit.OWN else {}


async def order_of(
    tx: Tx, id: str, caller: Caller, may: Callable[[WorkOrder, Caller], bool] = own
) -> WorkOrder:
    """Raises Problem 404."""
    order = await tx.get(WorkOrder, id)
    if order is None or not may(order, caller):
        raise not_found("work order", id)
    return order
