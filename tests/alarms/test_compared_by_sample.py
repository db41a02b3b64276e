"""Deviation and discrepancy in columns, against rules that look at one moment of one row at a time."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from hypothesis import given, settings

from alarms.engine import Engine
from core.model.alarm import AlarmDefinition, Side
from core.model.finding import FindingKind, Verb
from core.model.quality import Status
from core.model.sample import Batch, Sample
from tests.alarms.alarm_town import NOON, SECOND, definition, one, plant
from tests.alarms.test_rules_by_sample import (
    GAP_S,
    TAGS,
    WAYS,
    Condition,
    Told,
    polls,
)

P1, P2, P3 = "dma-01.p1", "dma-01.p2", "dma-02.p1"
Poll = list[tuple[str, int, float | None, int]]
DELAYS = {"on_delay_s": 10.0, "off_delay_s": 5.0}
DEVIATION, DISCREPANCY = FindingKind.DEVIATION, FindingKind.DISCREPANCY
ROWS = [
    definition("either", DEVIATION, tag=P1, reference=P2, setpoint=4.0, deadband=1.0, **DELAYS),
    definition("above", DEVIATION, tag=P2, reference=1.0, setpoint=3.0, side=Side.ABOVE),
    definition("below", DEVIATION, tag=P2, reference=P3, setpoint=3.0, side=Side.BELOW, deadband=1.0),
    definition("share", DEVIATION, tag=P1, reference=P3, setpoint=150.0, deadband=50.0, relative=True),
    definition("travel", DISCREPANCY, tag=P3, reference=P1, setpoint=2.0, **DELAYS),
    definition("duty", DISCREPANCY, tag=P1, reference=3.0, on_delay_s=20.0),
]


@dataclass
class Row:
    """One row, told of every sample in time order; it judges a moment when both of its tags have reached it,
    or when time has gone on."""

    row: AlarmDefinition
    last: dict[str, tuple[int, float, bool]] = field(default_factory=dict)
    due: int | None = None
    command: float | None = None

    def __post_init__(self) -> None:
        self.state = Condition(self.row.on_delay_s, self.row.off_delay_s, GAP_S)
        of = self.row.reference
        self.tags = [self.row.tag, of] if isinstance(of, str) else [self.row.tag]

    def takes(self, tag: str, t: int, v: float | None, q: int) -> Iterator[Told]:
        if tag not in self.tags:
            return
        if self.due is not None and self.due < t:
            yield from self.judges(self.due)
        self.last[tag] = (t, v if v is not None else 0.0, q < 0x40000000)
        self.due = t
        if all(self.last.get(of or "", (-1,))[0] >= t for of in self.tags):
            yield from self.judges(t)
            self.due = None

    def judges(self, t: int) -> Iterator[Told]:
        known = all(
            of in self.last and self.last[of][2] and t - self.last[of][0] <= GAP_S for of in self.tags if of
        )
        of = self.row.reference
        v = self.last.get(self.row.tag or "", (0, 0.0, False))[1]
        sp = of if isinstance(of, float) else self.last.get(of or "", (0, 0.0, False))[1]  # type: ignore[arg-type]
        enter, leave, known = self.compares(v, float(sp or 0.0), known)
        if self.state.takes(t, enter, leave, known):
            yield self.row.id, "raise" if self.state.active else "clear", t

    def compares(self, v: float, sp: float, known: bool) -> tuple[bool, bool, bool]:
        most, deadband = self.row.setpoint or 0.0, self.row.deadband
        if self.row.kind is DISCREPANCY:
            if known and (self.command is None or abs(sp - self.command) > most):
                self.command, self.state.since = sp, None
            return abs(v - sp) > most, abs(v - sp) <= most, known
        off = v - sp
        if self.row.relative:
            known = known and sp != 0
            off = 100 * off / abs(sp) if sp else 0.0
        size = {Side.ABOVE: off, Side.BELOW: -off, Side.EITHER: abs(off)}[self.row.side]
        return size > most, size <= most - deadband, known


@settings(max_examples=120, deadline=None)
@given(read=polls())
def test_columns_say_what_one_moment_at_a_time_says(read: list[Poll]) -> None:
    start, rows = NOON // SECOND, [Row(row) for row in ROWS]
    samples = [(tag, start + t, v, q) for poll in read for tag, t, v, q in poll if tag in TAGS[:4]]
    expected = [told for sample in samples for row in rows for told in row.takes(*sample)]
    for way in WAYS:
        got = [(f.alarm, f.verb.value, f.t_ns // SECOND) for f in way(Engine(plant(), ROWS), read)]
        assert (way, sorted(got)) == (way, sorted(expected))


def told(engine: Engine, tag: str, at_s: float, value: float | None, q: int = 0) -> list[Verb]:
    return [finding.verb for finding in engine.update(one(tag, at_s, value, q))]


def test_a_new_command_gives_the_equipment_its_time_again() -> None:
    row = definition("travel", DISCREPANCY, tag=P1, reference=P2, on_delay_s=30.0)
    engine = Engine(plant(), [row])
    for t in range(0, 25, 5):
        assert told(engine, P2, t, 1.0) + told(engine, P1, t, 0.0) == []
    for t in range(25, 55, 5):  # commanded to another place before the first was reached
        assert told(engine, P2, t, 2.0) + told(engine, P1, t, 0.0) == []
    assert told(engine, P2, 55, 2.0) + told(engine, P1, 55, 0.0) == [Verb.RAISE]
    assert told(engine, P2, 60, 2.0) + told(engine, P1, 60, 2.0) == [Verb.CLEAR]


def test_a_setpoint_that_nobody_has_said_for_long_is_none() -> None:
    row = definition("off", DEVIATION, tag=P1, reference=P2, setpoint=2.0)
    engine = Engine(plant(), [row])
    assert told(engine, P2, 0, 10.0) + told(engine, P1, GAP_S + 1, 20.0) == []
    assert told(engine, P2, GAP_S + 1, 10.0) == [Verb.RAISE]
    assert (
        told(engine, P2, GAP_S + 2, 20.0, Status.UNCERTAIN_LAST_USABLE) + told(engine, P1, GAP_S + 2, 20.0)
        == []
    )


def test_a_step_of_setpoint_and_value_at_once_is_no_deviation_whichever_comes_first() -> None:
    row = definition("off", DEVIATION, tag=P1, reference=P2, setpoint=2.0)
    for first, second in ((P1, P2), (P2, P1)):
        engine = Engine(plant(), [row])
        assert told(engine, first, 0, 10.0) + told(engine, second, 0, 10.0) == []
        assert told(engine, first, 1, 20.0) + told(engine, second, 1, 20.0) == []


def test_what_was_compared_is_told() -> None:
    engine = Engine(plant(), ROWS)
    batch = Batch.of("s", [Sample(tag, NOON, v) for tag, v in ((P1, 9.0), (P2, 5.0), (P3, 2.0))])
    by_alarm = {finding.alarm: finding for finding in engine.update(batch)}
    assert {alarm: (f.value, f.limit, f.tags) for alarm, f in by_alarm.items()} == {
        "above": (5.0, 4.0, (P2,)),
        "share": (9.0, 5.0, (P1, P3)),
    }
    assert by_alarm["share"].evidence == {"reference": 2.0, "off": 350.0, "off_in": "percent"}
