"""Of which alarms somebody should have been told by now, and was not (A-25). Pure.

It knows only what stands in the ledger and what the policies say; how calls are made it does not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from core.model.alarm import Alarm
from core.model.work_order import WorkOrder
from response.escalation.spec import Ladder, Notify, Wait
from response.escalation.steps import Rules, priority_of, until_ack

SECOND = 1_000_000_000
NONE: Mapping[str, WorkOrder] = MappingProxyType({})
GRACE_S = 20.0
"""What telling may take after its time has come (real time)."""
URGENT = 2
ANOTHER_S = 60.0
"""Of an area: between a call and one for another alarm of it."""


@dataclass(frozen=True, slots=True)
class Silence:
    """due_ns: when somebody should have been told at the latest."""

    alarm: str
    call: str
    priority: int
    due_ns: int


def longest_pause_s(ladder: Ladder) -> float:
    """Between two notifications that follow one another, around the end as well."""
    pauses, pause = [], 0.0
    for step in (*ladder.steps, *ladder.steps):
        if isinstance(step, Wait):
            pause += 60 * step.wait_min
        elif isinstance(step, Notify):
            pauses.append(pause)
            pause = 0.0
    return max(pauses)


def silences(
    rules: Rules,
    unacknowledged: Iterable[tuple[Alarm, int]],
    last_told: Mapping[str, int],
    now_ns: int,
    grace_s: float = GRACE_S,
    orders: Mapping[str, WorkOrder] = NONE,
) -> list[Silence]:
    """unacknowledged: with the time they are so since. last_told: by call. orders: by incident, those that
    make it more urgent than its alarms, and wait for no other alarm. The longest due first."""
    found = []
    for alarm, since_ns in unacknowledged:
        order = orders.get(alarm.incident or "") if rules.ladder(alarm) else None
        ladder, priority = rules.ladder(alarm, order), priority_of(alarm, order)
        if ladder is None or priority > URGENT:
            continue
        call, told_ns = rules.subject(alarm), last_told.get(rules.subject(alarm))
        first_ns = since_ns + round(ladder.gather_s * SECOND)
        if order is not None and told_ns is None:
            first_ns = min(first_ns, max(since_ns, order.opened_ns))
        due_ns = _due_ns(ladder, since_ns, first_ns, told_ns, of_incident=alarm.incident is not None)
        if due_ns is not None and now_ns > due_ns + round(grace_s * SECOND):
            found.append(Silence(alarm.id, call, priority, due_ns))
    return sorted(found, key=lambda one: one.due_ns)


def _due_ns(
    ladder: Ladder, since_ns: int, first_ns: int, told_ns: int | None, *, of_incident: bool
) -> int | None:
    """When somebody must have been told next; None when it has been done."""
    if told_ns is None:
        return first_ns
    if told_ns >= since_ns and not until_ack(ladder):
        return None
    rest_s = max(longest_pause_s(ladder), 60 * ladder.again_min if of_incident else ANOTHER_S)
    return max(first_ns, told_ns + round((rest_s + ladder.gather_s) * SECOND))
