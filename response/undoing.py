"""People take back what the hub did by itself: its order, its draft, or both with the incident (A-23).

What people have taken up is theirs and is not undone behind their backs. What was undone does not come back
by itself; it does when a person confirms the incident.
"""

from dataclasses import replace

from core.model.incident import Incident
from core.model.notice import Notice, NoticeState
from core.model.text import Text, Words
from core.model.work_order import OVER, WorkOrder, WorkOrderState
from core.ports.ledger import Tx
from response.notices import versions
from response.notices.rules import HUB
from response.orders import events
from response.refused import Refused

AGAIN = Text("再次核实", "confirmed after all")


async def undo_orders(tx: Tx, incident: str, reason: str, actor: str, now_ns: int) -> list[WorkOrder]:
    """Cancels what the hub opened and nobody has taken up. Raises Refused `order_under_way`."""
    mine = [order for order in await tx.find(WorkOrder, incident=incident) if automatic(order)]
    live = [order for order in mine if order.state not in OVER]
    if any(order.state is not WorkOrderState.REPORTED for order in live):
        why = Text("已派工，请先在工单中取消", "a crew has it already: cancel the order first")
        raise Refused("order_under_way", why)
    for order in live:
        await _put_order(tx, order, WorkOrderState.CANCELLED, actor, reason, now_ns)
    return live


async def undo_notices(tx: Tx, incident: str, now_ns: int) -> list[Notice]:
    """Withdraws the hub's drafts. Raises Refused `notice_with_people` for one that people have approved."""
    mine = [notice for notice in await tx.find(Notice, incident=incident) if notice.author == HUB]
    if any(notice.state in (NoticeState.APPROVED, NoticeState.PUBLISHED) for notice in mine):
        why = Text("公告已批准或发布，请先撤回", "people have approved the notice: withdraw it first")
        raise Refused("notice_with_people", why)
    drafts = [notice for notice in mine if notice.state is NoticeState.DRAFT]
    for draft in drafts:
        await _put_notice(tx, replace(draft, undone=True), NoticeState.WITHDRAWN, now_ns)
    return drafts


async def resumed(
    tx: Tx, incident: Incident, orders: list[WorkOrder], drafts: list[Notice], now_ns: int
) -> None:
    """What was undone is wanted after all: a person has confirmed the incident since."""
    if not incident.held or incident.confirmed_ns is None:
        return
    for order in orders:
        last = order.milestones[-1] if order.milestones else None
        if order.state is WorkOrderState.CANCELLED and last and last.at_ns <= incident.confirmed_ns:
            await _put_order(tx, order, WorkOrderState.REPORTED, HUB, AGAIN, now_ns)
    for draft in drafts:
        if draft.state is NoticeState.WITHDRAWN and draft.undone:
            await _put_notice(tx, replace(draft, undone=False), NoticeState.DRAFT, now_ns)


def untouched(order: WorkOrder) -> bool:
    """The hub opened it, and nobody has taken it up."""
    return automatic(order) and order.state is WorkOrderState.REPORTED


def still_hubs(notice: Notice) -> bool:
    return notice.author == HUB and notice.state is NoticeState.DRAFT


def automatic(order: WorkOrder) -> bool:
    """The hub opened it."""
    return bool(order.milestones) and order.milestones[0].actor == HUB


async def _put_order(
    tx: Tx, order: WorkOrder, state: WorkOrderState, actor: str, note: Words, now_ns: int
) -> None:
    await events.put(tx, replace(order, state=state), now_ns, actor, note)


async def _put_notice(tx: Tx, notice: Notice, state: NoticeState, now_ns: int) -> None:
    changed = replace(notice, state=state, seq=notice.seq + 1)
    await tx.put(changed)
    await tx.emit(versions.event_of(changed, now_ns))
