"""A past for detectors that have none yet: the last four weeks from the historian.

Nothing waits for it. What the historian tells within a moment of the start is learned at once; while it is
away detectors judge what they hear and keep it, and are taught when it is back (`warm_up_pending` on the
health board says which are meant): a fresh one learns the past, then judges again what was heard meanwhile,
and takes the other's place. What the past would have said is not said again; what began meanwhile and goes
on is, once.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from functools import partial

import numpy as np

from alarms.bins import Bins
from alarms.columns import Column
from alarms.detectors.expected_week import DAY_NS, DAYS
from alarms.detectors.watches import Learning
from alarms.detectors.zone_inflow import ZoneInflow
from alarms.engine import Engine
from core.model.condition import Severity
from core.model.finding import Finding
from core.ports.clock import Clock
from core.ports.historian import Historian, HistorianUnavailable
from core.runtime.health import Health
from core.runtime.health_words import WARM_UP_PENDING
from core.runtime.logs import log
from core.runtime.recorder import FIRST_WAIT_S, LONGEST_WAIT_S

PRESSURE_DAYS = 3
START_S = 5.0
"""What the historian gets at the start; real seconds."""
CONDITION, NAMED = "warm_up_pending", 5
Adopt = Callable[[], list[Finding] | None]
"""Puts what has learned into its place: the findings that come of it, None when it must learn again."""


class Warming:
    """What of an engine has no past. imported: the files of the time before are in the historian."""

    def __init__(
        self,
        engine: Engine,
        historian: Historian,
        clock: Clock,
        health: Health,
        imported: Callable[[], bool] = lambda: True,
    ) -> None:
        self._engine, self._historian, self._clock, self._health = engine, historian, clock, health
        self._imported, self._bins = imported, 0
        engine.bursts.wait()
        for detector in engine.learners:
            detector.wait()

    @property
    def pending(self) -> list[str]:
        """Alarms whose detector knows no past."""
        engine = self._engine
        return [*engine.bursts.unlearned_alarms, *(id for some in engine.learners for id in some.unlearned)]

    async def at_start(self) -> None:
        """As far as the historian tells it at once; `later` goes on, and says that it is done."""
        if not self.pending:
            return
        try:
            async with asyncio.timeout(START_S), aclosing(self._round()) as learned:
                async for adopt in learned:
                    adopt()
        except (HistorianUnavailable, TimeoutError) as error:
            self._tell(str(error) or "the historian is slow")

    async def later(self) -> AsyncGenerator[Adopt, None]:
        """The rest, as it is learned, until nothing is pending."""
        wait_s = FIRST_WAIT_S
        while self.pending:
            try:
                async with aclosing(self._round()) as learned:
                    async for adopt in learned:
                        yield adopt
                        wait_s = FIRST_WAIT_S
            except HistorianUnavailable as error:
                self._tell(str(error))
            if self.pending:
                await self._clock.sleep(wait_s)
                wait_s = min(2 * wait_s, LONGEST_WAIT_S)
        self._done()

    def _tell(self, why: str) -> None:
        pending = self.pending
        more = f" and {len(pending) - NAMED} more" if len(pending) > NAMED else ""
        detail = f"{', '.join(pending[:NAMED])}{more}: {why}"
        self._health.set(CONDITION, Severity.WARNING, *WARM_UP_PENDING, detail=detail)

    def _done(self) -> None:
        self._health.clear(CONDITION)
        if self._bins:
            log.info("alarms learned from the past", bins=self._bins)

    async def _round(self) -> AsyncGenerator[Adopt, None]:
        """Each that is pending, with what the historian has of the time before it was first heard. Raises
        HistorianUnavailable."""
        if not self._imported():
            raise HistorianUnavailable("the files of the time before are not imported yet")
        bursts = self._engine.bursts
        for id in list(bursts.unlearned):
            zone = bursts.afresh(id)
            columns = await self._columns(zone, bursts.first_heard(id))
            if columns:
                await asyncio.to_thread(zone.update, columns)
                zone.forget_burst()
            self._bins += sum(len(column) for column in columns.values())
            yield partial(bursts.adopt, id, zone)
        for detector in self._engine.learners:
            for id in list(detector.unlearned):
                watch = detector.afresh(id)
                await self._learn(watch, detector.first_heard(id))
                yield partial(detector.adopt, id, watch)

    async def _learn(self, watch: Learning, before: int | None) -> None:
        days = watch.LEARNS_DAYS
        told = [(tag, await self._column(tag, days, watch.bins, before)) for tag in watch.bins.tags]
        columns = {tag: column for tag, column in told if column is not None}
        if not columns:
            return
        rows = watch.bins.add(columns)
        if rows is not None:
            await asyncio.to_thread(watch.advance, rows)
        watch.forget_alarm()
        self._bins += sum(len(column) for column in columns.values())

    async def _columns(self, zone: ZoneInflow, before: int | None) -> dict[str, Column]:
        columns = {}
        for tag in (*zone.flows, *zone.pressures):
            days = DAYS if tag in zone.flows else PRESSURE_DAYS
            column = await self._column(tag, days, zone.bins, before)
            if column is not None:
                columns[tag] = column
        return columns

    async def _column(self, tag: str, days: int, bins: Bins, before: int | None) -> Column | None:
        """Bin means stamped with the end of their bin, of bins before one; None: up to now."""
        width_ns = bins.width_ns
        end = (self._clock.now_ns() // width_ns if before is None else before - 1) * width_ns
        start = end - days * DAY_NS // width_ns * width_ns
        buckets = await self._historian.buckets(tag, start, end, width_ns)
        known = buckets.n > 0
        if not known.any():
            return None
        t_ns, v = buckets.t_ns[known] + width_ns, buckets.mean[known]
        return Column(t_ns, v, np.zeros(len(v), np.uint32), np.ones(len(v), np.bool_))
