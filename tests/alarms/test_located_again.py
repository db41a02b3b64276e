"""A burst that people take out of another incident, and that never had one of its own, is located by what its
detector had found: on the demo town's own model."""

import asyncio
from pathlib import Path

from alarms import regroup
from alarms.incidents import Correlator
from alarms.journal import Stamp
from alarms.locating import Locating
from alarms.transaction import record
from core.model.finding import Finding, FindingKind, Verb
from core.model.incident import Incident
from hub.check import read
from tests.alarms.alarm_room import Room
from tests.alarms.alarm_town import NOON, SECOND, definition

CONFIG = Path(__file__).parents[2] / "configs" / "demo"
ZONE = "dma-05"


async def test_a_burst_that_is_taken_out_is_located_and_what_is_left_has_no_place_of_it(room: Room) -> None:
    plant = read(CONFIG).plant
    gauges = [tag.id for tag in plant.tags_of(ZONE) if tag.quantity == "pressure" and tag.node]
    rows = {
        row.id: row
        for row in (
            definition(f"{ZONE}:burst", FindingKind.BURST, zone=ZONE),
            definition(f"{gauges[0]}:low", FindingKind.LIMIT_LOW, tag=gauges[0], zone=ZONE),
        )
    }
    falls = {f"fall_m:{gauge}": 1.0 + 0.2 * n for n, gauge in enumerate(gauges)}
    burst = Finding(
        alarm=f"{ZONE}:burst", kind=FindingKind.BURST, verb=Verb.RAISE, t_ns=NOON, tags=tuple(gauges),
        zone=ZONE, limit=110.0, size_m3h=50.0, evidence={"pressure_agrees": "yes", **falls},
    )  # fmt: skip
    low = Finding(
        alarm=f"{gauges[0]}:low", kind=FindingKind.LIMIT_LOW, verb=Verb.RAISE, t_ns=NOON + SECOND,
        tags=(gauges[0],), zone=ZONE,
    )  # fmt: skip
    async with room.ledger.begin() as tx:
        heard = [(one, Stamp(NOON + 9 * SECOND, n)) for n, one in enumerate((burst, low), 1)]
        await record(tx, heard, rows, Correlator(plant, rows))
        [whole] = await tx.find(Incident)
    [entry] = await room.ledger.journal_of(burst.alarm)
    assert entry.found is not None
    told = {burst.alarm: entry.found}
    async with room.ledger.begin() as tx:
        now_ns = NOON + 60 * SECOND
        made = await regroup.split(
            tx, plant, rows, whole.id, whole.seq, [burst.alarm], "operator", now_ns, told
        )
    assert (made.size_m3h, made.location) == (50.0, None)
    locating = Locating(room.ledger, None, plant, CONFIG / "network.inp", room.clock)

    async def located() -> bool:
        async with room.ledger.read() as tx:
            found = await tx.get(Incident, made.id)
        return found is not None and found.location is not None

    task = asyncio.create_task(locating.run())
    try:
        await room.until(located, within_s=60)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    async with room.ledger.read() as tx:
        left = await tx.get(Incident, whole.id)
    assert left is not None
    assert left.location is None
