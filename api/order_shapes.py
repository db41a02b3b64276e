"""A work order as one person may see it."""

from api.gate import Caller
from api.permissions import Permission, granted
from api.shapes import work_order_shape
from api.wire import Json
from core.model.account import Role
from core.model.work_order import WorkOrder
from response.orders.steps import allowed, unassigned

_TEXT = frozenset({Role.OPERATOR, Role.DISPATCHER, Role.CREW})
"""Who needs what the caller said of the place."""


def order_for(order: WorkOrder, caller: Caller) -> Json:
    """`allowed`: the steps that whoever asks may take now. The account is for those who may see customers,
    what was said for them and for those who do the work."""
    shape = work_order_shape(order) | {
        "allowed": allowed(order, caller.user),
        "unassigned": unassigned(order),
    }
    customers = granted(caller.user.role, Permission.CUSTOMERS) is not None
    if customers:
        shape["account"] = order.account
    if customers or caller.user.role in _TEXT:
        shape["text"] = order.text
    return shape
