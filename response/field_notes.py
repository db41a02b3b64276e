"""Notes on a work order, between field, desk and hotline: appended, never changed, never lost."""

from core.model.account import Role, User
from core.model.field_work import NoteFrom, OrderNote
from core.model.text import Text, Words
from core.model.work_order import WorkOrder
from core.ports.ledger import Tx
from response.notices.rules import HUB
from response.orders.events import put as put_order
from response.refused import Refused

_SIDES = {Role.CREW: NoteFrom.FIELD, Role.HOTLINE: NoteFrom.HOTLINE}


def hub_note(
    order: WorkOrder, about: str, text: Text, now_ns: int, side: NoteFrom = NoteFrom.HOTLINE
) -> OrderNote:
    """What the hub itself puts on an order, once for each thing that it is about."""
    return OrderNote(
        id=f"{order.id}.{about}",
        order=order.id,
        by=HUB,
        side=side,
        text=text,
        at_ns=now_ns,
        done_ns=now_ns,
    )


async def add_note(
    tx: Tx,
    order: WorkOrder,
    *,
    id: str,
    actor: User,
    text: Words,
    now_ns: int,
    done_ns: int,
    side: NoteFrom | None = None,
    public: bool = False,
    claimed_ns: int | None = None,
) -> OrderNote:
    """On the order, whatever its state. The same one again is the one that stands. Raises Refused when the
    id stands for another note."""
    note = OrderNote(
        id=id,
        order=order.id,
        by=actor.id,
        side=side or _SIDES.get(actor.role, NoteFrom.DESK),
        text=text,
        at_ns=now_ns,
        done_ns=done_ns,
        public=public,
        claimed_ns=claimed_ns,
    )
    if not await tx.insert(note):
        known = await tx.get(OrderNote, id)
        if known is None or (known.order, known.text) != (order.id, text):
            raise Refused("id_taken", Text("此编号已用于另一条留言", "this id stands for another note"))
        return known
    await put_order(tx, order, now_ns)
    return note
