"""An entry of a valve that was a slip of the hand: taken back, on record, and counted nowhere (WO-21)."""

from collections.abc import Sequence
from dataclasses import replace

from core.model.account import Role, User
from core.model.text import Text
from core.model.valve_operation import Turning, ValveOperation
from core.model.work_order import OVER, Beside, Milestone, WorkOrder
from core.model.work_order import WorkOrderState as S
from core.ports.ledger import Tx
from response.named import order_of
from response.orders import events
from response.orders.valves import entries_of, in_turn, off_balance
from response.refused import NotPermitted, Refused, Unknown

_TURNED = {Turning.CLOSE: Text("关", "shut"), Turning.OPEN: Text("开", "opened")}


async def take_back(
    tx: Tx, order_id: str, entry: str, actor: User, now_ns: int, valve: str = ""
) -> WorkOrder:
    """The order as if it had never been entered. entry: its id, or with `valve` that of the phone's act that
    made it: one act may shut several. A crew takes back what somebody of it entered, the desk anybody's.
    Idempotent. Raises Unknown `no_such_order`, `no_such_entry`, NotPermitted `not_yours`, Refused `over` or
    `not_the_last` (of its valve)."""
    order = await order_of(tx, order_id)
    log = await entries_of(tx, [order])
    named = next((one for one in log if entry == one.id or (entry, valve) == (one.act, one.valve)), None)
    if named is None:
        raise Unknown("no_such_entry", Text("没有这条阀门记录", "there is no such entry of a valve"))
    if not named.stands:
        return order
    if order.state in OVER:
        raise Refused("over", Text("工单已结束", "the order is over"))
    if named.id not in await own(tx, [named], actor):
        raise NotPermitted(
            "not_yours", Text("只能撤回本班组的记录", "only the crew that entered it takes it back")
        )
    standing = [one for one in log if one.stands]
    if in_turn(one for one in standing if one.valve == named.valve)[-1].id != named.id:
        why = Text("此阀门之后又有记录", "the valve was turned again since")
        raise Refused("not_the_last", why)
    await tx.put(replace(named, taken_back_by=actor.id, taken_back_ns=now_ns))
    left = [one for one in standing if one.id != named.id]
    order = _without(order, named, left, actor, now_ns)
    return await events.put(tx, order, now_ns, actor.id, _words(named), Beside.NOTED)


async def own(tx: Tx, log: Sequence[ValveOperation], actor: User) -> set[str]:
    """Of these the ids of those that are the actor's to take back."""
    if actor.role is not Role.CREW:
        return {one.id for one in log}
    users = await tx.find(User, id=tuple({one.operator for one in log})) if log and actor.crew else []
    mates = {actor.id, *(one.id for one in users if one.crew == actor.crew)}
    return {one.id for one in log if one.operator in mates}


def _words(one: ValveOperation) -> Text:
    turned = _TURNED[one.turning]
    zh, en = (f" {one.turns:g} 圈", f", {one.turns:g} turns") if one.turns else ("", "")
    return Text(
        f"误记已撤回：{one.valve} {turned.zh}{zh}",
        f"put down by a slip, taken back: {one.valve} {turned.en}{en}",
    )


def _without(
    order: WorkOrder, slip: ValveOperation, left: Sequence[ValveOperation], actor: User, now_ns: int
) -> WorkOrder:
    order = replace(order, off_balance=off_balance(left))
    if slip.turning is Turning.OPEN:
        again_ns = order.said[0].at_ns if order.reopened and order.said else 0
        opened = (one.at_ns for one in left if one.turning is Turning.OPEN and one.at_ns >= again_ns)
        order = replace(order, discoloured_ns=min(opened, default=None))
    return _as_valves_stood(order, left, actor, now_ns)


def _as_valves_stood(order: WorkOrder, left: Sequence[ValveOperation], actor: User, now_ns: int) -> WorkOrder:
    """Where the work stands without it. A step that its valves made is a slip too; one that a person took
    leads where it would have led, at its own time."""
    steps = [n for n, one in enumerate(order.milestones) if one.beside is None]
    before = order.milestones[steps[-2]] if len(steps) > 1 else None
    shut = any(one.shut for one in order.off_balance) and not _explained(order, before, left)
    stands = S.TO_OPEN if shut else S.COMPLETED
    if order.state not in (S.TO_OPEN, S.COMPLETED) or order.state is stands:
        return order
    last, by_valves = order.milestones[steps[-1]], before is not None and before.state is stands
    if by_valves and last.note is not None:
        return order
    said = list(order.milestones)
    said[steps[-1]] = replace(last, beside=Beside.TAKEN_BACK)
    if not by_valves:
        led = Milestone(state=stands, at_ns=now_ns, actor=actor.id, note=last.note, done_ns=last.when_ns)
        said.append(led)
    return replace(order, state=stands, milestones=tuple(said))


def _explained(order: WorkOrder, before: Milestone | None, left: Sequence[ValveOperation]) -> bool:
    """Before the slip somebody had said why a valve stays shut, and none was shut since."""
    if order.state is not S.TO_OPEN or before is None or before.state is not S.COMPLETED:
        return False
    since = [one for one in left if one.turning is Turning.CLOSE and one.at_ns >= before.at_ns]
    return before.note is not None and not since
