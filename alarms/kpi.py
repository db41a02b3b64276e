"""How good the alarms are, from the journal: the figures of ISA-18.2 (2016) / IEC 62682 and EEMUA 191.

An alarm is annunciated when it becomes unacknowledged while nothing withholds it. What operators met (how
much, how soon they answered, floods) is told by the hub's commit times; what one alarm did (chattering,
fleeting, standing) by its own source's clock. Pure.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from alarms.states import CHATTER_NS, CHATTER_RAISES, AlarmEvent
from core.model.alarm import FLEETING_NS, STALE_NS, JournalEntry, State

SECOND = 1_000_000_000
HOUR_NS, DAY_NS, TEN_MIN_NS = 3600 * SECOND, 86_400 * SECOND, 600 * SECOND
FLOOD_BEGINS, FLOOD_ENDS = 10, 5
"""More than so many new ones within ten minutes; fewer than so many."""
TOP = 10
LET_GO, HELD, CALMED = 21, 28, 30
"""Rows of the table of states: what a rule withheld or was out of service is annunciated; a chattering alarm
came or went, and was over when it was quiet again."""
_BACK = CHATTER_RAISES - 1

Int64s = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Actor:
    """One alarm's part. share: of all annunciated. chatters: raises that were the third or later within 60 s;
    fleeting: occurrences over within 30 s that nobody answered. standing_ns: how long it stood in all;
    reaction_ns: the median until somebody acknowledged it, None when nobody did. shelved: how often."""

    alarm: str
    annunciated: int
    share: float
    raised: int
    chatters: int
    fleeting: int
    standing_ns: int
    reaction_ns: int | None
    shelved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi:
    """Of a period, as it was watched: start_ns is the hub's beginning where that is later than what was asked
    for. Shares are 0..1. floods: their begin and end (it may lie after the period's). stale: the
    most that stood for longer than a day at once. response_ns: by priority, median and 95th percentile from
    an occurrence's last annunciation to its acknowledgement, and how many. members: occurrences that rose, or
    were let go, and belong to an incident; incidents: how many these are, as they were grouped last. worst:
    those that annunciated most."""

    start_ns: int
    end_ns: int
    annunciated: int
    per_day: float
    per_hour: float
    per_ten_min: float
    hours_over_30: float
    ten_min_over_10: float
    most_in_ten_min: int
    flood_share: float
    floods: tuple[tuple[int, int], ...]
    top_share: float
    chattering: int
    fleeting: int
    stale: int
    by_priority: Mapping[int, int]
    response_ns: Mapping[int, tuple[int, int, int]]
    shelved: int
    members: int
    incidents: int
    worst: tuple[Actor, ...]


@dataclass(slots=True)
class _Life:
    """What is known of one alarm while its entries go by."""

    priority: int = 3
    annunciated: list[int] = field(default_factory=list)
    raises: list[int] = field(default_factory=list)
    fleeting: int = 0
    shelved: int = 0
    reactions: list[int] = field(default_factory=list)
    waits_since: int | None = None
    raised: int | None = None
    answered: bool = False
    stood: list[tuple[int, int]] = field(default_factory=list)


class Recount:
    """A period's entries, told run by run and in their order: of each no more is kept than its times."""

    def __init__(
        self, start_ns: int, end_ns: int, before: Iterable[JournalEntry], begun_ns: int | None = None
    ) -> None:
        """before: how each alarm stood when the period began (`Ledger.journal_at`). begun_ns: when the hub
        began to watch; without it the first entry of all tells."""
        self._span = start_ns, end_ns
        self._began = begun_ns
        self._lives: dict[str, _Life] = {}
        self._told: list[tuple[int, int]] = []
        self._reactions: dict[int, list[int]] = {}
        self._grouped: dict[tuple[str, int], str | None] = {}
        for entry in before:
            self._began = start_ns
            life = self._lives.setdefault(entry.alarm, _Life())
            life.priority = entry.priority or life.priority
            if _active(entry):
                life.raised = entry.facts.raised_ns if entry.facts else entry.event_ns
                life.answered = True

    def add(self, entries: Iterable[JournalEntry]) -> None:
        for entry in entries:
            self._began = entry.commit_ns if self._began is None else min(self._began, entry.commit_ns)
            life = self._lives.setdefault(entry.alarm, _Life())
            _live(life, entry, self._told, self._reactions)
            key = entry.alarm, entry.occurrence
            came = LET_GO in entry.rows or (entry.event == AlarmEvent.RAISE and bool(entry.rows))
            if came or (entry.event == AlarmEvent.REGROUP and key in self._grouped):
                self._grouped[key] = entry.incident

    def figures(self) -> Kpi:
        """Once, after the last of them."""
        start_ns, end_ns = self._span
        if self._began is not None:
            start_ns = max(start_ns, min(self._began, end_ns - 1))
        for life in self._lives.values():
            if life.raised is not None:
                life.stood.append((life.raised, end_ns))
        belongs = [incident for incident in self._grouped.values() if incident]
        members, incidents = len(belongs), len(set(belongs))
        return _figures(start_ns, end_ns, self._lives, self._told, self._reactions, members, incidents)


def kpi(start_ns: int, end_ns: int, before: Iterable[JournalEntry], entries: Iterable[JournalEntry]) -> Kpi:
    """Of entries that are all at hand."""
    recount = Recount(start_ns, end_ns, before)
    recount.add(entries)
    return recount.figures()


def annunciates(entry: JournalEntry) -> bool:
    return entry.after is State.UNACK and entry.before is not State.UNACK


def ends(entry: JournalEntry) -> bool:
    """An occurrence is over: cleared, or quiet after it chattered."""
    if entry.event == AlarmEvent.QUIET:
        return CALMED in entry.rows
    return entry.event == AlarmEvent.CLEAR and bool(entry.rows)


def _live(
    life: _Life, entry: JournalEntry, told: list[tuple[int, int]], reactions: dict[int, list[int]]
) -> None:
    t_ns = entry.commit_ns
    changed = entry.before is not entry.after or bool(entry.rows)
    if HELD in entry.rows:
        if entry.event == AlarmEvent.RAISE:
            life.raises.append(entry.event_ns)
        return
    if entry.event in (AlarmEvent.RAISE, AlarmEvent.ESCALATE) and changed:
        life.priority = entry.priority or life.priority
    if entry.event == AlarmEvent.RAISE and changed:
        life.raises.append(entry.event_ns)
        life.raised, life.answered, life.waits_since = entry.event_ns, False, None
    if annunciates(entry):
        told.append((t_ns, life.priority))
        life.annunciated.append(t_ns)
        life.waits_since = t_ns
    if entry.event == AlarmEvent.ACK and changed:
        life.answered = True
        if life.waits_since is not None:
            reactions.setdefault(life.priority, []).append(t_ns - life.waits_since)
            life.reactions.append(t_ns - life.waits_since)
        life.waits_since = None
    if entry.event == AlarmEvent.SHELVE and changed:
        life.shelved += 1
        life.answered = True
    if ends(entry) and life.raised is not None:
        if entry.event_ns - life.raised < FLEETING_NS and not life.answered:
            life.fleeting += 1
        life.stood.append((life.raised, entry.event_ns))
        life.raised = None


def _figures(
    start_ns: int,
    end_ns: int,
    lives: Mapping[str, _Life],
    told: Sequence[tuple[int, int]],
    reactions: Mapping[int, list[int]],
    members: int,
    incidents: int,
) -> Kpi:
    t = np.maximum.accumulate(np.array([at for at, _ in told], np.int64))
    span = end_ns - start_ns
    n = len(t)
    floods = flood_spans(t)
    actors = sorted((_actor(alarm, life, n) for alarm, life in lives.items()), key=_rank)
    top = actors[:TOP]
    stood = [one for life in lives.values() for one in life.stood]
    return Kpi(
        start_ns=start_ns,
        end_ns=end_ns,
        annunciated=n,
        per_day=n * DAY_NS / span,
        per_hour=n * HOUR_NS / span,
        per_ten_min=n * TEN_MIN_NS / span,
        hours_over_30=_share_over(t, start_ns, end_ns, HOUR_NS, 30),
        ten_min_over_10=_share_over(t, start_ns, end_ns, TEN_MIN_NS, 10),
        most_in_ten_min=int(_within(t, TEN_MIN_NS).max(initial=0)),
        flood_share=sum(min(end, end_ns) - begin for begin, end in floods) / span,
        floods=floods,
        top_share=sum(actor.annunciated for actor in top) / n if n else 0.0,
        chattering=sum(1 for actor in actors if actor.chatters),
        fleeting=sum(actor.fleeting for actor in actors),
        stale=_most_at_once([(begin + STALE_NS, end) for begin, end in stood if end - begin > STALE_NS]),
        by_priority=dict(sorted(Counter(priority for _, priority in told).items())),
        response_ns={
            priority: (int(np.median(waits)), int(np.percentile(waits, 95)), len(waits))
            for priority, waits in sorted(reactions.items())
        },
        shelved=sum(life.shelved for life in lives.values()),
        members=members,
        incidents=incidents,
        worst=tuple(actor for actor in top if actor.annunciated or actor.raised),
    )


def flood_spans(t: Int64s) -> tuple[tuple[int, int], ...]:
    """Floods, by annunciations in ascending time: one begins with the eleventh within ten minutes, and ends
    when fewer than five are left there, which is when the fifth newest leaves."""
    spans: list[tuple[int, int]] = []
    rises = np.flatnonzero(_within(t, TEN_MIN_NS) > FLOOD_BEGINS)
    back = FLOOD_ENDS - 1
    breaks = np.flatnonzero(t[: -back - 1] + TEN_MIN_NS < t[back + 1 :]) + back
    last = -1
    for first in rises.tolist():
        if first <= last:
            continue
        after = breaks[np.searchsorted(breaks, first) :]
        last = int(after[0]) if len(after) else len(t) - 1
        spans.append((int(t[first]), int(t[last - back] + TEN_MIN_NS)))
    return tuple(spans)


def _within(t: Int64s, width_ns: int) -> Int64s:
    """How many, itself included, came within `width_ns` up to each: (t - width, t]."""
    return np.arange(1, len(t) + 1) - np.searchsorted(t, t - width_ns, side="right")


def _share_over(t: Int64s, start_ns: int, end_ns: int, width_ns: int, most: int) -> float:
    """Of the whole periods of that width, those with more."""
    periods = max(1, -(-(end_ns - start_ns) // width_ns))
    counts = np.bincount((t - start_ns) // width_ns, minlength=periods)
    return float(np.count_nonzero(counts > most)) / periods


def _actor(alarm: str, life: _Life, n: int) -> Actor:
    raises = np.array(life.raises, np.int64)
    return Actor(
        alarm=alarm,
        annunciated=len(life.annunciated),
        share=len(life.annunciated) / n if n else 0.0,
        raised=len(raises),
        chatters=int(np.count_nonzero(raises[_BACK:] - raises[:-_BACK] < CHATTER_NS)),
        fleeting=life.fleeting,
        standing_ns=sum(end - begin for begin, end in life.stood),
        reaction_ns=int(np.median(life.reactions)) if life.reactions else None,
        shelved=life.shelved,
    )


def _rank(actor: Actor) -> tuple[int, int, str]:
    return -actor.annunciated, -actor.raised, actor.alarm


def _active(entry: JournalEntry) -> bool:
    return entry.after in (State.UNACK, State.ACKED)


def _most_at_once(spans: Sequence[tuple[int, int]]) -> int:
    steps = sorted([(begin, 1) for begin, _ in spans] + [(end, -1) for _, end in spans])
    most = now = 0
    for _, step in steps:
        now += step
        most = max(most, now)
    return most
