"""What a hub takes over when it starts: the customer file and samples of the time before."""

import asyncio
from pathlib import Path

import structlog

from collectors.replay.files import read
from core.model.account import Account
from core.model.sample import Batch
from core.ports.historian import Historian
from core.ports.ledger import Ledger, Page
from hub.plant_files import read_accounts

log = structlog.get_logger()

ROWS_AT_ONCE = 5000


async def import_accounts(ledger: Ledger, file: Path | None) -> None:
    """The customer file into an empty ledger; a ledger that has accounts is left as it is."""
    if file is None or not file.exists():
        return
    async with ledger.read() as tx:
        if await tx.find(Account, Page(limit=1)):
            return
    accounts = list((await asyncio.to_thread(read_accounts, file)).values())
    async with ledger.begin() as tx:
        for start in range(0, len(accounts), ROWS_AT_ONCE):
            await tx.put_many(accounts[start : start + ROWS_AT_ONCE])
    log.info("customer file imported", accounts=len(accounts))


async def import_history(historian: Historian, folder: Path) -> None:
    """Every sample file of `folder` into the historian; a file goes once all of it is stored. Writes are
    idempotent, so that a start cut short begins again harmlessly."""
    for file in sorted(folder.glob("*.npz")):
        batches = await asyncio.to_thread(_all_of, file)
        stored = (await historian.write(batches)).stored
        file.unlink()
        log.info("history imported", file=file.name, samples=stored)


def _all_of(file: Path) -> list[Batch]:
    return list(read(file))
