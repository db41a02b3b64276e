"""A town whose instruments read plausible values; its alarms are raised as the engine raises them."""

import asyncio
import random
from dataclasses import replace

from alarms.journal import Stamp, entry_of
from alarms.states import AlarmEvent, Cause
from alarms.transition import Transition
from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.alarm import Alarm, Found
from core.model.event import Event, EventKind
from core.model.plant import Plant
from core.model.quality import Status
from core.model.sample import Batch, Sample
from core.model.tag import Quantity, Tag
from core.ports.ledger import Tx
from core.ports.spool import RECORDER, Spool
from core.ports.vault import Vault
from core.runtime.clock import AnchoredClock
from core.runtime.live import LiveTable
from hub.check import Configuration
from response.delivery.room import Delivering
from tests.screens.town_past import WORKS, ZONE, usual


class Town:
    def __init__(
        self, configuration: Configuration, ledger: SqlLedger, live: LiveTable, clock: AnchoredClock
    ):
        self.plant: Plant = configuration.plant
        self.definitions = {row.id: row for row in configuration.definitions}
        self.ledger, self.live, self.clock = ledger, live, clock
        self.loss, self.silent = 0.0, False
        self.reads: dict[str, float] = {}
        self.rng = random.Random(7)
        self.vault: Vault | None = None
        self.spool: Spool | None = None
        self.delivering: Delivering | None = None
        self.stalled = False

    def value(self, tag: Tag, t_ns: int) -> Sample:
        noise = self.rng.gauss(0, 1)
        base = {
            Quantity.PRESSURE: 27 + (hash_of(tag.id) % 90) / 10,
            Quantity.FREE_CHLORINE: 0.35 + (hash_of(tag.id) % 40) / 100,
            Quantity.TURBIDITY: 0.12 + (hash_of(tag.id) % 20) / 100,
            Quantity.PH: 7.3,
            Quantity.CONDUCTIVITY: 410.0,
            Quantity.TEMPERATURE: 14.2,
            Quantity.LEVEL: 3.4,
            Quantity.STATUS: 1.0,
            Quantity.SPEED: 0.9,
        }.get(tag.quantity, 0.0)
        if tag.quantity is Quantity.FLOW:
            n = int(tag.zone[-2:]) if tag.zone and tag.zone.startswith("dma") else 30
            base = usual(n, t_ns) * (1 + 0.01 * noise) + (self.loss if tag.zone == ZONE else 0)
        elif tag.quantity is Quantity.PRESSURE:
            base += 0.02 * noise - (11 if self.loss and tag.zone == ZONE else 0)
        base = WORKS.get(tag.role, base) if tag.role else base
        base = self.reads.get(tag.id, base)
        if tag.id == "dma-03.p2":
            return Sample(tag.id, t_ns, None, Status.BAD_TIMEOUT)
        return Sample(tag.id, t_ns, round(base, 3))

    async def run(self) -> None:
        tags = [tag for tag in self.plant.tags.values() if tag.quantity is not Quantity.VOLUME]
        while True:
            if not self.silent:
                now = self.clock.now_ns()
                batch = Batch.of("modbus:st-01", [self.value(tag, now) for tag in tags])
                self.live.update(batch)
                await self.spooled(batch)
            await asyncio.sleep(1)

    async def spooled(self, batch: Batch) -> None:
        """As a recorder and an alarm engine leave it that keep up."""
        if self.spool is None:
            return
        seq = await self.spool.put(batch)
        for cursor in (RECORDER, "alarms"):
            if cursor == "alarms" and self.stalled:
                continue
            await self.spool.cursor(cursor)
            await self.spool.advance(cursor, seq)

    async def raised(self, tx: Tx, id: str, found: Found | None = None, **more: object) -> Alarm:
        definition = self.definitions[id]
        known = await tx.get(Alarm, id) or Alarm(id=id)
        alarm = replace(
            known,
            active=True,
            acked=False,
            occurrence=known.occurrence + 1,
            seq=known.seq + 1,
            raised_ns=self.clock.now_ns(),
            tag=definition.tag,
            zone=definition.zone,
            **{"priority": definition.priority, **more},
        )
        await tx.put(alarm)
        cause = Cause(t_ns=self.clock.now_ns(), value=alarm.value, limit=alarm.limit)
        told = Transition(alarm=alarm, before=known.state, rows=(1,))
        await tx.journal(entry_of(told, AlarmEvent.RAISE, cause, Stamp(self.clock.now_ns()), found))
        await tx.emit(
            Event(
                kind=EventKind.ALARM,
                subject=id,
                t_ns=self.clock.now_ns(),
                zone=alarm.zone,
                data={"seq": alarm.seq},
            )
        )
        return alarm


def hash_of(text: str) -> int:
    return sum(ord(c) * (i + 1) for i, c in enumerate(text))
