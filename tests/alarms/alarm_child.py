"""The alarm service as a process of its own, to be killed: `python alarm_child.py FOLDER N`.

Feeds N scans into the spool (going on where the spool stands) and runs the service until it has passed them
all; then leaves with 0.
"""

import asyncio
import sys
from pathlib import Path

from alarms.service import AlarmService
from core.adapters.segment_spool.spool import SegmentSpool
from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.clock import Anchor
from core.model.sample import Batch, Sample
from core.runtime.clock import AnchoredClock
from tests.alarms.alarm_town import NOON, SECOND, plant, pressure_low

ROWS = [pressure_low(f"dma-0{z}.p{i}", deadband=0.0) for z in (1, 2) for i in (1, 2, 3)]
TAGS = [row.tag or "" for row in ROWS]


def scan(k: int) -> Batch:
    """Scan k: each gauge dips below its limit in a rhythm of its own."""
    values = [9.0 if k // (5 + i) % 2 else 20.0 for i in range(len(TAGS))]
    return Batch.of(
        "modbus:st-01", [Sample(tag, NOON + k * SECOND, v) for tag, v in zip(TAGS, values, strict=True)]
    )


async def main(folder: Path, scans: int) -> None:
    spool = await SegmentSpool.open(folder / "spool")
    ledger = await SqlLedger.open(folder / "ledger.db")
    clock = AnchoredClock(Anchor(0, 0, 1.0))
    service = AlarmService(spool, ledger, None, plant(), ROWS, None, clock)
    task = asyncio.create_task(service.run())
    await spool.cursor("alarms")
    for k in range((await spool.facts()).last_seq + 1, scans + 1):
        await spool.put(scan(k))
    while (await spool.facts()).cursors["alarms"] < scans:
        await asyncio.sleep(0.02)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await spool.close()
    await ledger.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
