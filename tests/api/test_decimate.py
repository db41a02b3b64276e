"""Thinning keeps what an eye would miss; times and names cross the wire exactly."""

import re
from datetime import UTC, datetime

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.decimate import drawn, thinned
from api.history import window_ns
from api.wire import nameless, parse_time, plain, rfc3339, rfc3339_column, rfc3339_millis
from core.model.quality import Status, is_bad
from core.model.sample import Series
from core.ports.historian import Buckets

TIMES = st.integers(0, 2**63 - 1)


@st.composite
def series(draw) -> Series:
    n = draw(st.integers(1, 400))
    t_ns = np.cumsum(np.array(draw(st.lists(st.integers(1, 10**12), min_size=n, max_size=n)), np.int64))
    v = np.array(draw(st.lists(st.floats(-1e6, 1e6), min_size=n, max_size=n)))
    bad = np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    return Series(t_ns, np.where(bad, np.nan, v), np.where(bad, Status.BAD_TIMEOUT, 0).astype(np.uint32))


@given(series(), st.integers(3, 100))
def test_thinning_keeps_order_extremes_and_gaps_within_the_bound(whole, points):
    few = thinned(whole, points)
    assert len(few) <= points
    assert (np.diff(few.t_ns) > 0).all()
    rows = set(zip(whole.t_ns.tolist(), whole.q.tolist(), strict=True))
    assert set(zip(few.t_ns.tolist(), few.q.tolist(), strict=True)) <= rows
    assert is_bad(whole.q).any() == is_bad(few.q).any()
    usable, kept = whole.v[~is_bad(whole.q)], few.v[~is_bad(few.q)]
    if len(usable):
        assert (kept.min(), kept.max()) == (usable.min(), usable.max())


def test_a_window_without_samples_breaks_the_line():
    nan = np.nan
    buckets = Buckets(
        np.array([0, 60, 120]),
        np.array([2, 0, 1]),
        np.array([1.0, nan, 3.0]),
        np.array([2.0, nan, 3.0]),
        None,
    )
    line = drawn(buckets, 60)
    assert line.t_ns.tolist() == [0, 30, 60, 120, 150]
    np.testing.assert_equal(line.v, [1.0, 2.0, nan, 3.0, 3.0])
    assert is_bad(line.q).tolist() == [False, False, True, False, False]


@given(st.integers(1, 10**20), st.integers(3, 20_000))
def test_windows_are_whole_minutes_and_few_enough(span_ns, points):
    width = window_ns(span_ns, points)
    assert width % 60_000_000_000 == 0
    assert -(-span_ns // width) * 2 <= points + 2


@given(TIMES)
def test_a_time_comes_back_as_it_went(t_ns):
    assert parse_time(rfc3339(t_ns)) == t_ns


@given(st.lists(TIMES, max_size=20))
def test_a_column_of_times_is_its_times(stamps):
    column = rfc3339_column(np.array(stamps, np.int64))
    assert [parse_time(text) for text in column] == stamps


@given(st.lists(TIMES, max_size=20), st.booleans())
def test_a_column_to_the_millisecond_is_the_column_cut(stamps, whole):
    t_ns = np.array(stamps, np.int64) // (10**9 if whole else 1) * (10**9 if whole else 1)
    assert orjson.loads(rfc3339_millis(t_ns)) == rfc3339_column(t_ns // 10**6 * 10**6)


@given(st.integers(86_400, 9_000_000_000), st.integers(-720, 720))
def test_any_offset_is_understood(second, minutes):
    sign, size = ("-" if minutes < 0 else "+"), abs(minutes)
    there = datetime.fromtimestamp(second + minutes * 60, UTC)
    text = f"{there:%Y-%m-%dT%H:%M:%S}{sign}{size // 60:02d}:{size % 60:02d}"
    assert parse_time(text) // 10**9 == second


@pytest.mark.parametrize(
    "text", ["", "2026-11-22", "2026-13-22T00:00:00Z", "2026-11-22T00:00:00", "٢٠٢٦-11-22T00:00:00Z"]
)
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError, match=re.compile(".")):
        parse_time(text)


def test_who_did_it_is_left_out_wherever_it_stands():
    content = plain({"why": ["confirmed_by_operator", "step"], "n": [{"acked_by": "x", "at_ns": 0}]})
    assert nameless(content) == {"why": ["confirmed", "step"], "n": [{"at": "1970-01-01T00:00:00Z"}]}
