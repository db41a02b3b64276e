"""Who was told what of a notice's version, by which channel, and what came of it (ON-23); no addresses."""

from dataclasses import dataclass
from enum import StrEnum

from core.model.bulletin import Bulletin, Ending
from core.model.notice import Change


class MailingState(StrEnum):
    """planning: whom it concerns is being found out. sending: something is still due. done: nothing is."""

    PLANNING = "planning"
    SENDING = "sending"
    DONE = "done"


class LetterState(StrEnum):
    """sent: the provider took it. delivered, read: it said so later. failed: no channel is left; on the list
    of dead letters until somebody tries again. superseded: a later version told it instead. no_address:
    their addresses were taken away meanwhile. exercise: nothing was sent, by intention."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    SUPERSEDED = "superseded"
    NO_ADDRESS = "no_address"
    EXERCISE = "exercise"


class Because(StrEnum):
    """Why a person is told of a version, or is not (ON-08)."""

    NEWLY_AFFECTED = "newly_affected"
    NOT_REACHED_BEFORE = "not_reached_before"
    """The version before it never went out to them."""
    ESTIMATE_MOVED = "estimate_moved"
    RELEASED = "released"
    """They are not concerned any more, others still are."""
    REPORTED = "reported"
    """The same, and they reported that they have no water, or weak: they hear when it is over."""
    WATER_BACK = "water_back"
    CALLED_OFF = "called_off"
    PROMISED = "promised"
    """They called, and were promised to be told."""
    ASKED = "asked"
    """They called, and are sent the code by which they follow their report."""
    ESTIMATE_STANDS = "estimate_stands"
    NOT_CONCERNED = "not_concerned"
    NEVER_TOLD = "never_told"
    OVER_BEFORE = "over_before"
    """An earlier version tells them that it is over for them."""


class TryOutcome(StrEnum):
    """passed_on: to the next channel without a try: this one was down, or no report came in time."""

    SENT = "sent"
    RETRY = "retry"
    REFUSED = "refused"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    PASSED_ON = "passed_on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """The telling of one published version; id: the version's, or `<incident>.restored` for callers of an
    incident without a notice. planned: accounts looked at, of `accounts`. silent: by reason, those who are
    not told; nobody: accounts with nobody who could be reached. queued_ns: when the last letter was queued.
    urgent: falls back to the next channel where no report comes. letters, list_sha256: of the list when it
    was complete; came: of how many what came, when nothing was due any more (`response.delivery.listing`)."""

    id: str
    notice: str
    version: int
    state: MailingState
    bulletin: Bulletin
    urgent: bool
    made_ns: int
    moved: bool = False
    accounts: int = 0
    planned: int = 0
    silent: tuple[tuple[Because, int], ...] = ()
    nobody: int = 0
    queued_ns: int | None = None
    done_ns: int | None = None
    letters: int | None = None
    list_sha256: str | None = None
    came: tuple[tuple[LetterState, int], ...] = ()
    seq: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """reason: a `Trouble`, or why it was passed on. detail: what the provider said, without the address."""

    channel: str
    at_ns: int
    outcome: TryOutcome
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One person told of one version: (mailing, person) is unique, so nobody is told twice (ON-15). Of a code
    that a caller asked for, mailing and notice are the report's; it belongs to no Mailing. change:
    what this person is told, which need not be what the version is. channel: where it is now. due_ns: when
    it is to be sent, or looked at for want of a report; None for never. attempts: on this channel. receipt:
    the provider's own name for it. promised_ns: until when they were to be told (HL-14).
    weak: the account has water of low pressure by it. ending: what they are told instead of that water is
    back."""

    id: str
    mailing: str
    notice: str
    version: int
    person: str
    account: str
    change: Change
    because: Because
    state: LetterState
    lang: str = "zh"
    channel: str | None = None
    due_ns: int | None = None
    attempts: int = 0
    receipt: str | None = None
    sent_ns: int | None = None
    promised_ns: int | None = None
    weak: bool = False
    ending: Ending | None = None
    tries: tuple[Try, ...] = ()
    seq: int = 0

    @property
    def owed_ns(self) -> int | None:
        """When a caller is to have heard that water is back who has not heard yet; None of every other."""
        unheard = self.state in (LetterState.QUEUED, LetterState.FAILED)
        return self.promised_ns if unheard and self.change is Change.RESTORED else None


def letter_id(mailing: str, person: str) -> str:
    return f"{mailing}/{person}"
