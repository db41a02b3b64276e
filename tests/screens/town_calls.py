"""The demo's people on call, called for what stands in the town: short messages arrive, calls do not."""

import asyncio
import tempfile
from collections.abc import Mapping
from pathlib import Path

from core.adapters.folder_notifier import FolderNotifier
from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.alarm import AlarmDefinition
from core.model.call import Call, CallState
from core.model.plant import Plant
from core.runtime.clock import AnchoredClock
from core.runtime.health import Health
from core.runtime.timetable import Timetable
from hub.documents import document
from response.escalation.proving import meant, prove
from response.escalation.service import CallService
from response.escalation.spec import EscalationFile

CONFIG = Path(__file__).parents[2] / "configs" / "demo"


def _at_once() -> EscalationFile:
    file = document(CONFIG / "escalation.yaml", EscalationFile)
    policies = tuple(
        policy.model_copy(
            update={"ladders": tuple(one.model_copy(update={"gather_s": 0.0}) for one in policy.ladders)}
        )
        for policy in file.policies
    )
    return file.model_copy(update={"policies": policies})


FILE = _at_once()


async def call_people(
    plant: Plant, definitions: Mapping[str, AlarmDefinition], ledger: SqlLedger, clock: AnchoredClock
) -> None:
    """Until everybody who has to be called now was."""
    with tempfile.TemporaryDirectory() as folder:
        blocked = Path(folder) / "blocked"
        blocked.touch()
        channels = {
            "sms": FolderNotifier(Path(folder) / "sms"),
            "voice": FolderNotifier(blocked / "voice"),
            "audit": FolderNotifier(Path(folder) / "audit"),
            "fire": FolderNotifier(Path(folder) / "fire"),
        }
        for contact, way in meant(FILE, "all"):
            await prove(contact, way, channels, ledger, clock)
        service = CallService(FILE, definitions, plant, channels, ledger, Health(), clock)
        service.timetable = Timetable(ledger, clock, service.work)
        task = asyncio.create_task(service.timetable.run())
        await service.look_at_all()
        try:
            async with asyncio.timeout(20):
                while not await _told(ledger):
                    await asyncio.sleep(0.05)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def _told(ledger: SqlLedger) -> bool:
    async with ledger.read() as tx:
        return all(call.told for call in await tx.find(Call, state=CallState.CALLING))
