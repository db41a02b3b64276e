"""What an instrument may be quoted with: spikes, dead probes and stuck values never become a figure."""

import math
from collections.abc import Collection
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.quality import Status
from core.model.sample import Flag, Series
from core.model.tag import Quantity, Tag
from core.model.text import Text
from public_portal.minutes import minutes_of
from public_portal.quality import MINUTE_NS, NEEDED_MIN, Why, Window

START = 29_905_900 * MINUTE_NS
TURBIDITY = Tag(
    id="q-01.turbidity",
    quantity=Quantity.TURBIDITY,
    unit="NTU",
    name=Text("浊度", "Turbidity"),
    station="q-01",
    period_s=1.0,
    low=0.0,
    high=100.0,
    public=True,
)


def noise(minute: int) -> float:
    """A deterministic wobble of at most 0.01 NTU."""
    return 0.01 * math.sin(minute * 2.399)


def heard(values: dict[int, float], minutes: int = 60, silent: Collection[int] = ()) -> tuple[Window, int]:
    """One sample a minute at 0.30 NTU, but where `values` says otherwise, and none in `silent` minutes; and
    the time after the last."""
    window = Window(TURBIDITY)
    for minute in (m for m in range(minutes) if m not in silent):
        window.add(START + minute * MINUTE_NS + 1, values.get(minute, 0.30 + noise(minute)), Status.GOOD)
    return window, START + minutes * MINUTE_NS


def test_a_steady_instrument_is_quoted_at_the_end_of_its_window():
    window, now = heard({})
    found = window.checked(now + 20_000_000_000)
    assert (found.why, found.at_ns) == (Why.VALID, now)
    assert found.value == pytest.approx(0.30, abs=0.01)


@given(
    st.integers(0, 57),
    st.lists(st.floats(0, 99.9), min_size=1, max_size=3),
    st.integers(0, 10),
)
def test_a_spike_of_three_minutes_moves_nothing(at: int, spike: list[float], later: int):
    """WQ-02: 50 NTU for three minutes moves the median by less than 0.02 NTU, wherever it falls."""
    calm, now = heard({})
    spiked, _ = heard({at + i: v for i, v in enumerate(spike)})
    shift = spiked.checked(now).value - calm.checked(now).value
    assert abs(shift) < 0.02


@given(
    st.integers(0, 54),
    st.lists(st.floats(0, 99.9) | st.just(50.0), min_size=1, max_size=3),
    st.integers(1, 3),
)
def test_silence_after_a_spike_makes_it_no_longer(at: int, spike: list[float], silent: int):
    """WQ-02: of the minutes in which nothing is heard the last one's value is held, which is no excursion."""
    quiet = set(range(at + len(spike), at + len(spike) + silent))
    calm, now = heard({}, silent=quiet)
    spiked, _ = heard({at + i: v for i, v in enumerate(spike)}, silent=quiet)
    shift = spiked.checked(now).value - calm.checked(now).value
    assert abs(shift) < 0.02


@pytest.mark.parametrize(
    ("minutes", "silent", "told"), [(3, 3, 3), (3, 2, 3), (5, 0, 5), (5, 3, 5), (4, 3, 4)]
)
def test_an_excursion_is_as_long_as_it_was_heard(minutes: int, silent: int, told: int):
    first = 60 - minutes - silent
    values = dict.fromkeys(range(first, first + minutes), 50.0)
    window, now = heard(values, silent=set(range(60 - silent, 60)))
    assert window.excursion_min(now) == told


def test_a_change_that_stays_is_told_where_minutes_between_are_silent():
    """An instrument that reports by exception: first and last heard are five minutes apart, and more."""
    window, now = heard(dict.fromkeys(range(40, 60), 4.0), silent={42, 43, 46, 47, 50, 53, 56})
    assert window.checked(now).value == 4.0
    assert window.excursion_min(now) == 20


def test_a_change_that_stays_is_told():
    window, now = heard(dict.fromkeys(range(40, 60), 4.0))
    assert window.checked(now).value == 4.0


def test_a_dead_probe_is_no_data_at_once_and_never_an_old_value():
    window, now = heard({})
    for second in range(240):
        window.add(now + second * 1_000_000_000, math.nan, Status.BAD_SENSOR_FAILURE)
    assert window.checked(now + 4 * MINUTE_NS).why is Why.BAD


def test_one_lost_poll_is_not_a_dead_probe():
    window, now = heard({})
    window.add(now, math.nan, Status.BAD_TIMEOUT)
    assert window.checked(now + 1).why is Why.VALID


def test_silence_ends_in_too_few_within_minutes():
    window, now = heard({})
    assert window.checked(now + 3 * MINUTE_NS).why is Why.VALID
    assert window.checked(now + 7 * MINUTE_NS).why is Why.TOO_FEW


def test_nothing_heard_is_nothing_known():
    assert Window(TURBIDITY).checked(START).value is None


@given(st.sets(st.integers(45, 59), max_size=15))
def test_a_window_needs_most_of_its_minutes(missing: set[int]):
    """Held minutes count for three at most, so that a longer gap shows."""
    window = Window(TURBIDITY)
    for minute in set(range(60)) - missing:
        window.add(START + minute * MINUTE_NS, 0.30 + noise(minute), Status.GOOD)
    found = window.checked(START + 60 * MINUTE_NS)
    if len(missing) <= 15 - NEEDED_MIN:
        assert found.why is Why.VALID
    if len(missing) == 15:
        assert found.value is None


@pytest.mark.parametrize(
    ("quantity", "unit", "value", "why"),
    [
        *((Quantity.PH, "pH", 7.2, Why.VALID), (Quantity.PH, "pH", float(np.float32(7.21)), Why.VALID)),
        (Quantity.FREE_CHLORINE, "mg/L", 0.42, Why.VALID),
        (Quantity.PH, "pH", 7.2137, Why.FLAT),
        (Quantity.FREE_CHLORINE, "mg/L", 0.4371, Why.FLAT),
        (Quantity.TURBIDITY, "NTU", 0.30, Why.FLAT),
    ],
)
def test_a_figure_of_the_instrument_s_resolution_may_stand_for_an_hour(quantity, unit, value, why):
    """WQ-03: what is shown in steps of 0.01 does not change because the water does not; finer figures do.
    Now and the record say the same of it."""
    tag = replace(TURBIDITY, quantity=quantity, unit=unit)
    window = Window(tag)
    for minute in range(60):
        window.add(START + minute * MINUTE_NS + 1, value, Status.GOOD)
    assert window.checked(START + 60 * MINUTE_NS).why is why
    past = Series(
        np.array([START + minute * MINUTE_NS + 1 for minute in range(60)], np.int64),
        np.full(60, value),
        np.zeros(60, np.uint32),
    )
    assert minutes_of(tag, past, START // MINUTE_NS, 60).flat(tag) is (why is Why.FLAT)


def test_a_stuck_instrument_has_no_value():
    window, now = heard(dict.fromkeys(range(60), 0.3125))
    assert window.checked(now).why is Why.FLAT


@pytest.mark.parametrize("value", [-1.0, 100.5, math.inf])
def test_what_the_instrument_cannot_mean_is_left_out(value: float):
    window, now = heard(dict.fromkeys(range(45, 60), value))
    assert window.checked(now).value is None


@pytest.mark.parametrize("code", [Status.BAD_OUT_OF_SERVICE, Status.UNCERTAIN_SENSOR_CALIBRATION])
def test_service_is_called_service(code: Status):
    window, now = heard({})
    window.add(now, math.nan if code >> 31 else 0.3, code)
    assert window.checked(now).why is Why.MAINTENANCE


def test_backfill_is_not_now():
    window = Window(TURBIDITY)
    for minute in range(60):
        window.add(START + minute * MINUTE_NS, 0.3 + noise(minute), Status.GOOD, Flag.BACKFILL)
    assert window.checked(START + 60 * MINUTE_NS).value is None


def test_memory_is_bounded_by_time():
    window, _ = heard({}, minutes=5_000)
    assert len(window._minutes) <= 80
