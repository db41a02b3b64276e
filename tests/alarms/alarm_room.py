"""The alarm room at work on real stores."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from alarms.service import AlarmService
from core.adapters.segment_spool.spool import SegmentSpool
from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.alarm import Alarm, AlarmDefinition, State
from core.model.plant import Plant
from core.model.sample import Batch
from core.runtime.clock import AnchoredClock


@dataclass
class Room:
    """The alarm room at work: its stores, and a way to let samples in and look at what came of them."""

    spool: SegmentSpool
    ledger: SqlLedger
    plant: Plant
    clock: AnchoredClock

    @asynccontextmanager
    async def working(self, definitions: list[AlarmDefinition]) -> AsyncIterator[AlarmService]:
        service = AlarmService(self.spool, self.ledger, None, self.plant, definitions, None, self.clock)
        async with self.running(service):
            yield service

    @asynccontextmanager
    async def running(self, service: AlarmService) -> AsyncIterator[None]:
        task = asyncio.create_task(service.run())
        try:
            yield
        finally:
            task.cancel()
            [ended] = await asyncio.gather(task, return_exceptions=True)
            if isinstance(ended, Exception):
                raise ended

    async def feed(self, *batches: Batch) -> None:
        for batch in batches:
            await self.spool.put(batch)

    async def alarm(self, id: str) -> Alarm | None:
        async with self.ledger.read() as tx:
            return await tx.get(Alarm, id)

    async def until(self, true: Callable[[], Awaitable[bool]], within_s: float = 30.0) -> None:
        async with asyncio.timeout(within_s):
            while not await true():
                await asyncio.sleep(0.005)

    async def is_in(self, id: str, state: State) -> bool:
        alarm = await self.alarm(id)
        return alarm is not None and alarm.state is state

    async def reaches(self, id: str, state: State) -> None:
        await self.until(lambda: self.is_in(id, state))
