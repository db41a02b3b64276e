"""Control charts in columns, against charts that take one sample of one tag at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alarms.engine import Engine
from core.model.alarm import AlarmDefinition, Side
from core.model.finding import Finding, FindingKind, Verb
from core.model.quality import Status
from core.model.sample import Batch, Sample
from tests.alarms.alarm_town import NOON, SECOND, definition, plant
from tests.alarms.test_rules_by_sample import (
    GAP_S,
    TAGS,
    Condition,
    Told,
    all_in_one,
    as_rows_of_a_backlog,
    one_by_one,
)

Poll = list[tuple[str, int, float | None, int]]
WINDOW_S, LEAST_SD, DAY_S = 300, 0.5, 86_400


def rows(tag: str, side: Side = Side.EITHER, **more: object) -> list[AlarmDefinition]:
    alike = {"tag": tag, "window_s": float(WINDOW_S), "least_sd": LEAST_SD, "side": side, **more}
    delays = {"on_delay_s": 10.0, "off_delay_s": 5.0}
    return [
        definition(f"{tag}:ewma", FindingKind.EWMA, setpoint=3.0, deadband=1.0, **delays, **alike),
        definition(f"{tag}:cusum", FindingKind.CUSUM, setpoint=5.0, deadband=2.0, **delays, **alike),
    ]


@dataclass
class Charts:
    """Both charts of one tag with their baseline, in the plainest words (Montgomery, chapter 9)."""

    name: str
    side: Side = Side.EITHER
    window_s: float = WINDOW_S
    least_sd: float = LEAST_SD
    learning: bool = True
    n: int = 0
    began: int = 0
    rate: float = 0.0
    mean: float = 0.0
    sd: float = LEAST_SD
    ewma: float = 0.0
    up: float = 0.0
    down: float = 0.0
    raised: int | None = None
    smooth: Condition = field(init=False)
    shift: Condition = field(init=False)

    def __post_init__(self) -> None:
        self.smooth, self.shift = Condition(10, 5, GAP_S), Condition(10, 5, GAP_S)
        self.sd = self.least_sd

    def takes(self, t: int, x: float, q: int) -> Iterator[Told]:
        if q >= 0x40000000:
            return
        if self.learning:
            self.n += 1
            if self.n == 1:
                self.mean, self.began = x, t
            self.rate = 1 / self.n
        self.counts(x)
        if not self.learning:
            yield from self.judges(t)
            return
        self.ewma = self.up = self.down = 0.0
        self.learning = t - self.began < self.window_s or self.n < 30

    def counts(self, x: float) -> None:
        frozen = any(chart.active or chart.since is not None for chart in (self.smooth, self.shift))
        rate = 0.0 if frozen and not self.learning else self.rate
        z = min(max((x - self.mean) / self.sd, -10.0), 10.0)
        self.ewma += (z - self.ewma) * 0.2
        if self.side is not Side.BELOW:
            self.up = min(max(self.up + (z - 0.5), 0.0), 10.0)
        if self.side is not Side.ABOVE:
            self.down = min(max(self.down - (z + 0.5), 0.0), 10.0)
        taken = min(max(z, -3.0), 3.0) * rate
        self.mean, self.sd = (
            self.mean + taken * self.sd,
            max(self.sd + (abs(taken) * (1 / 0.7971243) - rate) * self.sd, self.least_sd),
        )

    def judges(self, t: int) -> Iterator[Told]:
        unit = (0.2 / 1.8) ** 0.5
        high = self.ewma if self.side is not Side.BELOW else -9e9
        low = -self.ewma if self.side is not Side.ABOVE else -9e9
        worst = max(high, low)
        if self.smooth.takes(t, worst > 3 * unit, worst <= 3 * unit - unit, True):
            yield f"{self.name}:ewma", "raise" if self.smooth.active else "clear", t
        worst = max(self.up, self.down)
        if self.shift.takes(t, worst > 5, worst <= 3, True):
            yield f"{self.name}:cusum", "raise" if self.shift.active else "clear", t
        if not (self.smooth.active or self.shift.active):
            self.raised = None
            return
        self.raised = t if self.raised is None else self.raised
        if t - self.raised >= DAY_S:
            for chart, state in (("ewma", self.smooth), ("cusum", self.shift)):
                if state.active:
                    yield f"{self.name}:{chart}", "clear", t
            self.__init__(self.name, self.side)  # type: ignore[misc]


@st.composite
def shifting(draw: st.DrawFn) -> list[Poll]:
    """Values that wander, step, are Bad at times and silent at others."""
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    t, made, level = 0, list[Poll](), 0.0
    for _ in range(draw(st.integers(1, 8))):
        level = draw(st.sampled_from([level, level, 0.0, 3.0, -4.0, 30.0]))
        step, some = draw(st.sampled_from([5, 10, 10, 3600])), draw(st.sampled_from([TAGS[:3], TAGS[1:4]]))
        for _ in range(draw(st.integers(1, 40))):
            t += step
            q = [0, 0, 0, 0, int(Status.BAD_TIMEOUT), 0x40950000][int(rng.integers(6))]
            poll = [(tag, t, None if q >> 31 else round(level + rng.normal(), 3), q) for tag in some]
            made.append(poll)
        t += draw(st.sampled_from([0, 0, 200]))
    return made


@pytest.mark.parametrize("way", [one_by_one, all_in_one, as_rows_of_a_backlog])
@settings(max_examples=40, deadline=None)
@given(read=shifting(), side=st.sampled_from(Side))
def test_columns_say_what_one_sample_at_a_time_says(
    way: Callable[[Engine, list[Poll]], list[Finding]], read: list[Poll], side: Side
) -> None:
    start, charts = NOON // SECOND, {tag: Charts(tag, side) for tag in TAGS[:4]}
    expected = [
        told for poll in read for tag, t, v, q in poll for told in charts[tag].takes(start + t, v or 0.0, q)
    ]
    engine = Engine(plant(), [row for tag in TAGS[:4] for row in rows(tag, side)])
    got = [(f.alarm, f.verb.value, f.t_ns // SECOND) for f in way(engine, read)]
    assert sorted(got) == sorted(expected)


def values(xs: list[float], start_s: int = 0) -> Batch:
    return Batch.of("s", [Sample(TAGS[1], NOON + (start_s + 10 * i) * SECOND, x) for i, x in enumerate(xs)])


def learned(*made: AlarmDefinition) -> Engine:
    """After an hour about 10, with a standard deviation of 1."""
    engine = Engine(plant(), made)
    usual = 10 + np.random.default_rng(1).standard_normal(360)
    assert engine.update(values(usual.tolist())) == []
    return engine


EWMA, CUSUM = rows(TAGS[1], window_s=1800.0, least_sd=0.01)


def test_a_shift_of_one_standard_deviation_is_found_with_its_evidence() -> None:
    shifted = 11.5 + 0.5 * np.random.default_rng(2).standard_normal(60)
    (found,) = learned(CUSUM).update(values(shifted.tolist(), 3600))
    assert (found.verb, found.kind) == (Verb.RAISE, FindingKind.CUSUM)
    assert found.score is not None and found.score > 5
    assert found.limit == pytest.approx(10.0, abs=0.4) == found.evidence["baseline"]
    assert found.evidence["sd"] == pytest.approx(1.0, abs=0.3)
    assert found.evidence["side"] == "above"
    assert found.evidence["score_in"] == "standard deviations of the cusum"


def test_a_baseline_is_not_moved_by_what_is_in_alarm_and_hardly_by_a_spike() -> None:
    engine = learned(replace(EWMA, on_delay_s=60.0))
    assert engine.update(values([10.0] * 10 + [1000.0] + [10.0] * 10, 3600)) == []
    found = engine.update(values([16.0] * 300 + [10.0] * 60, 3900))
    assert [f.verb for f in found] == [Verb.RAISE, Verb.CLEAR]
    assert found[1].limit == pytest.approx(found[0].limit, abs=0.2)


def test_what_has_stood_for_a_day_is_the_usual_level_and_is_learned_anew() -> None:
    engine = learned(CUSUM)
    found = engine.update(values([20.0 + 0.5 * (i % 2) for i in range(9000)], 3600))
    assert [(f.verb, f.evidence.get("reason")) for f in found] == [
        (Verb.RAISE, None),
        (Verb.CLEAR, "rebased"),
    ]
    again = engine.update(values([10.0] * 60, 3600 + 90_000))
    assert [f.verb for f in again] == [Verb.RAISE]
    assert again[0].limit == pytest.approx(20.25, abs=0.5)


def test_an_hour_without_a_shift_is_quiet() -> None:
    engine = learned(
        definition("wide", FindingKind.EWMA, tag=TAGS[1], setpoint=5.0, window_s=1800.0, least_sd=0.01)
    )
    usual = 10 + np.random.default_rng(3).standard_normal(2000)
    assert engine.update(values(usual.tolist(), 3600)) == []
