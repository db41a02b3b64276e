"""A call-back (回访): whoever reported something is asked what came of it (WO-27)."""

from dataclasses import dataclass
from enum import StrEnum


class CallbackReason(StrEnum):
    """Why this caller is called. reported: the one of an order who is called in any case. sample: by lot."""

    COMPLAINT = "complaint"
    PRIORITY_1 = "priority_1"
    REPORTED = "reported"
    SAMPLE = "sample"


class CallbackOutcome(StrEnum):
    """answered: with a mark from 5 to 1. unresolved: it opens the order again. unreachable: not answered;
    another attempt follows, up to the most. refused: does not want to be asked."""

    ANSWERED = "answered"
    UNRESOLVED = "unresolved"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackAttempt:
    """takes_back: it says that the one before it, of this outcome, was a slip, and was none."""

    at_ns: int
    by: str
    outcome: CallbackOutcome
    mark: int | None = None
    note: str | None = None
    takes_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """id: `ORDER:REPORT`. day: on whose list it stands, in Shanghai (2026-11-23). open: still to be called.
    account, report: of the caller; phones are in the vault. first_owner: who took it first, and is named in
    the call (首问负责制). crew: who did the work, and therefore does not ask."""

    id: str
    order: str
    report: str
    reason: CallbackReason
    day: str
    made_ns: int
    open: bool = True
    account: str | None = None
    zone: str | None = None
    crew: str | None = None
    first_owner: str | None = None
    attempts: tuple[CallbackAttempt, ...] = ()
    outcome: CallbackOutcome | None = None
    mark: int | None = None
    seq: int = 0

    @property
    def tries(self) -> tuple[CallbackAttempt, ...]:
        """Without those that were slips."""
        found: list[CallbackAttempt] = []
        for one in self.attempts:
            if not one.takes_back:
                found.append(one)
            elif found:
                found.pop()
        return tuple(found)
