"""What people do to an alarm: acknowledge, shelve, reset. Each act is in the journal, obeyed or refused, in
the caller's transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from alarms.states import AlarmEvent, Cause
from alarms.timers import SECOND
from alarms.transaction import happen
from alarms.transition import Transition
from core.model.alarm import Alarm, AlarmClass, AlarmDefinition
from core.ports.ledger import Tx

SHELF_MAX_MIN: Mapping[int, float] = MappingProxyType({1: 60.0, 2: 240.0, 3: 720.0, 4: 720.0})
"""The longest shelf by priority: an hour, four, a shift."""


class Unknown(LookupError):
    """No alarm or incident of that id (HTTP 404)."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the author of a command saw of the alarm, so that it never touches the next occurrence."""

    occurrence: int
    seq: int


async def act(tx: Tx, id: str, event: AlarmEvent, cause: Cause, now_ns: int) -> Transition:
    """Raises Unknown. A refusal is in the transition, by name, and in the journal."""
    alarm = await tx.get(Alarm, id)
    if alarm is None:
        raise Unknown(f"no alarm {id}")
    return await happen(tx, alarm, None, event, cause, now_ns)


async def acknowledge(tx: Tx, id: str, seen: Seen, actor: str, now_ns: int) -> Transition:
    return await act(tx, id, AlarmEvent.ACK, _cause(seen, actor, now_ns), now_ns)


async def reset(tx: Tx, id: str, seen: Seen, actor: str, now_ns: int) -> Transition:
    """Of a latched alarm that is over and acknowledged."""
    return await act(tx, id, AlarmEvent.RESET, _cause(seen, actor, now_ns), now_ns)


async def shelve(
    tx: Tx,
    row: AlarmDefinition,
    until_ns: int,
    reason: str,
    actor: str,
    now_ns: int,
    *,
    once: bool = False,
    supervisor: bool = False,
) -> Transition:
    """until_ns: plant time, absolute. once: or until it next clears."""
    limit_ns = longest_shelf_ns(row)
    cause = Cause(t_ns=now_ns, actor=actor, reason=reason, until_ns=until_ns, limit_ns=limit_ns)
    return await act(tx, row.id, AlarmEvent.SHELVE, replace(cause, once=once, supervisor=supervisor), now_ns)


async def unshelve(tx: Tx, id: str, actor: str, now_ns: int) -> Transition:
    """Who takes it off the shelf has seen it: it comes back acknowledged (ISA-18.2 11.7.3)."""
    return await act(tx, id, AlarmEvent.UNSHELVE, Cause(t_ns=now_ns, actor=actor), now_ns)


async def expire_shelves(tx: Tx, now_ns: int) -> list[Alarm]:
    """Those whose time is over, at the hub's start as well: unacknowledged, where they are still active."""
    over = [alarm for alarm in await tx.shelved() if alarm.shelf and alarm.shelf.until_ns <= now_ns]
    for alarm in over:
        await act(tx, alarm.id, AlarmEvent.SHELF_EXPIRED, Cause(t_ns=now_ns), now_ns)
    return over


async def suppress(tx: Tx, id: str, rule: str, on: bool, now_ns: int, t_ns: int | None = None) -> Transition:
    """By design: `rule` holds the alarm, or lets it go. It goes on being evaluated and journalled."""
    event = AlarmEvent.SUPPRESS if on else AlarmEvent.UNSUPPRESS
    return await act(tx, id, event, Cause(t_ns=now_ns if t_ns is None else t_ns, rule=rule), now_ns)


def longest_shelf_ns(row: AlarmDefinition) -> int:
    """0 for an alarm that is never shelved."""
    if row.alarm_class is AlarmClass.HIGHLY_MANAGED:
        return 0
    minutes = SHELF_MAX_MIN[row.priority]
    if row.shelve_max_min is not None:
        minutes = min(minutes, row.shelve_max_min)
    return round(minutes * 60) * SECOND


def _cause(seen: Seen, actor: str, now_ns: int) -> Cause:
    return Cause(t_ns=now_ns, occurrence=seen.occurrence, seq=seen.seq, actor=actor)
