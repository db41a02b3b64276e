"""Shares are told with n and Wilson's interval (WO-27)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from response.proportion import Proportion


def test_wo_27_997_of_1000():
    assert Proportion(997, 1000).words == "99.7 % (99.1–99.9)"


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    # Brown, Cai and DasGupta 2001; Newcombe 1998, table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wo_27_intervals_as_published(hits, n, low, high):
    assert Proportion(hits, n).interval == pytest.approx((low, high), abs=5e-5)


def test_nothing_has_no_share():
    nothing = Proportion(0, 0)
    assert (nothing.share, nothing.interval, nothing.words) == (None, None, "–")


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share(of):
    hits, n = of
    found = Proportion(hits, n)
    assert found.interval is not None and found.share is not None
    low, high = found.interval
    assert 0 <= low <= found.share <= high <= 1
    assert Proportion(n - hits, n).interval == pytest.approx((1 - high, 1 - low))
