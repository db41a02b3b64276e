"""ISA-18.2 / IEC 62682 alarm states as a table over orthogonal facts: the only place where an alarm changes.

Row numbers are those of the project's alarm philosophy (docs/explanations/alarms.md). Core rows (1-14, and
10, 11 for the latch) act whatever is shelved, suppressed or out of service; those overlays only withhold
annunciation and have rows of their own (15-22). Rows 27-30 hold an alarm that comes and goes as one
occurrence. One event may take a row of the core and one of an overlay. A pair (state, event)
without a row changes nothing and is journalled as such; so is a command that a row's guard refuses, by name.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from core.model.alarm import Alarm, State
from core.model.quality import Status

RESHELVES = 2
"""So often may an operator shelve an alarm again before it has left the shelf in peace; then it takes a
supervisor."""
REALARMS = 10
LEAST_REASON = 10
"""Characters of a reason that says something."""
CHATTER_RAISES, CHATTER_NS, QUIET_NS = 3, 60_000_000_000, 300_000_000_000
"""The third raise within a minute makes it chatter; five quiet minutes end that."""


class AlarmEvent(StrEnum):
    RAISE = "raise"
    CLEAR = "clear"
    ACK = "ack"
    RESET = "reset"
    ESCALATE = "escalate"
    DE_ESCALATE = "de_escalate"
    REALARM = "realarm"
    SHELVE = "shelve"
    UNSHELVE = "unshelve"
    SHELF_EXPIRED = "shelf_expired"
    SUPPRESS = "suppress"
    UNSUPPRESS = "unsuppress"
    OOS_ON = "oos_on"
    OOS_OFF = "oos_off"
    QUALITY_BAD = "quality_bad"
    QUALITY_GOOD = "quality_good"
    CONFIG_CHANGE = "config_change"
    RESTART = "restart"
    QUIET = "quiet"
    """A chattering alarm has neither come nor gone for long enough; its time is when it last did."""
    REGROUP = "regroup"
    """It belongs to another incident now. Of the journal, not of the table of states: nothing of its state
    follows from it."""
    UNDO = "undo"
    """A person took back what the hub had decided of its incident. Of the journal, as `regroup`."""


class Effect(StrEnum):
    """What a transition asks of the others."""

    ANNUNCIATE = "annunciate"
    CORRELATE = "correlate"
    SILENCE = "silence"


class Overlay(StrEnum):
    SHELF = "shelf"
    RULE = "rule"
    OUT_OF_SERVICE = "out_of_service"
    CHATTER = "chatter"
    """Keeps nothing from being annunciated but its own coming and going."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """What comes with an event. occurrence, seq: what the author of a command saw. priority: of a raise or an
    escalation. quality: the StatusCode that a quality event brings. until_ns: the end of a shelf, `once` that
    it also ends with the next clear; limit_ns: the longest that is allowed, 0 for never; supervisor: the
    author may do more. rule: the id of what suppresses. permit, approved_by: of taking out of service.
    config: version of the definition. began_ns: of a clear that was
    believed later than it came, when it came."""

    t_ns: int
    began_ns: int | None = None
    latching: bool = False
    ack_required: bool = True
    value: float | None = None
    limit: float | None = None
    priority: int | None = None
    quality: int = Status.GOOD
    occurrence: int | None = None
    seq: int | None = None
    actor: str | None = None
    reason: str | None = None
    until_ns: int | None = None
    once: bool = False
    limit_ns: int | None = None
    supervisor: bool = False
    rule: str | None = None
    permit: str | None = None
    approved_by: str | None = None
    config: str | None = None


@dataclass(frozen=True, slots=True)
class Guard:
    """A named condition of a row. refusal: what a person is told when it does not hold; None when
    another row stands for the opposite."""

    name: str
    holds: Callable[[Alarm, Cause], bool]
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """before: core states. while_on: an overlay the alarm must have. after: the core state it leads to, None
    to stay. enters, leaves: the overlay it puts on or takes off. held: it came or went, which is counted, and
    what a person answers stays the same: its seq too. refuses: why nothing happens."""

    number: int
    before: frozenset[State]
    event: AlarmEvent
    after: State | None = None
    guards: tuple[Guard, ...] = ()
    effects: frozenset[Effect] = frozenset()
    while_on: Overlay | None = None
    enters: Overlay | None = None
    leaves: Overlay | None = None
    held: bool = False
    refuses: str | None = None

    @property
    def of_overlay(self) -> bool:
        return self.while_on is not None or self.enters is not None


def _of(*states: State) -> frozenset[State]:
    return frozenset(states)


CORE = _of(State.NORM, State.UNACK, State.ACKED, State.RTNUN, State.LTCH_UNACK, State.LTCH_ACK)
ON, OFF = _of(State.UNACK, State.ACKED), CORE - {State.UNACK, State.ACKED}
_LOUD = frozenset({Effect.ANNUNCIATE, Effect.CORRELATE})
_AGAIN = frozenset({Effect.ANNUNCIATE})
_QUIET = frozenset({Effect.SILENCE})

_SAME = Guard(
    "the author saw this occurrence and this state of it",
    lambda alarm, cause: cause.occurrence == alarm.occurrence and cause.seq == alarm.seq,
    "stale",
)
_LATCHING = Guard("latching", lambda alarm, cause: cause.latching)
_PLAIN = Guard("not latching", lambda alarm, cause: not cause.latching)
_ACK_REQUIRED = Guard("ack required", lambda alarm, cause: cause.ack_required)
_NO_ACK = Guard("no ack required", lambda alarm, cause: not cause.ack_required)
_URGENT = Guard("priority 1 or 2", lambda alarm, cause: alarm.priority <= 2)
_AGAIN_YET = Guard("not too often", lambda alarm, cause: alarm.realarms < REALARMS)
_GOOD = Guard("quality good", lambda alarm, cause: not alarm.quality >> 31, "quality")
_REASON = Guard("a reason", lambda alarm, cause: len((cause.reason or "").strip()) >= LEAST_REASON, "reason")
_MAY_BE_SHELVED = Guard("not highly managed", lambda alarm, cause: cause.limit_ns != 0, "highly_managed")
_SHORT = Guard(
    "within the priority's limit",
    lambda a, c: c.until_ns is not None and 0 < c.until_ns - c.t_ns <= (c.limit_ns or 0),
    "too_long",
)
_SELDOM = Guard("not again and again", lambda a, c: c.supervisor or a.shelves <= RESHELVES, "supervisor")
_PERMIT = Guard("a permit", lambda alarm, cause: bool(cause.permit), "permit")
_TWO_PERSONS = Guard(
    "a second person for priority 1",
    lambda a, c: a.priority > 1 or (c.approved_by is not None and c.approved_by != c.actor),
    "second_person",
)
_NEW_RULE = Guard("a rule that does not hold it yet", lambda a, c: c.rule not in (None, *a.suppressed_by))
_LAST_RULE = Guard("the last rule", lambda alarm, cause: alarm.suppressed_by == (cause.rule,))
_ONE_OF_RULES = Guard(
    "one rule of several", lambda a, c: len(a.suppressed_by) > 1 and c.rule in a.suppressed_by
)
_ONCE = Guard(
    "one shot, cleared just now",
    lambda a, c: a.shelf is not None and a.shelf.once and a.cleared_ns == c.t_ns,
)
_CALM = Guard("not chattering", lambda alarm, cause: alarm.chatter is None)
_UP = Guard("chattering, true now", lambda alarm, cause: alarm.chatter is not None and alarm.chatter.up)
_DOWN = Guard("chattering, over now", lambda a, c: a.chatter is not None and not a.chatter.up)
_OFTEN = Guard(
    "raised for the third time within a minute",
    lambda a, c: (
        a.chatter is None
        and len(a.recent_ns) == CHATTER_RAISES
        and a.recent_ns[-1] == c.t_ns < a.recent_ns[0] + CHATTER_NS
    ),
)
_NEWS = Guard("no chatter of this severity", lambda a, c: a.chatter is None or (c.priority or 4) < a.worst)

_SHELVE = (_MAY_BE_SHELVED, _REASON, _SHORT, _SELDOM)
_TAKE_OUT = (_PERMIT, _REASON, _TWO_PERSONS)
_RULE, _SHELF, _OOS = Overlay.RULE, Overlay.SHELF, Overlay.OUT_OF_SERVICE

_CLEARS = (
    Row(3, _of(State.UNACK), AlarmEvent.CLEAR, State.RTNUN, (_CALM, _PLAIN, _ACK_REQUIRED)),
    Row(3, _of(State.UNACK), AlarmEvent.CLEAR, State.NORM, (_CALM, _PLAIN, _NO_ACK), _QUIET),
    Row(4, _of(State.UNACK), AlarmEvent.CLEAR, State.LTCH_UNACK, (_CALM, _LATCHING)),
    Row(5, _of(State.ACKED), AlarmEvent.CLEAR, State.NORM, (_CALM, _PLAIN)),
    Row(6, _of(State.ACKED), AlarmEvent.CLEAR, State.LTCH_ACK, (_CALM, _LATCHING)),
)

TABLE: tuple[Row, ...] = (
    Row(1, _of(State.NORM), AlarmEvent.RAISE, State.UNACK, (), _LOUD),
    Row(2, _of(State.UNACK), AlarmEvent.ACK, State.ACKED, (_SAME,), _QUIET),
    *_CLEARS,
    Row(7, _of(State.RTNUN), AlarmEvent.ACK, State.NORM, (_SAME,), _QUIET),
    Row(8, _of(State.RTNUN, State.LTCH_UNACK, State.LTCH_ACK), AlarmEvent.RAISE, State.UNACK, (), _LOUD),
    Row(9, _of(State.LTCH_UNACK), AlarmEvent.ACK, State.LTCH_ACK, (_SAME,), _QUIET),
    Row(10, _of(State.LTCH_ACK), AlarmEvent.RESET, State.NORM, (_SAME, _GOOD)),
    Row(10, ON, AlarmEvent.RESET, refuses="active"),
    Row(11, _of(State.LTCH_UNACK), AlarmEvent.RESET, refuses="acknowledge_first"),
    Row(12, _of(State.ACKED), AlarmEvent.ESCALATE, State.UNACK, (_NEWS,), _LOUD),
    Row(12, _of(State.UNACK), AlarmEvent.ESCALATE, None, (_NEWS,), _AGAIN),
    Row(13, ON, AlarmEvent.DE_ESCALATE),
    Row(14, _of(State.ACKED), AlarmEvent.REALARM, State.UNACK, (_URGENT, _AGAIN_YET), _AGAIN),
    Row(15, CORE, AlarmEvent.SHELVE, None, _SHELVE, _QUIET, enters=_SHELF),
    Row(16, ON, AlarmEvent.SHELF_EXPIRED, State.UNACK, (), _AGAIN, while_on=_SHELF, leaves=_SHELF),
    Row(17, ON, AlarmEvent.UNSHELVE, State.ACKED, while_on=_SHELF, leaves=_SHELF),
    Row(18, OFF, AlarmEvent.SHELF_EXPIRED, while_on=_SHELF, leaves=_SHELF),
    Row(18, OFF, AlarmEvent.UNSHELVE, while_on=_SHELF, leaves=_SHELF),
    Row(19, OFF, AlarmEvent.CLEAR, None, (_ONCE,), while_on=_SHELF, leaves=_SHELF),
    Row(19, OFF, AlarmEvent.QUIET, None, (_ONCE,), while_on=_SHELF, leaves=_SHELF),
    Row(20, CORE, AlarmEvent.SUPPRESS, None, (_NEW_RULE,), _QUIET, enters=_RULE),
    Row(20, CORE, AlarmEvent.OOS_ON, None, _TAKE_OUT, _QUIET, enters=_OOS),
    Row(21, ON, AlarmEvent.UNSUPPRESS, State.UNACK, (_LAST_RULE,), _AGAIN, while_on=_RULE, leaves=_RULE),
    Row(21, ON, AlarmEvent.OOS_OFF, State.UNACK, (), _AGAIN, while_on=_OOS, leaves=_OOS),
    Row(22, OFF, AlarmEvent.UNSUPPRESS, None, (_LAST_RULE,), while_on=_RULE, leaves=_RULE),
    Row(22, CORE, AlarmEvent.UNSUPPRESS, None, (_ONE_OF_RULES,), while_on=_RULE, leaves=_RULE),
    Row(22, OFF, AlarmEvent.OOS_OFF, while_on=_OOS, leaves=_OOS),
    Row(23, CORE, AlarmEvent.QUALITY_BAD),
    Row(24, CORE, AlarmEvent.QUALITY_GOOD),
    Row(25, CORE, AlarmEvent.CONFIG_CHANGE),
    Row(26, CORE, AlarmEvent.RESTART),
    Row(27, ON, AlarmEvent.RAISE, None, (_OFTEN,), enters=Overlay.CHATTER),
    Row(28, ON, AlarmEvent.RAISE, None, (_DOWN,), held=True),
    Row(28, ON, AlarmEvent.CLEAR, None, (_UP,), held=True),
    Row(29, ON, AlarmEvent.QUIET, None, (_UP,), leaves=Overlay.CHATTER),
    *(
        replace(
            row, number=30, event=AlarmEvent.QUIET, guards=(_DOWN, *row.guards[1:]), leaves=Overlay.CHATTER
        )
        for row in _CLEARS
    ),
)
