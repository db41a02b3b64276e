"""What the soak calls flat, and what a leak."""

import random

import pytest

from tests.screens.flat import Series, fitted

HALF_HOUR, WARM_S, EVERY_S = 1800, 360.0, 15


def noted(growth_an_hour: float, noise: float = 0.05, warm: float = 0.0) -> Series:
    """A heap of 10 MB. warm: what it grows before it has settled."""
    chance = random.Random(7)
    return [
        (t, 10 + growth_an_hour * t / 3600 + chance.gauss(0, noise) + warm * min(1.0, t / WARM_S))
        for t in range(0, HALF_HOUR, EVERY_S)
    ]


def test_noise_is_flat_and_so_is_what_has_settled() -> None:
    assert not fitted(noted(0.0), WARM_S).leaks(2.0)
    assert not fitted(noted(0.0, warm=3.0), WARM_S).leaks(2.0)


@pytest.mark.parametrize("growth", [0.5, 1.0, 6.0])
def test_half_a_megabyte_an_hour_is_a_leak_in_half_an_hour(growth: float) -> None:
    assert fitted(noted(growth), WARM_S).leaks(2.0)


def test_however_uneven_more_than_a_days_growth_in_half_an_hour_is_a_leak() -> None:
    assert fitted(noted(8.0, noise=3.0), WARM_S).leaks(2.0)


def test_what_comes_to_less_in_a_day_is_none() -> None:
    assert not fitted(noted(0.05), WARM_S).leaks(2.0)
