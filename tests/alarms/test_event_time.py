"""Delays, deadbands and late samples in the time of the source, whatever its clock says (A-09, A-10)."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alarms.engine import Engine
from core.model.alarm import AlarmDefinition
from core.model.finding import FindingKind, Verb
from core.model.sample import Batch, Flag, Sample
from tests.alarms.alarm_town import NOON, SECOND, definition, plant
from tests.alarms.test_rules_by_sample import GAP_S

TAG, OTHER = "dma-01.p1", "dma-01.p2"
DELAYS = {"on_delay_s": 20.0, "off_delay_s": 10.0, "deadband": 1.0}
ROWS = [
    definition("high", FindingKind.LIMIT_HIGH, tag=TAG, setpoint=5.0, escalate_at=8.0, **DELAYS),
    definition("low", FindingKind.LIMIT_LOW, tag=TAG, setpoint=-5.0, escalate_at=-8.0, **DELAYS),
    definition("off", FindingKind.DEVIATION, tag=TAG, reference=1.0, setpoint=3.0, **DELAYS),
    definition("apart", FindingKind.DISCREPANCY, tag=TAG, reference=OTHER, on_delay_s=20.0),
    definition("ewma", FindingKind.EWMA, tag=TAG, setpoint=3.0, window_s=200.0, least_sd=0.5, **DELAYS),
    definition("cusum", FindingKind.CUSUM, tag=TAG, setpoint=5.0, window_s=200.0, least_sd=0.5, **DELAYS),
    definition("two", FindingKind.COMPOSITE, zone="dma-01", members=(("high",), ("off",)), needs=2),
]
Said = list[tuple[int, str, Verb]]


def read(second: float, v: float, skew_s: float, flags: int = 0) -> Batch:
    """Both tags, read at this second after noon, stamped by a clock that is off by so much."""
    r_ns = NOON + round(second * SECOND)
    t_ns = r_ns + round(skew_s * SECOND)
    return Batch.of("s", [Sample(tag, t_ns, w, 0, r_ns, flags) for tag, w in ((TAG, v), (OTHER, 0.0))])


def said(values: list[tuple[int, float]], skew_s: float, rows: list[AlarmDefinition] | None = None) -> Said:
    """What is found with each poll."""
    engine = Engine(plant(), rows or ROWS)
    return [(second, f.alarm, f.verb) for second, v in values for f in engine.update(read(second, v, skew_s))]


@st.composite
def values(draw: st.DrawFn) -> list[tuple[int, float]]:
    second, made = 0, []
    for _ in range(draw(st.integers(1, 12))):
        step, v = draw(st.sampled_from([5, 10, 10, 200])), float(draw(st.integers(-10, 10)))
        for _ in range(draw(st.integers(1, 12))):
            second += step
            made.append((second, v))
    return made


@settings(max_examples=60, deadline=None)
@given(polled=values(), skew_s=st.integers(-600, 600))
def test_a_skewed_clock_changes_nothing(polled: list[tuple[int, float]], skew_s: int) -> None:
    assert said(polled, skew_s) == said(polled, 0)


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.id in ("high", "off", "apart")], ids=lambda r: r.id
)
@pytest.mark.parametrize("before_s", [-600.0, -170.0, -100.0, -65.0, 0.0, 50.0])
@pytest.mark.parametrize("after_s", [-600.0, 0.0, 50.0, 200.0, 600.0])
def test_a_clock_that_is_set_cannot_satisfy_a_delay(
    row: AlarmDefinition, before_s: float, after_s: float
) -> None:
    """Set while the condition waits: however far, the alarm does not come before its delay has passed, except
    by what two clocks may differ by and still be believed."""
    engine = Engine(plant(), [replace(row, on_delay_s=120.0)])
    found: list[tuple[float, Verb]] = []
    for second in range(0, 400, 5):
        skew_s = before_s if second < 20 else after_s
        told = engine.update(read(second, 7.0, skew_s))
        found += [(second, f.verb) for f in told]
    assert all(second >= 120 - 60 for second, _ in found)
    if after_s >= before_s:
        assert [verb for _, verb in found] == [Verb.RAISE]


@pytest.mark.parametrize("row", ROWS[:4], ids=lambda row: row.id)
def test_a_gap_longer_than_a_value_stands_begins_the_delay_anew(row: AlarmDefinition) -> None:
    v = -9.0 if row.id == "low" else 9.0
    (within,) = said([(0, v), (10, v), (10 + GAP_S, v)], 0, [row])[:1]
    assert within[:2] == (10 + GAP_S, row.id)
    told = said([(0, v), (10, v), (11 + GAP_S, v), (25 + GAP_S, v), (31 + GAP_S, v)], 0, [row])
    assert told[0] == (31 + GAP_S, row.id, Verb.RAISE)


@pytest.mark.parametrize("row", ROWS[:4], ids=lambda row: row.id)
def test_late_samples_neither_annunciate_nor_clear(row: AlarmDefinition) -> None:
    bad, good = (-9.0 if row.id == "low" else 9.0), (0.0 if row.id == "apart" else 1.0)
    engine = Engine(plant(), [row])
    for second in range(0, 100, 5):
        assert engine.update(read(second, good, 0.0)) == []
    for second in range(1, 60):  # resent, late, backfilled: of the past
        assert engine.update(read(100 + second, bad, -99.0)) == []
        assert engine.update(read(100 + second, bad, 0.0, Flag.BACKFILL)) == []
    raised = [f for second in range(200, 260, 5) for f in engine.update(read(second, bad, 0.0))]
    assert raised[0].verb is Verb.RAISE
    for second in range(100, 200):
        assert engine.update(read(200 + second, good, -200.0)) == []
        assert engine.update(read(300 + second, good, 0.0, Flag.BACKFILL)) == []
    assert engine.late > 0


@pytest.mark.parametrize("row", ROWS[:4], ids=lambda row: row.id)
def test_an_alarm_that_cleared_is_raised_again_by_a_value_that_then_never_moves(row: AlarmDefinition) -> None:
    bad, good = (-9.0 if row.id == "low" else 9.0), (0.0 if row.id == "apart" else 1.0)
    polled = [(s, bad) for s in range(0, 60, 5)] + [(s, good) for s in range(60, 120, 5)]
    polled += [(s, bad) for s in range(120, 600, 5)]
    verbs = [verb for _, _, verb in said(polled, 0, [row]) if verb in (Verb.RAISE, Verb.CLEAR)]
    assert verbs == [Verb.RAISE, Verb.CLEAR, Verb.RAISE]


@settings(max_examples=100, deadline=None)
@given(xs=st.lists(st.integers(-100, 100), max_size=60), own=st.tuples(*[st.integers(0, 20)] * 4))
def test_each_of_the_four_limits_has_a_deadband_of_its_own(xs: list[int], own: tuple[int, ...]) -> None:
    h, hh, l, ll = own  # noqa: E741
    rows = [
        definition("high", FindingKind.LIMIT_HIGH, tag=TAG, setpoint=40.0, escalate_at=70.0,
                   deadband=float(h), escalate_deadband=float(hh)),
        definition("low", FindingKind.LIMIT_LOW, tag=TAG, setpoint=-40.0, escalate_at=-70.0,
                   deadband=float(l), escalate_deadband=float(ll)),
    ]  # fmt: skip
    expected: Said = []
    on = dict.fromkeys(("high", "low"), False)
    worse = dict(on)
    for second, x in enumerate(xs):
        for name, v, near, far in (("high", x, h, hh), ("low", -x, l, ll)):
            was = on[name]
            on[name] = v > 40 - near if was else v > 40
            if on[name] is not was:
                expected.append((second, name, Verb.RAISE if on[name] else Verb.CLEAR))
            was = worse[name]
            worse[name] = v > 70 - far if was else v > 70
            if worse[name] is not was and (worse[name] or on[name]):
                expected.append((second, name, Verb.ESCALATE if worse[name] else Verb.UPDATE))
    told = said([(second, float(x)) for second, x in enumerate(xs)], 0, rows)
    assert sorted(told) == sorted(expected)
