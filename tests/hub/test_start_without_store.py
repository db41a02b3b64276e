"""A hub that starts while its historian is away shows what it hears, and computes from it (E2E-6)."""

import asyncio
import shutil
import time

import pytest

from core.model.sample import Batch, Sample
from core.runtime.supervisor import Supervisor
from hub.drivers import Drivers
from hub.intake import add_intake
from hub.sensing import keep_live
from hub.stores import open_stores
from tests.hub.test_derived_file import CITY, DEMO, GOOD
from tests.hub.test_tee import configured, influx

TAG = "dma-01.p1"


@pytest.fixture
def configuration(tmp_path):
    plant = tmp_path / "plant"
    shutil.copytree(DEMO, plant)
    with (plant / "tags.csv").open("a", encoding="utf-8") as tags:
        tags.write(CITY)
    (plant / "derived.yaml").write_text(GOOD, encoding="utf-8")
    (plant / "influx.token").write_text("a-token-for-tests-only")
    return configured(plant, historian=influx("samples", "http://127.0.0.1:9"))


async def test_what_is_heard_is_shown_at_once(configuration):
    async with open_stores(configuration) as stores:
        task = asyncio.create_task(keep_live(stores, tuple(configuration.plant.tags)))
        async with asyncio.timeout(20):
            while stores.live.get(TAG) is None:
                assert not task.done(), task.exception()
                await stores.spool.put(Batch.of("s", [Sample(TAG, time.time_ns(), 28.0)]))
                await asyncio.sleep(0.02)
        assert stores.live.get(TAG).v == 28.0
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_derived_tags_are_made_from_what_is_heard(configuration):
    async with open_stores(configuration) as stores:
        drivers = Drivers(configuration, stores)
        sources = [drivers.source(spec) for spec in configuration.collectors]
        (derived,) = await add_intake(Supervisor(), configuration, stores, sources, {})
        assert set(derived.inputs) == {"dma-01.inflow", "dma-02.inflow"}
