"""What a row of the table of states does to an alarm's facts. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from alarms.states import CHATTER_RAISES, TABLE, AlarmEvent, Cause, Effect, Overlay, Row
from core.model.alarm import Alarm, Chatter, OutOfService, Shelf, State

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Transition:
    """rows: the numbers of those taken, of the core and of an overlay; none for a no-op. refused: the named
    reason why a command was not obeyed."""

    alarm: Alarm
    before: State
    rows: tuple[int, ...] = ()
    effects: frozenset[Effect] = frozenset()
    refused: str | None = None

    @property
    def changed(self) -> bool:
        return bool(self.rows)

    def within(self, incident: str | None) -> "Transition":
        """The same, once it is known which incident the alarm belongs to."""
        return replace(self, alarm=replace(self.alarm, incident=incident))


def step(alarm: Alarm, event: AlarmEvent, cause: Cause) -> Transition:
    """The alarm after `event`. Every change counts up `seq`, a restart changes nothing; a no-op leaves the
    facts as they were."""
    core, refused = _chosen(alarm, event, cause, of_overlay=False)
    after = _applied(alarm, core, cause, alarm.seq + 1) if core else alarm
    overlay, why = _chosen(after, event, cause, of_overlay=True)
    after = _applied(after, overlay, cause, alarm.seq + 1) if overlay else after
    rows = [row for row in (core, overlay) if row]
    if not rows:
        return Transition(alarm, alarm.state, refused=refused or why)
    effects = frozenset().union(*(row.effects for row in rows))
    if after.withheld:
        effects -= {Effect.ANNUNCIATE}
    return Transition(after, alarm.state, tuple(row.number for row in rows), effects)


def _chosen(
    alarm: Alarm, event: AlarmEvent, cause: Cause, *, of_overlay: bool
) -> tuple[Row | None, str | None]:
    """The row that applies, or why a command is refused."""
    refused = None
    for row in BY_EVENT.get((event, of_overlay), ()):
        if alarm.core not in row.before or (row.while_on and not _has(alarm, row.while_on)):
            continue
        if row.refuses:
            return None, row.refuses
        failed = next((guard for guard in row.guards if not guard.holds(alarm, cause)), None)
        if failed is None:
            return row, None
        refused = failed.refusal or refused
    return None, refused


BY_EVENT: Mapping[tuple[AlarmEvent, bool], tuple[Row, ...]] = {
    (event, overlay): tuple(row for row in TABLE if row.event is event and row.of_overlay is overlay)
    for event in AlarmEvent
    for overlay in (False, True)
}


def _has(alarm: Alarm, overlay: Overlay) -> bool:
    match overlay:
        case Overlay.SHELF:
            return alarm.shelf is not None
        case Overlay.RULE:
            return bool(alarm.suppressed_by)
        case Overlay.OUT_OF_SERVICE:
            return alarm.oos is not None
        case Overlay.CHATTER:
            return alarm.chatter is not None


def _applied(alarm: Alarm, row: Row, cause: Cause, seq: int) -> Alarm:
    if row.held:
        return replace(alarm, **_swung(alarm, row.event, cause))
    facts: Facts = {"seq": seq}
    if row.after:
        facts |= _CORE_FACTS[row.after]
    if not row.enters and (told := _TOLD.get(row.event)):
        facts |= told(alarm, cause)
    if row.enters:
        facts |= _ENTERED[row.enters](alarm, cause)
    if row.leaves:
        facts |= _left(alarm, row.leaves, cause)
    return replace(alarm, **facts)


def _raised(alarm: Alarm, cause: Cause) -> Facts:
    priority = cause.priority or alarm.priority
    return {
        "occurrence": alarm.occurrence + 1,
        "raised_ns": cause.t_ns,
        "cleared_ns": None,
        "back_ns": None,
        "value": cause.value,
        "limit": cause.limit,
        "acked_by": None,
        "answered": False,
        "incident": None,
        "priority": priority,
        "worst": priority,
        "realarms": 0,
        "raises": 1 if alarm.acked else alarm.raises + 1,
        "recent_ns": _recent(alarm, cause),
    }


def _recent(alarm: Alarm, cause: Cause) -> tuple[int, ...]:
    return (*alarm.recent_ns, cause.t_ns)[-CHATTER_RAISES:]


def _swung(alarm: Alarm, event: AlarmEvent, cause: Cause) -> Facts:
    assert alarm.chatter is not None
    up = event is AlarmEvent.RAISE
    facts: Facts = {"chatter": replace(alarm.chatter, last_ns=cause.t_ns, up=up), "value": cause.value}
    if up:
        facts |= {"raises": alarm.raises + 1, "recent_ns": _recent(alarm, cause), "limit": cause.limit}
    return facts


def _calmed(alarm: Alarm, cause: Cause) -> Facts:
    return {} if alarm.chatter is None or alarm.chatter.up else {"cleared_ns": cause.t_ns}


def _escalated(alarm: Alarm, cause: Cause) -> Facts:
    worse = min(alarm.priority, cause.priority or alarm.priority)
    return {
        "value": cause.value,
        "limit": cause.limit,
        "priority": worse,
        "worst": min(alarm.worst, worse),
        "acked_by": None,
    }


_CORE_FACTS: dict[State, Facts] = {
    State.NORM: {"active": False, "acked": True, "latched": False},
    State.UNACK: {"active": True, "acked": False, "latched": False},
    State.ACKED: {"active": True, "acked": True, "latched": False},
    State.RTNUN: {"active": False, "acked": False, "latched": False},
    State.LTCH_UNACK: {"active": False, "acked": False, "latched": True},
    State.LTCH_ACK: {"active": False, "acked": True, "latched": True},
}
_TOLD: dict[AlarmEvent, Callable[[Alarm, Cause], Facts]] = {
    AlarmEvent.RAISE: _raised,
    AlarmEvent.CLEAR: lambda alarm, cause: {
        "cleared_ns": cause.t_ns,
        "back_ns": cause.began_ns,
        "value": cause.value,
    },
    AlarmEvent.QUIET: _calmed,
    AlarmEvent.ACK: lambda alarm, cause: {"acked_by": cause.actor, "answered": True},
    AlarmEvent.UNSHELVE: lambda alarm, cause: {"acked_by": cause.actor} if alarm.active else {},
    AlarmEvent.ESCALATE: _escalated,
    AlarmEvent.DE_ESCALATE: lambda alarm, cause: {
        "value": cause.value,
        "limit": cause.limit,
        "priority": max(alarm.priority, cause.priority or alarm.priority),
    },
    AlarmEvent.REALARM: lambda alarm, cause: {"realarms": alarm.realarms + 1, "acked_by": None},
    AlarmEvent.QUALITY_BAD: lambda alarm, cause: {"quality": cause.quality},
    AlarmEvent.QUALITY_GOOD: lambda alarm, cause: {"quality": cause.quality},
    AlarmEvent.CONFIG_CHANGE: lambda alarm, cause: {"config": cause.config or alarm.config},
    AlarmEvent.RESTART: lambda alarm, cause: {"seq": alarm.seq},  # who saw it before may answer it after
}


def _shelved(alarm: Alarm, cause: Cause) -> Facts:
    assert cause.until_ns is not None
    shelf = Shelf(
        until_ns=cause.until_ns,
        once=cause.once,
        by=cause.actor or "",
        note=cause.reason or "",
        since_ns=cause.t_ns,
    )
    return {"shelf": shelf, "shelves": alarm.shelves + 1, "answered": True}


def _taken_out(alarm: Alarm, cause: Cause) -> Facts:
    oos = OutOfService(
        permit=cause.permit or "",
        by=cause.actor or "",
        approved_by=cause.approved_by,
        note=cause.reason or "",
        since_ns=cause.t_ns,
    )
    return {"oos": oos}


_ENTERED: dict[Overlay, Callable[[Alarm, Cause], Facts]] = {
    Overlay.SHELF: _shelved,
    Overlay.RULE: lambda alarm, cause: {
        "suppressed_by": tuple(sorted({*alarm.suppressed_by, cause.rule or ""})),
        "suppressed_ns": cause.t_ns if alarm.suppressed_ns is None else alarm.suppressed_ns,
    },
    Overlay.OUT_OF_SERVICE: _taken_out,
    Overlay.CHATTER: lambda alarm, cause: {
        "chatter": Chatter(since_ns=cause.t_ns, last_ns=cause.t_ns, up=True)
    },
}


def _left(alarm: Alarm, overlay: Overlay, cause: Cause) -> Facts:
    """How often it was shelved is forgotten when it leaves the shelf in peace."""
    match overlay:
        case Overlay.SHELF:
            return {"shelf": None, "shelves": alarm.shelves if alarm.active else 0}
        case Overlay.RULE:
            left = tuple(rule for rule in alarm.suppressed_by if rule != cause.rule)
            return {"suppressed_by": left, "suppressed_ns": alarm.suppressed_ns if left else None}
        case Overlay.OUT_OF_SERVICE:
            return {"oos": None}
        case Overlay.CHATTER:
            return {"chatter": None, "recent_ns": ()}
