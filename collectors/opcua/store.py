"""What a source puts: batches out of columns, held while the spool is full, and marks of its own."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from collectors.opcua.columns import Columns
from collectors.opcua.roster import Items
from collectors.opcua.values import Readings
from core.model.conservation import Fate
from core.model.quality import Status
from core.model.sample import Batch, Flag
from core.model.tag import Tag
from core.ports.clock import Clock
from core.ports.source import DeviceFacts, SourceFacts
from core.ports.spool import Sink, SpoolFull

FULL_WAIT_S = 0.5


class Store:
    def __init__(
        self, id: str, device: DeviceFacts, tags: Sequence[Tag], facts: SourceFacts, clock: Clock
    ) -> None:
        self.readings = Readings(id, tags)
        self._tags, self._facts, self._device, self._clock = tags, facts, device, clock
        self.sink: Sink | None = None
        self.failure: OSError | None = None
        """The disk's, which is no fault of the server."""
        self.monitored = np.zeros(len(tags), np.bool_)
        """By item: the server tells its changes."""

    def tag(self, item: int) -> str:
        return self._tags[item].id

    async def put(
        self, said: Columns, *, asked: bool = False, late: bool = False, backfill: bool = False
    ) -> Items:
        """Waits as long as the spool is full; the items that had news, on disk. asked, late: as of
        `Readings.batch`; backfill: out of the server's history."""
        now_ns = self._clock.now_ns()
        batch, items = self.readings.batch(
            said, now_ns, speed=self._clock.anchor.speed, asked=asked, late=late
        )
        if not len(batch):
            return items
        if backfill:
            batch.flags[:] |= np.uint8(Flag.BACKFILL)
        else:
            batch.flags[self.monitored[items]] |= np.uint8(Flag.STANDS)
        while True:
            try:
                await self._keep(batch)
                break
            except SpoolFull:
                self._facts.count("spool_full")
                await self._clock.sleep(FULL_WAIT_S)
        self.readings.stored(batch, items, late=late)
        self._tell(batch)
        self._facts.last_good_ns = self._device.last_good_ns = now_ns
        return items

    async def mark(
        self,
        items: Sequence[int] | Items,
        codes: Sequence[int] | npt.NDArray[np.uint32],
        t_ns: int,
        *,
        past: bool = False,
    ) -> None:
        """One Bad sample for each item, by its code, unless it has had one since its last report; a server's
        own word follows once on lost communication. past: it explains a gap, and is no news."""
        codes_of, item = np.asarray(codes, np.uint32), np.asarray(items, np.intp)
        fresh = ~self.readings.lost[item]
        if not past:
            fresh |= self.readings.cut_off[item] & (codes_of != np.uint32(Status.BAD_NO_COMMUNICATION))
        if not fresh.any():
            return
        item = item[fresh]
        batch = self.readings.mark(item, codes_of[fresh], t_ns)
        if past:
            batch = replace(
                batch,
                flags=np.full(len(batch), Flag.BACKFILL, np.uint8),
                r_ns=batch.r_ns * 0 + self._clock.now_ns(),
            )
        try:
            await self._keep(batch)
        except SpoolFull:
            assert self.sink is not None
            self._facts.shed += len(batch)
            for source, samples in batch.by_source().items():
                await self.sink.count(source, Fate.SHED, samples)
            return
        self.readings.stored(batch, item, own=True)
        self._tell(batch)

    async def _keep(self, batch: Batch) -> None:
        assert self.sink is not None
        try:
            await self.sink.put(batch)
        except OSError as error:
            self.failure = error
            raise

    def _tell(self, batch: Batch) -> None:
        self._facts.samples += len(batch)
        self._facts.bad += int(np.count_nonzero(batch.q >= Status.BAD))
        flags = int(np.bitwise_or.reduce(batch.flags))
        for flag, name in ((Flag.OVERFLOW, "overflow"), (Flag.CLOCK_SUSPECT, "clock_suspect")):
            if flags & flag:
                self._facts.count(name, int(np.count_nonzero(batch.flags & flag)))
