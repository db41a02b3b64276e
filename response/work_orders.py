"""The work order's life as one table: which step may follow which, and who may take it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.model.account import Role, User
from core.model.event import Event, EventKind
from core.model.incident import Incident, IncidentState
from core.model.text import Text
from core.model.work_order import Milestone, WorkOrder
from core.model.work_order import WorkOrderState as S
from core.ports.ledger import Tx
from response.refused import NotPermitted, Refused, Unknown
from response.service_times import due_ns

_DESK = frozenset({Role.DISPATCHER, Role.DUTY_MANAGER})
_FIELD = _DESK | {Role.CREW}
"""A crew takes the field's steps, on its own orders only."""


@dataclass(frozen=True, slots=True)
class Step:
    """before: the states it may leave, the usual one first. note_from: states it leaves only with a
    reason, because it skips what usually comes between."""

    before: frozenset[S]
    after: S
    roles: frozenset[Role]
    note_from: frozenset[S] = frozenset()


def _step(before: set[S], after: S, roles: frozenset[Role], note_from: set[S] | None = None) -> Step:
    return Step(frozenset(before), after, roles, frozenset(note_from or ()))


_UNDER_WAY = {S.REPORTED, S.ASSIGNED, S.EN_ROUTE, S.ARRIVED, S.ISOLATED, S.REPAIRING}

STEPS: Mapping[str, Step] = {
    "assign": _step({S.REPORTED, S.ASSIGNED}, S.ASSIGNED, _DESK),
    "depart": _step({S.ASSIGNED}, S.EN_ROUTE, _FIELD),
    "arrive": _step({S.EN_ROUTE}, S.ARRIVED, _FIELD),
    "isolate": _step({S.ARRIVED}, S.ISOLATED, _FIELD),
    "repair": _step({S.ARRIVED, S.ISOLATED}, S.REPAIRING, _FIELD),
    "complete": _step(
        {S.ARRIVED, S.ISOLATED, S.REPAIRING}, S.COMPLETED, _FIELD, note_from={S.ARRIVED, S.ISOLATED}
    ),
    "callback": _step({S.COMPLETED}, S.CALLBACK_DONE, _DESK, note_from={S.COMPLETED}),
    "close": _step({S.CALLBACK_DONE}, S.CLOSED, _DESK),
    "cancel": _step(_UNDER_WAY, S.CANCELLED, _DESK, note_from=_UNDER_WAY),
    "same": _step(_UNDER_WAY, S.CANCELLED, _DESK),
}

_OVER = frozenset(
    {IncidentState.RESTORED, IncidentState.CLOSED, IncidentState.FALSE_ALARM, IncidentState.MERGED}
)


def allowed(order: WorkOrder, actor: User) -> tuple[str, ...]:
    """The steps this person may take on this order now."""
    return tuple(
        name
        for name, step in STEPS.items()
        if _may_follow(order, name, step) and actor.role in step.roles and _own(order, actor)
    )


def _may_follow(order: WorkOrder, name: str, step: Step) -> bool:
    """`same` ends an order only where another stands for the same matter."""
    return order.state in step.before and (name != "same" or order.same_as is not None)


def _own(order: WorkOrder, actor: User) -> bool:
    return actor.role is not Role.CREW or (actor.crew is not None and actor.crew == order.crew)


async def apply(
    tx: Tx,
    id: str,
    event: str,
    actor: User,
    now_ns: int,
    *,
    crew: str | None = None,
    note: str | None = None,
) -> WorkOrder:
    """Take one step; the changed order, already written and announced in `tx`.

    crew: who goes, for `assign`. note: free text; a must where a step skips what usually comes between,
    for the call-back's outcome, for a cancellation, and to close while the signal has not recovered.
    Raises Unknown (no such order or step), NotPermitted (role, or another crew's order) or Refused, each
    with the steps that are allowed.
    """
    order = await tx.get(WorkOrder, id)
    if order is None:
        raise Unknown("no_such_order", Text(f"没有工单 {id}", f"there is no work order {id}"))
    step = _permitted(order, event, actor)
    note = note.strip() or None if note else None
    if event == "same":
        note = f"{order.same_as} {note or ''}".strip()
    if event == "assign" and not crew:
        raise Refused(
            "crew_required", Text("请指定抢修班组", "name the crew that goes"), allowed(order, actor)
        )
    if order.state in step.note_from and not note:
        raise Refused(
            "note_required", Text("请填写原因或结果", "say why, or what came of it"), allowed(order, actor)
        )
    if event == "close" and not note and not await _recovered(tx, order):
        why = Text("信号尚未恢复，关闭须填写理由", "the signal has not recovered; closing needs a reason")
        raise Refused("signal_not_recovered", why, allowed(order, actor))
    changed = replace(
        order,
        state=step.after,
        crew=crew if event == "assign" else order.crew,
        milestones=(*order.milestones, Milestone(state=step.after, at_ns=now_ns, actor=actor.id, note=note)),
        seq=order.seq + 1,
    )
    changed = replace(changed, due_ns=due_ns(changed))
    await tx.put(changed)
    await tx.emit(event_of(changed, now_ns))
    return changed


def _permitted(order: WorkOrder, event: str, actor: User) -> Step:
    can = allowed(order, actor)
    step = STEPS.get(event)
    if step is None:
        raise Unknown("no_such_step", Text(f"没有“{event}”这一步", f"there is no step {event!r}"), can)
    if actor.role not in step.roles:
        raise NotPermitted("role", Text("您的角色不能执行此操作", "your role may not do this"), can)
    if not _own(order, actor):
        raise NotPermitted("not_own_order", Text("这不是您班组的工单", "this is another crew's order"), can)
    if not _may_follow(order, event, step):
        why = Text(
            f"工单当前为“{order.state}”，不能{event}", f"the order is {order.state}: {event} cannot follow"
        )
        raise Refused("illegal_step", why, can)
    return step


async def _recovered(tx: Tx, order: WorkOrder) -> bool:
    if order.incident is None:
        return True
    incident = await tx.get(Incident, order.incident)
    return incident is None or incident.state in _OVER


def event_of(order: WorkOrder, now_ns: int) -> Event:
    """What the event stream says of an order: nothing personal, no user names."""
    return Event(
        kind=EventKind.WORK_ORDER,
        subject=order.id,
        t_ns=now_ns,
        zone=order.zone,
        data={
            "state": order.state.value,
            "kind": order.kind,
            "priority": order.priority,
            "incident": order.incident,
            "crew": order.crew,
            "due_ns": order.due_ns,
            "accounts_affected": order.accounts_affected,
            "seq": order.seq,
        },
    )
