"""What a hub takes over when it starts: the customer file and samples of the time before.

    python -m hub.first_start CONFIG

does so alone, with progress as JSON lines.
"""

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path

from collectors.replay.files import read
from core.model.account import Account
from core.model.condition import Severity
from core.model.conservation import Fate, total
from core.model.sample import Batch
from core.ports.clock import Clock
from core.ports.historian import Historian, HistorianUnavailable
from core.ports.ledger import Ledger, Page
from core.ports.vault import Vault
from core.runtime.health import Health
from core.runtime.health_words import HISTORY_WAITING
from core.runtime.logs import log
from core.runtime.recorder import FIRST_WAIT_S, LONGEST_WAIT_S
from hub.check import read as read_configuration
from hub.config import HubFile
from hub.persons_file import read_persons
from hub.plant_files import read_accounts
from hub.stores import open_stores

ROWS_AT_ONCE = 5000
WAITING = "history_waiting"


async def import_customers(ledger: Ledger, vault: Vault, hub: HubFile) -> None:
    """Accounts, and the persons behind them sealed, into an empty ledger; a ledger that has accounts is left
    as it is."""
    file, customers = hub.accounts, hub.customers
    if file is None or not file.exists():
        return
    async with ledger.read() as tx:
        if await tx.find(Account, Page(limit=1)):
            return
    accounts = list((await asyncio.to_thread(read_accounts, file)).values())
    persons = await asyncio.to_thread(read_persons, file)
    if customers is not None and customers.exists():
        persons += await asyncio.to_thread(read_persons, customers)
    async with ledger.begin() as tx:
        await vault.put(tx, persons)
        for start in range(0, len(accounts), ROWS_AT_ONCE):
            await tx.put_many(accounts[start : start + ROWS_AT_ONCE])
    log.info("customer file imported", accounts=len(accounts), persons=len(persons))


class History:
    """Sample files of the time before, in a folder, on their way into the historian."""

    def __init__(
        self, historian: Historian, folder: Path, progress: Callable[[float], None] = lambda _: None
    ) -> None:
        """progress: told the share done."""
        self._historian, self._folder, self._progress = historian, folder, progress

    def imported(self) -> bool:
        return next(self._folder.glob("*.npz"), None) is None

    async def bring_in(self) -> None:
        """A file goes once all of it is stored. Writes are idempotent, so that a start cut short begins again
        harmlessly. Raises HistorianUnavailable, or OSError for a file that cannot be read; the files stay
        where they are."""
        files = sorted(self._folder.glob("*.npz"))
        for n, file in enumerate(files, 1):
            batches = await asyncio.to_thread(_all_of, file)
            stored = total(await self._historian.write(batches), Fate.STORED)
            file.unlink()
            log.info("history imported", file=file.name, samples=stored)
            self._progress(n / len(files))

    async def at_once(self) -> bool:
        """False when the historian is away, or a file cannot be read: then it takes `run`."""
        try:
            await self.bring_in()
        except OSError:
            return False
        return True

    async def run(self, health: Health, clock: Clock) -> None:
        """For as long as the historian is away or a file cannot be read, with a word on the board."""
        wait_s = FIRST_WAIT_S
        while not self.imported():
            try:
                await self.bring_in()
            except OSError as error:
                health.set(WAITING, Severity.WARNING, *HISTORY_WAITING, detail=str(error))
                asked_s = error.retry_s if isinstance(error, HistorianUnavailable) else 0.0
                await clock.sleep(max(asked_s, wait_s))
                wait_s = min(2 * wait_s, LONGEST_WAIT_S)
        health.clear(WAITING)


def _all_of(file: Path) -> list[Batch]:
    return list(read(file))


async def main(config: Path) -> None:
    def tell(share: float) -> None:
        print(json.dumps({"doing": "storing the past", "share": share}), flush=True)

    configuration = read_configuration(config)
    async with open_stores(configuration) as stores:
        await import_customers(stores.ledger, stores.vault, configuration.hub)
        history = History(stores.historian, configuration.hub.data / "history", tell)
        if not await history.at_once():
            print(json.dumps({"doing": "waiting for the historian"}), flush=True)
            await history.run(Health(), stores.clock)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
