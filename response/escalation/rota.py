"""Who is on call at a moment, and when nobody is. Pure: a position of escalation.yaml and a time."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from core.model.shanghai import SHANGHAI, local
from response.escalation.spec import Position, Weekly

_DAY = timedelta(days=1)
AHEAD = 7 * _DAY


def on_call(position: Position, t_ns: int) -> tuple[str, ...]:
    """The contacts on duty; none when nobody is."""
    at = local(t_ns)
    for one in position.instead:
        if one.since <= at < one.until:
            return (one.contact,) if one.contact else ()
    if found := tuple(dict.fromkeys(row.contact for row in position.weekly if _on(row, at))):
        return found
    if rotation := position.rotation:
        turns = (at - rotation.starts) // timedelta(hours=rotation.turn_h)
        if turns >= 0:
            return (rotation.contacts[turns % len(rotation.contacts)],)
    return ()


def _on(row: Weekly, at: datetime) -> bool:
    """The shift that began today, or yesterday's that goes over midnight."""
    for day in (at.date(), at.date() - _DAY):
        if day.isoweekday() in row.days:
            begin = datetime.combine(day, datetime.min.time(), SHANGHAI)
            since, until = begin + _clock(row.since), begin + _clock(row.until)
            if until <= since:
                until += _DAY
            if since <= at < until:
                return True
    return False


def _clock(text: str) -> timedelta:
    hours, minutes = text.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


def changes(position: Position, from_ns: int, to_ns: int) -> Sequence[int]:
    """Every moment, from the first on, at which the answer of `on_call` may become another."""
    first, last = local(from_ns), local(to_ns)
    moments = {first, *(at for at in _moments(position, first, last) if first < at < last)}
    return sorted(round(at.timestamp() * 1e6) * 1_000 for at in moments)


def next_change(positions: Iterable[Position], t_ns: int) -> int:
    """When somebody else may be on call in one of them; at the latest `AHEAD` from then."""
    until_ns = t_ns + round(AHEAD.total_seconds()) * 1_000_000_000
    return min(
        (at for one in positions for at in changes(one, t_ns, until_ns) if at > t_ns), default=until_ns
    )


def _moments(position: Position, first: datetime, last: datetime) -> Iterator[datetime]:
    for one in position.instead:
        yield from (one.since.astimezone(SHANGHAI), one.until.astimezone(SHANGHAI))
    day = datetime.combine(first.date() - _DAY, datetime.min.time(), SHANGHAI)
    while day <= last:
        for row in position.weekly:
            yield from (day + _clock(row.since), day + _clock(row.until))
        day += _DAY
    if rotation := position.rotation:
        turn = timedelta(hours=rotation.turn_h)
        at = rotation.starts + max(0, (first - rotation.starts) // turn) * turn
        while at < last:
            yield at.astimezone(SHANGHAI)
            at += turn
