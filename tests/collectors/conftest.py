"""Fixtures of the drivers' tests."""

import pytest

from core.runtime.clock import AnchoredClock
from tests.collectors.field import Kept


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def clock() -> AnchoredClock:
    return AnchoredClock()
