"""What people do for a duty: they call or visit the customer, and write down what came of it."""

from dataclasses import replace

from core.model.account import User
from core.model.duty import Duty, DutyAnswer, DutyAttempt, DutyState, DutyWay
from core.model.notice import Notice
from core.model.text import Text
from core.model.timer import Timer
from core.model.work_order import WorkOrder
from core.ports.ledger import Tx
from response.notices import versions
from response.orders import events
from response.refused import Refused, Unknown

DUTY = "duty"
"""The kind of the timers, and the prefix of their ids."""


async def attempted(
    tx: Tx,
    id: str,
    way: DutyWay,
    answer: DutyAnswer,
    actor: User,
    now_ns: int,
    *,
    note: str | None = None,
    delivery: bool | None = None,
) -> Duty:
    """Somebody was called or visited. Reached: the duty is done. delivery: water is to be brought."""
    duty = await tx.get(Duty, id)
    if duty is None:
        raise Unknown("no_such_duty", Text(f"没有任务 {id}", f"there is no duty {id}"))
    if duty.state is not DutyState.OPEN:
        raise Refused("duty_over", Text("该任务已结束", "that duty is over"))
    attempt = DutyAttempt(at_ns=now_ns, by=actor.id, way=way, answer=answer, note=note)
    done = answer is DutyAnswer.REACHED
    changed = replace(
        duty,
        attempts=(*duty.attempts, attempt),
        state=DutyState.DONE if done else duty.state,
        done_ns=now_ns if done else None,
        delivery=duty.delivery if delivery is None else delivery,
        seq=duty.seq + 1,
    )
    await put(tx, changed)
    await _heard_of(tx, duty, now_ns)
    return changed


async def _heard_of(tx: Tx, duty: Duty, now_ns: int) -> None:
    """Whoever looks at what it belongs to sees it."""
    if duty.incident is not None:
        for order in await tx.find(WorkOrder, incident=duty.incident):
            await tx.emit(events.event_of(order, now_ns))
    notice = await tx.get(Notice, duty.notice) if duty.notice else None
    if notice is not None:
        await tx.emit(versions.event_of(notice, now_ns))


async def put(tx: Tx, duty: Duty) -> None:
    """With its timer, which an open one has."""
    await tx.put(duty)
    id = f"{DUTY}:{duty.id}"
    if duty.state is not DutyState.OPEN:
        await tx.delete(Timer, id)
    elif duty.seq == 0:
        await tx.put(timer_of(duty.id, duty.due_ns))


def timer_of(duty: str, due_ns: int) -> Timer:
    return Timer(id=f"{DUTY}:{duty}", kind=DUTY, subject=duty, due_ns=due_ns)
