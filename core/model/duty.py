"""A duty to one customer: a hospital without water is told by a person, and says that it heard (WO-13)."""

from dataclasses import dataclass
from enum import StrEnum

from core.model.account import Segment


class DutyState(StrEnum):
    """open: somebody is to be spoken to. done: they were, and have acknowledged. dropped: the account is not
    affected after all, or the incident is over."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class DutyWay(StrEnum):
    PHONE = "phone"
    VISIT = "visit"


class DutyAnswer(StrEnum):
    """What came of an attempt. reached: the customer has acknowledged; the others leave the duty open."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyAttempt:
    at_ns: int
    by: str
    way: DutyWay
    answer: DutyAnswer
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """id: `INCIDENT:ACCOUNT`. how: the way that is asked for; for a visit a telephone call will do too.
    escalated_ns: when it was told that nobody had. delivery: the customer asked for water to be brought;
    None while nobody has asked them."""

    id: str
    incident: str
    account: str
    segment: Segment
    how: DutyWay
    state: DutyState
    supply: str
    opened_ns: int
    due_ns: int
    zone: str | None = None
    attempts: tuple[DutyAttempt, ...] = ()
    escalated_ns: int | None = None
    done_ns: int | None = None
    delivery: bool | None = None
    seq: int = 0
