"""Meters' registers out of the spool, into totals, flows and findings.

The store keeps each register as it was sent. Beside it, where the plant has the tags: `TAG.total` (m3, never
falls), `TAG.flow` (m3/h, mean of the interval that ends there, negative backward) and `TAG.trouble` (1 while
there are findings). The findings themselves, named and with what to do, are the cause of the meter in
`facts.devices`.
"""

import asyncio
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

from collectors.meters.book import Book, states
from collectors.meters.meter import Derived, Meter
from collectors.meters.spec import MeterSpec
from core.model.quality import Status
from core.model.sample import Batch, Flag, Sample
from core.model.tag import Quantity, Tag
from core.ports.clock import Clock
from core.ports.historian import Historian
from core.ports.source import DeviceFacts, SourceFacts
from core.ports.spool import Sink, Spool, SpoolFull, SpoolRow

HUB = "hub"
CURSOR = "meters"
SAVE_S = 1.0
LOOKED_AT = 2000
"""Meters whose silence is judged at each save, in turn."""
_GOOD = 0x40000000


class Meters:
    """`core.ports.source.Source` of what the hub makes of registers. Its own cursor keeps the spool's rows
    until the states that they led to are saved."""

    id = "meters"

    def __init__(
        self, specs: Sequence[MeterSpec], tags: Mapping[str, Tag], spool: Spool, clock: Clock, file: Path
    ) -> None:
        self.facts = SourceFacts()
        self._tags, self._spool, self._clock, self._file = tags, spool, clock, file
        self._specs = {id: spec for id, tag in tags.items() if (spec := _spec_of(specs, tag)) is not None}
        self._meters: dict[str, Meter] = {}
        self._changed: set[str] = set()
        self._seq = self._looked = 0
        self._trouble: dict[str, bool] = {}

    async def run(self, sink: Sink, historian: Historian | None = None) -> None:
        """historian: where a total goes on that the file does not know."""
        book = await asyncio.to_thread(Book, self._file)
        spool = (await self._spool.facts()).spool
        self._meters, seq = await asyncio.to_thread(book.load, spool)
        after = await self._spool.cursor(CURSOR)
        self._seq = after if seq is None else seq
        if historian is not None:
            await self._go_on(historian)
        saving = asyncio.create_task(self._save_for_ever(book, spool, sink))
        try:
            self.facts.connected = True
            async for rows in self._spool.follow(self._seq):
                await self._take(rows, sink)
                if saving.done():
                    saving.result()
        finally:
            self.facts.connected = False
            saving.cancel()
            await asyncio.gather(saving, return_exceptions=True)
            await asyncio.to_thread(book.close)

    async def _go_on(self, historian: Historian) -> None:
        totals = {f"{tag}.total": tag for tag in self._specs if tag not in self._meters}
        known = await historian.last([total for total in totals if total in self._tags])
        for sample in known.samples():
            if sample.v is not None:
                self._meters.setdefault(totals[sample.tag], Meter()).counter.total_m3 = sample.v

    async def _take(self, rows: Sequence[SpoolRow], sink: Sink) -> None:
        made: list[Sample] = []
        for row in rows:
            if row.batch.sources != (HUB,) and not self._specs.keys().isdisjoint(row.batch.tags):
                for sample in row.batch.samples():
                    if sample.tag in self._specs:
                        made += self._one(sample)
        if made:
            await self._put(Batch.of(HUB, made), sink)
        self.facts.devices_well = len(self._meters) - len(self.facts.devices)
        self._seq = rows[-1].seq

    def _one(self, sample: Sample) -> list[Sample]:
        spec = self._specs[sample.tag]
        meter = self._meters.setdefault(sample.tag, Meter())
        self._changed.add(sample.tag)
        meter.seen.upload(sample.r_ns)
        if sample.v is None or sample.q >= _GOOD:
            return []
        derived = meter.take(spec, sample.t_ns, sample.v)
        return [*self._samples(sample, derived), *self._told(sample.tag, meter, spec, sample.t_ns)]

    def _samples(self, sample: Sample, derived: Derived) -> list[Sample]:
        flags = sample.flags | (Flag.BACKFILL if derived.late else Flag.NONE)
        values = {f"{sample.tag}.total": derived.total_m3, f"{sample.tag}.flow": derived.flow_m3h}
        return [
            Sample(tag, derived.t_ns, v, Status.GOOD, sample.r_ns, flags)
            for tag, v in values.items()
            if v is not None and tag in self._tags
        ]

    def _told(self, tag: str, meter: Meter, spec: MeterSpec, t_ns: int) -> list[Sample]:
        """Into the facts; and a sample of `TAG.trouble` when that has changed."""
        now_ns = self._clock.now_ns()
        found = meter.findings(spec, now_ns)
        if found or tag in self.facts.devices:
            device = self.facts.devices.setdefault(tag, DeviceFacts())
            device.cause = "; ".join(found) or None
            device.last_good_ns = meter.seen.last_ns
            device.failures = {step: n for step, n in meter.steps.items() if step not in ("first", "advance")}
        trouble = f"{tag}.trouble"
        if trouble not in self._tags or self._trouble.get(tag) == bool(found):
            return []
        self._trouble[tag] = bool(found)
        return [Sample(trouble, t_ns, float(bool(found)), Status.GOOD, now_ns)]

    async def _save_for_ever(self, book: Book, spool: str, sink: Sink) -> None:
        while True:
            await asyncio.sleep(SAVE_S)
            made = self._look()
            if made:
                await self._put(Batch.of(HUB, made), sink)
            seq, changed = self._seq, states(self._meters, self._changed)
            self._changed.clear()
            await asyncio.to_thread(book.save, changed, spool, seq)
            await self._spool.advance(CURSOR, seq)

    def _look(self) -> list[Sample]:
        """At the next meters in turn, for those that have fallen silent."""
        tags = list(islice(self._meters, self._looked, self._looked + LOOKED_AT))
        self._looked = self._looked + LOOKED_AT if len(tags) == LOOKED_AT else 0
        now_ns = self._clock.now_ns()
        return [
            one
            for tag in tags
            if tag in self._specs
            for one in self._told(tag, self._meters[tag], self._specs[tag], now_ns)
        ]

    async def _put(self, batch: Batch, sink: Sink) -> None:
        while True:
            try:
                await sink.put(batch)
                break
            except SpoolFull:
                self.facts.count("spool_full")
                await self._clock.sleep(0.5)
        self.facts.samples += len(batch)
        self.facts.last_good_ns = self._clock.now_ns()


def _spec_of(specs: Sequence[MeterSpec], tag: Tag) -> MeterSpec | None:
    """Of a register; what the hub makes of one is none."""
    if tag.quantity is not Quantity.VOLUME or tag.unit != "m3" or tag.id.endswith(".total"):
        return None
    return next((spec for spec in specs if spec.fits(tag.id)), None)
