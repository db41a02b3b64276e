"""A duty to the fire service: hydrants lose water, or have it again, and it has to know (ON-13)."""

from dataclasses import dataclass
from enum import StrEnum

from core.model.duty import DutyAnswer, DutyAttempt


class FireMatter(StrEnum):
    """lost: hydrants are, or will be, without water. back: they have water again, or keep it. cancelled: a
    planned cut was called off before it began, so that they never lost it."""

    LOST = "lost"
    BACK = "back"
    CANCELLED = "cancelled"


class FireState(StrEnum):
    """open: they have not said that they heard; of what asks for no answer (all but `lost`): they were not
    told. done: they have, or were. dropped: another statement takes its place."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class FireDuty:
    """id: `fire:NOTICE:N`, N counted from 1; its messages' receipts are `Notification`s of that call.
    hydrants: places without water (matter `lost`), or with it; gone: that an earlier statement named and
    this one does not. starts_ns, ends_ns: as far as known when it was opened; of what was called off, when
    it would have been. planned: told beforehand.
    suspected: nobody has seen the fault on site; guessed: all that they had been told before was no surer.
    exercise: nobody outside is told. due_ns: until then they have acknowledged, or people on duty hear that
    they have not. told_ns: the channel took it, or a person spoke to them."""

    id: str
    notice: str
    n: int
    matter: FireMatter
    state: FireState
    hydrants: tuple[str, ...]
    gone: tuple[str, ...] = ()
    starts_ns: int
    ends_ns: int | None = None
    planned: bool = False
    suspected: bool = False
    guessed: bool = False
    exercise: bool = False
    opened_ns: int
    due_ns: int
    incident: str | None = None
    zone: str | None = None
    told_ns: int | None = None
    escalated_ns: int | None = None
    done_ns: int | None = None
    attempts: tuple[DutyAttempt, ...] = ()
    seq: int = 0

    @property
    def confirmed(self) -> bool:
        """Somebody there said that they heard. That a channel took it is not that."""
        return any(one.answer is DutyAnswer.REACHED and one.taken_back_ns is None for one in self.attempts)
