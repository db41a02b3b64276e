"""The pressure of each area is written by the hour: once, after the validation delay, the oldest first.

What crosses is of a whole area and past. Of a gauge nothing does: an hour takes three that measured it and
is told in steps of a metre of water, and an area takes ten connections.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import numpy as np

from core.model.account import Account
from core.model.plant import Plant, ZoneKind
from core.model.pressure import LEAST_MPA, METRES_A_MPA, PressureHour, PressureMonth, pressure_part
from core.model.sample import Floats
from core.model.shanghai import local
from core.model.tag import Quantity, Tag
from core.ports.clock import Clock
from core.ports.historian import Historian, HistorianUnavailable
from core.ports.ledger import Ledger, LedgerUnavailable, Tx
from core.runtime.logs import log
from public_portal.record_parts import RecordParts
from response.usual_band import HOUR_NS

CURSOR = "published_pressure"
KEPT = "public_portal."
"""Before the part's name: where the ledger has it."""
MIN_NS, DAY_NS = HOUR_NS // 60, 24 * HOUR_NS
QUARTER_NS, QUARTERS = HOUR_NS // 4, 4
NEEDED = 3
"""Quarters of an hour that a gauge has to have measured."""
LEAST_GAUGES, LEAST_CONNECTIONS = 3, 10
LONGEST_PAST_NS = 35 * DAY_NS
AT_ONCE = 32
"""Gauges asked about in one question."""
BEGIN_S, LOOK_S, CATCH_UP_S = 10.0, 5.0, 0.5
"""Real seconds, as those of the hourly record; this one comes after it."""


def gauges_of(plant: Plant) -> dict[str, list[Tag]]:
    """By area; what stands at a works or on a trunk main is no service."""
    found: dict[str, list[Tag]] = {}
    for tag in plant.tags.values():
        zone = plant.zones.get(tag.zone or "")
        if tag.quantity is Quantity.PRESSURE and zone is not None and zone.kind is ZoneKind.DMA:
            found.setdefault(zone.id, []).append(tag)
    return {zone: tags for zone, tags in found.items() if len(tags) >= LEAST_GAUGES}


class PressureRecord:
    """`run` until cancelled. least_mpa: what hours are held against. delay_min: from the end of an hour until
    it is published. ready: whether the past is all in the historian."""

    def __init__(
        self,
        ledger: Ledger,
        historian: Historian,
        plant: Plant,
        clock: Clock,
        parts: RecordParts,
        least_mpa: float = LEAST_MPA,
        delay_min: int = 30,
        ready: Callable[[], bool] = lambda: True,
    ) -> None:
        self._ledger, self._historian, self._clock, self._parts = ledger, historian, clock, parts
        self._least, self._delay_ns = least_mpa, delay_min * MIN_NS
        self._ready, self._gauges = ready, gauges_of(plant)
        self._unsent: set[tuple[str, str]] = set()

    async def run(self) -> None:
        if not self._gauges:
            return
        await self.resume()
        await self._clock.sleep(BEGIN_S)
        while True:
            more = False
            try:
                more = await self.step()
            except (HistorianUnavailable, LedgerUnavailable, OSError) as error:
                log.info("the record of pressure waits", reason=str(error))
            await self._clock.sleep(CATCH_UP_S if more else LOOK_S)

    async def resume(self) -> None:
        """What was written when the hub stopped may not have been handed out."""
        now_ns = self._clock.now_ns()
        months = {_month(now_ns - back * DAY_NS) for back in (0, 31)}
        self._unsent = {(zone, month) for zone in self._gauges for month in months}

    async def step(self) -> bool:
        """Writes the due hours of a day at most, and hands out what is new. True while more are due. Raises
        HistorianUnavailable, LedgerUnavailable, OSError."""
        if not self._ready():
            return False
        due_ns = (self._clock.now_ns() - self._delay_ns) // HOUR_NS * HOUR_NS
        async with self._ledger.read() as tx:
            at_ns = await tx.cursor(CURSOR)
        at_ns = at_ns or await self._first(due_ns)
        end_ns = min(due_ns, at_ns + DAY_NS)
        if at_ns < due_ns:
            await self._write(at_ns, end_ns)
            if end_ns < due_ns:
                return True
        for zone, month in sorted(self._unsent):
            async with self._ledger.read() as tx:
                content = await tx.kept(KEPT + pressure_part(zone, month))
            if content is not None:
                await self._parts.put(pressure_part(zone, month), content)
            self._unsent.discard((zone, month))
        return False

    async def _first(self, due_ns: int) -> int:
        """The first hour of the past in which anything was measured."""
        begin_ns, first = due_ns - LONGEST_PAST_NS, due_ns
        for some in _some(self._gauges):
            for one in await self._historian.buckets_of(some, begin_ns, due_ns, HOUR_NS):
                first = min(first, *one.t_ns[one.n > 0][:1].tolist(), due_ns)
        return first

    async def _write(self, begin_ns: int, end_ns: int) -> None:
        means: dict[str, Floats] = {}
        for some in _some(self._gauges):
            found = await self._historian.buckets_of(some, begin_ns, end_ns, QUARTER_NS)
            means.update((tag, one.mean / METRES_A_MPA) for tag, one in zip(some, found, strict=True))
        now_ns = self._clock.now_ns()
        async with self._ledger.begin() as tx:
            served = await tx.count(Account, ["zone"])
            for zone, tags in self._gauges.items():
                if served.get((zone,), 0) >= LEAST_CONNECTIONS:
                    own = np.stack([means[tag.id] for tag in tags])
                    await self._add(tx, zone, self._hours(own, begin_ns, now_ns))
            await tx.set_cursor(CURSOR, end_ns)

    def _hours(self, own: Floats, begin_ns: int, now_ns: int) -> Iterable[PressureHour]:
        """own: a row a gauge, a column a quarter hour, MPa."""
        for n in range(own.shape[1] // QUARTERS):
            hour = own[:, n * QUARTERS : (n + 1) * QUARTERS]
            told = hour[np.isfinite(hour).sum(axis=1) >= NEEDED]
            made = PressureHour(start_ns=begin_ns + n * HOUR_NS, published_ns=now_ns, least=self._least)
            if len(told) >= LEAST_GAUGES:
                known = told[np.isfinite(told)]
                median = round(float(np.median(np.nanmean(told, axis=1))), 2)
                made = replace(made, median=median, kept=round(float((known >= self._least).mean()), 3))
            yield made

    async def _add(self, tx: Tx, zone: str, hours: Iterable[PressureHour]) -> None:
        by_month: dict[str, list[PressureHour]] = {}
        for hour in hours:
            by_month.setdefault(_month(hour.start_ns), []).append(hour)
        for name, fresh in by_month.items():
            at = KEPT + pressure_part(zone, name)
            content = await tx.kept(at)
            month = PressureMonth.of(content) if content else PressureMonth(zone=zone, month=name)
            known = {hour.start_ns for hour in month.hours}
            new = (hour for hour in fresh if hour.start_ns not in known)
            await tx.keep(at, replace(month, hours=(*month.hours, *new)).content)
            self._unsent.add((zone, name))


def _some(gauges: Mapping[str, list[Tag]]) -> Iterable[list[str]]:
    every = [tag.id for tags in gauges.values() for tag in tags]
    return (every[at : at + AT_ONCE] for at in range(0, len(every), AT_ONCE))


def _month(t_ns: int) -> str:
    return f"{local(t_ns):%Y-%m}"
