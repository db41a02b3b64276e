"""ISA-18.2 / IEC 62682 alarm states as a table over orthogonal facts.

Row numbers are those of the project's alarm philosophy: 1-9, 12-14 the core, 23-26 quality, configuration
and restart. Core rows act whatever is shelved, suppressed or out of service; those overlays only withhold
annunciation. A pair (state, event) without a row changes nothing and is journalled as such.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from core.model.alarm import Alarm, State
from core.model.quality import Status

CORE = frozenset({State.NORM, State.UNACK, State.ACKED, State.RTNUN, State.LTCH_UNACK, State.LTCH_ACK})


class AlarmEvent(StrEnum):
    RAISE = "raise"
    CLEAR = "clear"
    ACK = "ack"
    ESCALATE = "escalate"
    DE_ESCALATE = "de_escalate"
    REALARM = "realarm"
    QUALITY_BAD = "quality_bad"
    QUALITY_GOOD = "quality_good"
    CONFIG_CHANGE = "config_change"
    RESTART = "restart"


class Effect(StrEnum):
    """What a transition asks of the others."""

    ANNUNCIATE = "annunciate"
    CORRELATE = "correlate"
    SILENCE = "silence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """What comes with an event. occurrence, seq: what the author of a command saw. priority: of an
    escalation. quality: the StatusCode that a quality event brings."""

    t_ns: int
    latching: bool = False
    ack_required: bool = True
    value: float | None = None
    limit: float | None = None
    priority: int | None = None
    quality: int = Status.GOOD
    occurrence: int | None = None
    seq: int | None = None
    actor: str | None = None


@dataclass(frozen=True, slots=True)
class Guard:
    """A named condition of a row. refusal: what a person is told when it does not hold; None when
    another row stands for the opposite."""

    name: str
    holds: Callable[[Alarm, Cause], bool]
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """before: core states. after: the core state it leads to, None to stay."""

    number: int
    before: frozenset[State]
    event: AlarmEvent
    after: State | None
    guard: Guard | None = None
    effects: frozenset[Effect] = frozenset()


@dataclass(frozen=True, slots=True)
class Transition:
    """row: None for a no-op. refused: the named reason why a command was not obeyed."""

    alarm: Alarm
    before: State
    row: int | None
    effects: frozenset[Effect] = frozenset()
    refused: str | None = None

    @property
    def changed(self) -> bool:
        return self.row is not None


_SAME = Guard(
    "the author saw this occurrence and this state of it",
    lambda alarm, cause: cause.occurrence == alarm.occurrence and cause.seq == alarm.seq,
    "stale",
)
_LATCHING = Guard("latching", lambda alarm, cause: cause.latching)
_PASSING = Guard("not latching", lambda alarm, cause: not cause.latching and cause.ack_required)
_SELF_ACKED = Guard(
    "not latching, no ack required", lambda a, cause: not cause.latching and not cause.ack_required
)
_URGENT = Guard("priority 1 or 2", lambda alarm, cause: alarm.priority <= 2)
_LOUD = frozenset({Effect.ANNUNCIATE, Effect.CORRELATE})
_AGAIN = frozenset({Effect.ANNUNCIATE})
_QUIET = frozenset({Effect.SILENCE})


def _of(*states: State) -> frozenset[State]:
    return frozenset(states)


TABLE: tuple[Row, ...] = (
    Row(1, _of(State.NORM), AlarmEvent.RAISE, State.UNACK, None, _LOUD),
    Row(2, _of(State.UNACK), AlarmEvent.ACK, State.ACKED, _SAME, _QUIET),
    Row(3, _of(State.UNACK), AlarmEvent.CLEAR, State.RTNUN, _PASSING),
    Row(3, _of(State.UNACK), AlarmEvent.CLEAR, State.NORM, _SELF_ACKED, _QUIET),
    Row(4, _of(State.UNACK), AlarmEvent.CLEAR, State.LTCH_UNACK, _LATCHING),
    Row(
        5, _of(State.ACKED), AlarmEvent.CLEAR, State.NORM, Guard("not latching", lambda a, c: not c.latching)
    ),
    Row(6, _of(State.ACKED), AlarmEvent.CLEAR, State.LTCH_ACK, _LATCHING),
    Row(7, _of(State.RTNUN), AlarmEvent.ACK, State.NORM, _SAME, _QUIET),
    Row(8, _of(State.RTNUN, State.LTCH_UNACK, State.LTCH_ACK), AlarmEvent.RAISE, State.UNACK, None, _LOUD),
    Row(9, _of(State.LTCH_UNACK), AlarmEvent.ACK, State.LTCH_ACK, _SAME, _QUIET),
    Row(12, _of(State.ACKED), AlarmEvent.ESCALATE, State.UNACK, None, _LOUD),
    Row(13, _of(State.ACKED), AlarmEvent.DE_ESCALATE, None),
    Row(14, _of(State.ACKED), AlarmEvent.REALARM, State.UNACK, _URGENT, _AGAIN),
    Row(23, CORE, AlarmEvent.QUALITY_BAD, None),
    Row(24, CORE, AlarmEvent.QUALITY_GOOD, None),
    Row(25, CORE, AlarmEvent.CONFIG_CHANGE, None),
    Row(26, CORE, AlarmEvent.RESTART, None),
)

_FACTS: dict[State, dict[str, bool]] = {
    State.NORM: {"active": False, "acked": True, "latched": False},
    State.UNACK: {"active": True, "acked": False, "latched": False},
    State.ACKED: {"active": True, "acked": True, "latched": False},
    State.RTNUN: {"active": False, "acked": False, "latched": False},
    State.LTCH_UNACK: {"active": False, "acked": False, "latched": True},
    State.LTCH_ACK: {"active": False, "acked": True, "latched": True},
}


def core_state(alarm: Alarm) -> State:
    """The state without the overlays (shelved, suppressed, out of service)."""
    return replace(alarm, shelved_until_ns=None, suppressed_by=(), out_of_service=False).state


def withheld(alarm: Alarm) -> bool:
    """An overlay keeps the alarm from being annunciated."""
    return alarm.out_of_service or bool(alarm.suppressed_by) or alarm.shelved_until_ns is not None


def step(alarm: Alarm, event: AlarmEvent, cause: Cause) -> Transition:
    """The alarm after `event`. Every change counts up `seq`; a no-op leaves the facts as they were."""
    core, refused = core_state(alarm), None
    for row in TABLE:
        if row.event is not event or core not in row.before:
            continue
        if row.guard is None or row.guard.holds(alarm, cause):
            after = _apply(alarm, row, cause)
            effects = row.effects - {Effect.ANNUNCIATE} if withheld(after) else row.effects
            return Transition(after, alarm.state, row.number, effects)
        refused = row.guard.refusal or refused
    return Transition(alarm, alarm.state, None, refused=refused)


def _apply(alarm: Alarm, row: Row, cause: Cause) -> Alarm:
    facts: dict[str, object] = dict(_FACTS[row.after]) if row.after else {}
    match row.event:
        case AlarmEvent.RAISE:
            facts |= {"occurrence": alarm.occurrence + 1, "raised_ns": cause.t_ns, "cleared_ns": None}
            facts |= {"value": cause.value, "limit": cause.limit, "acked_by": None, "incident": None}
            facts |= {"priority": cause.priority or alarm.priority}
        case AlarmEvent.CLEAR:
            facts |= {"cleared_ns": cause.t_ns, "value": cause.value}
        case AlarmEvent.ACK:
            facts |= {"acked_by": cause.actor}
        case AlarmEvent.ESCALATE:
            worst = min(alarm.priority, cause.priority or alarm.priority)
            facts |= {"value": cause.value, "limit": cause.limit, "priority": worst, "acked_by": None}
        case AlarmEvent.DE_ESCALATE:
            facts |= {"value": cause.value, "limit": cause.limit}
        case AlarmEvent.QUALITY_BAD | AlarmEvent.QUALITY_GOOD:
            facts |= {"quality": cause.quality}
        case AlarmEvent.REALARM | AlarmEvent.CONFIG_CHANGE | AlarmEvent.RESTART:
            facts |= {}
    return replace(alarm, seq=alarm.seq + 1, **facts)  # type: ignore[arg-type]
