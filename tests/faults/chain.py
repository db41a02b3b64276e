"""One source's way through the hub, on real stores: gate, spool, quarantine, recorder, historian, live table
and alarm engine. Time is what the samples say."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from alarms.engine import Engine
from collectors.intake.gate import Gate
from collectors.intake.intake import Intake
from collectors.intake.limits import TimeLimits
from core.adapters.segment_spool.spool import SegmentSpool
from core.adapters.sqlite_historian import SqliteHistorian
from core.adapters.sqlite_quarantine import SqliteQuarantine
from core.model.alarm import AlarmDefinition
from core.model.finding import Finding
from core.model.plant import Plant
from core.model.sample import Batch, Sample
from core.ports.source import SourceFacts
from core.ports.spool import RECORDER
from core.runtime.clock import AnchoredClock
from core.runtime.conservation import assert_conserved
from core.runtime.live import LiveTable
from core.runtime.recorder import Recorder


@dataclass
class Chain:
    spool: SegmentSpool
    quarantine: SqliteQuarantine
    historian: SqliteHistorian
    engine: Engine
    gate: Gate
    facts: SourceFacts
    live: LiveTable = field(default_factory=LiveTable)
    findings: list[Finding] = field(default_factory=list)
    _seen: int = 0

    async def put(self, samples: Sequence[Sample]) -> list[Finding]:
        """What the engine finds in them once they are spooled."""
        return await self.put_batch(Batch.of("test:x", samples))

    async def put_batch(self, batch: Batch) -> list[Finding]:
        await self.gate.put(batch)
        found: list[Finding] = []
        for row in await self.spool.read(self._seen):
            self._seen = row.seq
            self.live.update(row.batch)
            found += self.engine.update(row.batch)
        self.findings += found
        return found

    async def settled(self) -> None:
        """Everything stored, nothing unaccounted for."""
        task = asyncio.create_task(Recorder(self.spool, self.historian).run())
        last = (await self.spool.facts()).last_seq
        async with asyncio.timeout(60):
            while await self.spool.cursor(RECORDER) < last and not task.done():
                await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert_conserved(await self.spool.facts())


@asynccontextmanager
async def chain(
    folder: Path, plant: Plant, rows: Iterable[AlarmDefinition], limits: TimeLimits | None = None
) -> AsyncIterator[Chain]:
    spool = await SegmentSpool.open(folder / "spool")
    quarantine = await SqliteQuarantine.open(folder / "quarantine.db")
    historian = await SqliteHistorian.open(folder / "historian.db", plant.tags, quarantine=quarantine)
    await spool.cursor(RECORDER)
    facts = SourceFacts()
    intake = Intake(spool, quarantine, plant.tags, AnchoredClock(), limits or TimeLimits())
    try:
        yield Chain(spool, quarantine, historian, Engine(plant, rows), intake.gate("test:x", facts), facts)
    finally:
        await historian.close()
        await spool.close()
        await quarantine.close()
