"""The figures of a period (facts 4.11): 及时率 with and without pauses, 压单, 满意率, call-back coverage, and
the minutes that customers were without water. Each share with its n and Wilson's interval."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.model.callback import Callback, CallbackOutcome
from core.model.outage import Outage
from core.model.service_clock import ClockName, ServiceClock
from response.clocks.board import Card
from response.clocks.idle import Spell, spells
from response.clocks.reckoning import Reading
from response.proportion import Proportion
from response.service_times import ServiceTimes

_HOUR_NS = 3_600 * 1_000_000_000


@dataclass(frozen=True, slots=True)
class Timeliness:
    """Of the clocks that fell due: kept without counting pauses, and with them."""

    clock: str
    met: Proportion
    met_paused: Proportion


@dataclass(frozen=True, slots=True)
class IdleRow:
    """owner: a crew, or the desk; person: a user. hours: that their orders lay, pauses left out."""

    owner: str
    person: str | None
    spells: int
    hours: float


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """satisfied: of those who answered (unresolved is an answer); response: answered of those who were called
    to the end; coverage: called to the end of all that were to be called."""

    satisfied: Proportion
    response: Proportion
    coverage: Proportion
    marks: dict[int, int]


@dataclass(frozen=True, slots=True)
class Lost:
    cause: str
    outages: int
    connections: int
    customer_minutes: float


def timeliness(rows: Iterable[tuple[ServiceClock, Reading]], from_ns: int, until_ns: int) -> list[Timeliness]:
    """Of clocks whose promise fell due in the period or was kept before that: what is still open and not yet
    due says nothing."""
    count: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for clock, reading in rows:
        if clock.void_ns is not None or not from_ns <= clock.due_ns < until_ns:
            continue
        plain, paused = reading.met, reading.met_paused
        row = count[clock.clock.value]
        if plain is not None:
            row[0] += plain
            row[1] += 1
        if paused is not None:
            row[2] += paused
            row[3] += 1
    return [
        Timeliness(name, Proportion(row[0], row[1]), Proportion(row[2], row[3]))
        for name, row in sorted(count.items(), key=lambda item: list(ClockName).index(ClockName(item[0])))
    ]


def idle_rows(
    cards: Sequence[Card], times: ServiceTimes, from_ns: int, until_ns: int, now_ns: int
) -> list[IdleRow]:
    """By department and person, the longest first."""
    found: dict[tuple[str, str | None], list[Spell]] = defaultdict(list)
    for card in cards:
        clocks = [clock for clock, _ in card.clocks]
        for spell in spells(card.order, clocks, card.pauses, times.file.idle, now_ns):
            if from_ns <= spell.until_ns and spell.from_ns < until_ns:
                found[spell.owner, spell.person].append(spell)
    rows = [
        IdleRow(owner, person, len(lain), round(sum(s.for_ns for s in lain) / _HOUR_NS, 2))
        for (owner, person), lain in found.items()
    ]
    return sorted(rows, key=lambda row: -row.hours)


def satisfaction(made: Iterable[Callback], least_mark: int) -> Satisfaction:
    rows = list(made)
    over = [one for one in rows if one.outcome is not None]
    marks = {mark: sum(one.mark == mark for one in over) for mark in (5, 4, 3, 2, 1)}
    answered = [one for one in over if one.outcome in (CallbackOutcome.ANSWERED, CallbackOutcome.UNRESOLVED)]
    content = sum(one.mark is not None and one.mark >= least_mark for one in answered)
    return Satisfaction(
        Proportion(content, len(answered)),
        Proportion(len(answered), len(over)),
        Proportion(len(over), len(rows)),
        marks,
    )


def lost(outages: Iterable[Outage], from_ns: int, until_ns: int) -> list[Lost]:
    """By cause, the most minutes first."""
    found: dict[str, list[Outage]] = defaultdict(list)
    for outage in outages:
        if from_ns <= outage.started_ns < until_ns:
            found[outage.cause].append(outage)
    rows = [
        Lost(
            cause,
            len(rows),
            sum(one.cut_off for one in rows),
            round(sum(one.customer_minutes for one in rows), 1),
        )
        for cause, rows in found.items()
    ]
    return sorted(rows, key=lambda row: -row.customer_minutes)
