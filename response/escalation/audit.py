"""Of which alarms somebody should have been told by now, and was not (A-25). Pure.

It knows only what stands in the ledger and what the policies say; how calls are made it does not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.model.alarm import Alarm
from response.escalation.spec import Ladder, Notify, Wait
from response.escalation.steps import Rules, until_ack

SECOND = 1_000_000_000
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
) -> list[Silence]:
    """unacknowledged: with the time they are so since. last_told: by call. The longest due first."""
    found = []
    for alarm, since_ns in unacknowledged:
        ladder = rules.ladder(alarm)
        if ladder is None or alarm.priority > URGENT:
            continue
        call = rules.subject(alarm)
        due_ns = _due_ns(ladder, since_ns, last_told.get(call), of_incident=alarm.incident is not None)
        if due_ns is not None and now_ns > due_ns + round(grace_s * SECOND):
            found.append(Silence(alarm.id, call, alarm.priority, due_ns))
    return sorted(found, key=lambda one: one.due_ns)


def _due_ns(ladder: Ladder, since_ns: int, told_ns: int | None, *, of_incident: bool) -> int | None:
    """When somebody must have been told next; None when it has been done."""
    first_ns = since_ns + round(ladder.gather_s * SECOND)
    if told_ns is None:
        return first_ns
    if told_ns >= since_ns and not until_ack(ladder):
        return None
    rest_s = max(longest_pause_s(ladder), 60 * ladder.again_min if of_incident else ANOTHER_S)
    return max(first_ns, told_ns + round((rest_s + ladder.gather_s) * SECOND))
