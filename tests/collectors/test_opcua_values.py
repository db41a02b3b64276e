"""Whose time a report bears, what its status makes of it, and what a value asked for again is worth."""

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from asyncua import ua
from hypothesis import given
from hypothesis import strategies as st

from collectors.opcua.columns import columns_of
from collectors.opcua.values import Readings
from core.model.quality import Status
from core.model.sample import Flag
from tests.collectors.field import tags

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
NOW_NS = int(NOW.timestamp()) * 10**9
SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=s) for s in (1, 60, 3600, 86400))
ZERO = timedelta(0)


def said(value=5.0, code=0, source=ZERO, server=None, handle=0):
    value = ua.DataValue(
        ua.Variant(value),
        ua.StatusCode(code),
        SourceTimestamp=None if source is None else NOW + source,
        ServerTimestamp=None if server is None else NOW + server,
    )
    return columns_of([(handle, value)])


def readings(n=1) -> Readings:
    return Readings("opcua:p", list(tags([f"t{i}" for i in range(n)], low=0.0, high=100.0).values()))


def report(*arguments, after=None, speed=1.0, asked=False, to: Readings | None = None, **fields):
    """The sample made of one report, after one of `after` ago was stored; None when it is no news."""
    to = to or readings()
    if after is not None:
        batch, items = to.batch(said(1.0, source=after), ns(after))
        to.stored(batch, items)
    batch, items = to.batch(said(*arguments, **fields), NOW_NS, speed=speed, asked=asked)
    to.stored(batch, items)
    return batch.samples()[0] if len(batch) else None


def mark(of: Readings, t_ns: int):
    return of.mark(np.array([0]), np.array([Status.BAD_NO_COMMUNICATION], np.uint32), t_ns)


def ns(delta: timedelta) -> int:
    return NOW_NS + int(delta.total_seconds() * 10**9)


@pytest.mark.parametrize(
    ("source", "server", "t", "flags"),
    [
        (-MINUTE, None, -MINUTE, Flag.NONE),
        (5 * MINUTE, None, 5 * MINUTE, Flag.NONE),
        (-3 * MINUTE, -MINUTE, -3 * MINUTE, Flag.NONE),
        (None, -MINUTE, -MINUTE, Flag.SUBSTITUTED_TIME),
        (None, None, ZERO, Flag.SUBSTITUTED_TIME),
        (6 * MINUTE, -MINUTE, -MINUTE, Flag.SUBSTITUTED_TIME | Flag.CLOCK_SUSPECT),
        (7 * HOUR, 7 * HOUR, ZERO, Flag.SUBSTITUTED_TIME | Flag.CLOCK_SUSPECT),
        (-20000 * DAY, None, ZERO, Flag.SUBSTITUTED_TIME | Flag.CLOCK_SUSPECT),
    ],
)
def test_time(source, server, t, flags):
    made = report(source=source, server=server, after=-HOUR)
    assert (made.t_ns, made.flags, made.r_ns) == (ns(t), flags, NOW_NS)


def test_the_first_report_of_an_old_value_is_of_now():
    made = report(source=-3 * HOUR)
    assert (made.t_ns, made.flags) == (NOW_NS, Flag.SUBSTITUTED_TIME)
    assert report(source=-SECOND).flags == Flag.NONE


def test_the_first_report_after_a_loss_is_newer_than_the_loss():
    lost = readings()
    batch = mark(lost, NOW_NS - 10**8)
    lost.stored(batch, np.array([0]), own=True)
    assert batch.samples()[0][1:4] == (NOW_NS - 10**8, None, Status.BAD_NO_COMMUNICATION)
    assert lost.lost.tolist() == [True]
    assert report(source=-SECOND, to=lost).t_ns == NOW_NS
    assert lost.lost.tolist() == [False]


def test_a_mark_is_newer_than_what_came_before_it():
    ahead = readings()
    report(source=MINUTE, to=ahead)
    assert mark(ahead, NOW_NS).t_ns.tolist() == [ns(MINUTE) + 1]


def test_old_is_counted_in_real_time():
    assert report(source=-10 * SECOND).t_ns == NOW_NS
    assert report(source=-10 * SECOND, speed=60.0).t_ns == ns(-10 * SECOND)


def test_the_same_report_twice_is_no_news_but_another_value_of_that_time_is():
    twice = readings()
    assert report(source=-SECOND, to=twice).t_ns == ns(-SECOND)
    assert report(source=-SECOND, to=twice) is None
    assert report(6.0, source=-SECOND, to=twice).v == 6.0


@pytest.mark.parametrize(
    ("source", "server", "t", "flags"),
    [
        (-SECOND, ZERO, -SECOND, Flag.NONE),
        (-MINUTE, -SECOND, -SECOND, Flag.SUBSTITUTED_TIME),
        (-MINUTE, None, ZERO, Flag.SUBSTITUTED_TIME),
        (-MINUTE, -MINUTE, None, None),
        (-MINUTE, -HOUR, None, None),
    ],
    ids=["source moved on", "server vouches", "no server stamp", "server does not vouch", "server older"],
)
def test_a_value_asked_for_again_bears_a_time_somebody_vouches_for_or_is_no_sample(source, server, t, flags):
    made = report(1.0, source=source, server=server, asked=True, after=-MINUTE)
    assert (made and made.t_ns, made and made.flags) == (t if t is None else ns(t), flags)


def test_a_value_asked_for_again_that_changed_without_a_newer_stamp_is_of_now():
    made = report(2.0, source=-MINUTE, server=-MINUTE, asked=True, after=-MINUTE)
    assert (made.v, made.t_ns, made.flags) == (2.0, NOW_NS, Flag.SUBSTITUTED_TIME)


def test_handles_that_were_never_given_are_left_out():
    assert report(handle=9) is None


@given(st.integers(0, 0xFFFFFFFF), st.floats() | st.integers(-(2**40), 2**40) | st.booleans() | st.text())
def test_a_value_is_there_exactly_when_the_status_is_not_bad(code, value):
    made = report(value, code)
    assert (made.v is None) == bool(made.q >> 31)
    if code >> 31:
        assert made.q == code
    elif isinstance(value, str):
        assert made.q == Status.BAD_CONFIGURATION_ERROR
    elif not math.isfinite(value):
        assert made.q == Status.BAD_SENSOR_FAILURE
    elif 0 <= value <= 100:
        assert (made.v, made.q) == (float(value), code)
    else:
        assert made.q == Status.BAD_OUT_OF_RANGE
    assert bool(made.flags & Flag.OVERFLOW) == (made.q & 0x480 == 0x480)
