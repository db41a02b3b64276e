"""A second historian in hub.yaml: told from a mistake, written beside the first, and given up again."""

import asyncio
import shutil
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import yaml

from core.model.sample import Batch, Sample
from core.ports.spool import RECORDER, TEE
from core.runtime.conservation import assert_conserved
from core.runtime.health import Health
from core.runtime.supervisor import Supervisor
from hub.check import read
from hub.problems import WrongConfiguration
from hub.sensing import add_recorders
from hub.stores import open_stores
from tests.need import lack
from tests.ports import free_port
from tests.servers import influxdb

DEMO = Path(__file__).parents[2] / "configs" / "demo"


@pytest.fixture
def plant(tmp_path):
    shutil.copytree(DEMO, tmp_path / "plant")
    return tmp_path / "plant"


def influx(bucket, url="http://127.0.0.1:9"):
    return {"type": "influx", "url": url, "org": "utility", "bucket": bucket, "token_file": "influx.token"}


def configured(plant, **stores):
    file = plant / "hub.yaml"
    hub = yaml.safe_load(file.read_text())
    hub.pop("tee", None)
    file.write_text(yaml.safe_dump(hub | {"data": str(plant / "data")} | stores, allow_unicode=True))
    return read(plant)


@pytest.mark.parametrize(
    ("historian", "tee", "said"),
    [
        ({"type": "embedded"}, {"type": "embedded"}, "both the embedded store"),
        (influx("a"), influx("a"), "are one bucket"),
    ],
)
def test_two_historians_in_one_place_are_a_mistake(plant, historian, tee, said):
    with pytest.raises(WrongConfiguration, match=said):
        configured(plant, historian=historian, tee=tee)


@asynccontextmanager
async def at_work(configuration):
    async with open_stores(configuration) as stores:
        supervisor = Supervisor()
        await add_recorders(supervisor, configuration, stores, Health())
        task = asyncio.create_task(supervisor.run())
        try:
            yield stores
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def passed(spool, cursor, seq):
    async with asyncio.timeout(30):
        while await spool.cursor(cursor) < seq:
            await asyncio.sleep(0.02)


async def test_an_influxdb_beside_the_embedded_store_gets_what_it_missed_and_is_given_up(plant, tmp_path):
    program = influxdb.binary() or lack("InfluxDB is not built (make influxd)")
    port = free_port()
    (plant / "influx.token").write_text(influxdb.TOKEN)
    tee = influx("samples", f"http://127.0.0.1:{port}")
    configuration = configured(plant, historian={"type": "embedded"}, tee=tee)
    t_ns = 1_795_000_000 * 10**9
    async with at_work(configuration) as stores:
        seq = await stores.spool.put(Batch.of("s", [Sample("dma-01.p1", t_ns + i, i / 4) for i in range(9)]))
        await passed(stores.spool, RECORDER, seq)
        facts = await stores.spool.facts()
        assert (facts.behind[RECORDER], facts.behind[TEE]) == (0, 9)
        server = await asyncio.to_thread(influxdb.start, program, tmp_path / "influx", port)
        try:
            await asyncio.to_thread(influxdb.first, server)
            await asyncio.to_thread(server.bucket, "samples")
            await passed(stores.spool, TEE, seq)
            assert stores.tee
            for historian in (stores.historian, stores.tee):
                series = await historian.read("dma-01.p1", t_ns, t_ns + 9)
                assert series.v.tolist() == [i / 4 for i in range(9)]
            facts = await stores.spool.facts()
            for cursor in (RECORDER, TEE):
                assert_conserved(facts, cursor)
        finally:
            influxdb.stop(server)
    async with at_work(configured(plant, historian={"type": "embedded"})) as stores:
        seq = await stores.spool.put(Batch.of("s", [Sample("dma-01.p1", t_ns + 99, 1.0)]))
        await passed(stores.spool, RECORDER, seq)
        assert TEE not in (await stores.spool.facts()).readers
