"""A district's nights: what rises and stays is a leak, told once and as it grows; what people do is none."""

from collections.abc import Iterable

import numpy as np
import pytest

from alarms.detectors.nights import USUAL_AFTER, Morning, Nights, Told

MONDAY = 20_584 // 7 * 7 + 4
"""A day since 1970-01-01."""


def nights(
    seed: int, days: int = 70, leak: Iterable[tuple[int, int, float]] = (), mean: float = 60.0
) -> list[float]:
    """Weekend nights a quarter higher, 2 % of noise. leak: first night, end, m3/h."""
    rng = np.random.default_rng(seed)
    flow = mean * (1 + 0.02 * rng.standard_normal(days))
    flow[np.arange(days) % 7 >= 5] += 0.25 * mean
    for first, end, m3h in leak:
        flow[first:end] += m3h
    return flow.tolist()


def heard(flow: list[float], into: Nights | None = None) -> list[tuple[int, Morning]]:
    """With each morning's night."""
    watch = into or Nights()
    told = [(n, watch.hear(MONDAY + n, x)) for n, x in enumerate(flow)]
    return [(n, morning) for n, morning in told if morning is not None]


def test_weekends_and_a_slow_season_are_no_leak() -> None:
    """Twenty districts for a quarter: one mistake in all at most."""
    season = np.linspace(0, 6, 90)
    told = [heard((np.array(nights(seed, 90)) + season).tolist()) for seed in range(20)]
    assert sum(morning.what is Told.FOUND for one in told for _, morning in one) <= 1


@pytest.mark.parametrize("seed", range(20))
def test_a_leak_of_a_sixth_is_told_next_morning_or_the_one_after_and_its_repair(seed: int) -> None:
    told = heard(nights(seed, leak=[(40, 50, 10.0)]))
    (found, first), *between, (back, last) = told
    assert (first.what, last.what) == (Told.FOUND, Told.BACK)
    assert len(between) <= 1, "its size may be put right once"
    assert found in (40, 41)
    assert first.leak.onset == MONDAY + 40
    assert first.by_m3h == pytest.approx(10.0, abs=4.0)
    assert back == 51


def test_what_grows_a_little_each_night_is_found_and_told_again_as_it_grows_worse() -> None:
    flow = np.array(nights(1))
    flow[35:] += np.clip(np.arange(35) * 0.5, 0, 12)
    told = heard(flow.tolist())
    assert [morning.what for _, morning in told[:2]] == [Told.FOUND, Told.GREW]
    assert told[0][0] < 35 + 14, "grown to less than 7 m3/h"
    assert sum(morning.by_m3h for _, morning in told[:-1]) < 16


def test_what_nobody_repairs_is_usual_after_a_while_and_a_new_one_is_told_beside_it() -> None:
    told = heard(nights(2, 90, leak=[(30, 90, 10.0), (60, 90, 9.0)]))
    assert [morning.what for _, morning in told[:3]] == [Told.FOUND, Told.REBASED, Told.FOUND]
    assert told[1][0] - told[0][0] == USUAL_AFTER
    assert told[2][1].usual == pytest.approx(70.0, abs=16.0)


def test_a_fall_that_stays_is_the_new_usual_and_no_alarm() -> None:
    assert heard(nights(3, leak=[(0, 40, 12.0)])) == []


def test_a_burst_that_its_own_alarm_told_is_not_told_next_morning_but_what_comes_on_top_is() -> None:
    watch, flow = Nights(), nights(4, leak=[(40, 70, 20.0), (46, 70, 9.0)])
    assert heard(flow[:40], watch) == []
    watch.know(MONDAY + 40, 20.0)
    told = [watch.hear(MONDAY + 40 + n, x) for n, x in enumerate(flow[40:52])]
    assert told[:6] == [None] * 6
    (found,) = [morning for morning in told if morning]
    assert (found.what, found.by_m3h) == (Told.FOUND, pytest.approx(9.0, abs=4.0))


def test_a_burst_that_was_told_and_is_over_leaves_nothing() -> None:
    watch, flow = Nights(), nights(5, leak=[(40, 42, 20.0)])
    assert heard(flow[:40], watch) == []
    watch.know(MONDAY + 40, 20.0)
    assert [watch.hear(MONDAY + n, flow[n]) for n in (40, 41)] == [None, None]
    watch.know(MONDAY + 42, -20.0)
    assert [watch.hear(MONDAY + n, flow[n]) for n in range(42, 70)] == [None] * 28


def test_a_night_that_is_kept_and_restored_goes_on_as_if_nothing_had_happened() -> None:
    flow = nights(6, leak=[(40, 60, 10.0)])
    for stop in (20, 41, 45):
        first, then = Nights(), Nights()
        told = heard(flow[:stop], first)
        then.restore(first.snapshot())
        rest = [(n, then.hear(MONDAY + n, x)) for n, x in enumerate(flow) if n >= stop]
        assert told + [(n, morning) for n, morning in rest if morning] == heard(flow)
