"""压单: orders that whoever has them lets lie (WO-11). Pure.

Idle is a stretch without an event by the order's owner longer than the smaller of a share of the clock that
runs and a fixed time. What was paused does not count; what the hub itself writes is no event of the owner.
`accept` is no measure: it is for one act, and has a ladder of its own.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.model.service_clock import ClockName, Pause, ServiceClock
from core.model.work_order import FIELD_DONE, PublicMilestone, WorkOrder, how_far, public_milestone
from core.model.work_order import WorkOrderState as State
from response.clocks.reckoning import spans
from response.clocks.spec import Idle
from response.notices.rules import HUB

DESK = "desk"
"""The department that has an order while no crew has it."""
_S = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """One idle stretch. owner: the crew, or `desk`; person: who did the last thing to it, None for nobody.
    stage: the public milestone at which it lay. from_ns: the last event; allowed_ns: how long it might have
    lain; for_ns: how long it lay, pauses left out. lasts: it still does."""

    order: str
    owner: str
    person: str | None
    stage: PublicMilestone
    from_ns: int
    until_ns: int
    allowed_ns: int
    for_ns: int
    lasts: bool


def spells(
    order: WorkOrder,
    clocks: Sequence[ServiceClock],
    pauses: Sequence[Pause],
    rules: Idle,
    now_ns: int,
) -> Iterator[Spell]:
    """Every idle stretch of an order, the oldest first, until the crew's work was done."""
    for begin, end, lasts in _stretches(order, now_ns):
        held = sum(max(0, min(b, end[0]) - max(a, begin[0])) for a, b in spans(pauses, now_ns))
        lay_ns, allowed_ns = end[0] - begin[0] - held, _allowed(clocks, rules, begin[0])
        if lay_ns > allowed_ns:
            with_crew = how_far(begin[1]) >= how_far(State.ASSIGNED)
            yield Spell(
                order=order.id,
                owner=(order.crew or DESK) if with_crew else DESK,
                person=begin[2],
                stage=public_milestone(begin[1]) or PublicMilestone.RECEIVED,
                from_ns=begin[0],
                until_ns=end[0],
                allowed_ns=allowed_ns,
                for_ns=lay_ns,
                lasts=lasts,
            )


_Event = tuple[int, State, str | None]


def _stretches(order: WorkOrder, now_ns: int) -> Iterator[tuple[_Event, _Event, bool]]:
    """Between one event by people and the next; whether the second is only the present."""
    events: list[_Event] = [(order.opened_ns, State.REPORTED, None)]
    for said in order.milestones:
        if said.actor != HUB:
            events.append((said.at_ns, said.state, said.actor))
    at = next((n for n, event in enumerate(events) if event[1] in FIELD_DONE), None)
    if at is not None:
        events = events[: at + 1]
    for one, two in pairwise(events):
        yield one, two, False
    if at is None and order.state not in FIELD_DONE:
        yield events[-1], (now_ns, order.state, None), True


def _allowed(clocks: Iterable[ServiceClock], rules: Idle, at_ns: int) -> int:
    """By the next deadline of the work that was promised then."""
    ran = [
        clock
        for clock in clocks
        if clock.clock is not ClockName.ACCEPT
        and clock.start_ns <= at_ns
        and (clock.stopped_ns is None or clock.stopped_ns > at_ns)
        and (clock.void_ns is None or clock.void_ns > at_ns)
    ]
    longest_ns = rules.longest * _S
    if not ran:
        return longest_ns
    first = min(ran, key=lambda clock: clock.due_ns)
    return min(round(rules.share * (first.due_ns - first.start_ns)), longest_ns)


def standing(found: Iterable[Spell]) -> Spell | None:
    """The one that still lasts."""
    return next((spell for spell in found if spell.lasts), None)
