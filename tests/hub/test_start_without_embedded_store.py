"""The embedded historian cannot be opened, or is taken away: hotline and desk go on, and say so (E2E-6)."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from core.adapters.sqlite_directory import SqliteDirectory
from core.model.address import Entry
from core.model.sample import Batch, Sample
from core.ports.historian import HistorianUnavailable
from core.ports.spool import RECORDER
from core.runtime.health import Health
from core.runtime.supervisor import Supervisor
from hub.compose import run_hub
from hub.demo.parent import belongs
from hub.hotline import DIRECTORY
from hub.sensing import add_recorders
from hub.stores import Stores, open_stores
from tests.hub.test_tee import DEMO, configured
from tests.ports import free_port

TAG = "dma-01.p1"
CONDITION = "store:historian"
DAMAGED = "past_damaged"


@pytest.fixture
def plant(tmp_path):
    shutil.copytree(DEMO, tmp_path / "plant")
    return tmp_path / "plant"


async def until(what: Callable[[], bool], within_s: float = 40) -> None:
    async with asyncio.timeout(within_s):
        while not what():
            await asyncio.sleep(0.05)


@asynccontextmanager
async def recording(configuration) -> AsyncIterator[tuple[Stores, Health]]:
    async with open_stores(configuration) as stores:
        supervisor, health = Supervisor(), Health()
        await add_recorders(supervisor, configuration, stores, health)
        task = asyncio.create_task(supervisor.run())
        try:
            yield stores, health
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def heard(stores: Stores, v: float) -> int:
    t_ns = time.time_ns()
    await stores.spool.put(Batch.of("s", [Sample(TAG, t_ns, v)]))
    return t_ns


async def stored(stores: Stores) -> None:
    async with asyncio.timeout(40):
        while (await stores.spool.facts()).behind.get(RECORDER, 1):
            await asyncio.sleep(0.05)


def told(health: Health, condition: str = CONDITION) -> str:
    return next((one.detail for one in health.standing() if one.id == condition), "")


async def missed_and_taken_up(stores: Stores, health: Health, file: Path, aside: Path, first: int) -> None:
    """first: when 28.0 was heard, which the file holds that lies aside."""
    second = await heard(stores, 29.0)
    await until(lambda: "taken away" in told(health))
    with pytest.raises(HistorianUnavailable, match="taken away: put it back"):
        await stores.historian.read(TAG, first, second + 1)
    assert not file.exists(), "no empty past is made up in its place"
    aside.rename(file)
    await stored(stores)
    assert (await stores.historian.read(TAG, first, second + 1)).v.tolist() == [28.0, 29.0]
    await until(lambda: not told(health))


async def test_a_file_that_cannot_be_opened_is_told_and_opened_once_it_can(plant):
    configuration = configured(plant)
    file = configuration.hub.data / "historian.db"
    file.mkdir(parents=True)
    async with recording(configuration) as (stores, health):
        at = await heard(stores, 28.0)
        await until(lambda: "cannot be opened" in told(health))
        with pytest.raises(HistorianUnavailable, match="cannot be opened"):
            await stores.historian.read(TAG, at, at + 1)
        file.rmdir()
        await stored(stores)
        assert (await stores.historian.read(TAG, at, at + 1)).v.tolist() == [28.0]
        await until(lambda: not told(health))


async def test_a_file_that_is_moved_away_is_missed_and_taken_up_again(plant):
    """Never written where nobody looks: what came meanwhile is in it when it is back."""
    configuration = configured(plant)
    file = configuration.hub.data / "historian.db"
    aside = file.with_name("aside.db")
    async with recording(configuration) as (stores, health):
        first = await heard(stores, 28.0)
        await stored(stores)
        file.rename(aside)
        await missed_and_taken_up(stores, health, file, aside, first)


async def test_what_a_store_leaves_behind_is_a_demo_s_own(plant):
    """A demo refuses to start on a folder that holds anything else."""
    configuration = configured(plant)
    async with recording(configuration) as (stores, _):
        await heard(stores, 28.0)
        await stored(stores)
    assert all(belongs(entry.name) for entry in configuration.hub.data.iterdir())


async def test_a_hub_that_starts_without_its_file_waits_for_it(plant):
    """Moved away, or a disk not mounted, while the hub was down."""
    configuration = configured(plant)
    file = configuration.hub.data / "historian.db"
    aside = file.with_name("aside.db")
    async with recording(configuration) as (stores, health):
        first = await heard(stores, 28.0)
        await stored(stores)
    file.rename(aside)
    async with recording(configuration) as (stores, health):
        await missed_and_taken_up(stores, health, file, aside, first)


async def test_an_empty_file_in_the_place_of_the_past_begins_a_new_one(plant):
    configuration = configured(plant)
    file = configuration.hub.data / "historian.db"
    async with recording(configuration) as (stores, health):
        first = await heard(stores, 28.0)
        await stored(stores)
    for left in file.parent.glob("historian.db-*"):
        left.unlink()
    file.unlink()
    async with recording(configuration) as (stores, health):
        second = await heard(stores, 29.0)
        await until(lambda: "taken away" in told(health))
        file.touch()
        await stored(stores)
        assert (await stores.historian.read(TAG, first, second + 1)).v.tolist() == [29.0]
        await until(lambda: not told(health))


async def test_what_a_directory_leaves_that_was_cut_in_its_making_is_a_demo_s_own(tmp_path):
    async def cut() -> AsyncIterator[list[Entry]]:
        yield []
        raise InterruptedError

    directory = SqliteDirectory(tmp_path / DIRECTORY)
    with pytest.raises(InterruptedError):
        await directory.rebuild("1", cut(), list)
    await directory.close()
    left = [entry.name for entry in tmp_path.iterdir()]
    assert left and all(belongs(name) for name in left), left


async def test_a_damaged_past_is_told_for_as_long_as_it_lies_aside(plant):
    """What is heard now is kept in a new file; a restart does not take that for the past."""
    configuration = configured(plant)
    file = configuration.hub.data / "historian.db"
    aside = file.with_name("historian.db.damaged-1")
    async with recording(configuration) as (stores, health):
        first = await heard(stores, 28.0)
        await stored(stores)
    file.write_bytes(b"no database" * 2000)
    async with recording(configuration) as (stores, health):
        second = await heard(stores, 29.0)
        await stored(stores)
        assert (await stores.historian.read(TAG, first, second + 1)).v.tolist() == [29.0]
        await until(lambda: aside.name in told(health, DAMAGED))
    assert all(belongs(entry.name) for entry in file.parent.iterdir()), "a demo starts on it again"
    async with recording(configuration) as (_, health):
        await until(lambda: aside.name in told(health, DAMAGED))
        for part in file.parent.glob(f"{aside.name}*"):
            part.unlink()
        await until(lambda: not told(health, DAMAGED))


async def test_the_whole_hub_serves_with_folders_in_the_place_of_its_past(plant):
    port = free_port()
    configuration = configured(plant, api={"port": port}, portal={"port": free_port()})
    data = configuration.hub.data
    for folder in ("historian.db", "history/past.npz"):
        (data / folder).mkdir(parents=True)
    hub = asyncio.create_task(run_hub(configuration))
    try:
        async with (
            asyncio.timeout(60),
            httpx.AsyncClient(verify=False, base_url=f"http://127.0.0.1:{port}") as client,
        ):
            while True:
                assert not hub.done(), hub.exception()
                try:
                    answer = await client.get("/healthz")
                    break
                except httpx.TransportError:
                    await asyncio.sleep(0.1)
            assert answer.status_code == 200
    finally:
        hub.cancel()
        await asyncio.gather(hub, return_exceptions=True)
