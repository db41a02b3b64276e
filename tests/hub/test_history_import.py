"""Files of the time before are brought into the historian when it is there; until then they stay."""

import asyncio
import time

import numpy as np
import pytest

from core.adapters.sqlite_historian import SqliteHistorian
from core.adapters.sqlite_quarantine import SqliteQuarantine
from core.ports.historian import HistorianUnavailable
from core.runtime.clock import AnchoredClock
from core.runtime.health import Health
from hub import first_start
from hub.first_start import WAITING, History
from tests.alarms.alarm_town import NOON, SECOND, plant

TAG, MANY = "dma-01.p1", 50


class Store(SqliteHistorian):
    """A real historian that may be unplugged."""

    away = True

    async def write(self, batches, *, mark=None):
        if self.away:
            raise HistorianUnavailable("no answer")
        return await super().write(batches, mark=mark)


@pytest.fixture
async def store(tmp_path):
    quarantine = await SqliteQuarantine.open(tmp_path / "quarantine.db")
    made = await Store.open(tmp_path / "historian.db", plant().tags, quarantine=quarantine)
    yield made
    await made.close()
    await quarantine.close()


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "history"
    made.mkdir()
    for n in range(2):
        t_ns = NOON + (n * MANY + np.arange(MANY, dtype=np.int64)) * SECOND
        columns = {"tag": np.zeros(MANY, np.uint32), "t_ns": t_ns, "v": np.arange(MANY, dtype=float)}
        np.savez(made / f"{n}.npz", tags=np.array([TAG]), q=np.zeros(MANY, np.uint32), **columns)
    return made


async def test_nothing_is_lost_while_the_historian_is_away_and_all_of_it_is_there_when_it_is_back(
    store, folder, monkeypatch
):
    monkeypatch.setattr(first_start, "FIRST_WAIT_S", 0.05)
    history, health = History(store, folder), Health()
    assert await history.at_once() is False
    task = asyncio.create_task(history.run(health, AnchoredClock()))
    began_s = time.monotonic()
    while not health.standing():
        assert time.monotonic() - began_s < 60
        await asyncio.sleep(0.01)
    (condition,) = health.standing()
    assert (condition.id, condition.detail) == (WAITING, "no answer")
    assert not history.imported()
    assert len(list(folder.glob("*.npz"))) == 2
    store.away = False
    async with asyncio.timeout(20):
        await task
    assert history.imported()
    assert health.standing() == []
    assert len(await store.read(TAG, NOON, NOON + 1000 * SECOND)) == 2 * MANY


async def test_a_historian_that_is_there_has_it_before_anything_starts(store, folder):
    store.away = False
    history = History(store, folder)
    assert await history.at_once() is True
    assert history.imported()
