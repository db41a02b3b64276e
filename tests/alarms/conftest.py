"""Real stores for the alarm stories."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.adapters.segment_spool.spool import SegmentSpool
from core.model.clock import Anchor
from core.runtime.clock import AnchoredClock
from tests.alarms.alarm_room import Room
from tests.alarms.alarm_town import NOON, plant
from tests.ledgers import ledger_in


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    spool = await SegmentSpool.open(tmp_path / "spool")
    ledger = await ledger_in(tmp_path)
    anchor = Anchor(real_ns=time.time_ns(), sim_ns=NOON, speed=1.0)
    yield Room(spool, ledger, plant(), AnchoredClock(anchor))
    await ledger.close()
    await spool.close()
