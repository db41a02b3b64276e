"""The KPI page's figures equal a plain recomputation from the journal, one sentence a figure (A-11)."""

from collections import Counter
from dataclasses import replace
from statistics import median

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alarms.journal import Stamp, entry_of
from alarms.kpi import DAY_NS, HOUR_NS, SECOND, TEN_MIN_NS, Recount, flood_spans, kpi
from alarms.states import QUIET_NS, AlarmEvent, Cause
from alarms.transition import Transition, step
from core.model.alarm import Alarm, JournalEntry, State

EVENTS = [
    *[AlarmEvent.RAISE, AlarmEvent.CLEAR] * 6,
    AlarmEvent.ACK,
    AlarmEvent.SUPPRESS,
    *[AlarmEvent.UNSUPPRESS] * 2,
    AlarmEvent.OOS_ON,
    *[AlarmEvent.OOS_OFF] * 2,
    AlarmEvent.REGROUP,
    AlarmEvent.SHELVE,
    AlarmEvent.SHELF_EXPIRED,
    AlarmEvent.QUALITY_BAD,
]
COMES_OR_GOES = (AlarmEvent.RAISE, AlarmEvent.CLEAR)
START = 1_795_000_000 * SECOND
SEEDS = st.integers(0, 2**32)


def journal(seed: int, n: int, alarms: int, mean_s: float) -> list[JournalEntry]:
    """n things that happen to some alarms, to few of them most, raises and clears in bursts and lulls."""
    random = np.random.default_rng(seed)
    gaps = random.exponential(mean_s, n) * random.choice([0.05, 1.0, 20.0], n)
    live = {f"a{i}": Alarm(id=f"a{i}", priority=1 + i % 4) for i in range(alarms)}
    entries, t_ns = [], START
    for gap_s in gaps.tolist():
        t_ns += round(gap_s * SECOND)
        alarm = live[f"a{int(alarms * random.random() ** 4)}"]
        event = EVENTS[random.integers(len(EVENTS))]
        cause = Cause(
            t_ns=t_ns,
            priority=alarm.priority,
            occurrence=alarm.occurrence,
            seq=alarm.seq,
            reason="known since morning",
            until_ns=t_ns + HOUR_NS,
            limit_ns=HOUR_NS,
            supervisor=True,
            rule="pump-off",
            permit="WP-7",
            actor="zhao",
            approved_by="wang",
        )
        if alarm.chatter and event in COMES_OR_GOES and t_ns - alarm.chatter.last_ns >= QUIET_NS:
            quiet = replace(cause, t_ns=alarm.chatter.last_ns)
            calm = step(alarm, AlarmEvent.QUIET, quiet)
            entries.append(entry_of(calm, AlarmEvent.QUIET, quiet, Stamp(t_ns)))
            alarm = calm.alarm
        if event is AlarmEvent.REGROUP and alarm.incident is None:
            event = AlarmEvent.RESTART
        incident = f"INC-{random.integers(5)}"
        transition = step(alarm, event, cause)
        after, heard = transition.alarm, 21 in transition.rows and alarm.incident is None
        if event is AlarmEvent.RAISE and transition.changed and 28 not in transition.rows:
            transition = transition.within(None if after.suppressed_by or after.oos else incident)
        if event is AlarmEvent.REGROUP:
            transition = regrouped(after, incident)
        if event is AlarmEvent.UNSUPPRESS and heard:
            transition = transition.within(incident)
        entries.append(entry_of(transition, event, cause, Stamp(t_ns)))
        if event is AlarmEvent.OOS_OFF and heard:
            transition = regrouped(after, incident)
            entries.append(entry_of(transition, AlarmEvent.REGROUP, cause, Stamp(t_ns)))
        live[alarm.id] = transition.alarm
    return entries


def regrouped(alarm: Alarm, incident: str) -> Transition:
    """As `alarms.absorbing.move` does it."""
    return Transition(replace(alarm, incident=incident, seq=alarm.seq + 1), alarm.state)


def grouped(entries: list[JournalEntry]) -> list[str]:
    """Of each occurrence that rose or was let go: where its last entry says that it belongs."""
    came = {(e.alarm, e.occurrence) for e in entries if 21 in e.rows or (e.event == "raise" and e.rows)}
    last = {(e.alarm, e.occurrence): e.incident for e in entries}
    return [incident for key, incident in last.items() if incident and key in came]


def told(entries: list[JournalEntry]) -> list[JournalEntry]:
    return [e for e in entries if e.after is State.UNACK and e.before is not State.UNACK]


def floods(t: list[int]) -> list[tuple[int, int]]:
    """Every instant at which the count can change, one after the other."""
    instants = sorted({*t, *(at + TEN_MIN_NS for at in t)})
    spans, begun = [], None
    for now in instants:
        count = sum(now - TEN_MIN_NS < at <= now for at in t)
        if begun is None and count > 10:
            begun = now
        elif begun is not None and count < 5:
            spans.append((begun, now))
            begun = None
    return spans


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32),
    st.integers(1, 250),
    st.sampled_from([1, 4, 30]),
    st.sampled_from([5.0, 60.0, 900.0]),
)
def test_every_figure_is_what_a_plain_count_says(seed: int, n: int, alarms: int, mean_s: float) -> None:
    entries = journal(seed, n, alarms, mean_s)
    end = entries[-1].commit_ns + 1
    figures = kpi(START, end, [], entries)
    page = Recount(START, end, [])
    for at in range(0, len(entries), 7):
        page.add(entries[at : at + 7])
    assert page.figures() == figures, "however it is paged"
    spoken = told(entries)
    begun = entries[0].commit_ns
    assert figures.start_ns == begun, "before the first entry nobody watched"
    t = [e.commit_ns for e in spoken]
    days = (end - begun) / DAY_NS
    assert figures.annunciated == len(t)
    assert figures.per_day == pytest.approx(len(t) / days)
    assert figures.most_in_ten_min == max((sum(x - TEN_MIN_NS < y <= x for y in t) for x in t), default=0)
    hours = Counter((at - begun) // HOUR_NS for at in t)
    assert figures.hours_over_30 == pytest.approx(
        sum(c > 30 for c in hours.values()) / -(-(end - begun) // HOUR_NS)
    )
    assert figures.floods == tuple(floods(t))
    assert figures.flood_share == pytest.approx(sum(min(b, end) - a for a, b in floods(t)) / (end - begun))
    counts = Counter(e.alarm for e in spoken).most_common(10)
    assert figures.top_share == pytest.approx(sum(c for _, c in counts) / len(t) if t else 0)
    assert sum(figures.by_priority.values()) == len(t)
    members = grouped(entries)
    assert (figures.members, figures.incidents) == (len(members), len(set(members)))
    assert figures.shelved == sum(e.event == "shelve" and bool(e.rows) for e in entries)


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(1, 200), st.sampled_from([3.0, 60.0, 9000.0]))
def test_every_alarm_is_told_as_its_own_entries_tell_it(seed: int, n: int, mean_s: float) -> None:
    entries = journal(seed, n, 3, mean_s)
    end = entries[-1].commit_ns + 1
    figures = kpi(START, end, [], entries)
    stale = []
    for actor in figures.worst:
        mine = [e for e in entries if e.alarm == actor.alarm and e.rows]
        raises = [e.event_ns for e in mine if e.event == "raise"]
        begins = [e for e in mine if e.event == "raise" and 28 not in e.rows]
        chatters = sum(sum(x - 60 * SECOND < y <= x for y in raises) >= 3 for x in raises)
        fleeting = standing = 0
        for begun in begins:
            at, life = begun.event_ns, mine[mine.index(begun) :]
            over = next((e for e in life if 30 in e.rows or (e.event == "clear" and 28 not in e.rows)), None)
            until = over.event_ns if over else end
            standing += until - at
            stale += [(at + DAY_NS, until)] if until - at > DAY_NS else []
            acted = any(e.event in ("ack", "shelve") for e in life[: life.index(over) if over else None])
            fleeting += over is not None and until - at < 30 * SECOND and not acted
        waits, heard = [], {e.commit_ns for e in told(mine)}
        for ack in (e for e in mine if e.event == "ack"):
            opened = [e.commit_ns for e in mine if e in begins or e.commit_ns in heard or e.event == "ack"]
            last = max((at for at in opened if at < ack.commit_ns), default=None)
            if last in heard:
                waits.append(ack.commit_ns - last)
        assert (actor.raised, actor.chatters, actor.fleeting) == (len(raises), chatters, fleeting)
        assert actor.standing_ns == standing
        assert actor.reaction_ns == (int(median(waits)) if waits else None)
    assert figures.stale == max((sum(a <= x < b for a, b in stale) for x, _ in stale), default=0)


def test_a_flood_ends_when_fewer_than_five_are_left_of_ten_minutes() -> None:
    minute = 60 * SECOND
    t = np.array([*range(0, 11 * SECOND, SECOND), 9 * minute], np.int64)
    assert flood_spans(t) == ((10 * SECOND, 7 * SECOND + 10 * minute),)


def test_what_stood_when_the_period_began_counts_as_standing() -> None:
    cause = Cause(t_ns=START)
    raised = entry_of(step(Alarm(id="a"), AlarmEvent.RAISE, cause), AlarmEvent.RAISE, cause, Stamp(START))
    figures = kpi(START + DAY_NS, START + 3 * DAY_NS, [raised], [])
    assert (figures.annunciated, figures.stale) == (0, 1)


def test_time_before_the_hub_began_is_not_counted_as_quiet() -> None:
    """Thirty days were asked for; it ran for seventeen minutes, or for ten days of which nine were quiet."""
    asked, end = START - 30 * DAY_NS, START + 17 * 60 * SECOND
    cause = Cause(t_ns=START)
    raised = entry_of(step(Alarm(id="a"), AlarmEvent.RAISE, cause), AlarmEvent.RAISE, cause, Stamp(START))
    fresh = kpi(asked, end, [], [raised])
    assert (fresh.start_ns, fresh.per_hour) == (START, pytest.approx(60 / 17))
    recount = Recount(asked, START + DAY_NS, [], begun_ns=START - 9 * DAY_NS)
    recount.add([raised])
    assert recount.figures().per_day == pytest.approx(0.1)
    watched = kpi(START + 1, START + 1 + DAY_NS, [raised], [])
    assert watched.start_ns == START + 1, "of a hub that stood before, the whole period counts"


@pytest.mark.parametrize("event", [AlarmEvent.UNSUPPRESS, AlarmEvent.OOS_OFF])
def test_what_is_let_go_is_of_the_incident_that_it_came_to(event: AlarmEvent) -> None:
    """It rose while it was withheld; of one put back in service the correlator hears a moment later."""
    out = event is AlarmEvent.OOS_OFF
    held = Cause(t_ns=START, rule="pump-off", permit="WP-7", reason="known since morning")
    alarm = step(Alarm(id="a"), AlarmEvent.OOS_ON if out else AlarmEvent.SUPPRESS, held).alarm
    raised = step(alarm, AlarmEvent.RAISE, held)
    entries = [entry_of(raised, AlarmEvent.RAISE, held, Stamp(START))]
    assert (kpi(START, START + DAY_NS, [], entries).members, raised.changed) == (0, True)
    let_go = step(raised.alarm, event, held)
    joined = let_go.within("INC-1")
    entries.append(entry_of(let_go if out else joined, event, held, Stamp(START)))
    if out:
        moved = Transition(joined.alarm, joined.alarm.state)
        entries.append(entry_of(moved, AlarmEvent.REGROUP, held, Stamp(START)))
    figures = kpi(START, START + DAY_NS, [], entries)
    assert (figures.members, figures.incidents) == (1, 1)


def test_incidents_that_were_put_together_are_one() -> None:
    entries = []
    for id, incident in (("a", "INC-1"), ("b", "INC-2")):
        cause = Cause(t_ns=START)
        raised = step(Alarm(id=id), AlarmEvent.RAISE, cause).within(incident)
        entries.append(entry_of(raised, AlarmEvent.RAISE, cause, Stamp(START)))
    moved = Transition(raised.within("INC-1").alarm, State.UNACK)
    merged = entry_of(moved, AlarmEvent.REGROUP, cause, Stamp(START + SECOND))
    figures = kpi(START, START + DAY_NS, [], [*entries, merged])
    assert (figures.members, figures.incidents) == (2, 1)
    later = kpi(START + SECOND, START + DAY_NS, entries, [merged])
    assert (later.members, later.incidents) == (0, 0), "it rose before the period"
