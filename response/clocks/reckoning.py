"""A clock's deadline and how far it has run, with and without pauses. Pure.

Both are always told: without pauses it is what the customer waits, with them what the utility answers for.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.model.service_clock import Pause, ServiceClock
from response.clocks.calendar import Calendar

Span = tuple[int, int]


class ClockState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    OVERDUE = "overdue"
    MET = "met"
    MISSED = "missed"
    VOID = "void"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """due_ns: without pauses; due_paused_ns: with. share, share_paused: of the time allowed that is gone, 1.0
    at the deadline. paused_ns: time of the clock's own calendar that did not count. met, met_paused: None
    while that is open; False as soon as it is too late."""

    state: ClockState
    due_ns: int
    due_paused_ns: int
    share: float
    share_paused: float
    paused_ns: int
    met: bool | None
    met_paused: bool | None


def spans(pauses: Iterable[Pause], now_ns: int) -> list[Span]:
    """As they lie on the time line: in order, without overlaps; what still lasts ends now."""
    found: list[Span] = []
    for since, until in sorted((p.from_ns, now_ns if p.until_ns is None else p.until_ns) for p in pauses):
        if found and since <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], until)
        elif until > since:
            found.append((since, until))
    return found


def reaches(calendar: Calendar, start_ns: int, amount_ns: int, held: Sequence[Span]) -> tuple[int, int]:
    """When so much has run since `start_ns`, and how much of it was held up on the way. held: see `spans`;
    one that begins after that moment changes nothing."""
    at_ns, paused_ns = calendar.advance(start_ns, amount_ns), 0
    for since, until in held:
        if since >= at_ns:
            break
        stood = calendar.elapsed(max(since, start_ns), until)
        at_ns, paused_ns = calendar.advance(at_ns, stood), paused_ns + stood
    return at_ns, paused_ns


def amount(clock: ServiceClock, calendar: Calendar) -> int:
    """The time allowed, ns of its calendar."""
    return calendar.elapsed(calendar.counts_from(clock.start_ns), clock.due_ns)


def rung(clock: ServiceClock, calendar: Calendar, pct: int, pauses: Sequence[Pause], now_ns: int) -> int:
    """When so many per cent of the time allowed are gone, pauses left out."""
    held = spans(pauses, now_ns) if clock.pausable else []
    whole = amount(clock, calendar)
    return reaches(calendar, calendar.counts_from(clock.start_ns), whole * pct // 100, held)[0]


def read(clock: ServiceClock, calendar: Calendar, pauses: Sequence[Pause], now_ns: int) -> Reading:
    """How it stands at `now_ns`; a clock that has stopped, as it stood then."""
    ended_ns = clock.stopped_ns if clock.stopped_ns is not None else clock.void_ns
    end_ns = now_ns if ended_ns is None else min(now_ns, ended_ns)
    held = [(a, min(b, end_ns)) for a, b in spans(pauses, now_ns) if a < end_ns] if clock.pausable else []
    start_ns, whole = calendar.counts_from(clock.start_ns), amount(clock, calendar)
    due_paused_ns, _ = reaches(calendar, start_ns, whole, held)
    gone_ns = calendar.elapsed(start_ns, end_ns)
    stood_ns = sum(calendar.elapsed(max(a, start_ns), b) for a, b in held if b > start_ns)
    paused = clock.pausable and any(p.until_ns is None for p in pauses)
    met, met_paused = _kept(clock, clock.due_ns, end_ns), _kept(clock, due_paused_ns, end_ns)
    return Reading(
        state=_state(clock, met_paused, paused),
        due_ns=clock.due_ns,
        due_paused_ns=due_paused_ns,
        share=gone_ns / whole if whole else 1.0,
        share_paused=(gone_ns - stood_ns) / whole if whole else 1.0,
        paused_ns=stood_ns,
        met=met,
        met_paused=met_paused,
    )


def _kept(clock: ServiceClock, due_ns: int, end_ns: int) -> bool | None:
    if clock.void_ns is not None:
        return None
    if end_ns > due_ns:
        return False
    return True if clock.stopped_ns is not None else None


def _state(clock: ServiceClock, met_paused: bool | None, paused: bool) -> ClockState:
    if clock.void_ns is not None:
        return ClockState.VOID
    if clock.stopped_ns is not None:
        return ClockState.MET if met_paused else ClockState.MISSED
    if met_paused is False:
        return ClockState.OVERDUE
    return ClockState.PAUSED if paused else ClockState.RUNNING
