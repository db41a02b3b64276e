"""Which alarm came first: the earliest by its source's clock, or, where clocks cannot tell, all that may
have (A-15)."""

from collections.abc import Collection, Sequence
from itertools import combinations

from alarms.timers import SECOND
from core.model.incident import Member


def first_out(members: Collection[Member]) -> tuple[str, ...]:
    """Every member that no other surely precedes, by name, the earliest stamp first. It does not depend on
    the members' order."""
    if not members:
        return ()
    leaders = _leaders(members)
    first = [member for member in members if not any(surely_before(other, member) for other in leaders)]
    return tuple(member.alarm for member in sorted(first, key=lambda m: (m.raised_ns, m.alarm)))


def with_one_more(known: tuple[str, ...], before: Sequence[Member], more: Member) -> tuple[str, ...]:
    """The same as of all of them, cheaply where the new one came surely later."""
    names = frozenset(known)
    first = [member for member in before if member.alarm in names]
    later = any(surely_before(one, more) for one in first)
    if later and not any(surely_before(more, one) for one in first):
        return known
    return first_out((*before, more))


def surely_before(one: Member, other: Member) -> bool:
    """By the same clock the stamps say it; two clocks must differ by more than both may be off."""
    if one.clock == other.clock:
        return one.raised_ns < other.raised_ns
    return _latest(one) < _earliest(other)


def within_s(members: Collection[Member], names: Collection[str]) -> float | None:
    """How far the clocks of these members may be apart; None where one alone came first."""
    tied = [member for member in members if member.alarm in names]
    if len(tied) < 2:
        return None
    return max(0.0 if a.clock == b.clock else a.clock_s + b.clock_s for a, b in combinations(tied, 2))


def _leaders(members: Collection[Member]) -> list[Member]:
    """Of each clock the earliest stamp, and the one that is surely past the soonest: what none of these
    precedes, none does."""
    stamped: dict[str, Member] = {}
    passed: dict[str, Member] = {}
    for member in members:
        clock = member.clock
        if member.raised_ns < stamped.setdefault(clock, member).raised_ns:
            stamped[clock] = member
        if _latest(member) < _latest(passed.setdefault(clock, member)):
            passed[clock] = member
    return [*stamped.values(), *passed.values()]


def _latest(member: Member) -> int:
    return member.raised_ns + round(member.clock_s * SECOND)


def _earliest(member: Member) -> int:
    return member.raised_ns - round(member.clock_s * SECOND)
