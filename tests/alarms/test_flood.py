"""Chattering, fleeting and floods as they come are what a plain recount of the journal finds (A-11)."""

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alarms.flood import Desks, Load, Spell, Told
from alarms.journal import replayed
from alarms.kpi import SECOND, TEN_MIN_NS, kpi
from core.model.alarm import Alarm, JournalEntry
from core.model.flood import Position
from core.model.text import Text
from tests.alarms.test_kpi import START, floods, journal, told
from tests.faults.forms import form

MANY = form(20_000, 1_000_000)


def live_floods(entries: list[JournalEntry], end_ns: int) -> tuple[list[tuple[int, int]], list[Spell]]:
    load, over = Load(), []
    for entry in told(entries):
        if spell := load.take(Told(entry.commit_ns, "z", entry.incident)):
            over.append(spell)
    if spell := load.reach(end_ns):
        over.append(spell)
    return [(spell.began_ns, spell.ended_ns or 0) for spell in over], over


def recounted(t: np.ndarray) -> list[tuple[int, int]]:
    """At every instant at which the count of the last ten minutes can change, as `floods` does it plainly."""
    instants = np.unique(np.concatenate([t, t + TEN_MIN_NS]))
    counts = np.searchsorted(t, instants, "right") - np.searchsorted(t, instants - TEN_MIN_NS, "right")
    spans, begun = [], None
    for now, count in zip(instants.tolist(), counts.tolist(), strict=True):
        if begun is None and count > 10:
            begun = now
        elif begun is not None and count < 5:
            spans.append((begun, now))
            begun = None
    return spans


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 300), st.sampled_from([1, 4, 30]), st.sampled_from([5.0, 60.0]))
def test_floods_begin_and_end_as_a_plain_count_says(seed: int, n: int, alarms: int, mean_s: float) -> None:
    entries = journal(seed, n, alarms, mean_s)
    t = [entry.commit_ns for entry in told(entries)]
    end = entries[-1].commit_ns + 2 * TEN_MIN_NS
    assert live_floods(entries, end)[0] == floods(t) == recounted(np.array(t, np.int64))


def test_what_is_live_is_what_a_million_events_say_when_they_are_counted_again() -> None:
    entries = journal(11, MANY, 40, 1.0)
    end = entries[-1].commit_ns + 2 * TEN_MIN_NS
    live, spells = live_floods(entries, end)
    figures = kpi(START, end, [], entries)
    t = np.array([entry.commit_ns for entry in told(entries)], np.int64)
    assert len(live) > MANY // 20_000
    assert live == recounted(t) == list(figures.floods)
    for spell in spells[:50]:
        assert spell.ended_ns is not None
        within = (t > spell.began_ns - TEN_MIN_NS) & (t < spell.ended_ns)
        assert 11 <= spell.annunciated <= int(within.sum())
    of = defaultdict(list)
    for entry in entries:
        of[entry.alarm].append(entry)
    fleeting = chattering = raised = 0
    for id, mine in of.items():
        alarm = Alarm(id=id, priority=1 + int(id[1:]) % 4)
        for entry in mine:
            alarm = replayed(alarm, [entry])
            fleeting += entry.event in ("clear", "quiet") and bool(entry.rows) and alarm.fleeting
        assert (alarm.chatter is not None) is held(mine)
        chattering += any(27 in entry.rows for entry in mine)
        raised += sum(entry.event == "raise" and bool(entry.rows) for entry in mine)
    assert raised > MANY // 10
    assert fleeting and chattering
    assert (fleeting, chattering) == (figures.fleeting, figures.chattering)


def held(mine: list[JournalEntry]) -> bool:
    """By the times of what came and went alone."""
    raises, last, holds = [], 0, False
    for entry in mine:
        if entry.event not in ("raise", "clear") or not entry.rows:
            continue
        if holds and entry.event_ns - last >= 300 * SECOND:
            raises, holds = [], False
        if entry.event == "raise":
            raises.append(entry.event_ns)
            holds = holds or sum(entry.event_ns - 60 * SECOND < at for at in raises) >= 3
        last = entry.event_ns
    return holds


def test_a_flood_goes_on_after_a_restart_as_if_nothing_had_been() -> None:
    whole, entries = Load(), told(journal(3, 3_000, 40, 10.0))
    half = Load()
    for n, entry in enumerate(entries):
        one = Told(entry.commit_ns, "z", entry.incident)
        assert (whole.take(one) is None) is (half.take(one) is None)
        if n % 50 == 0:
            state, half = half.state(), Load()
            half.resume(state)
    assert whole.state() == half.state()


@pytest.mark.parametrize(("zone", "desk"), [("dma-01", "east"), ("dma-12", "west"), (None, "east")])
def test_each_zone_has_its_desk_and_what_has_none_is_the_firsts(zone: str | None, desk: str) -> None:
    east = Position(id="east", name=Text("东", "East"), zones=("dma-0*",))
    west = Position(id="west", name=Text("西", "West"), zones=("dma-1*",))
    assert Desks([east, west]).of(zone) == desk
