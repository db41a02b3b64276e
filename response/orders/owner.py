"""首问负责制 (WO-12): whoever touched an order first stays named on it for ever and answers for it, until
somebody else has accepted it. An offer that is not accepted in ten minutes comes back. An order that opened
by itself was touched by nobody: whoever is on call answers for it until a person takes it on."""

from dataclasses import replace

from core.model.account import Role, User
from core.model.passing_on import Handover
from core.model.text import Text
from core.model.timer import Timer
from core.model.work_order import OVER, WorkOrder
from core.ports.ledger import Tx
from response.named import order_of
from response.notices.rules import HUB
from response.orders.events import put
from response.orders.steps import DESK
from response.refused import NotPermitted, Refused

HANDOVER = "order.handover"
ACCEPT_NS = 10 * 60 * 1_000_000_000
MAY_OWN = DESK | {Role.OPERATOR, Role.HOTLINE, Role.CREW, Role.QUALITY_OFFICER}


async def offer(tx: Tx, id: str, to: str, actor: User, now_ns: int, note: str | None = None) -> WorkOrder:
    """Its owner, or the desk, offers it to another. Raises Unknown, NotPermitted `not_owner`, Refused `over`,
    `offered` or `to_nobody`."""
    order = await _open(tx, id)
    if order.answered_for and order.owner != actor.id and actor.role not in DESK:
        raise NotPermitted("not_owner", Text("只有责任人可以移交", "only its owner hands it over"))
    if order.handover is not None:
        why = Text(f"已移交给 {order.handover.to}，待接收", f"it is offered to {order.handover.to} already")
        raise Refused("offered", why)
    other = await tx.get(User, to)
    if other is None or other.role not in MAY_OWN or other.id == order.owner:
        raise Refused("to_nobody", Text(f"不能移交给 {to}", f"it cannot be handed to {to}"))
    until_ns = now_ns + ACCEPT_NS
    handover = Handover(to=to, by=actor.id, at_ns=now_ns, until_ns=until_ns, note=note)
    await tx.put(Timer(id=f"{HANDOVER}:{id}", kind=HANDOVER, subject=id, due_ns=until_ns))
    offered = replace(
        order, handover=handover, owner=order.owner or actor.id, first_owner=order.first_owner or actor.id
    )
    return await put(tx, offered, now_ns, actor.id, Text(f"移交 {to}，待接收", f"offered to {to}"))


async def answer(tx: Tx, id: str, actor: User, now_ns: int, *, accept: bool) -> WorkOrder:
    """Whoever it is offered to takes it or sends it back. Raises Unknown, NotPermitted `not_offered`."""
    order = await _open(tx, id)
    if order.handover is None or order.handover.to != actor.id:
        raise NotPermitted("not_offered", Text("没有移交给您", "it is not offered to you"))
    await tx.delete(Timer, f"{HANDOVER}:{id}")
    changed = replace(order, handover=None, owner=actor.id if accept else order.owner)
    note = Text("接收移交", "taken over") if accept else Text("退回移交", "sent back")
    return await put(tx, changed, now_ns, actor.id, note)


async def bounced(tx: Tx, id: str, now_ns: int) -> WorkOrder | None:
    """Nobody accepted it in time: it stays with whoever had it."""
    order = await tx.get(WorkOrder, id)
    if order is None or order.handover is None or order.handover.until_ns > now_ns:
        return None
    to, back = order.handover.to, order.owner
    note = Text(f"{to} 10 分钟内未接收，退回 {back}", f"{to} did not accept it within 10 min: back to {back}")
    return await put(tx, replace(order, handover=None), now_ns, HUB, note)


async def _open(tx: Tx, id: str) -> WorkOrder:
    order = await order_of(tx, id)
    if order.state in OVER:
        raise Refused("over", Text("工单已结束", "the order is over"))
    return order
