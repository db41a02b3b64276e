"""A call for help: an incident, or alarms of one area, that nobody has acknowledged; and what came of it."""

from dataclasses import dataclass
from enum import StrEnum

from core.model.message import MessageKind


class CallState(StrEnum):
    """calling: until somebody answers. answered: an operator has acknowledged. over: nobody is needed, or
    nobody else is to be told; `why` says which."""

    CALLING = "calling"
    ANSWERED = "answered"
    OVER = "over"


class Why(StrEnum):
    """Named reasons of a call's state, and of a message that was, or was not, sent."""

    UNACKNOWLEDGED = "unacknowledged"
    WORSE = "worse"
    ANOTHER_ALARM = "another_alarm"
    ANSWERED_LATELY = "answered_lately"
    ORDER_OPENED = "order_opened"
    """It has an order of priority 1 that nobody answers for but whoever is on call: at once."""
    SHIFT_CHANGED = "shift_changed"
    """The order that nobody has taken is another's now, who has not heard of it: at once."""
    FLOOD = "flood"
    """Of priority 3 or 4, in a flood of alarms: when it is over."""
    ACKNOWLEDGED = "acknowledged"
    CLEARED_BEFORE = "cleared_before"
    RETURNED = "returned"
    SHELVED = "shelved"
    SUPPRESSED = "suppressed"
    OUT_OF_SERVICE = "out_of_service"
    REGROUPED = "regrouped"
    STEPS_DONE = "steps_done"
    NO_POLICY = "no_policy"
    NOBODY_ON_CALL = "nobody_on_call"
    NO_WAY = "no_way"
    STOPPED = "stopped"
    """The answer came while it was being sent."""
    SERVICE_CLOCK = "service_clock"
    """A promise of a work order is about to be broken, or is."""
    DUTY_OVERDUE = "duty_overdue"
    """A customer who must be spoken to was not."""
    UPDATE_MISSED = "update_missed"
    """A published notice promised another word by now."""
    FIRE_SERVICE = "fire_service"
    """Hydrants lose water, or have it again."""
    FIRE_UNANSWERED = "fire_unanswered"
    """The fire service was not reached, or has not said that it heard."""
    QUALITY_DUE = "quality_due"
    """People have to be told of doubtful water, and were not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """id: the incident's, or `area:AREA:POLICY` for alarms without one. turn: counts its beginnings; round:
    how often the steps of this turn were gone through; step: the next one, from 0. lead: the alarm it is
    about first. alarms: how many at the last look; known: which (`id/occurrence/realarms`). told: ways that
    were sent something since it began; told_ns: when last. shift_ns: since when
    whoever is on call has the order, for whom it was last begun. began_ns, ended_ns: plant time."""

    id: str
    state: CallState
    why: Why
    policy: str
    priority: int
    lead: str
    turn: int = 1
    step: int = 0
    round: int = 0
    alarms: int = 1
    known: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    told_ns: int | None = None
    shift_ns: int | None = None
    began_ns: int = 0
    ended_ns: int | None = None
    zone: str | None = None
    incident: str | None = None
    seq: int = 0


class Outcome(StrEnum):
    DELIVERED = "delivered"
    RETRY = "retry"
    REFUSED = "refused"
    SKIPPED = "skipped"
    """Nothing was sent; `reason` says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One attempt to tell somebody something. key: of the message, the same in each attempt. reason: a `Why`
    or a `Trouble`. detail: the provider's receipt, or what it said. way: which of the contact's ways; its
    address is in the configuration only."""

    id: str
    call: str
    key: str
    kind: MessageKind
    outcome: Outcome
    reason: str
    at_ns: int
    took_ms: int = 0
    detail: str = ""
    turn: int = 0
    round: int = 0
    step: int = 0
    priority: int = 0
    alarms: int = 0
    lead: str | None = None
    position: str | None = None
    contact: str | None = None
    way: str | None = None
    channel: str | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedWay:
    """A test message went through. id: the way's. address: digest of its channel and address: another one has
    to be tested anew."""

    id: str
    address: str
    at_ns: int
    receipt: str
