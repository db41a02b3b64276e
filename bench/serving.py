"""A hub's stores in a folder and its doors on a port, for benches that ask through HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from api.app import build
from api.deps import Deps
from api.serve import serve
from core.adapters.sealed_vault import SealedVault
from core.adapters.segment_spool.spool import SegmentSpool
from core.adapters.sql_ledger.ledger import SqlLedger
from core.adapters.sqlite_directory import SqliteDirectory
from core.adapters.sqlite_historian import SqliteHistorian
from core.adapters.vault_keys import KeyRing
from core.model.plant import Plant
from core.runtime.clock import AnchoredClock
from core.runtime.live import LiveTable
from response.hotline.search.finder import Finder
from response.hotline.telephony import Telephony


@asynccontextmanager
async def stores(folder: Path, plant: Plant, telephony: Telephony | None = None) -> AsyncIterator[Deps]:
    """Empty, and closed at the end."""
    ledger, clock = await SqlLedger.open(folder / "ledger.db"), AnchoredClock()
    vault = SealedVault(KeyRing.open(folder / "keys"))
    directory = SqliteDirectory(folder / "directory.db")
    historian = await SqliteHistorian.open(folder / "historian.db", plant.tags)
    spool = await SegmentSpool.open(folder / "spool")
    try:
        yield Deps(
            ledger=ledger,
            vault=vault,
            finder=Finder(ledger, vault, plant, directory, clock),
            historian=historian,
            spool=spool,
            live=LiveTable(),
            plant=plant,
            clock=clock,
            telephony=telephony,
            secure_cookies=False,
        )
    finally:
        for store in (historian, spool, ledger, directory):
            await store.close()


@asynccontextmanager
async def served(deps: Deps) -> AsyncIterator[str]:
    """The address of its doors."""
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(serve(build(deps), "127.0.0.1", 0, ready=port.set_result))
    try:
        yield f"http://127.0.0.1:{await port}"
    finally:
        serving.cancel()
        await asyncio.wait([serving])
