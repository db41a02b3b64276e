"""What one key customer has to hear next, from what they were to hear last: a table (WO-13).

Whoever was told of a loss that does not come is told so; whoever lost water and was never reached stays in
the record as that, and is told that it is back. Nobody leaves in silence.
"""

from dataclasses import dataclass

from core.model.duty import LOSS, Duty, DutyAbout, DutyEnd, DutyState
from response.notices.versions import MOVED_NS

_FALSE = frozenset({DutyEnd.FALSE_ALARM, DutyEnd.MERGED, DutyEnd.NOT_AFFECTED, DutyEnd.EXERCISE})
"""Ends of what never was theirs: too late for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What a customer inside loses: water_off now, or planned for a time."""

    about: DutyAbout
    starts_ns: int | None = None
    ends_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Outside:
    """For customers who are not inside, or no more: why. told: messages have gone out, so that they may know
    of it though nobody spoke to them. proven: it was published or found on site; what was only suspected, and
    is over, nobody is rung for."""

    end: DutyEnd
    told: bool = False
    proven: bool = True


@dataclass(frozen=True, slots=True)
class Next:
    """close: the last duty, which is open, ends like this. tell: a duty to tell them this is opened."""

    close: tuple[DutyState, DutyEnd] | None = None
    tell: DutyAbout | None = None


def following(last: Duty | None, now: Matter | Outside, now_ns: int) -> Next:
    if isinstance(now, Matter):
        return _inside(last, now)
    if last is None or last.about not in LOSS:
        return Next()
    if last.state is DutyState.OPEN:
        return _unheard(last, now, now_ns)
    off = last.state is DutyState.DONE and _does_not_come(last, now)
    return Next(tell=DutyAbout.CALLED_OFF if off else None)


def _inside(last: Duty | None, now: Matter) -> Next:
    if last is None or (last.about in LOSS and last.state in (DutyState.DROPPED, DutyState.NOT_REACHED)):
        return Next(tell=now.about)
    is_open = last.state is DutyState.OPEN
    if last.about not in LOSS:
        again = DutyAbout.MOVED if now.about is DutyAbout.PLANNED else now.about
        return Next((DutyState.DROPPED, DutyEnd.AGAIN) if is_open else None, again)
    if not _other_time(last, now):
        return Next()
    if is_open:
        return Next((DutyState.DROPPED, DutyEnd.MOVED), last.about)
    return Next(tell=DutyAbout.MOVED)


def _unheard(last: Duty, now: Outside, now_ns: int) -> Next:
    """Nobody had spoken to them of what is over, or was never theirs."""
    if now.end is DutyEnd.WATER_BACK and now.proven:
        return Next((DutyState.NOT_REACHED, now.end), DutyAbout.WATER_BACK)
    missed = last.due_ns < now_ns and now.end not in _FALSE
    knows = last.about is DutyAbout.MOVED or now.told
    off = DutyAbout.CALLED_OFF if knows and _does_not_come(last, now) else None
    return Next((DutyState.NOT_REACHED if missed else DutyState.DROPPED, now.end), off)


def _does_not_come(last: Duty, now: Outside) -> bool:
    """Of a planned cut; that they are not inside a burst's area is told by messages (ON-08)."""
    return last.about is not DutyAbout.WATER_OFF and now.end in (DutyEnd.CALLED_OFF, DutyEnd.NOT_AFFECTED)


def _other_time(last: Duty, now: Matter) -> bool:
    if last.starts_ns != now.starts_ns:
        return True
    if last.ends_ns is None or now.ends_ns is None:
        return last.ends_ns is not now.ends_ns
    return abs(last.ends_ns - now.ends_ns) > MOVED_NS
