"""Laboratory results on their way out: each month a part beside the snapshot, judged as it is written."""

import asyncio
import json
from datetime import date

import msgspec

from core.model.laboratory import MONTHS, Judged, LabMonth, LabResult, complies, part_name
from core.model.limits import AppliedLimit
from core.model.plant import Plant
from core.ports.ledger import Ledger
from core.runtime.logs import log
from public_portal.record_parts import MONTHS as LISTED
from public_portal.record_parts import RecordParts


class Laboratory:
    """What was taken in since it last looked is handed out, also of months that had been."""

    def __init__(self, ledger: Ledger, plant: Plant, parts: RecordParts) -> None:
        self._ledger, self._plant, self._parts = ledger, plant, parts
        self._made: dict[str, str] = {}

    async def look(self) -> None:
        """What cannot be written is tried again with the next snapshot, which does not wait for it."""
        async with self._ledger.read() as tx:
            known: dict[str, str] = json.loads(await tx.kept(MONTHS) or b"{}")
        for month in sorted(known)[-LISTED:]:
            if self._made.get(month) != known[month]:
                try:
                    await self._make(month)
                except OSError as error:
                    log.warning("laboratory results wait", month=month, reason=str(error))
                    return
                self._made[month] = known[month]

    async def _make(self, month: str) -> None:
        async with self._ledger.read() as tx:
            results = await tx.find(LabResult, month=month)
        content = await asyncio.to_thread(_content, self._plant, month, results)
        await self._parts.put(part_name(month), content)


def _content(plant: Plant, month: str, results: list[LabResult]) -> bytes:
    """Off the loop that alarms run in: a city's month is thousands of results."""
    return msgspec.json.encode(month_of(plant, month, results))


def month_of(plant: Plant, month: str, results: list[LabResult]) -> LabMonth:
    """Each against the limit that was in force for it."""
    limits: dict[AppliedLimit, int] = {}
    judged = []
    for one in sorted(results, key=lambda one: (one.sampled, one.id)):
        limit = plant.limit_of(one.item, one.zone, date.fromisoformat(one.sampled), one.kind)
        at = None if limit is None else limits.setdefault(limit, len(limits))
        judged.append(Judged(result=one, limit=at, complies=complies(one, limit)))
    seen = {one.zone for one in results}
    return LabMonth(
        month=month,
        places={id: plant.zones[id].name for id in sorted(seen) if id in plant.zones},
        limits=tuple(limits),
        results=tuple(judged),
    )
