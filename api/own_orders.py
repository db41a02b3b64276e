"""Whose orders a crew may touch: its own."""

from api.gate import Caller
from api.permissions import Limit
from core.model.work_order import WorkOrder


def own(order: WorkOrder, caller: Caller) -> bool:
    return caller.limit is not Limit.OWN or (order.crew is not None and order.crew == caller.user.crew)


def had(order: WorkOrder, caller: Caller) -> bool:
    """Also what was its own: notes and photos that a phone kept are taken when they come."""
    return own(order, caller) or (caller.user.crew is not None and caller.user.crew in order.had)
