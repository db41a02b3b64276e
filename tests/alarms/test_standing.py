"""A source that tells changes only, against one that is polled: the same values make the same alarms.

reference: a limit's delays run by time, while the source is known to be alive; stale stops the count, Bad
freezes it (A-03, A-09). Seconds are after noon; every tag of the small town has a period of one second.
"""

from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alarms.engine import Engine
from core.model.alarm import AlarmClass, AlarmDefinition
from core.model.finding import FindingKind, Verb
from core.model.quality import Status
from core.model.sample import Batch, Flag, Sample
from core.ports.source import SourceFacts
from tests.alarms.alarm_town import NOON, SECOND, definition, plant

TAG, OTHER = "dma-01.p1", "dma-01.p2"
DELAYS = {"on_delay_s": 20.0, "off_delay_s": 10.0, "deadband": 1.0}
LIMITS = [
    definition("high", FindingKind.LIMIT_HIGH, tag=TAG, setpoint=5.0, escalate_at=8.0, **DELAYS),
    definition("low", FindingKind.LIMIT_LOW, tag=TAG, setpoint=-5.0, escalate_at=-8.0, **DELAYS),
]
PAIRS = [
    definition("off", FindingKind.DEVIATION, tag=TAG, reference=OTHER, setpoint=3.0, **DELAYS),
    definition("apart", FindingKind.DISCREPANCY, tag=TAG, reference=OTHER, on_delay_s=20.0),
    definition("two", FindingKind.COMPOSITE, zone="dma-01", members=(("high",), ("off",)), needs=2),
]
RATES = [definition("rise", FindingKind.RATE, tag=TAG, setpoint=900.0, deadband=90.0, window_s=20.0)]
Told = list[tuple[str, Verb, float]]
Step = tuple[int, float | None]


def ns(second: float) -> int:
    return NOON + round(second * SECOND)


def sample(
    tag: str, second: float, v: float | None, *, flags: int = Flag.STANDS, skew_s: float = 0.0
) -> Sample:
    q = Status.GOOD if v is not None else Status.BAD_NO_COMMUNICATION
    return Sample(tag, ns(second + skew_s), v, q, ns(second), flags if v is not None else 0)


class Following:
    """An engine whose source is alive as long as it is told so, ticked each second unless it only replays."""

    def __init__(self, rows: Sequence[AlarmDefinition], *, ticks: bool = True, skew_s: float = 0.0) -> None:
        self.rows, self.ticks, self.skew_s = rows, ticks, skew_s
        self.facts = SourceFacts()
        self.engine = self._fresh()
        self.told: Told = []

    def _fresh(self, born_ns: int = 0) -> Engine:
        return Engine(plant(), self.rows, followed=dict.fromkeys((TAG, OTHER), self.facts), born_ns=born_ns)

    def hear(self, second: float, *samples: Sample) -> None:
        self._say(self.engine.update(Batch.of("opcua:plc", list(samples))))

    def tick(self, second: float, *, alive: bool = True) -> None:
        if alive:
            self.facts.followed_ns = ns(second)
        if self.ticks:
            self._say(self.engine.tick(ns(second), second, self.engine.followed()))

    def restart(self, *, born_s: float | None = None) -> None:
        kept, self.engine = self.engine.snapshot(), self._fresh(0 if born_s is None else ns(born_s))
        self.engine.restore(kept)

    def _say(self, findings: Iterable) -> None:
        self.told += [(f.alarm, f.verb, (f.t_ns - NOON) / SECOND - self.skew_s) for f in findings]


@st.composite
def changes(draw: st.DrawFn) -> list[Step]:
    """When a value changes, and to what; None: the connection is lost for some time. After 180 s without a
    sample a delay begins anew."""
    second, made = 0, [(0, 0.0)]
    for _ in range(draw(st.integers(1, 8))):
        second += draw(st.sampled_from([1, 2, 9, 10, 15, 20, 21, 40, 190]))
        made.append((second, draw(st.sampled_from([0.0, 4.5, 6.0, 9.0, -6.0, -9.0, None]))))
    return [*made, (second + 35, 0.0)]


def dense(steps: list[Step], rows: Sequence[AlarmDefinition]) -> Told:
    """Polled each second."""
    engine, value, at = Following(rows, ticks=False), None, dict(steps)
    for second in range(steps[-1][0] + 1):
        was, value = value, at.get(second, value)
        if value is not None or was is not None:
            polled = [sample(tag, second, v, flags=0) for tag, v in ((TAG, value), (OTHER, value and 0.0))]
            engine.hear(second, *polled)
    return engine.told


def sparse(
    steps: list[Step],
    rows: Sequence[AlarmDefinition],
    *,
    ticks: bool,
    skew_s: float = 0.0,
    cuts: Iterable[int] = (),
) -> Told:
    engine, lost, at = Following(rows, ticks=ticks, skew_s=skew_s), True, dict(steps)
    for second in range(steps[-1][0] + 1):
        if second in at:
            value = at[second]
            said = [sample(TAG, second, value, skew_s=skew_s)] if not (lost and value is None) else []
            if lost or value is None:  # the other one moves only with the connection
                said += [sample(OTHER, second, value and 0.0, skew_s=skew_s)] if said else []
            lost = value is None
            if said:
                engine.hear(second, *said)
        engine.tick(second, alive=not lost)
        engine.tick(second + 0.5, alive=not lost)
        if second in cuts:
            engine.restart()
    return engine.told


def without_bad(steps: list[Step]) -> list[Step]:
    return [(second, 0.0 if v is None else v) for second, v in steps]


@settings(max_examples=150, deadline=None)
@given(steps=changes(), skew_s=st.sampled_from([0.0, -600.0, 45.0, 600.0]))
def test_a_sparse_stream_raises_and_clears_with_a_dense_one(steps: list[Step], skew_s: float) -> None:
    """Within one tick, whatever the device's clock says; a lost connection is Bad in both."""
    told, expected = sparse(steps, LIMITS, ticks=True, skew_s=skew_s), dense(steps, LIMITS)
    assert [(alarm, verb) for alarm, verb, _ in told] == [(alarm, verb) for alarm, verb, _ in expected]
    believed = skew_s if skew_s <= 60 else 0.0  # what is stamped further ahead is of when it was received
    for (_, _, second), (_, _, then) in zip(told, expected, strict=True):
        assert abs(second + skew_s - believed - then) <= 1.0


@settings(max_examples=60, deadline=None)
@given(steps=changes().map(without_bad), cuts=st.lists(st.integers(0, 400), max_size=6))
def test_one_stream_told_in_four_ways_is_told_alike(steps: list[Step], cuts: list[int]) -> None:
    """As a dense one, also of two tags of which one is silent; a restart of the engine changes nothing; and a
    replay of the spool, without a tick, says the same at the same times, tag by tag."""
    each = [*LIMITS, *RATES]
    live = sparse(steps, [*each, *PAIRS], ticks=True)
    assert sorted(live) == sorted(dense(steps, [*each, *PAIRS]))
    assert sparse(steps, [*each, *PAIRS], ticks=True, cuts=cuts) == live
    alone = {row.id for row in each}
    assert sorted(sparse(steps, each, ticks=False)) == sorted(one for one in live if one[0] in alone)


@pytest.mark.parametrize("v", [9.0, -9.0])
def test_a_value_held_beyond_its_limit_alarms_without_another_sample(v: float) -> None:
    engine = Following(LIMITS)
    engine.hear(0, sample(TAG, 0, v))
    for second in range(1, 60):
        engine.tick(second)
    name = "high" if v > 0 else "low"
    assert engine.told == [(name, Verb.RAISE, 20.0), (name, Verb.ESCALATE, 20.0)]


def test_when_its_source_is_silent_the_count_stops_and_nothing_is_raised() -> None:
    """Neither keep-alive nor loss has come: nothing is known after the last word."""
    engine = Following(LIMITS)
    engine.hear(0, sample(TAG, 0, 9.0))
    for second in range(1, 400):
        engine.tick(second, alive=second < 15)
    assert engine.told == []


def test_a_polled_value_does_not_stand() -> None:
    engine = Following(LIMITS)
    engine.hear(0, sample(TAG, 0, 9.0, flags=0))
    for second in range(1, 400):
        engine.tick(second)
    assert engine.told == []


def test_a_lost_connection_is_never_a_held_value() -> None:
    """Bad freezes what stands; the first report after it begins the delay anew."""
    engine = Following(LIMITS)
    engine.hear(0, sample(TAG, 0, 9.0))
    for second in range(1, 400):
        engine.tick(second, alive=second < 10)
        if second == 12:
            engine.hear(second, sample(TAG, second, None))
    assert engine.told == []
    engine.hear(400, sample(TAG, 400, 9.0))
    for second in range(401, 430):
        engine.tick(second)
    assert engine.told[0] == ("high", Verb.RAISE, 420.0)


def test_reports_that_were_lost_end_what_stood_before_them() -> None:
    engine = Following(LIMITS)
    engine.hear(0, sample(TAG, 0, 9.0))
    gap = Sample(TAG, ns(1), None, Status.BAD_DATA_LOST, ns(5), Flag.BACKFILL)
    engine.hear(5, gap)
    for second in range(6, 400):
        engine.tick(second)
    assert engine.told == []


@pytest.mark.parametrize("ticks", [True, False])
def test_a_value_stands_no_longer_than_its_source_may_be_silent(ticks: bool) -> None:
    engine = Following(LIMITS, ticks=ticks)
    engine.facts.max_silence_s = 19.0
    engine.restart()
    engine.hear(0, sample(TAG, 0, 9.0))
    for second in range(1, 400):
        engine.tick(second)
    assert engine.told == []
    for second in (400, 418, 436):
        engine.hear(second, sample(TAG, second, 9.0))
    assert engine.told[0] == ("high", Verb.RAISE, 420.0)


def test_a_newer_value_that_came_too_late_to_be_judged_ends_what_stood_before_it() -> None:
    engine = Following(LIMITS)
    engine.hear(0, sample(TAG, 0, 9.0))
    engine.hear(5, Sample(TAG, ns(1), 0.0, 0, ns(5), Flag.STANDS | Flag.BACKFILL))
    for second in range(6, 400):
        engine.tick(second)
    assert engine.told == []


def test_what_a_process_before_this_one_was_told_does_not_stand_in_this_one() -> None:
    engine = Following(LIMITS)
    engine.hear(0, sample(TAG, 0, 9.0))
    engine.tick(5)
    engine.restart(born_s=300)
    for second in range(300, 400):
        engine.tick(second)
    assert engine.told == []
    engine.hear(400, sample(TAG, 400, 0.0))
    assert engine.told == []


def test_a_change_that_is_told_a_moment_late_still_counts() -> None:
    """Its time lies before what was held already."""
    engine = Following([definition("high", FindingKind.LIMIT_HIGH, tag=TAG, setpoint=5.0)])
    engine.hear(0, sample(TAG, 0, 9.0))
    for second in range(1, 10):
        engine.tick(second)
    engine.hear(
        10,
        Sample(TAG, ns(7.5), 2.0, 0, ns(10), Flag.STANDS),
        Sample(TAG, ns(8.5), 3.0, 0, ns(10), Flag.STANDS),
    )
    assert [verb for _, verb, _ in engine.told] == [Verb.RAISE, Verb.CLEAR]


def test_a_source_by_exception_is_neither_stuck_nor_stale() -> None:
    """Its peers move; it repeats nothing, and need not."""
    each = {"zone": "dma-01", "setpoint": 0.5, "window_s": 60.0}
    rows = [definition(f"{tag}:flat", FindingKind.FLATLINE, tag=tag, **each) for tag in (TAG, OTHER)]
    rows.append(definition("quiet", FindingKind.STALE, alarm_class=AlarmClass.INSTRUMENT, tag=TAG))
    engine = Following(rows)
    engine.hear(0, sample(TAG, 0, 20.0))
    for second in range(1, 600):
        engine.hear(second, sample(OTHER, second, 20.0 + second % 7, flags=0))
        engine.tick(second)
    assert engine.told == []
    for second in range(600, 660):
        engine.hear(second, sample(OTHER, second, 20.0 + second % 7, flags=0))
        engine.tick(second, alive=False)
    assert [(alarm, verb) for alarm, verb, _ in engine.told] == [("quiet", Verb.RAISE)]
