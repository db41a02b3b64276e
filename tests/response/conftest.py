from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.adapters.sealed_vault import SealedVault
from core.adapters.sql_ledger.ledger import SqlLedger
from core.adapters.sqlite_directory import SqliteDirectory
from core.model.account import Role
from core.model.clock import Anchor
from core.model.plant import Plant
from core.model.quality import Status
from core.model.sample import Batch, Sample
from core.runtime.clock import AnchoredClock
from core.runtime.live import LiveTable
from response.hotline.card import Asked, card
from response.hotline.desk import Desk
from response.hotline.search.finder import Finder
from response.hotline.shapes import Card
from response.instruments import Instruments
from response.service import ResponseService
from tests.ledgers import ledger_in
from tests.persons import move_in, vault_in
from tests.response import little_town as town
from tests.response.crew_on_site import OnSite
from tests.response.on_duty import Duty


@pytest.fixture
def plant() -> Plant:
    return town.plant()


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[SqlLedger]:
    ledger = await ledger_in(tmp_path)
    await move_in(ledger, vault_in(tmp_path), town.accounts())
    async with ledger.begin() as tx:
        await tx.put_many(town.users())
    yield ledger
    await ledger.close()


@pytest.fixture
def vault(tmp_path: Path, ledger: SqlLedger) -> SealedVault:
    return vault_in(tmp_path)


@pytest.fixture
def still_clock() -> AnchoredClock:
    """Plant time stands at T0 however long the test takes."""
    return AnchoredClock(Anchor(0, town.T0, 0.0))


@pytest.fixture
async def desk(ledger, vault, plant, tmp_path: Path, still_clock: AnchoredClock) -> AsyncIterator[Desk]:
    directory = SqliteDirectory(tmp_path / "directory.db")
    finder = Finder(ledger, vault, plant, directory, still_clock)
    await finder.refresh()
    yield Desk(
        ledger=ledger,
        vault=vault,
        plant=plant,
        instruments=Instruments(plant),
        live=LiveTable(),
        historian=None,
        finder=finder,
    )
    await directory.close()


@pytest.fixture
def service(ledger: SqlLedger, plant: Plant, still_clock: AnchoredClock) -> ResponseService:
    return ResponseService(ledger, plant, still_clock)


@pytest.fixture
async def site(ledger: SqlLedger, service: ResponseService, plant: Plant) -> OnSite:
    """A crew has the burst's order."""
    made = OnSite(ledger, service, plant)
    await town.report(ledger, town.burst())
    await made.heard()
    await made.step("assign")
    return made


@pytest.fixture
def duty(ledger: SqlLedger, tmp_path: Path) -> Iterator[Duty]:
    secret = tmp_path / "secret"
    secret.write_text("shared")
    made = Duty(ledger, secret)
    with made.phones():
        yield made


@pytest.fixture
def live() -> LiveTable:
    table = LiveTable()
    table.update(
        Batch.of(
            "modbus:st-01",
            [
                Sample("dma-01.p1", town.T0, 28.0),
                Sample("dma-01.p2", town.T0, 31.0),
                Sample("q-01.turbidity", town.T0, 0.2),
                Sample("q-01.free_chlorine", town.T0, None, Status.BAD_TIMEOUT),
            ],
        )
    )
    return table


@pytest.fixture
def ask(desk, live):
    async def ask(user=town.user(Role.HOTLINE), now_ns=town.T0 + town.MIN, **question) -> Card:
        return await card(replace(desk, live=live), Asked(**question), user=user, now_ns=now_ns)

    return ask
