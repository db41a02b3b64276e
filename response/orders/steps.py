"""The work order's life as one table: which step may follow which, and who may take it (WO-02)."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from types import MappingProxyType

from core.model.account import Role, User
from core.model.work_order import ON_SITE, WorkOrder
from core.model.work_order import WorkOrderState as S

DESK = frozenset({Role.DISPATCHER, Role.DUTY_MANAGER})
_FIELD = DESK | {Role.CREW}
"""A crew takes the field's steps, on its own orders only."""
_CREW = frozenset({Role.CREW})
POOL_FROM = 3
"""The most urgent priority that may lie in the pool: 1 and 2 are given to a crew directly (WO-14)."""


@dataclass(frozen=True, slots=True)
class Step:
    """before: the states it may leave. after: where it leads (`complete` to TO_OPEN while a valve is left
    shut); None: back to what a suspended order had reached. note_from: states it leaves only with a reason,
    because it skips what usually comes between."""

    before: frozenset[S]
    after: S | None
    roles: frozenset[Role]
    note_from: frozenset[S] = frozenset()


def _step(before: Set[S], after: S | None, roles: frozenset[Role], note_from: Set[S] = frozenset()) -> Step:
    return Step(frozenset(before), after, roles, frozenset(note_from))


_WAITING = {S.REPORTED, S.TRIAGED, S.REJECTED, S.REOPENED}
_SENT = {S.ASSIGNED, S.ACCEPTED}
_UNDER_WAY = _WAITING | {S.POOLED} | _SENT | {S.EN_ROUTE} | ON_SITE
UNCALLED = frozenset({S.COMPLETED, S.INSPECTED, S.CALLBACK_PENDING, S.APPRAISED})
"""Orders whose callers may still be called. `appraised`: of ledgers in which an appraisal did not wait for
the call-backs; the way out of it is the call."""
_AFTER_WORK = {S.COMPLETED, S.INSPECTED, S.CALLBACK_PENDING, S.CALLBACK_DONE, S.APPRAISED}

STEPS: Mapping[str, Step] = MappingProxyType(
    {
        "triage": _step(_WAITING - {S.TRIAGED}, S.TRIAGED, DESK),
        "pool": _step(_WAITING, S.POOLED, DESK),
        "assign": _step(_WAITING | {S.POOLED} | _SENT, S.ASSIGNED, DESK),
        "accept": _step({S.ASSIGNED}, S.ACCEPTED, _FIELD),
        "depart": _step(_SENT, S.EN_ROUTE, _FIELD),
        "arrive": _step({S.EN_ROUTE}, S.ARRIVED, _FIELD),
        "start-isolation": _step({S.ARRIVED}, S.ISOLATING, _FIELD),
        "isolate": _step({S.ARRIVED, S.ISOLATING}, S.ISOLATED, _FIELD),
        "repair": _step({S.ARRIVED, S.ISOLATING, S.ISOLATED, S.TO_OPEN}, S.REPAIRING, _FIELD),
        "flush": _step({S.ISOLATED, S.REPAIRING}, S.FLUSHING, _FIELD),
        "complete": _step(ON_SITE, S.COMPLETED, _FIELD, note_from={S.ARRIVED, S.ISOLATING, S.TO_OPEN}),
        "reject": _step(_SENT | {S.EN_ROUTE, S.ARRIVED}, S.REJECTED, _CREW),
        "suspend": _step(_SENT | {S.EN_ROUTE} | ON_SITE, S.SUSPENDED, _FIELD, note_from=_UNDER_WAY),
        "resume": _step({S.SUSPENDED}, None, _FIELD),
        "inspect": _step({S.COMPLETED}, S.INSPECTED, DESK),
        "await-callback": _step({S.COMPLETED, S.INSPECTED}, S.CALLBACK_PENDING, DESK),
        "callback": _step(
            UNCALLED,
            S.CALLBACK_DONE,
            DESK,
            note_from=UNCALLED,
        ),
        "appraise": _step({S.COMPLETED, S.INSPECTED, S.CALLBACK_DONE}, S.APPRAISED, DESK),
        "close": _step(_AFTER_WORK, S.CLOSED, DESK),
        "reopen": _step(_AFTER_WORK | {S.CLOSED}, S.REOPENED, DESK, note_from=_AFTER_WORK | {S.CLOSED}),
        "cancel": _step(_UNDER_WAY | {S.SUSPENDED}, S.CANCELLED, DESK, note_from=_UNDER_WAY | {S.SUSPENDED}),
        "same": _step(_UNDER_WAY | {S.SUSPENDED}, S.MERGED, DESK),
    }
)


def allowed(order: WorkOrder, actor: User) -> tuple[str, ...]:
    """The steps this person may take on this order now. What else a step needs (a crew, a reason, what a
    close must show) it says when it is taken without."""
    return tuple(
        name
        for name, step in STEPS.items()
        if may_follow(order, name, step) and actor.role in step.roles and own(order, actor)
    )


def may_follow(order: WorkOrder, name: str, step: Step) -> bool:
    """`same` ends an order only where another stands for the same matter; `pool` is for what can wait; nobody
    is called back after an appraisal that followed a call-back."""
    if name == "callback" and order.state is S.APPRAISED and called_back(order):
        return False
    if name == "same" and order.same_as is None:
        return False
    if name == "pool" and order.priority < POOL_FROM:
        return False
    return order.state in step.before


def unassigned(order: WorkOrder) -> bool:
    """Whether a crew is to be named, whoever asks."""
    return order.crew is None and order.state in STEPS["assign"].before


def called_back(order: WorkOrder) -> bool:
    """Since it was last reopened."""
    return any(one.state is S.CALLBACK_DONE and one.beside is None for one in order.said)


def own(order: WorkOrder, actor: User) -> bool:
    return actor.role is not Role.CREW or (actor.crew is not None and actor.crew == order.crew)
