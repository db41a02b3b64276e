"""Whose time a report bears, and what its status makes of it."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from asyncua import ua
from hypothesis import given
from hypothesis import strategies as st

from collectors.opcua.values import sample
from core.model.quality import Status
from core.model.sample import Flag
from tests.collectors.field import tags

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
NOW_NS = int(NOW.timestamp()) * 10**9
(TAG,) = tags(["t"], low=0.0, high=100.0).values()
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def report(value=5.0, code=0, source=timedelta(0), server=None, *, first=False, after_ns=0, speed=1.0):
    said = ua.DataValue(
        ua.Variant(value),
        ua.StatusCode(code),
        SourceTimestamp=None if source is None else NOW + source,
        ServerTimestamp=None if server is None else NOW + server,
    )
    return sample(TAG, said, NOW_NS, speed=speed, first=first, after_ns=after_ns)


def ns(delta: timedelta) -> int:
    return NOW_NS + int(delta.total_seconds() * 10**9)


@pytest.mark.parametrize(
    ("source", "server", "t", "flags"),
    [
        (-MINUTE, None, -MINUTE, Flag.NONE),
        (5 * MINUTE, None, 5 * MINUTE, Flag.NONE),
        (-3 * MINUTE, -MINUTE, -3 * MINUTE, Flag.BACKFILL),
        (None, -MINUTE, -MINUTE, Flag.SUBSTITUTED_TIME),
        (None, None, timedelta(0), Flag.SUBSTITUTED_TIME),
        (6 * MINUTE, -MINUTE, -MINUTE, Flag.SUBSTITUTED_TIME | Flag.CLOCK_SUSPECT),
        (7 * HOUR, 7 * HOUR, timedelta(0), Flag.SUBSTITUTED_TIME | Flag.CLOCK_SUSPECT),
        (-20000 * DAY, None, timedelta(0), Flag.SUBSTITUTED_TIME | Flag.CLOCK_SUSPECT),
    ],
)
def test_time(source, server, t, flags):
    made = report(source=source, server=server)
    assert (made.t_ns, made.flags, made.r_ns) == (ns(t), flags, NOW_NS)


def test_the_first_report_of_an_old_value_is_of_now():
    made = report(source=-3 * HOUR, first=True)
    assert (made.t_ns, made.flags) == (NOW_NS, Flag.SUBSTITUTED_TIME)
    assert report(source=-timedelta(seconds=1), first=True).flags == Flag.NONE
    newer_loss = report(source=-timedelta(seconds=1), first=True, after_ns=NOW_NS - 10**8)
    assert newer_loss.t_ns == NOW_NS


def test_late_is_counted_in_real_time():
    assert report(source=-10 * MINUTE).flags == Flag.BACKFILL
    assert report(source=-10 * MINUTE, speed=60.0).flags == Flag.NONE


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
