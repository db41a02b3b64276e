"""A duty to one customer: a hospital that loses water is told by a person, and says that it heard (WO-13)."""

from dataclasses import dataclass
from enum import StrEnum

from core.model.account import Segment


class DutyAbout(StrEnum):
    """What the customer is to hear. planned: a cut that is to come; moved: at another time than they were
    told; called_off: not at all, or not for them; water_back: it is over, and nobody had spoken to them."""

    WATER_OFF = "water_off"
    PLANNED = "planned"
    MOVED = "moved"
    CALLED_OFF = "called_off"
    WATER_BACK = "water_back"


LOSS = frozenset({DutyAbout.WATER_OFF, DutyAbout.PLANNED, DutyAbout.MOVED})
"""What says that water is off, or will be."""


class DutyState(StrEnum):
    """open: somebody is to be spoken to. done: they were, and have acknowledged. not_reached: they never
    were, and it is over or its time had passed. dropped: there is nothing to tell them any more."""

    OPEN = "open"
    DONE = "done"
    NOT_REACHED = "not_reached"
    DROPPED = "dropped"


class DutyEnd(StrEnum):
    """Why nobody is to be spoken to any more. again: what they were to hear the end of goes on."""

    WATER_BACK = "water_back"
    NOT_AFFECTED = "not_affected"
    MOVED = "moved"
    CALLED_OFF = "called_off"
    AGAIN = "again"
    FALSE_ALARM = "false_alarm"
    MERGED = "merged"
    EXERCISE = "exercise"


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
    """taken_back_ns, taken_back_by: it was a slip; it stays on record and says nothing."""

    at_ns: int
    by: str
    way: DutyWay
    answer: DutyAnswer
    note: str | None = None
    taken_back_ns: int | None = None
    taken_back_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """id: `SUBJECT:ACCOUNT`, from the second of a customer on with its number. Its subject is an incident or
    the notice of a planned cut. how: the way that is asked for; for a visit a telephone call will do too.
    starts_ns, ends_ns: of a planned cut as they are told. escalated_ns: when it was told that nobody had.
    done_ns: when it ended; ended: why, where they had not heard. delivery: the customer asked for water to be
    brought; None while nobody has asked them."""

    id: str
    incident: str | None
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
    notice: str | None = None
    about: DutyAbout = DutyAbout.WATER_OFF
    number: int = 1
    starts_ns: int | None = None
    ends_ns: int | None = None
    ended: DutyEnd | None = None

    @property
    def subject(self) -> str:
        return self.incident or self.notice or ""

    @property
    def fell_ns(self) -> int:
        """When it came out, or should have."""
        return self.due_ns if self.done_ns is None else self.done_ns

    def late(self, now_ns: int) -> bool:
        """Nobody had spoken to them when its time was over."""
        return self.due_ns < (now_ns if self.done_ns is None else self.done_ns)
