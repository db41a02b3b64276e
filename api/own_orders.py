"""Whose orders a crew may touch: its own."""

from api.gate import Caller
from api.permissions import Limit
from core.model.work_order import WorkOrder


def own(order: WorkOrder, caller: Caller) -> bool:
    return caller.limit is not Limit.OWN or (order.crew is not None and order.crew == caller.user.crew)
