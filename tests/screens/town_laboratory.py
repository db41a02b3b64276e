"""What a town's laboratory found, as `waterhub import laboratory` leaves it."""

import json

from core.model.laboratory import MONTHS, LabResult
from core.model.limits import SampleType
from tests.screens.town import Town

OLDER, NEWER = "2026-10-28", "2026-11-20"
FOUND = (
    ("plant-1", SampleType.PLANT, NEWER, {"turbidity": 0.2, "ph": 7.4, "free_chlorine": 0.6}),
    ("dma-01", SampleType.NETWORK, OLDER, {"turbidity": 1.9}),
    ("dma-01", SampleType.NETWORK, NEWER, {"turbidity": 1.2, "ph": 7.2}),
)
"""An older sample of a zone is not its last."""


async def sampled(town: Town) -> None:
    results = [
        LabResult(
            id=f"{zone}-{day}:{item}",
            sample=f"{zone}-{day}",
            item=item,
            sampled=day,
            zone=zone,
            kind=kind,
            method="GB/T 5750",
            laboratory="化验室",
            report="R-1",
            value=value,
            unit={"turbidity": "NTU", "free_chlorine": "mg/L"}.get(item, ""),
        )
        for zone, kind, day, items in FOUND
        for item, value in items.items()
    ]
    async with town.ledger.begin() as tx:
        await tx.put_many(results)
        await tx.keep(MONTHS, json.dumps({OLDER[:7]: "1", NEWER[:7]: "1"}).encode())
