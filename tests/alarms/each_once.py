"""A fixed part of a life in the busy room: each event happens to an alarm, whatever stood before and however
slow the machine."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from alarms import acts, out_of_service
from core.model.alarm import Alarm, State
from core.model.proposal import ProposalState
from core.model.quality import Status
from core.model.sample import Batch, Sample
from core.ports.clock import Clock
from core.ports.ledger import Ledger, Tx
from core.ports.spool import Spool
from tests.alarms.busy_room import BY_ID, GAUGES, RESTLESS, SPEED, WHY

DEADLINE_S = 30.0
SECOND = 1_000_000_000
LATCHING, WORSENING = GAUGES[2], GAUGES[3]
FINE, LOW, WORSE = 20.0, 10.0, 5.0
SHELF_S = 0.2
"""Real seconds."""


@dataclass
class EachOnce:
    spool: Spool
    ledger: Ledger
    clock: Clock

    async def run(self) -> None:
        """Raises TimeoutError when one does not come."""
        await self.spool.cursor("alarms")
        async with asyncio.timeout(DEADLINE_S):
            for tag in (LATCHING, WORSENING, RESTLESS):
                await self._fine(tag)
            await self._comes_and_goes()
            await self._held_back()
            await self._chatters()

    async def _comes_and_goes(self) -> None:
        await self._reads(WORSENING, LOW)
        await self._until(WORSENING, lambda a: a.active)
        await self._reads(WORSENING, WORSE)
        await self._until(WORSENING, lambda a: a.priority < BY_ID[a.id].priority)
        await self._reads(WORSENING, None)
        await self._until(WORSENING, lambda a: a.quality != Status.GOOD)
        await self._reads(WORSENING, WORSE)
        await self._until(WORSENING, lambda a: a.quality == Status.GOOD)
        await self._reads(LATCHING, LOW)
        await self._until(LATCHING, lambda a: a.core is State.UNACK)
        await self._reads(LATCHING, FINE)
        await self._until(LATCHING, lambda a: a.core is State.LTCH_UNACK)
        await self._acts(LATCHING, self._answered)

    async def _held_back(self) -> None:
        await self._acts(WORSENING, self._shelved)
        await self._until(WORSENING, lambda a: a.shelf is None)
        await self._acts(WORSENING, self._shelved)
        await self._acts(WORSENING, self._bare)
        await self._acts(WORSENING, self._suppressed)
        await self._acts(WORSENING, self._bare)
        await self._acts(WORSENING, self._out_of_service)
        await self._acts(WORSENING, self._bare)

    async def _chatters(self) -> None:
        """Three raises within three seconds; quiet it is five minutes later."""
        values = (FINE, LOW, FINE, LOW, FINE, LOW)
        now_ns = self.clock.now_ns()
        at_ns = range(now_ns - len(values) * SECOND // 2, now_ns, SECOND // 2)
        samples = [Sample(RESTLESS, t_ns, value) for t_ns, value in zip(at_ns, values, strict=True)]
        await self.spool.put(Batch.of("modbus:st-01", samples))
        await self._until(RESTLESS, lambda a: a.chatter is not None)

    async def _fine(self, tag: str) -> None:
        """Whatever it was: over, answered, and held back by nothing."""
        await self._reads(tag, FINE)
        await self._until(tag, lambda a: not a.active and a.quality == Status.GOOD)
        await self._acts(tag, self._bare)
        await self._acts(tag, self._answered)

    async def _reads(self, tag: str, value: float | None) -> None:
        q = Status.BAD_TIMEOUT if value is None else Status.GOOD
        await self.spool.put(Batch.of("modbus:st-01", [Sample(tag, self.clock.now_ns(), value, q)]))

    async def _until(self, tag: str, true: Callable[[Alarm], bool]) -> None:
        while True:
            async with self.ledger.read() as tx:
                alarm = await tx.get(Alarm, f"{tag}:low")
            if true(alarm or Alarm(id=f"{tag}:low")):
                return
            await asyncio.sleep(0.005)

    async def _acts(self, tag: str, act: Callable[[Tx, Alarm, int], Awaitable[None]]) -> None:
        async with self.ledger.begin() as tx:
            if alarm := await tx.get(Alarm, f"{tag}:low"):
                await act(tx, alarm, self.clock.now_ns())

    async def _bare(self, tx: Tx, alarm: Alarm, now_ns: int) -> None:
        if alarm.oos:
            await out_of_service.return_to_service(tx, alarm.id, "operator", now_ns)
        for rule in alarm.suppressed_by:
            await acts.suppress(tx, alarm.id, rule, False, now_ns)
        if alarm.shelf:
            await acts.unshelve(tx, alarm.id, "operator", now_ns)

    async def _answered(self, tx: Tx, alarm: Alarm, now_ns: int) -> None:
        for act in (acts.acknowledge, acts.reset):
            await act(tx, alarm.id, acts.Seen(alarm.occurrence, alarm.seq), "operator", now_ns)
            alarm = await tx.get(Alarm, alarm.id) or alarm

    async def _shelved(self, tx: Tx, alarm: Alarm, now_ns: int) -> None:
        until_ns = now_ns + round(SHELF_S * SPEED * SECOND)
        await acts.shelve(tx, BY_ID[alarm.id], until_ns, WHY, "operator", now_ns, supervisor=True)

    async def _suppressed(self, tx: Tx, alarm: Alarm, now_ns: int) -> None:
        await acts.suppress(tx, alarm.id, "isolation", True, now_ns)

    async def _out_of_service(self, tx: Tx, alarm: Alarm, now_ns: int) -> None:
        asked = await out_of_service.propose(tx, alarm.id, "P-8", WHY, "operator", now_ns)
        await out_of_service.decide(tx, asked.id, 0, ProposalState.APPROVED, "boss", None, now_ns)
