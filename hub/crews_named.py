"""Who and what in the ledger names a crew: orders that are open, and people who sign in as of one."""

from collections.abc import Container
from dataclasses import dataclass

from core.model.account import User
from core.model.work_order import OVER, WorkOrder, WorkOrderState
from core.ports.ledger import Tx


@dataclass(frozen=True, slots=True)
class Named:
    """what names the crew, in words, and what to do before it goes."""

    crew: str
    what: str
    mend: str


async def named(tx: Tx, but: Container[str]) -> list[Named]:
    """All that name a crew other than these."""
    open_ = tuple(state for state in WorkOrderState if state not in OVER)
    orders = [
        Named(order.crew, f"the order {order.id} is open with it", "assign it to another crew first")
        for order in await tx.find(WorkOrder, state=open_)
        if order.crew is not None and order.crew not in but
    ]
    mend = "first `waterhub user remove`, then `user add` with another crew"
    users = [
        Named(user.crew, f"{user.id!r} signs in as of it", mend)
        for user in await tx.find(User)
        if user.crew is not None and user.crew not in but
    ]
    return [*orders, *users]
