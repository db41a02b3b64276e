"""Fixtures of the drivers' tests."""

import pytest

from core.adapters.segment_spool.spool import SegmentSpool
from core.adapters.sqlite_quarantine import SqliteQuarantine
from core.runtime.clock import AnchoredClock
from tests.collectors.field import Kept
from tests.need import lack
from tests.servers.libmodbus_station import HEADER


@pytest.fixture
async def kept(tmp_path):
    spool = await SegmentSpool.open(tmp_path / "spool")
    yield Kept(spool)
    await spool.close()


@pytest.fixture
async def quarantine(tmp_path):
    store = await SqliteQuarantine.open(tmp_path / "quarantine.db")
    yield store
    await store.close()


@pytest.fixture
def clock() -> AnchoredClock:
    return AnchoredClock()


@pytest.fixture(params=["modbus_station", "libmodbus_station"], ids=["pymodbus", "libmodbus"])
def kind(request) -> str:
    """Whose station it is."""
    if request.param == "libmodbus_station" and not HEADER.exists():
        lack("libmodbus-dev is not installed")
    return request.param
