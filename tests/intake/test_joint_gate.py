"""One gate for sources whose samples come in one batch: each is judged by itself, and told what was its."""

import numpy as np

from collectors.intake.gate import Gate, Member
from collectors.intake.intake import Intake
from collectors.intake.layout import Known
from collectors.intake.limits import SECOND, TimeLimits
from collectors.intake.marks import Marks
from collectors.intake.skew import Skew
from core.model.quality import Status
from core.model.sample import Batch, Names
from core.ports.source import SourceFacts
from core.runtime.clock import AnchoredClock
from tests.intake.gates import NOW, tag

TAGS = {name: tag(name) for name in ("a1", "a2", "b1", "b2")}
NAMES = Names.many([("modbus:a", ("a1", "a2")), ("modbus:b", ("b1", "b2"))])


class Door:
    def __init__(self) -> None:
        self.facts = {source: SourceFacts() for source in NAMES.sources}
        members = {s: Member(facts, Skew(s, facts, {}, 1.0)) for s, facts in self.facts.items()}
        limits = TimeLimits()
        known = Known(TAGS, limits, 1.0, Marks())
        self.gate = Gate(None, None, known, limits, members)  # type: ignore[arg-type]

    def failures(self) -> dict[str, dict[str, int]]:
        return {source: facts.failures for source, facts in self.facts.items()}


def batch(v, age_s=(0.1,) * 4, q=(0,) * 4, now_ns=NOW) -> Batch:
    """A sample of each tag; None where one is missing."""
    there = np.array([x is not None for x in v])
    n = np.count_nonzero(there)
    ages = np.array(age_s)[there] * SECOND
    return Batch(
        NAMES,
        np.flatnonzero(there).astype(np.uint32),
        now_ns - ages.astype(np.int64),
        np.array([x for x in v if x is not None], np.float64),
        np.array(q, np.uint32)[there],
        np.full(n, now_ns),
        np.zeros(n, np.uint8),
    )


def test_a_usual_batch_is_passed_on_as_it_is():
    door, whole = Door(), batch([1.0, 2.0, 3.0, 4.0])
    judged, refusals = door.gate.judge(whole)
    assert judged is whole
    assert not refusals
    assert all(facts.skew_s is not None for facts in door.facts.values())


def test_what_is_refused_is_refused_to_its_source_alone():
    door = Door()
    judged, refusals = door.gate.judge(batch([1.0, 2.0, 3.0, 4.0], age_s=(0.1, -900.0, 90_000.0, 0.1)))
    assert [(s.tag, s.v) for s in judged.samples()] == [("a1", 1.0), ("b2", 4.0)]
    assert judged.names is NAMES
    told = [(one.source, one.reason, one.samples) for one in refusals]
    assert told == [("modbus:a", "future_time", 1), ("modbus:b", "old_time", 1)]
    assert [Batch.decode(one.content).by_source() for one in refusals] == [{"modbus:a": 1}, {"modbus:b": 1}]
    assert door.failures() == {"modbus:a": {"future_time": 1}, "modbus:b": {"old_time": 1}}
    assert [facts.refused for facts in door.facts.values()] == [1, 1]


def test_what_is_told_twice_is_counted_by_source_also_when_some_had_no_sample():
    door = Door()
    door.gate.judge(batch([1.0, 2.0, 3.0, 4.0]))
    door.gate.judge(batch([None, 2.0, 9.0, None]))
    assert door.failures() == {"modbus:a": {"duplicate": 1}, "modbus:b": {"ts_conflict": 1}}


def test_neighbours_are_doubted_within_their_source_though_the_station_is_the_same():
    door = Door()
    lost = Status.BAD_OUT_OF_RANGE
    judged, _ = door.gate.judge(batch([np.nan, np.nan, 3.0, 4.0], q=(lost, lost, 0, 0)))
    assert judged.q.tolist() == [lost, lost, 0, 0]
    judged, _ = door.gate.judge(batch([1e-35, 2.0, 3.0, 4.0], now_ns=NOW + SECOND))
    assert [int(q) >> 30 for q in judged.q] == [1, 0, 0, 0]
    assert door.failures() == {"modbus:a": {"implausible": 1}, "modbus:b": {}}


def test_a_tags_facts_are_those_of_the_source_that_brought_it():
    intake = Intake(None, None, TAGS, AnchoredClock(), TimeLimits())  # type: ignore[arg-type]
    facts = {source: SourceFacts() for source in NAMES.sources}
    gate = intake.joint_gate(facts)
    assert intake.facts_of("b1") is None
    gate.judge(batch([1.0, 2.0, 3.0, 4.0]))
    assert intake.facts_of("b1") is facts["modbus:b"]
    assert intake.facts_of("a2") is facts["modbus:a"]
    assert intake.brought == list(facts.values())
