"""A step taken: checked against the table, written and announced in one transaction."""

from dataclasses import dataclass, replace

from core.model.account import User
from core.model.passing_on import Rejection, RejectReason
from core.model.text import Text
from core.model.timer import Timer
from core.model.valve_operation import StoppedBy
from core.model.work_order import MAIN_DONE, MENDED, Finding, Milestone, Outcome, WorkOrder, WorkOrderState
from core.ports.ledger import Tx
from response.field_time import within
from response.named import order_of
from response.orders import pool
from response.orders.closing import Incomplete, Lacking, awaits_call, missing
from response.orders.events import put
from response.orders.reopening import opened_again
from response.orders.step_words import STATES, STEP_NAMES
from response.orders.steps import STEPS, Step, allowed, may_follow, own
from response.orders.titles import retitled
from response.orders.valves import log_of, off_balance
from response.refused import NotPermitted, Refused, Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What came with a step. crew: who goes, for `assign`. note: free text; a must where a step skips what
    usually comes between, for the call-back's outcome and for a cancellation. outcome: what came of it, for
    `complete`, `cancel` and `close`. reject: why a crew gives it back. override: why it may close although
    telemetry or valves say otherwise. stopped: how the water was stopped, of a step
    on site or of the close. done_ns: when it was done, by the phone that says so; claimed_ns: what the phone
    said instead, where that cannot be."""

    crew: str | None = None
    note: str | None = None
    outcome: Outcome | None = None
    reject: RejectReason | None = None
    override: str | None = None
    stopped: StoppedBy | None = None
    done_ns: int | None = None
    claimed_ns: int | None = None


async def apply(
    tx: Tx,
    id: str,
    event: str,
    actor: User,
    now_ns: int,
    *,
    crew: str | None = None,
    note: str | None = None,
    said: Said | None = None,
) -> WorkOrder:
    """Take one step; the changed order, already written and announced in `tx`. crew, note: for short, in
    place of `said`.

    Raises Unknown (no such order or step), NotPermitted (role, or another crew's order), Incomplete (what a
    close lacks) or Refused, each with the steps that are allowed.
    """
    order = await order_of(tx, id)
    step = _permitted(order, event, actor)
    told = said or Said(crew=crew, note=note)
    told = replace(told, note=_words(told.note), override=_words(told.override))
    _whole(order, event, step, actor, told)
    if event == "cancel" and (order.finding is None or order.finding.by == actor.id):
        return await _ask_to_cancel(tx, order, actor, now_ns, told)
    if event == "appraise" and await awaits_call(tx, order):
        first = Text(
            "请先回访来电人，再考核", "first the call-back to whoever reported it, then the appraisal"
        )
        can = tuple(one for one in allowed(order, actor) if one != event)
        raise Refused("callback_first", first, can)
    order = _found(order, event, actor, now_ns, told)
    if told.stopped is not None:
        order = replace(order, stopped=told.stopped)
    if event == "close":
        lacking = await missing(tx, order, order.finding, actor, now_ns, told.override)
        if lacking:
            raise Incomplete(lacking, allowed(order, actor))
    return await _moved(tx, order, event, step, actor, now_ns, told)


async def _moved(
    tx: Tx, order: WorkOrder, event: str, step: Step, actor: User, now_ns: int, told: Said
) -> WorkOrder:
    order, after = await _by_valves(tx, order, step.after or order.reached)
    note = told.note
    if event == "same":
        note = f"{order.same_as} {note or ''}".strip()
    if event == "close" and told.override:
        note = " · ".join(part for part in (note, told.override) if part)
    when = None
    if told.done_ns is not None:
        when = within(order, actor, told.done_ns, now_ns, since_reopened=True)
    milestone = Milestone(
        state=after,
        at_ns=now_ns,
        actor=actor.id,
        note=note,
        done_ns=when.done_ns if when else None,
        claimed_ns=told.claimed_ns or (when.claimed_ns if when else None),
        crew=told.crew if event == "assign" else None,
        stopped=told.stopped,
    )
    changed = replace(
        order,
        state=after,
        milestones=(*order.milestones, milestone),
        left=order.state if event == "suspend" else None,
        first_owner=order.first_owner or actor.id,
        owner=order.owner or actor.id,
    )
    begun = order.reached not in MAIN_DONE or event == "repair"
    if begun and told.outcome is None and event != "cancel":
        changed = replace(changed, finding=None)
    if order.state is WorkOrderState.POOLED:
        await tx.delete(Timer, pool.timer(order.id, now_ns).id)
    if event == "assign":
        changed = replace(changed, crew=told.crew, sent_by=actor.id)
    elif event in ("pool", "triage"):
        changed = replace(changed, crew=None)
        if event == "pool":
            await tx.put(pool.timer(order.id, now_ns))
    elif event == "reject":
        await pool.dropped(tx, order, order.crew or "", now_ns)
        changed = _given_back(changed, actor, now_ns, told)
    elif event == "reopen":
        log = await log_of(tx, [order])
        opened = opened_again(order, log, now_ns)
        changed = replace(
            opened, milestones=changed.milestones, owner=changed.owner, first_owner=changed.first_owner
        )
    return await put(tx, retitled(changed), now_ns)


async def _by_valves(tx: Tx, order: WorkOrder, after: WorkOrderState) -> tuple[WorkOrder, WorkOrderState]:
    """Work is not done while a valve is left shut for it: that is left to do, unless it was and somebody says
    why it stays shut."""
    if after not in (WorkOrderState.TO_OPEN, WorkOrderState.COMPLETED):
        return order, after
    off = off_balance(await log_of(tx, [order]))
    order = replace(order, off_balance=off)
    explained = order.state is WorkOrderState.TO_OPEN
    if explained or not any(one.shut for one in off):
        return order, WorkOrderState.COMPLETED
    return order, WorkOrderState.TO_OPEN


def _found(order: WorkOrder, event: str, actor: User, now_ns: int, told: Said) -> WorkOrder:
    """With what came of it, where this step says so. Whoever agrees to another's finding leaves it his."""
    if event not in ("complete", "close") or told.outcome is None:
        return order
    standing = order.finding
    if standing is not None and standing.outcome is told.outcome and event == "close":
        return order
    finding = Finding(outcome=told.outcome, by=actor.id, at_ns=now_ns, reason=told.note)
    return replace(order, finding=finding)


async def _ask_to_cancel(tx: Tx, order: WorkOrder, actor: User, now_ns: int, told: Said) -> WorkOrder:
    """One person asks, another does it: the order stays as it is until then."""
    outcome = told.outcome if told.outcome and told.outcome not in MENDED else Outcome.NO_ACTION
    if order.finding is not None:
        agreement = Lacking("second_person", Text("另一人复核", "another person's agreement"))
        raise Incomplete((agreement,), allowed(order, actor))
    finding = Finding(outcome=outcome, by=actor.id, at_ns=now_ns, reason=told.note)
    return await put(tx, replace(order, finding=finding), now_ns, actor.id, told.note)


def _given_back(order: WorkOrder, actor: User, now_ns: int, told: Said) -> WorkOrder:
    """To whoever sent it, and counted against the crew's or the sender's judgement, as the reason says."""
    assert told.reject is not None
    assert order.crew is not None
    rejection = Rejection(
        crew=order.crew,
        reason=told.reject,
        by=actor.id,
        to=order.sent_by or order.owner or "",
        at_ns=now_ns,
        note=told.note,
    )
    owner = order.sent_by or order.owner
    return replace(order, crew=None, owner=owner, rejections=(*order.rejections, rejection))


def _whole(order: WorkOrder, event: str, step: Step, actor: User, told: Said) -> None:
    """Raises Refused for what the step cannot do without."""
    can = allowed(order, actor)
    if event == "assign" and not told.crew:
        raise Refused("crew_required", Text("请指定抢修班组", "name the crew that goes"), can)
    if event == "reject" and told.reject is None:
        raise Refused("reject_reason_required", Text("请选择退单原因", "say why it is given back"), can)
    found = event == "complete" and order.state is not WorkOrderState.TO_OPEN and told.outcome
    explained = told.note or found
    agreed = event == "cancel" and order.finding is not None
    if order.state in step.note_from and not explained and not agreed:
        raise Refused("note_required", Text("请填写原因或结果", "say why, or what came of it"), can)


def _permitted(order: WorkOrder, event: str, actor: User) -> Step:
    can = allowed(order, actor)
    step = STEPS.get(event)
    if step is None:
        raise Unknown("no_such_step", Text(f"没有“{event}”这一步", f"there is no step {event!r}"), can)
    if actor.role not in step.roles:
        raise NotPermitted("role", Text("您的角色不能执行此操作", "your role may not do this"), can)
    if not own(order, actor):
        raise NotPermitted("not_own_order", Text("这不是您班组的工单", "this is another crew's order"), can)
    if not may_follow(order, event, step):
        now, name = STATES[order.state], STEP_NAMES.get(event, Text(event, event))
        zh, en = f"工单当前为“{now.zh}”，不能“{name.zh}”", f"the order is {now.en}: “{name.en}” cannot follow"
        raise Refused("illegal_step", Text(zh, en), can)
    return step


def _words(text: str | None) -> str | None:
    return (text.strip() or None) if text else None
