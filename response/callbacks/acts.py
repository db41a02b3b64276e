"""A call-back made: what the caller said, and what follows from it, in the caller's transaction."""

from dataclasses import replace
from datetime import date, timedelta

from core.model.account import User
from core.model.callback import Callback, CallbackAttempt, CallbackOutcome
from core.model.text import Text
from core.model.work_order import FIELD_DONE, ON_SITE, WorkOrder
from core.model.work_order import WorkOrderState as S
from core.ports.ledger import Tx
from response.callbacks.choice import may_call
from response.callbacks.daily import waiting
from response.callbacks.words import outcomes
from response.clocks.spec import CallbackRules
from response.orders import events
from response.orders.reopening import opened_again
from response.orders.steps import STEPS, allowed, may_follow
from response.orders.valves import log_of
from response.refused import NotPermitted, Refused, Unknown

_FIELD = ON_SITE | {S.EN_ROUTE}


async def callback_of(tx: Tx, id: str) -> tuple[Callback, WorkOrder]:
    """With its order. Raises Unknown."""
    standing = await tx.get(Callback, id)
    order = await tx.get(WorkOrder, standing.order) if standing else None
    if standing is None or order is None:
        raise Unknown("no_such_callback", Text(f"没有回访 {id}", f"there is no call-back {id}"))
    return standing, order


async def called(
    tx: Tx,
    rules: CallbackRules,
    id: str,
    outcome: CallbackOutcome,
    actor: User,
    now_ns: int,
    *,
    mark: int | None = None,
    note: str | None = None,
) -> Callback:
    """mark: from 5 to 1, with `answered`. note: a must with `unresolved`, which opens the order again.
    Raises Refused: at night, of what was called already; NotPermitted: whoever did the work does not ask."""
    standing, order = await callback_of(tx, id)
    _permitted(standing, order, actor, rules, now_ns)
    if (outcome is CallbackOutcome.ANSWERED) != (mark is not None):
        raise Refused(
            "mark_required", Text("已接听须打分，其他结果不打分", "a mark goes with answered alone")
        )
    if outcome is CallbackOutcome.UNRESOLVED and not (note and note.strip()):
        raise Refused("note_required", Text("请填写未解决的问题", "say what is not resolved"))
    attempt = CallbackAttempt(at_ns=now_ns, by=actor.id, outcome=outcome, mark=mark, note=note)
    again = outcome is CallbackOutcome.UNREACHABLE and len(standing.tries) + 1 < rules.attempts
    after = replace(
        standing,
        attempts=(*standing.attempts, attempt),
        open=again,
        day=_tomorrow(standing.day) if again else standing.day,
        outcome=None if again else outcome,
        mark=mark,
        seq=standing.seq + 1,
    )
    await tx.put(after)
    if outcome is CallbackOutcome.UNRESOLVED:
        await _reopen(tx, order, actor, now_ns, note or "")
    elif not again:
        await _finished(tx, order, actor, now_ns)
    return after


def _permitted(one: Callback, order: WorkOrder, actor: User, rules: CallbackRules, now_ns: int) -> None:
    if not one.open:
        raise Refused("callback_over", Text("该回访已结束", "that call-back is over"))
    worked = {m.actor for m in order.milestones if m.state in _FIELD}
    if actor.crew is not None or actor.id in worked:
        raise NotPermitted("did_the_work", Text("施工人员不能回访", "whoever did the work does not ask"))
    _by_day(rules, now_ns)


def _by_day(rules: CallbackRules, now_ns: int, can: tuple[str, ...] = ()) -> None:
    if not may_call(now_ns, rules):
        why = Text(
            f"{rules.not_from}:00 至 {rules.not_until}:00 不回访",
            f"nobody is called between {rules.not_from}:00 and {rules.not_until}:00",
        )
        raise Refused("not_at_night", why, can)


async def through_list(tx: Tx, rules: CallbackRules, order: WorkOrder, actor: User, now_ns: int) -> None:
    """Before the order's own step `callback`, which is for callers whom no list can hold. Raises Refused of
    those on one, or to come on one: `not_at_night`, `on_the_list`."""
    can = allowed(order, actor)
    if "callback" not in can:
        return
    still = await tx.find(Callback, order=order.id, open=True)
    still += [one for one in await waiting(tx, rules, now_ns) if one.order == order.id]
    if not still:
        return
    can = tuple(one for one in can if one != "callback")
    _by_day(rules, now_ns, can)
    why = Text(
        f"还有 {len(still)} 个待回访，请在调度看板“回访”清单上逐个打分或登记结果",
        f"still to be called: {len(still)}; put each mark or outcome down on the board, under Call-backs",
    )
    raise Refused("on_the_list", why, can)


async def _reopen(tx: Tx, order: WorkOrder, actor: User, now_ns: int, note: str) -> None:
    """The other callers of it are asked after the next completion."""
    for other in await tx.find(Callback, order=order.id, open=True):
        await tx.put(replace(other, open=False, seq=other.seq + 1))
    if order.state not in STEPS["reopen"].before:
        return
    log = await log_of(tx, [order])
    await events.put(tx, opened_again(order, log, now_ns), now_ns, actor.id, note)


async def _finished(tx: Tx, order: WorkOrder, actor: User, now_ns: int) -> None:
    """The order's call-backs are done once none of them is open."""
    over = not may_follow(order, "callback", STEPS["callback"])
    if over or await tx.find(Callback, order=order.id, open=True):
        return
    assert order.state in FIELD_DONE
    done = await tx.find(Callback, order=order.id)
    await events.put(tx, replace(order, state=S.CALLBACK_DONE), now_ns, actor.id, outcomes(done))


def _tomorrow(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
