"""What a crew did, perhaps without a network, as its phone tells it later (WO-19).

Each act has an id of the phone's and is dealt with once: whether it was done stands in the ledger in the same
transaction. Of two truths about an order's state the server's stands: an act that no longer fits is not done,
and kept as a note, so that nobody's word is lost.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from core.model.account import User
from core.model.field_work import FieldAct, NoteFrom
from core.model.shanghai import local
from core.model.text import Text
from core.model.work_order import WorkOrder
from core.ports.ledger import Ledger, Tx
from response.field_notes import add_note
from response.refused import Refused

Act = Callable[[Tx], Awaitable[object]]


async def after_the_last(tx: Tx, order: str, by: str, id: str, done_ns: int) -> int:
    """The time an act was done, not before the acts that came earlier: one that took longer on the way than
    the next must not seem to be the later one."""
    known = [act.done_ns for act in await tx.find(FieldAct, order=order) if act.by == by and act.id != id]
    return max([done_ns, *(before + 1 for before in known)])


async def deal_with(
    ledger: Ledger, told: FieldAct, actor: User, act: Act, words: Text, may: Callable[[WorkOrder], bool]
) -> FieldAct | None:
    """How the act was dealt with, now or when it came first; None: there is no such order, or none for which
    `may` holds. words: the act as a note says it."""
    try:
        async with ledger.begin() as tx:
            order = await tx.get(WorkOrder, told.order)
            if order is None or not may(order):
                return None
            if not await tx.insert(told):
                return _same(await tx.get(FieldAct, told.id), told)
            await act(tx)
            return told
    except Refused as refused:
        if refused.reason == _TAKEN:
            raise
        return await _kept(ledger, told, actor, refused, words)


async def _kept(ledger: Ledger, told: FieldAct, actor: User, refused: Refused, words: Text) -> FieldAct:
    when = local(told.done_ns).strftime("%m-%d %H:%M")
    kept = replace(told, reason=refused.reason, why=refused.why)
    async with ledger.begin() as tx:
        if not await tx.insert(kept):
            return _same(await tx.get(FieldAct, told.id), told)
        order = await tx.get(WorkOrder, told.order)
        assert order is not None
        await add_note(
            tx,
            order,
            id=told.id,
            actor=actor,
            text=Text(f"{when} {words.zh} — {refused.why.zh}", f"{when} {words.en} — {refused.why.en}"),
            now_ns=told.at_ns,
            done_ns=told.done_ns,
            side=NoteFrom.SYNC,
            claimed_ns=told.claimed_ns,
        )
    return kept


_TAKEN = "id_taken"


def _same(known: FieldAct | None, told: FieldAct) -> FieldAct:
    """Raises Refused when the id stands for something else."""
    if known is None or (known.order, known.what, known.by) != (told.order, told.what, told.by):
        raise Refused(_TAKEN, Text("此编号已用于另一操作", "this id stands for another act"))
    return known
