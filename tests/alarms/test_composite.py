"""Composite alarms: all, any, or so many of other rows' conditions, evaluated on state."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alarms.engine import Engine
from alarms.voting import Decision, decide
from core.model.alarm import AlarmClass, AlarmDefinition
from core.model.finding import FindingKind, Verb
from core.model.quality import Status
from core.model.sample import Batch
from tests.alarms.alarm_town import NOON, SECOND, definition, one, plant
from tests.alarms.test_rules_by_sample import (
    GAP_S,
    TAGS,
    WAYS,
    Condition,
    Told,
    one_by_one,
    polls,
)

Poll = list[tuple[str, int, float | None, int]]
COMPOSITE, HIGH = FindingKind.COMPOSITE, FindingKind.LIMIT_HIGH
MEMBERS = {f"{tag}:high": tag for tag in TAGS[:4]}


def high(tag: str, **more: object) -> AlarmDefinition:
    return definition(f"{tag}:high", HIGH, tag=tag, setpoint=2.0, deadband=1.0, **more)


def composite(id: str, members: list[tuple[str, ...]], needs: int, **more: object) -> AlarmDefinition:
    return definition(id, COMPOSITE, zone="dma-01", members=tuple(members), needs=needs, **more)


A, B, C, D = MEMBERS
ROWS = [
    *(high(tag, on_delay_s=5.0) for tag in TAGS[:4]),
    composite("all", [(A,), (B,)], 2, on_delay_s=10.0, off_delay_s=5.0),
    composite("any", [(A,), (C,), (D,)], 1),
    composite("two", [(A,), (B,), (C,), (D,)], 2, off_delay_s=20.0),
    composite("groups", [(A, B), (C, D)], 2, on_delay_s=3.0),
]


@pytest.mark.parametrize("votes", list(product([True, False, None], repeat=3)))
@pytest.mark.parametrize("needs", [1, 2, 3])
def test_a_decision_is_that_of_every_way_the_unknown_may_turn_out(
    votes: tuple[bool | None, ...], needs: int
) -> None:
    ways = product(*([True, False] if vote is None else [vote] for vote in votes))
    met = {sum(way) >= needs for way in ways}
    expected = Decision.MEMBER_UNKNOWN if len(met) == 2 else Decision.MET if True in met else Decision.NOT_MET
    assert decide(votes, needs) is expected


@dataclass
class Composite:
    """One row in the plainest words: what its members are at each time, judged when time has gone on."""

    row: AlarmDefinition
    on: dict[str, bool] = field(default_factory=dict)
    good: dict[str, bool] = field(default_factory=dict)
    active: bool = False
    due: int | None = None
    since: int | None = None

    def until(self, t: int) -> Iterator[Told]:
        if self.due is not None and self.due < t:
            decision = decide([self.vote(group) for group in self.row.members], self.row.needs)
            wanted = Decision.NOT_MET if self.active else Decision.MET
            self.since = (self.since if self.since is not None else self.due) if decision is wanted else None
            self.due = None
        wait = int(self.row.off_delay_s if self.active else self.row.on_delay_s)
        if self.since is not None and self.since + wait < t:
            fired, self.active, self.since = self.since + wait, not self.active, None
            yield self.row.id, "raise" if self.active else "clear", fired

    def vote(self, group: tuple[str, ...]) -> bool | None:
        known = [self.on.get(id, False) if self.good.get(MEMBERS[id], True) else None for id in group]
        return True if True in known else None if None in known else False


@settings(max_examples=120, deadline=None)
@given(read=polls())
def test_composites_say_what_plain_words_say(read: list[Poll]) -> None:
    start, expected = NOON // SECOND, list[Told]()
    limits = {tag: Condition(5, 0, GAP_S) for tag in TAGS[:4]}
    rows = [Composite(row) for row in ROWS if row.kind is COMPOSITE]
    every = (sample for poll in read for sample in poll if sample[0] in limits)
    for t, together in groupby(every, key=lambda sample: start + sample[1]):
        samples = list(together)
        for row in rows:
            own = {MEMBERS[id] for group in row.row.members for id in group}
            expected += row.until(t) if any(tag in own for tag, *_ in samples) else ()
        for tag, _, v, q in samples:
            good = q < 0x40000000
            fired = limits[tag].takes(t, (v or 0) > 2, (v or 0) <= 1, good)
            for row in rows:
                mine = any(f"{tag}:high" in group for group in row.row.members)
                if mine and (fired or row.good.get(tag, True) is not good):
                    row.due, row.good[tag] = t, good
                    row.on[f"{tag}:high"] = limits[tag].active
    for way in WAYS:
        got = [f for f in way(Engine(plant(), ROWS), read) if f.kind is COMPOSITE]
        told = sorted((f.alarm, f.verb.value, f.t_ns // SECOND) for f in got)
        assert (way, told) == (way, sorted(expected))


def said(engine: Engine, tag: str, at_s: float, v: float | None, q: int = 0) -> list[tuple[str, Verb]]:
    return [(f.alarm, f.verb) for f in engine.update(one(tag, at_s, v, q)) if f.kind is COMPOSITE]


def test_what_the_tags_own_clock_says_counts_whatever_order_it_is_known_in() -> None:
    for first, second in ((TAGS[0], TAGS[1]), (TAGS[1], TAGS[0])):
        engine = Engine(plant(), [high(TAGS[0]), high(TAGS[1]), composite("both", [(A,), (B,)], 2)])
        assert said(engine, first, 0, 5.0) + said(engine, second, 0, 5.0) == []
        assert said(engine, first, 1, 5.0) == [("both", Verb.RAISE)]
        # one goes and the other comes in the same moment: any of the two is active all the while
    engine = Engine(plant(), [high(TAGS[0]), high(TAGS[1]), composite("any", [(A,), (B,)], 1)])
    told = [
        said(engine, tag, t, v)
        for t in range(4)
        for tag, v in ((TAGS[0], 5.0 * (t < 2)), (TAGS[1], 5.0 * (t >= 2)))
    ]
    assert [one for some in told for one in some] == [("any", Verb.RAISE)]


def test_an_unknown_member_neither_raises_nor_clears_and_is_named() -> None:
    engine = Engine(plant(), [high(TAGS[0]), high(TAGS[1]), composite("both", [(A,), (B,)], 2)])
    said(engine, TAGS[0], 0, 5.0)
    said(engine, TAGS[0], 1, None, Status.BAD_SENSOR_FAILURE)
    said(engine, TAGS[1], 2, 5.0)
    assert said(engine, TAGS[1], 3, 5.0) == []
    assert engine.composites.why("both") is Decision.MEMBER_UNKNOWN
    assert said(engine, TAGS[0], 4, 5.0) + said(engine, TAGS[0], 5, 5.0) == [("both", Verb.RAISE)]
    said(engine, TAGS[1], 6, None, Status.BAD_TIMEOUT)
    assert said(engine, TAGS[1], 7, None, Status.BAD_TIMEOUT) == []
    assert engine.composites.why("both") is Decision.MEMBER_UNKNOWN
    (cleared,) = [f for t in (8, 9) for f in engine.update(one(TAGS[0], t, 0.0)) if f.kind is COMPOSITE]
    assert cleared.verb is Verb.CLEAR, "one that is surely over is enough"
    assert cleared.evidence["unknown"] == B and cleared.evidence["reason"] == "not_met"


def test_a_silent_member_is_unknown_while_its_own_stale_alarm_says_so() -> None:
    stale = definition("silent", FindingKind.STALE, tag=TAGS[0], alarm_class=AlarmClass.INSTRUMENT)
    engine = Engine(plant(), [high(TAGS[0]), high(TAGS[1]), stale, composite("both", [(A,), (B,)], 2)])
    said(engine, TAGS[0], 0, 5.0)
    for second in range(30):
        said(engine, TAGS[1], 1 + second, 0.0)
        engine.tick(NOON + 600 * SECOND, float(second))
    said(engine, TAGS[1], 40, 5.0)
    assert said(engine, TAGS[1], 41, 5.0) == []
    assert engine.composites.why("both") is Decision.MEMBER_UNKNOWN
    assert said(engine, TAGS[0], 42, 5.0) + said(engine, TAGS[0], 43, 5.0) == [("both", Verb.RAISE)]


def test_what_is_known_of_lost_lines_only_lives_by_the_hubs_clock() -> None:
    lines = [definition(f"st-0{n}:line", FindingKind.COMMUNICATION, station=f"st-0{n}") for n in (1, 2)]
    engine = Engine(
        plant(), [*lines, composite("dark", [("st-01:line",), ("st-02:line",)], 2, on_delay_s=5.0)]
    )
    lost = [
        one(tag.id, 0, None, Status.BAD_TIMEOUT) for tag in plant().tags.values() if tag.station[:2] == "st"
    ]
    found = [f.alarm for batch in lost for f in engine.update(batch)]
    found += [f.alarm for n in range(1, 600) for f in engine.tick(NOON + n * SECOND, float(n))]
    assert found.count("dark") == 1


def test_a_composite_of_composites_is_judged_after_them() -> None:
    inner = composite("inner", [(A,), (B,)], 1, on_delay_s=2.0)
    outer = composite("outer", [("inner",), (C,)], 2)
    engine = Engine(plant(), [outer, inner, *(high(tag) for tag in TAGS[:3])])
    told = [(told, t) for t in range(8) for tag in TAGS[:3] for told in said(engine, tag, t, 5.0 * (t < 5))]
    assert [alarm for (alarm, _), _ in told] == ["inner", "outer", "inner", "outer"]


def test_a_row_put_together_anew_knows_how_its_members_stand() -> None:
    first = Engine(plant(), [high(TAGS[0]), high(TAGS[1]), composite("both", [(A,), (B,)], 2)])
    batch: list[Batch] = [one(TAGS[0], 0, 5.0), one(TAGS[1], 0, 5.0), one(TAGS[0], 1, 5.0)]
    assert [f.alarm for b in batch for f in first.update(b)] == [A, B, "both"]
    other = Engine(plant(), [high(TAGS[0]), high(TAGS[1]), composite("either", [(A,), (B,)], 1)])
    other.restore(first.snapshot())
    assert said(other, TAGS[0], 2, 5.0) + said(other, TAGS[0], 3, 5.0) == [("either", Verb.RAISE)]


@settings(max_examples=30, deadline=None)
@given(read=polls(), cut=st.integers(0, 40))
def test_a_restart_changes_nothing(read: list[Poll], cut: int) -> None:
    whole, first, second = (Engine(plant(), ROWS) for _ in range(3))
    found = one_by_one(first, read[:cut])
    second.restore(first.snapshot())
    found += one_by_one(second, read[cut:])
    assert found == one_by_one(whole, read)
