"""A work order: 接报 → 派工 → 维修 → 完工 → 回访 → 考核, with finer states inside."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from core.model.appointment import Visit
from core.model.notice import Progress
from core.model.passing_on import Handover, OnCall, Rejection
from core.model.text import Text, Words
from core.model.valve_operation import StoppedBy, ValveTurns


class WorkOrderState(StrEnum):
    """The main line first, in its order; then what stands beside it."""

    REPORTED = "reported"
    TRIAGED = "triaged"
    POOLED = "pooled"
    """In the pool (抢单): the first crew that takes it has it."""
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    EN_ROUTE = "en_route"
    ARRIVED = "arrived"
    ISOLATING = "isolating"
    ISOLATED = "isolated"
    REPAIRING = "repairing"
    FLUSHING = "flushing"
    """Pressure test, disinfection and flushing before the water is back."""
    TO_OPEN = "to_open"
    """The work on the main is over, and a valve that was shut for it still is."""
    COMPLETED = "completed"
    INSPECTED = "inspected"
    CALLBACK_PENDING = "callback_pending"
    CALLBACK_DONE = "callback_done"
    APPRAISED = "appraised"
    CLOSED = "closed"
    SUSPENDED = "suspended"
    REJECTED = "rejected"
    """Given back to whoever sent it."""
    REOPENED = "reopened"
    MERGED = "merged"
    CANCELLED = "cancelled"


LINE = tuple(WorkOrderState)[: tuple(WorkOrderState).index(WorkOrderState.CLOSED) + 1]
"""The main line, from the report to the close."""
VOID = frozenset({WorkOrderState.CANCELLED, WorkOrderState.MERGED})
"""Nothing came of it."""
OVER = VOID | {WorkOrderState.CLOSED}
"""Nothing more is done on it, unless it is reopened."""
OPEN = tuple(state for state in WorkOrderState if state not in OVER)
FIELD_DONE = OVER | frozenset(LINE[LINE.index(WorkOrderState.COMPLETED) :])
"""The crew's work is done."""
MAIN_DONE = FIELD_DONE | {WorkOrderState.TO_OPEN}
"""The work on the main is over; valves may be left to open."""
WORK_LEFT = tuple(state for state in WorkOrderState if state not in FIELD_DONE)
ON_SITE = frozenset(LINE[LINE.index(WorkOrderState.ARRIVED) : LINE.index(WorkOrderState.COMPLETED)])


def how_far(state: WorkOrderState) -> int:
    """Its place on the main line. What was given back or reopened begins anew; what is over without a close
    is past the end of it. For a suspended order ask with `WorkOrder.reached`."""
    if state in (WorkOrderState.REJECTED, WorkOrderState.REOPENED, WorkOrderState.SUSPENDED):
        return 0
    return LINE.index(state) if state in LINE else len(LINE)


class PublicMilestone(StrEnum):
    """The six steps that citizens and reports are told: 接报, 派工, 维修, 完工, 回访, 考核."""

    RECEIVED = "received"
    DISPATCHED = "dispatched"
    REPAIR = "repair"
    DONE = "done"
    CALLED_BACK = "called_back"
    APPRAISED = "appraised"


_S, _P = WorkOrderState, PublicMilestone
_PUBLIC: Mapping[WorkOrderState, PublicMilestone | None] = MappingProxyType(
    dict.fromkeys((_S.REPORTED, _S.TRIAGED, _S.POOLED, _S.REJECTED, _S.REOPENED), _P.RECEIVED)
    | dict.fromkeys((_S.ASSIGNED, _S.ACCEPTED, _S.EN_ROUTE), _P.DISPATCHED)
    | dict.fromkeys(ON_SITE, _P.REPAIR)
    | dict.fromkeys((_S.COMPLETED, _S.INSPECTED, _S.CALLBACK_PENDING), _P.DONE)
    | {_S.CALLBACK_DONE: _P.CALLED_BACK}
    | dict.fromkeys((_S.APPRAISED, _S.CLOSED), _P.APPRAISED)
    | dict.fromkeys((_S.SUSPENDED, _S.MERGED, _S.CANCELLED), None)
)


def public_milestone(state: WorkOrderState) -> PublicMilestone | None:
    """Which of the six a state belongs to; None beside the line. Of a suspended order: of `reached`."""
    return _PUBLIC[state]


class Outcome(StrEnum):
    """What came of the work (facts-water 4.9). Only the first two say that something was repaired."""

    REPAIRED = "repaired"
    TEMPORARY_REPAIR = "temporary_repair"
    NOT_FOUND = "not_found"
    NOT_OURS = "not_ours"
    THIRD_PARTY = "third_party"
    FALSE_ALARM = "false_alarm"
    NO_ACTION = "no_action"


MENDED = frozenset({Outcome.REPAIRED, Outcome.TEMPORARY_REPAIR})


class Origin(StrEnum):
    """What an order was opened for."""

    INCIDENT = "incident"
    REPORT = "report"
    """A caller's or another person's report."""
    PERSON = "person"
    """By hand, in the control room."""


class Beside(StrEnum):
    """What is written down of an order without a step: its state stays as it was."""

    SIGNAL_BACK = "signal_back"
    """Telemetry says that the matter is over."""
    SIGNAL_AWAY = "signal_away"
    """It said so, and no longer does."""
    TAKEN_BACK = "taken_back"
    """A step that was a slip: what took it back stands after it."""
    SHIFT_CHANGED = "shift_changed"
    """Nobody has taken it: another is on call for it now."""
    NOTED = "noted"
    """Anything else, in its note."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """at_ns: when the hub wrote it, plant time; done_ns: when it was done by the clock of the phone that
    says so, where that is another time (a step taken without a network). claimed_ns: what the phone said
    instead, where that cannot be (`response.field_time`). crew: who has it, of an assignment. stopped: how
    the water was stopped, of a step that says so.
    beside: it is no step, and `state` only what the order was in; None: the state was reached then."""

    state: WorkOrderState
    at_ns: int
    actor: str
    note: Words | None = None
    done_ns: int | None = None
    claimed_ns: int | None = None
    crew: str | None = None
    stopped: StoppedBy | None = None
    beside: Beside | None = None

    @property
    def when_ns(self) -> int:
        return self.done_ns or self.at_ns


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What came of it, by whom it was said. Anything but a repair needs a reason, and another person."""

    outcome: Outcome
    by: str
    at_ns: int
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What citizens were shown of an order until it was opened again, each stage with its first time."""

    incident: str | None
    shown: tuple[tuple[Progress, int], ...]
    again_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrder:
    """(incident, kind) is unique in the ledger: exactly one automatic order per incident and kind.
    clocks: (name, due_ns) of every service clock; due_ns: the next of them that still runs. same_as: another
    order stands for the same matter. located_ns: when its place, pipes or valves last changed after it was
    opened; raised_ns: when it became of this kind, for what it was to look into proved to be more.

    service: its code in the catalogue. priority: 1 critical, 2 urgent, 3 normal, 4 planned, and why.
    first_owner: who touched it first, for ever; owner: who answers for it now; handover: offered, not yet
    taken. on_call: who answers for it while it has no owner, by the shift. sent_by: who assigned it last,
    to whom it goes back; had: crews that had it: what their phones hold is taken later too. left: the
    state that a suspended order resumes. finding: what came of it. recovered_ns: since when telemetry
    says that the matter is over. reopened: how often; known_place: its crew had mended it there before;
    related_to: an earlier order of the same place; past: earlier incidents of a reopened one. reports:
    how many reports of people hang on it (`core.model.report`), callers: how many of these want to
    hear of it. photos_after: of the work done. x, y: plant coordinates (m); diameter_mm: of its main."""

    id: str
    incident: str | None
    kind: str
    state: WorkOrderState
    priority: int
    zone: str | None
    title: Text
    place: Text
    opened_ns: int
    due_ns: int | None = None
    clocks: tuple[tuple[str, int], ...] = ()
    crew: str | None = None
    links: tuple[str, ...] = ()
    valves: tuple[str, ...] = ()
    accounts_affected: int = 0
    accounts_weak: int = 0
    milestones: tuple[Milestone, ...] = ()
    same_as: str | None = None
    located_ns: int | None = None
    raised_ns: int | None = None
    seq: int = 0
    origin: Origin = Origin.INCIDENT
    service: str | None = None
    priority_reasons: tuple[str, ...] = ()
    text: Words | None = None
    """What the person who opened it wrote."""
    account: str | None = None
    street: str | None = None
    first_owner: str | None = None
    owner: str | None = None
    handover: Handover | None = None
    on_call: OnCall | None = None
    sent_by: str | None = None
    had: tuple[str, ...] = ()
    left: WorkOrderState | None = None
    finding: Finding | None = None
    rejections: tuple[Rejection, ...] = ()
    recovered_ns: int | None = None
    reopened: int = 0
    known_place: bool = False
    related_to: str | None = None
    past: tuple[str, ...] = ()
    came_from: str | None = None
    """The incident that it was opened for, while that is put into another."""
    reports: int = 0
    callers: int = 0
    photos_after: int = 0
    x: float | None = None
    y: float | None = None
    diameter_mm: float = 0.0
    discoloured_ns: int | None = None
    """Since when a valve opened again may have stirred the main up: run the tap until clear."""
    stopped: StoppedBy | None = None
    """How the water was stopped, where that was without a valve of ours."""
    off_balance: tuple[ValveTurns, ...] = ()
    """Valves of it that stand shut, or were opened by other turns than they were shut."""
    rounds: tuple[Round, ...] = ()
    """Before it was opened again, the first of them first."""
    told_back_ns: int | None = None
    """Since when water is back, as people published it."""
    visit: Visit | None = None
    """When somebody is at home for the crew."""

    @property
    def reached(self) -> WorkOrderState:
        """The state on the main line; of a suspended order the one that it resumes."""
        return self.left if self.state is WorkOrderState.SUSPENDED and self.left else self.state

    @property
    def answered_for(self) -> bool:
        """By a person, or by whoever is on call for it."""
        return self.owner is not None or self.on_call is not None

    @property
    def said(self) -> tuple[Milestone, ...]:
        """Since it was last reopened."""
        again = [i for i, one in enumerate(self.milestones) if one.state is WorkOrderState.REOPENED]
        return self.milestones[again[-1] :] if again else self.milestones
