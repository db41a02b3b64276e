"""The record's minutes are those of the live window, and an hour moves as WQ-02 says."""

import math
from statistics import median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.published import HourState
from core.model.quality import Status
from core.model.sample import Series
from core.model.tag import Quantity
from public_portal.hours import AFTER_MIN, BEFORE_MIN, SPAN_MIN, Heard, hour_of
from public_portal.minutes import minutes_of, without_spikes
from public_portal.quality import MINUTE_NS, Why, Window
from public_portal.usual import Band
from tests.limits_here import limit
from tests.public_portal.test_quality import START, TURBIDITY, noise

FIRST = START // MINUTE_NS
USUAL = Band(0.2, 0.4)
LIMIT = limit("turbidity")


def series(rows: list[tuple[int, float, int]]) -> Series:
    """Of (minute, value, code)."""
    return Series(
        np.array([START + minute * MINUTE_NS + 1 for minute, _, _ in rows], np.int64),
        np.array([v for _, v, _ in rows], np.float64),
        np.array([q for _, _, q in rows], np.uint32),
    )


def hour(values: dict[int, float], *, missing: tuple[int, ...] = (), band: Band | None = USUAL, **more):
    """The hour that begins at minute 0 of a steady 0.30 NTU, but where `values` says otherwise."""
    span = range(-BEFORE_MIN - 3, 60 + AFTER_MIN)
    rows = [(m, values.get(m, 0.30 + noise(m)), 0) for m in span if m not in missing]
    minutes = minutes_of(TURBIDITY, series(rows), FIRST - BEFORE_MIN, SPAN_MIN)
    heard = Heard(Quantity.TURBIDITY, [(TURBIDITY, minutes)], LIMIT)
    return hour_of(heard, START, START, band, more.get("doubted", False))


CODES = st.sampled_from([Status.GOOD, Status.BAD_TIMEOUT, Status.UNCERTAIN])


@given(
    st.lists(
        st.tuples(st.integers(0, 59), st.sampled_from([0.3, 0.31, 0.5, 4.0, 50.0, 101.0, math.nan]), CODES),
        max_size=120,
    )
)
def test_minutes_are_those_that_now_is_told_from(more: list[tuple[int, float, int]]):
    rows = sorted([(m, 0.30 + noise(m), 0) for m in range(60) if m % 7] + more)
    window = Window(TURBIDITY)
    for minute, v, q in rows:
        window.add(START + minute * MINUTE_NS + 1, v, q)
    checked = window.checked(START + 60 * MINUTE_NS)
    if checked.why is not Why.VALID:
        return
    clean = without_spikes(TURBIDITY, minutes_of(TURBIDITY, series(rows), FIRST, 60).value)[-15:]
    assert checked.value == pytest.approx(median(clean[np.isfinite(clean)]))


@given(st.integers(-BEFORE_MIN, 59), st.lists(st.floats(0, 99.9), min_size=1, max_size=3))
def test_wq_02_three_minutes_of_50_ntu_move_no_figure_of_an_hour(at: int, spike: list[float]):
    calm, hit = hour({}), hour({at + i: v for i, v in enumerate(spike)})
    assert abs(hit.median - calm.median) < 0.02
    assert abs(hit.high15 - calm.high15) < 0.02


@given(st.integers(-5, 40))
def test_wq_02_twenty_minutes_show_in_the_highest_15_minute_median(at: int):
    """Also where they began in the hour before."""
    found = hour(dict.fromkeys(range(at, at + 20), 4.0))
    assert found.high15 == 4.0
    assert found.state is HourState.WATCH
    assert abs(found.median - 0.30) < 0.02


def test_wq_02_below_three_quarters_of_its_minutes_an_hour_has_no_value():
    enough = hour({}, missing=tuple(range(10, 28)))
    assert (enough.n_valid, enough.state) == (60 - 18 + 3, HourState.NORMAL), "three minutes are held"
    few = hour({}, missing=tuple(range(10, 29)))
    assert (few.n_valid, few.median, few.high15, few.state) == (44, None, None, HourState.NO_DATA)


def test_wq_04_nothing_is_normal_by_default():
    assert hour({}).state is HourState.NORMAL
    assert hour({}, band=None).state is HourState.NOT_EVALUATED
    assert hour({}, doubted=True).state is HourState.VERIFYING
    assert hour({}, band=Band(0.1, 0.2)).state is HourState.WATCH
    assert hour(dict.fromkeys(range(-30, 70), 0.3125)).state is HourState.VERIFYING, "a stuck instrument"


def test_an_instrument_that_is_serviced_is_called_so_and_another_of_its_area_counts():
    span = range(-BEFORE_MIN, 60 + AFTER_MIN)
    serviced = series([(m, 0.3 + noise(m), Status.UNCERTAIN_SENSOR_CALIBRATION) for m in span])
    well = series([(m, 0.3 + noise(m), Status.GOOD) for m in span])
    first, second = (
        (TURBIDITY, minutes_of(TURBIDITY, past, FIRST - BEFORE_MIN, SPAN_MIN)) for past in (serviced, well)
    )
    alone = hour_of(Heard(Quantity.TURBIDITY, [first], LIMIT), START, START, USUAL, False)
    assert (alone.state, alone.median) == (HourState.MAINTENANCE, None)
    both = hour_of(Heard(Quantity.TURBIDITY, [first, second], LIMIT), START, START, USUAL, False)
    assert both.state is HourState.NORMAL
