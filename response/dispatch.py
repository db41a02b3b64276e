"""Dispatch orders (调度指令): issued, read back, done, each once; recorded, never executed."""

from dataclasses import replace

from core.model.account import User
from core.model.dispatch_order import STANDING, DispatchOrder, DispatchState
from core.model.event import Event, EventKind
from core.model.text import Text
from core.ports.ledger import Tx
from response.refused import Refused, Unknown

PREFIX = "DO"


async def issue(tx: Tx, to: str, text: str, zone: str | None, user: User, now_ns: int) -> DispatchOrder:
    made = DispatchOrder(
        id=await tx.next_id(PREFIX, now_ns),
        state=DispatchState.ISSUED,
        to=to,
        text=text,
        zone=zone,
        issued_ns=now_ns,
        issued_by=user.id,
        role=user.role.value,
    )
    return await _put(tx, made, now_ns)


async def read_back(tx: Tx, id: str, receiver: str, user: User, now_ns: int) -> DispatchOrder:
    """Raises Unknown; Refused `over` or `read_back`."""
    order = await _standing(tx, id)
    if order.state is not DispatchState.ISSUED:
        raise Refused("read_back", Text("该指令已复诵", "it was read back already"), ("done", "withdraw"))
    heard = replace(
        order,
        state=DispatchState.READ_BACK,
        receiver=receiver,
        read_back_ns=now_ns,
        read_back_by=user.id,
    )
    return await _put(tx, heard, now_ns)


async def done(tx: Tx, id: str, result: str | None, user: User, now_ns: int) -> DispatchOrder:
    """Raises Unknown; Refused `over` or `not_read_back`."""
    order = await _standing(tx, id)
    if order.state is not DispatchState.READ_BACK:
        why = Text("该指令尚未复诵", "it was not read back yet: nobody knows that it was understood")
        raise Refused("not_read_back", why, ("read-back", "withdraw"))
    ended = replace(order, state=DispatchState.DONE, result=result, ended_ns=now_ns, ended_by=user.id)
    return await _put(tx, ended, now_ns)


async def withdraw(tx: Tx, id: str, reason: str, user: User, now_ns: int) -> DispatchOrder:
    """Raises Unknown; Refused `over`."""
    order = await _standing(tx, id)
    ended = replace(order, state=DispatchState.WITHDRAWN, reason=reason, ended_ns=now_ns, ended_by=user.id)
    return await _put(tx, ended, now_ns)


async def _standing(tx: Tx, id: str) -> DispatchOrder:
    if (order := await tx.get(DispatchOrder, id)) is None:
        raise Unknown("unknown", Text("没有这条指令", f"there is no dispatch order {id!r}"))
    if order.state not in STANDING:
        raise Refused("over", Text("该指令已完成或已撤回", "it is done or withdrawn already"))
    return order


async def _put(tx: Tx, order: DispatchOrder, now_ns: int) -> DispatchOrder:
    await tx.put(order)
    data = {"state": order.state.value}
    await tx.emit(Event(kind=EventKind.DISPATCH, subject=order.id, t_ns=now_ns, zone=order.zone, data=data))
    return order
