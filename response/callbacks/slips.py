"""A call-back that was put down by a slip of the hand: taken back at once, by who made it, on record."""

from dataclasses import replace
from datetime import date, timedelta

from core.model.account import User
from core.model.callback import Callback, CallbackOutcome
from core.model.text import Text
from core.model.work_order import Beside, Milestone, WorkOrder
from core.model.work_order import WorkOrderState as S
from core.ports.ledger import Tx
from response.callbacks.acts import callback_of
from response.orders import events
from response.orders.steps import UNCALLED
from response.refused import NotPermitted, Refused

WITHIN_NS = 120 * 1_000_000_000
"""So long a slip is seen as one [P]."""
SLIP = Text("回访误记，已撤回", "a call-back put down by a slip was taken back")


async def taken_back(tx: Tx, id: str, actor: User, now_ns: int) -> Callback:
    """Open again, as it was before the last attempt; that one stays, with another beside it that says so.
    Idempotent. Raises Unknown, NotPermitted for another's, Refused `nothing_to_take_back`, `too_late`,
    `reopened` (the order is under way again) or `over` (it was appraised or closed since)."""
    standing, order = await callback_of(tx, id)
    last = standing.attempts[-1] if standing.attempts else None
    if last is None:
        raise Refused("nothing_to_take_back", Text("还没有记录", "nothing was put down yet"))
    if last.by != actor.id:
        raise NotPermitted("not_yours", Text("只能撤回自己的记录", "only who put it down takes it back"))
    if last.takes_back:
        return standing
    if now_ns - last.at_ns > WITHIN_NS:
        raise Refused("too_late", Text("已超过两分钟", "it was put down more than two minutes ago"))
    if last.outcome is CallbackOutcome.UNRESOLVED:
        raise Refused("reopened", Text("工单已重新打开", "it opened the order again"), (order.id,))
    if order.state is S.CALLBACK_DONE:
        await _not_done(tx, order, actor, now_ns)
    elif order.state not in UNCALLED:
        raise Refused("over", Text("工单已继续办理", "the order has gone on since"), (order.id,))
    later = last.outcome is CallbackOutcome.UNREACHABLE and standing.open
    back = replace(
        standing,
        attempts=(*standing.attempts, replace(last, at_ns=now_ns, takes_back=True)),
        open=True,
        day=_day_before(standing.day) if later else standing.day,
        outcome=None,
        mark=None,
        seq=standing.seq + 1,
    )
    await tx.put(back)
    return back


async def _not_done(tx: Tx, order: WorkOrder, actor: User, now_ns: int) -> None:
    """As before its last call: the step stands as a slip, and the state that it left follows."""
    was = next((one.state for one in reversed(order.milestones) if one.state in UNCALLED), S.COMPLETED)
    undone = replace(order, state=was, milestones=_without_last_call(order.milestones))
    await events.put(tx, undone, now_ns, actor.id, SLIP, Beside.NOTED)


def _without_last_call(said: tuple[Milestone, ...]) -> tuple[Milestone, ...]:
    """What was noted since stands after it."""
    calls = [i for i, one in enumerate(said) if one.state is S.CALLBACK_DONE and one.beside is None]
    if not calls:
        return said
    slip = calls[-1]
    return (*said[:slip], replace(said[slip], beside=Beside.TAKEN_BACK), *said[slip + 1 :])


def _day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()
