"""Nothing is put out of use with work still on it (WO-31): a person, crew, area or service with open orders
is refused with their list, and they are reassigned in one go."""

from collections.abc import Mapping
from dataclasses import replace

from core.model.account import Session, User
from core.model.flow_lock import FlowLock, Lockable
from core.model.plant import Crew, Plant, Zone
from core.model.service import Service
from core.model.text import Text
from core.model.work_order import FIELD_DONE, OPEN, OVER, WORK_LEFT, WorkOrder, WorkOrderState
from core.ports.ledger import Tx
from response.named import order_of
from response.orders.catalogue import services
from response.orders.events import put
from response.refused import Refused, Unknown


class OrdersOpen(Refused):
    """HTTP 409 with the list: reassign or end these first."""

    def __init__(self, orders: tuple[str, ...]) -> None:
        why = Text(
            f"尚有 {len(orders)} 张未结工单，请先改派", f"{len(orders)} orders are open: reassign them first"
        )
        super().__init__("orders_open", why, ("reassign",))
        self.orders = orders


async def open_orders(tx: Tx, kind: Lockable, subject: str) -> list[WorkOrder]:
    """What would be left lying. A crew's are those that still need it."""
    match kind:
        case Lockable.CREW:
            return await tx.find(WorkOrder, crew=subject, state=WORK_LEFT)
        case Lockable.ZONE:
            return await tx.find(WorkOrder, zone=subject, state=OPEN)
        case Lockable.USER:
            return [order for order in await tx.find(WorkOrder, state=OPEN) if order.owner == subject]
        case Lockable.SERVICE:
            return [order for order in await tx.find(WorkOrder, state=OPEN) if order.service == subject]


async def lock(
    tx: Tx, plant: Plant, kind: Lockable, subject: str, reason: str, actor: User, now_ns: int
) -> FlowLock:
    """Raises Unknown `no_such_subject`, Refused `yourself`, or OrdersOpen."""
    if not await _known(tx, plant, kind, subject):
        raise Unknown("no_such_subject", Text(f"没有 {subject}", f"there is no {subject}"))
    if kind is Lockable.USER and subject == actor.id:
        raise Refused("yourself", Text("不能停用自己", "nobody disables themselves"))
    waiting = await open_orders(tx, kind, subject)
    if waiting:
        raise OrdersOpen(tuple(order.id for order in waiting))
    held = FlowLock(
        id=f"{kind}:{subject}", kind=kind, subject=subject, reason=reason, by=actor.id, at_ns=now_ns
    )
    await tx.put(held)
    if kind is Lockable.USER:
        for session in await tx.find(Session, user=subject):
            await tx.delete(Session, session.id)
    return held


async def unlock(tx: Tx, plant: Plant, kind: Lockable, subject: str) -> None:
    """Raises Unknown `not_locked`."""
    if not await locked(tx, kind, subject):
        name = await named(tx, plant, kind, subject)
        raise Unknown("not_locked", Text(f"{name.zh} 未停用", f"{name.en} is in use"))
    await tx.delete(FlowLock, f"{kind}:{subject}")


async def locked(tx: Tx, kind: Lockable, subject: str | None) -> bool:
    return subject is not None and await tx.get(FlowLock, f"{kind}:{subject}") is not None


async def usable(tx: Tx, plant: Plant, kind: Lockable, subject: str | None) -> None:
    """Raises Refused `disabled`."""
    if subject is not None and await locked(tx, kind, subject):
        name = await named(tx, plant, kind, subject)
        raise Refused("disabled", Text(f"{name.zh} 已停用", f"{name.en} is out of use"))


async def named(tx: Tx, plant: Plant, kind: Lockable, subject: str) -> Text:
    """As people call it; a person by the sign-in name, and by its id what is there no more."""
    known: Mapping[str, Crew | Zone | Service] = {}
    match kind:
        case Lockable.CREW:
            known = plant.crews
        case Lockable.ZONE:
            known = plant.zones
        case Lockable.SERVICE:
            known = await services(tx)
    return known[subject].name if subject in known else Text(subject, subject)


async def reassign(
    tx: Tx,
    plant: Plant,
    ids: tuple[str, ...],
    *,
    crew: str | None,
    owner: str | None,
    reason: str,
    actor: User,
    now_ns: int,
) -> list[WorkOrder]:
    """All of them or none: to another crew (what is under way begins its way anew), or to another owner.
    Raises Unknown, Refused `disabled` or `over`."""
    await usable(tx, plant, Lockable.CREW, crew)
    await usable(tx, plant, Lockable.USER, owner)
    moved = []
    for id in ids:
        order = await order_of(tx, id)
        if order.state in OVER:
            raise Refused("over", Text(f"工单 {id} 已结束", f"order {id} is over"))
        changed = replace(order, owner=owner or order.owner)
        if crew is not None and order.state not in FIELD_DONE and order.crew != crew:
            changed = replace(changed, crew=crew, state=WorkOrderState.ASSIGNED, left=None, sent_by=actor.id)
        moved.append(await put(tx, changed, now_ns, actor.id, reason))
    return moved


async def _known(tx: Tx, plant: Plant, kind: Lockable, subject: str) -> bool:
    match kind:
        case Lockable.CREW:
            return subject in plant.crews
        case Lockable.ZONE:
            return subject in plant.zones
        case Lockable.SERVICE:
            return subject in await services(tx)
        case Lockable.USER:
            return await tx.get(User, subject) is not None
