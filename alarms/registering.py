"""Alarms in the ledger against definitions: which are there, and the others put there by and by."""

from collections.abc import Mapping
from itertools import islice

from alarms.carry_over import carry_over, outdated
from alarms.transaction import fresh
from core.model.alarm import Alarm, AlarmDefinition
from core.ports.clock import Clock
from core.ports.ledger import Ledger, Page

LOT, LOT_REST_S = 250, 0.02
"""Alarms read or put at once, and how long samples have the loop to themselves between."""


class Registering:
    """absent: definitions without an alarm; shown_bad: alarms that showed Bad last."""

    def __init__(self, ledger: Ledger, definitions: Mapping[str, AlarmDefinition], clock: Clock) -> None:
        self._ledger, self._definitions, self._clock = ledger, definitions, clock
        self.shown_bad: set[str] = set()
        self._absent: dict[str, None] = {}

    async def look_back(self) -> list[str]:
        """Which definitions have their alarm, and which of those showed Bad last. Returns those of which the
        row has changed."""
        changed: list[str] = []
        self._absent = dict.fromkeys(self._definitions)
        page: Page | None = Page(limit=LOT)
        while page is not None:
            async with self._ledger.read() as tx:
                alarms = await tx.find(Alarm, page)
            for alarm in alarms:
                self._absent.pop(alarm.id, None)
                if alarm.quality >> 31:
                    self.shown_bad.add(alarm.id)
                if outdated(alarm, self._definitions.get(alarm.id)):
                    changed.append(alarm.id)
            page = Page(limit=LOT, after=alarms[-1].id) if len(alarms) == LOT else None
        self._absent = dict(self._absent)  # of those that are left, no larger
        return changed

    async def run(self) -> None:
        """Puts the alarms of new definitions into the ledger: nobody has raised them yet."""
        while self._absent:
            lot = list(islice(self._absent, LOT))
            async with self._ledger.begin() as tx:
                known = {alarm.id: alarm for alarm in await tx.find(Alarm, id=tuple(lot))}
                await tx.put_many([fresh(self._definitions[id]) for id in lot if id not in known])
            late = [id for id, alarm in known.items() if outdated(alarm, self._definitions.get(id))]
            await carry_over(self._ledger, late, self._definitions, self._clock)
            for id in lot:
                del self._absent[id]
            await self._clock.sleep(LOT_REST_S)
