"""Calls for help in a process of its own, to be killed; CONFIG and LEASE_S are its arguments."""

import asyncio
import sys
from functools import partial
from pathlib import Path

from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.clock import REAL
from core.runtime.clock import AnchoredClock, read_anchor
from core.runtime.health import Health
from core.runtime.timetable import Timetable
from hub.audit_file import BEAT, beat
from hub.channels import channels_of
from hub.config import HubFile
from hub.documents import document
from hub.stores import ledger_file
from response.escalation.service import CallService
from response.escalation.spec import EscalationFile
from tests.response import little_town as town


async def work(config: Path, lease_s: float) -> None:
    data = document(config / "hub.yaml", HubFile).data
    file = document(config / "escalation.yaml", EscalationFile)
    ledger = await SqlLedger.open(ledger_file(data))
    clock = AnchoredClock(read_anchor(data / "clock.json") or REAL)
    calls = CallService(file, {}, town.plant(), channels_of(file, config, data), ledger, Health(), clock)
    calls.timetable = Timetable(ledger, clock, calls.work, lease_s, partial(beat, data / BEAT))
    async with asyncio.TaskGroup() as group:
        group.create_task(calls.run())
        group.create_task(calls.timetable.run())
        print("ready", flush=True)


asyncio.run(work(Path(sys.argv[1]), float(sys.argv[2])))
