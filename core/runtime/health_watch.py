"""Looks at spool and quarantine, and sets what is wrong on the board."""

import asyncio

from core.model.condition import Severity
from core.ports.clock import Clock
from core.ports.quarantine import Quarantine
from core.ports.spool import TEE, Spool, SpoolFacts
from core.runtime import health_words as words
from core.runtime.conservation import unaccounted
from core.runtime.health import Health

LEVELS = (0.95, 0.85, 0.70)
"""Shares of the spool's room at which the board says more."""
LOOK_S = 2.0
ANSWER_S = 10.0
GROWING_S = 600.0


class HealthWatch:
    def __init__(self, spool: Spool, quarantine: Quarantine, health: Health, clock: Clock) -> None:
        self._spool, self._quarantine, self._health, self._clock = spool, quarantine, health, clock
        self._refusals = -1
        self._grew_at: float | None = None

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.look()
            await self._clock.sleep(LOOK_S)

    async def look(self) -> None:
        try:
            async with asyncio.timeout(ANSWER_S):
                facts = await self._spool.facts()
        except TimeoutError:
            self._health.set("spool_silent", Severity.ALARM, *words.SPOOL_SILENT)
            return
        except OSError as error:
            self._health.set("spool_silent", Severity.ALARM, *words.SPOOL_SILENT, detail=str(error))
            return
        self._health.clear("spool_silent")
        self._fill(facts)
        self._books(facts)
        await self._refused()

    def _fill(self, facts: SpoolFacts) -> None:
        level = next((level for level in LEVELS if facts.fill >= level), None)
        if level == LEVELS[0]:
            self._health.clear("spool_filling")
            self._health.set("spool_full", Severity.ALARM, *words.SPOOL_FULL, detail=f"{facts.fill:.0%}")
            return
        self._health.clear("spool_full")
        if level is None:
            self._health.clear("spool_filling")
            return
        severity = Severity.WARNING if level == LEVELS[-1] else Severity.ALARM
        told = words.SPOOL_FILLING
        self._health.set("spool_filling", severity, *told, detail=f"{facts.fill:.0%}")

    def _books(self, facts: SpoolFacts) -> None:
        missing = unaccounted(facts) or unaccounted(facts, TEE)
        if missing:
            self._health.set("samples_unaccounted", Severity.ALARM, *words.UNACCOUNTED, detail=str(missing))
        else:
            self._health.clear("samples_unaccounted")
        if facts.corrupt_files:
            detail = f"{facts.corrupt_files} file(s)"
            self._health.set("spool_corrupt", Severity.ALARM, *words.SPOOL_CORRUPT, detail=detail)
        else:
            self._health.clear("spool_corrupt")

    async def _refused(self) -> None:
        try:
            facts = await self._quarantine.facts()
        except OSError as error:
            self._health.set("spool_silent", Severity.ALARM, *words.SPOOL_SILENT, detail=str(error))
            return
        refusals, now = sum(facts.counts.values()), self._clock.monotonic()
        if refusals > self._refusals >= 0:
            self._grew_at = now
            worst = max(facts.counts.items(), key=lambda item: item[1])
            detail = f"{facts.waiting} waiting; most often {worst[0][1]} of {worst[0][0]}"
            told = words.QUARANTINE_GROWING
            self._health.set("quarantine_growing", Severity.WARNING, *told, detail=detail)
        elif self._grew_at is not None and now - self._grew_at > GROWING_S:
            self._grew_at = None
            self._health.clear("quarantine_growing")
        self._refusals = refusals
