"""The town's people use water as those of real metered areas do, and the same whenever they are asked."""

import csv
import gzip
import os
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.demand import HOUR_S, MINUTE_NOISE, Demand
from simulators.noise import Wander

REAL = Path(os.environ.get("WATERHUB_TEST_BWDF", "../shared/data/bwdf2021")) / "inflow_2021.csv.gz"
MEANS = np.array([68.0, 245.0, 45.0, 72.0, 110.0, 32.0, 160.0, 62.0, 85.0, 55.0])
NEW_YEAR_S = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
T = st.integers(NEW_YEAR_S, NEW_YEAR_S + 300 * 86_400)


def about_usual(hourly: np.ndarray, hour_of_week: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Robust standard deviation about the median of the hour of the week, as a share of the mean, and the
    correlation of such differences an hour apart, those beyond four deviations drawn in. By area."""
    spreads, correlations = [], []
    for x in hourly.T:
        rest = np.full(len(x), np.nan)
        for hour in range(168):
            here = hour_of_week == hour
            rest[here] = x[here] - np.nanmedian(x[here])
        rest /= np.nanmean(x)
        spread = 1.4826 * np.nanmedian(np.abs(rest))
        rest = np.clip(rest, -4 * spread, 4 * spread)
        both = np.isfinite(rest[1:]) & np.isfinite(rest[:-1])
        spreads.append(spread)
        correlations.append(np.corrcoef(rest[1:][both], rest[:-1][both])[0, 1])
    return np.array(spreads), np.array(correlations)


def town_year(seed: int) -> tuple[np.ndarray, np.ndarray]:
    t = np.arange(NEW_YEAR_S, NEW_YEAR_S + 364 * 86_400, 900)
    demand = Demand(seed, MEANS, np.arange(10))
    hourly = demand.factors(t).reshape(-1, 4, 10).mean(axis=1) * MEANS
    return about_usual(hourly, t[::4] // HOUR_S % 168)


@pytest.mark.parametrize("seed", [1, 2, 20_261_122])
def test_inflow_varies_about_its_usual_hour_as_real_areas_do(seed: int) -> None:
    spread, correlation = town_year(seed)
    assert spread.min() >= 0.02
    assert spread.max() <= 0.15
    assert np.median(spread) == pytest.approx(0.07, abs=0.012)
    assert correlation.min() >= 0.4
    assert correlation.max() <= 0.9


@pytest.mark.skipif(
    not REAL.exists(), reason=f"the ten real areas are not there: {REAL} (WATERHUB_TEST_BWDF)"
)
def test_the_town_lies_among_ten_real_areas() -> None:
    with gzip.open(REAL, "rt") as file:
        rows = list(csv.reader(file))[1:]
    hours = np.array([datetime.fromisoformat(row[0]).weekday() * 24 + int(row[0][11:13]) for row in rows])
    real = np.array([[float(cell) if cell else np.nan for cell in row[1:]] for row in rows])
    real_spread, real_correlation = about_usual(real, hours)
    spread, correlation = town_year(1)
    assert np.quantile(real_spread, 0.2) < np.median(spread) < np.quantile(real_spread, 0.8)
    assert np.quantile(real_correlation, 0.1) < np.median(correlation) < np.quantile(real_correlation, 0.9)
    assert np.median(spread) == pytest.approx(np.median(real_spread), rel=0.3)


def test_a_day_is_quiet_at_night_and_two_peaked() -> None:
    midnight = NEW_YEAR_S + 5 * 86_400 - 8 * HOUR_S
    day = Demand(1, MEANS, np.arange(10)).factors(midnight + np.arange(0, 86_400, HOUR_S)).mean(axis=1)
    assert day[2:5].max() < 0.55
    assert day[7:10].max() > 1.15
    assert day[18:21].max() > 1.2


@settings(max_examples=30, deadline=None)
@given(T)
def test_a_town_that_restarts_continues(t: int) -> None:
    base, zone = np.linspace(0.5, 2, 40), np.arange(40) % 10
    running, fresh = Demand(7, base, zone), Demand(7, base, zone)
    running.junctions(t - 86_400)
    running.factors(np.arange(t - 86_400, t, 3600))
    assert fresh.junctions(t) == pytest.approx(running.junctions(t), rel=2e-3)


@settings(max_examples=30, deadline=None)
@given(T)
def test_nothing_jumps_within_a_second(t: int) -> None:
    demand = Demand(3, np.full(40, 1.5), np.arange(40) % 10)
    step = demand.junctions(t + 1) - demand.junctions(t)
    assert np.abs(step).max() < 1.5 * 2.5 * (8 * MINUTE_NOISE / 60 + 0.003)


def test_minute_noise_of_an_area_is_the_sum_of_its_junctions() -> None:
    base, zone = np.random.default_rng(1).gamma(1.2, 1.0, 800), np.arange(800) % 10
    demand = Demand(5, base, zone)
    t = NEW_YEAR_S + 60 * np.arange(600)
    by_zone = demand.zone_noise(t)
    use = np.bincount(zone, demand.junctions(int(t[77])))
    quiet = np.bincount(zone, demand.junctions(int(t[77]), noisy=False))
    assert use / quiet - 1 == pytest.approx(by_zone[77], abs=1e-6)
    assert 0.005 < by_zone.std(axis=0).mean() < 0.025


def test_wander_has_unit_variance_and_its_own_time_constant() -> None:
    series = Wander(11, np.array([3600.0, 14_400.0]), 900).at(np.arange(0, 900 * 40_000, 900))
    assert series.std(axis=0) == pytest.approx(1, abs=0.1)
    for column, tau_s in zip(series.T, (3600, 14_400), strict=True):
        assert np.corrcoef(column[4:], column[:-4])[0, 1] == pytest.approx(np.exp(-3600 / tau_s), abs=0.06)
