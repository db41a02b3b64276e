"""The inside half of the portal: makes, signs and hands out a snapshot; nothing comes back this way."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.model.event import EventKind
from core.model.plant import Plant
from core.model.pressure import LEAST_MPA
from core.model.sample import Batch
from core.model.snapshot import PublicSnapshot
from core.ports.clock import Clock
from core.ports.historian import Historian, HistorianUnavailable
from core.ports.ledger import Ledger, LedgerUnavailable, Tx
from core.ports.snapshots import SnapshotStore
from core.ports.spool import Spool
from core.runtime.logs import log
from core.runtime.numbering import Numbering
from public_portal.announcements import announcements
from public_portal.areas import Doubts, area, limits_beside, public_tags
from public_portal.documents import Documents
from public_portal.doubts import doubts_of
from public_portal.holding import as_held, held_now
from public_portal.hourly_record import HourlyRecord
from public_portal.jws import base64url
from public_portal.laboratory import Laboratory
from public_portal.pressure_record import PressureRecord
from public_portal.quality import KEPT_MIN, MINUTE_NS, Window
from public_portal.record_parts import RecordParts
from public_portal.recorded import Recorded
from public_portal.replied import Replied
from public_portal.signing import opened, public_key_of, sealed
from public_portal.told import Told, told
from public_portal.tracked import Tracking
from public_portal.usual import UsualBands
from response.delivery.spec import CustomerChannel
from response.quality_holds import counted

EVERY_S = 30.0
LEAST_GAP_S = 0.5
"""Real seconds: a snapshot at least and at most this often."""
GATHER_S, ROWS = 0.5, 5_000
"""Between two looks at what is new in the spool, and the rows of one."""
SEQ = "public_portal.seq"
_TELLING = frozenset(
    [
        *(EventKind.NOTICE, EventKind.INCIDENT, EventKind.ALARM, EventKind.WORK_ORDER, EventKind.REPORT),
        EventKind.QUALITY_HOLD,
    ]
)


@dataclass(slots=True)
class PublisherFacts:
    published: int = 0
    seq: int = 0
    bytes: int = 0
    made_ns: int = 0


class Publisher:
    """`run` until cancelled. signing_key: the 32 raw bytes of an Ed25519 private key. font: for posters.
    channels: by which customers are told, so that their messages can be verified. delay_min: from the end of
    an hour until the record has it. past: whether the past is all in the historian. letter_key: to which
    citizens seal letters, 32 raw bytes; empty where none are fetched."""

    def __init__(
        self,
        ledger: Ledger,
        spool: Spool,
        historian: Historian,
        plant: Plant,
        store: SnapshotStore,
        signing_key: bytes,
        clock: Clock,
        font: Path | None = None,
        channels: Sequence[CustomerChannel] = (),
        delay_min: int = 30,
        past: Callable[[], bool] = lambda: True,
        least_mpa: float = LEAST_MPA,
        letter_key: bytes = b"",
    ) -> None:
        self._ledger = ledger
        self._spool = spool
        self._historian = historian
        self._plant = plant
        self._store = store
        self._key = signing_key
        self._clock = clock
        self._letter_key = base64url(letter_key)
        self._tags = public_tags(plant)
        tags = [tag for own in self._tags.values() for tag in own]
        self._windows = {tag.id: Window(tag) for tag in tags}
        self._numbers = Numbering(self._windows, grows=False)
        self._usual = UsualBands(historian, tags, clock)
        self._recorded = Recorded(signing_key, channels)
        self._replied = Replied(channels)
        self._documents = Documents(plant, font)
        self._tracking = Tracking(ledger)
        self._changed = asyncio.Event()
        self._parts = RecordParts(ledger, store, self._changed.set)
        self._laboratory = Laboratory(ledger, plant, self._parts)
        self.record = HourlyRecord(
            ledger, historian, plant, clock, self._parts, self._doubted, delay_min, past
        )
        self._pressure = PressureRecord(
            ledger, historian, plant, clock, self._parts, least_mpa, delay_min, past
        )
        self.facts = PublisherFacts()

    async def run(self) -> None:
        after_rows = (await self._spool.facts()).last_seq
        after_events = await self._ledger.last_event()
        await self.warm()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._hear_samples(after_rows))
            group.create_task(self._hear_events(after_events))
            group.create_task(self._usual.run())
            group.create_task(self.record.run())
            group.create_task(self._pressure.run())
            group.create_task(self._keep_publishing())

    async def warm(self) -> None:
        """The last hour from the historian, so that a restart does not blank the portal."""
        now_ns = self._clock.now_ns()
        try:
            for id, window in self._windows.items():
                past = await self._historian.read(id, now_ns - KEPT_MIN * MINUTE_NS, now_ns)
                for t_ns, v, q in zip(past.t_ns.tolist(), past.v.tolist(), past.q.tolist(), strict=True):
                    window.add(t_ns, v, q)
        except HistorianUnavailable:
            log.info("portal starts without the last hour", reason="historian unavailable")
        await self._usual.refresh()

    async def _hear_samples(self, after: int) -> None:
        async for rows in self._spool.follow(after, ROWS):
            for row in rows:
                self.hear(row.batch)
            await asyncio.sleep(GATHER_S)

    def hear(self, batch: Batch) -> None:
        """Take in what a batch says of public instruments."""
        if self._numbers.of(batch.tags).max(initial=-1) < 0:
            return
        windows = {i: w for i, tag in enumerate(batch.tags) if (w := self._windows.get(tag))}
        columns = (batch.tag, batch.t_ns, batch.v, batch.q, batch.flags)
        for i, t_ns, v, q, flags in zip(*(column.tolist() for column in columns), strict=True):
            if window := windows.get(i):
                window.add(t_ns, v, q, flags)
                self.record.heard(batch.tags[i], t_ns)

    async def _hear_events(self, after: int) -> None:
        async for events in self._ledger.follow(after):
            if any(event.kind in _TELLING for event in events):
                self._changed.set()
            for event in events:
                if event.kind is EventKind.PROPOSAL and event.zone and (months := event.data.get("months")):
                    self.record.edited(event.zone, months)

    async def _keep_publishing(self) -> None:
        while True:
            self._changed.clear()
            await self.publish()
            await self._clock.sleep(LEAST_GAP_S)
            try:
                async with asyncio.timeout(EVERY_S):
                    await self._changed.wait()
            except TimeoutError:
                continue

    async def publish(self) -> PublicSnapshot:
        """One snapshot, signed and handed out; its number is written down before it leaves."""
        seq, found = await self._next()
        await self._tracking.look()
        await self._laboratory.look()
        async with self._ledger.read() as tx:
            snapshot = await self._snapshot(tx, seq, found)
        content, signature = sealed(snapshot, self._key)
        await asyncio.to_thread(self._store.put, content, signature)
        await self._parts.published(snapshot.parts)
        self.facts = PublisherFacts(self.facts.published + 1, seq, len(content), snapshot.made_ns)
        return snapshot

    async def _next(self) -> tuple[int, list[Told]]:
        """The snapshot's number, and the notices that it tells of; what is new among them is written down
        with it. The number is one more than the ledger remembers, and than what lies in the store already
        (the ledger may have been restored from a backup)."""
        now_ns = self._clock.now_ns()
        async with self._ledger.read() as tx:
            found = await told(tx, self._plant, now_ns)
            replied = await self._replied.look(tx, now_ns)
        try:
            async with self._ledger.begin() as tx:
                await self._recorded.take(tx, (b for one in found for b in one.versions))
                await self._replied.take(tx, replied, now_ns)
                known = int((await tx.kept(SEQ)) or b"0")
                seq = max(known, self.facts.seq or self._seq_in_store()) + 1
                await tx.keep(SEQ, str(seq).encode())
        except LedgerUnavailable:
            self._recorded.forget()
            self._replied.forget()
            raise
        return seq, found

    def _seq_in_store(self) -> int:
        try:
            lying = self._store.get()
            before = opened(*lying, public_key_of(self._key)) if lying else None
        except ValueError:
            return 0
        if before is None:
            return 0
        self._parts.resume(before.parts)
        return before.seq

    async def _doubted(self) -> Doubts:
        async with self._ledger.read() as tx:
            return await doubts_of(tx, self._plant, self._windows, self._clock.now_ns())

    async def _snapshot(self, tx: Tx, seq: int, found: list[Told]) -> PublicSnapshot:
        now_ns = self._clock.now_ns()
        doubts = await doubts_of(tx, self._plant, self._windows, now_ns)
        checked = {id: window.checked(now_ns) for id, window in self._windows.items()}
        bands = {id: self._usual.of(id) for id in self._windows}
        holds = await held_now(tx, self._plant, now_ns)
        areas = tuple(
            as_held(
                area(self._plant, self._plant.zones[zone], tags, checked, bands, doubts, now_ns),
                holds,
                now_ns,
            )
            for zone, tags in self._tags.items()
        )
        return PublicSnapshot(
            seq=seq,
            made_ns=now_ns,
            clock=self._clock.anchor,
            utility=self._plant.utility.name,
            hotline=self._plant.utility.hotline,
            areas=areas,
            comparisons=limits_beside(self._plant, areas, now_ns),
            notices=await announcements(tx, found, self._recorded),
            documents=await asyncio.to_thread(self._documents.of, found, self._recorded, now_ns),
            tracking=await self._tracking.told(tx, found, now_ns),
            replies=self._replied.replies,
            parts=self._parts.refs(),
            site=self._plant.utility.site,
            hotline_hours=self._plant.utility.hotline_hours,
            icp=self._plant.utility.icp,
            police_record=self._plant.utility.police_record,
            licence=self._plant.utility.licence,
            interventions=await counted(tx, now_ns),
            letter_key=self._letter_key,
        )
