"""A utility with everything a publisher stands on, all of it real, and four weeks behind it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from core.adapters.folder_snapshots import FolderSnapshots
from core.adapters.segment_spool.spool import SegmentSpool
from core.adapters.sql_ledger.ledger import SqlLedger
from core.adapters.sqlite_historian import SqliteHistorian
from core.model.account import Role
from core.model.clock import Anchor
from core.model.event import Event, EventKind
from core.model.notice import Notice, NoticeState
from core.model.sample import Batch, Sample
from core.model.snapshot import PublicSnapshot
from core.runtime.clock import AnchoredClock
from public_portal.publish import Publisher
from public_portal.signing import opened, public_key_of
from response.delivery.spec import CustomerChannel
from response.notices import decisions as notices
from response.service import ResponseService
from tests.ledgers import ledger_in
from tests.persons import move_in, vault_in
from tests.public_portal import samples
from tests.response import little_town as town

PUBLIC = {"q-01.free_chlorine": 0.45, "q-01.turbidity": 0.20, "q-01.ph": 7.30}
MANAGER = town.user(Role.DUTY_MANAGER)


def wobble(n: int) -> float:
    return 1.0 + 0.05 * ((n * 7919) % 11 - 5) / 5


class Utility:
    """Everything a publisher stands on, in one folder, with four weeks behind it."""

    def __init__(
        self, ledger: SqlLedger, spool: SegmentSpool, historian: SqliteHistorian, folder: Path
    ) -> None:
        self.plant = town.plant()
        self.ledger, self.spool, self.historian = ledger, spool, historian
        self.store = FolderSnapshots(folder / "public")
        self.clock = AnchoredClock(Anchor(time.time_ns(), town.T0, 1.0))
        self.channels: tuple[CustomerChannel, ...] = ()

    @classmethod
    @asynccontextmanager
    async def opened(cls, tmp_path: Path) -> AsyncIterator["Utility"]:
        plant = town.plant()
        ledger = await ledger_in(tmp_path)
        spool = await SegmentSpool.open(tmp_path / "spool")
        historian = await SqliteHistorian.open(tmp_path / "historian.db", plant.tags)
        hours = [(n, town.T0 - n * town.HOUR) for n in range(28 * 24, 1, -1)]
        minutes = [(n, town.T0 - n * town.MIN) for n in range(90, 0, -1)]
        for tag, value in PUBLIC.items():
            past = [Sample(tag, t, value * wobble(n)) for n, t in (*hours, *minutes)]
            await historian.write([Batch.of("opcua:quality", past)])
        await move_in(ledger, vault_in(tmp_path), town.accounts())
        async with ledger.begin() as tx:
            await tx.put_many(town.users())
        yield cls(ledger, spool, historian, tmp_path)
        await spool.close()
        await historian.close()
        await ledger.close()

    def publisher(self) -> Publisher:
        return Publisher(
            self.ledger,
            self.spool,
            self.historian,
            self.plant,
            self.store,
            samples.KEY,
            self.clock,
            channels=self.channels,
        )

    def response(self) -> ResponseService:
        return ResponseService(self.ledger, self.plant, self.clock)

    def shown(self) -> PublicSnapshot:
        content, signature = self.store.get() or pytest.fail("nothing was published")
        return opened(content, signature, public_key_of(samples.KEY))

    async def tell(self, record: object, kind: EventKind) -> None:
        async with self.ledger.begin() as tx:
            await tx.put(record)
            await tx.emit(Event(kind=kind, subject=record.id, t_ns=town.T0))

    async def publish_notice(self) -> str:
        async with self.ledger.begin() as tx:
            (draft,) = await tx.find(Notice, state=NoticeState.DRAFT)
            await notices.approve(tx, draft.id, MANAGER, self.clock.now_ns())
            await notices.publish(tx, draft.id, MANAGER, self.clock.now_ns())
        return draft.id


async def until(what, seconds: float = 60.0) -> float:
    """Wait for `what()`, patiently; the real seconds it took."""
    began = time.monotonic()
    while not what():
        assert time.monotonic() - began < seconds, f"not within {seconds} s"
        await asyncio.sleep(0.02)
    return time.monotonic() - began
