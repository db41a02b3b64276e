"""Adapters under contract."""

import itertools
import uuid

import pytest

from core.adapters.influx_historian import InfluxHistorian
from core.adapters.sqlite_historian import SqliteHistorian
from core.adapters.sqlite_historian_store import Limits
from core.adapters.sqlite_quarantine import SqliteQuarantine
from tests.contracts.test_historian import TAGS
from tests.need import lack
from tests.servers import influxdb

EAGER = Limits(fold_s=0, fresh_rows=10, bulk_rows=25, tag_rows=4, block_rows=4)
"""So small that a test of a few samples goes through every stage from fresh to sealed."""


@pytest.fixture(scope="session")
def influx(tmp_path_factory):
    """One real server for the run; each test makes a bucket of its own."""
    with influxdb.ready(tmp_path_factory.mktemp("influxd")) as server:
        if server is None:
            lack("InfluxDB is not built (make influxd, or name one in WATERHUB_TEST_INFLUXD)")
        yield server


@pytest.fixture
async def quarantine(tmp_path):
    kept = await SqliteQuarantine.open(tmp_path / "quarantine.db")
    yield kept
    await kept.close()


@pytest.fixture(params=["sqlite", "sqlite-eager", "influx"])
async def fresh_historian(request, tmp_path, quarantine):
    """Opens empty historians of one kind."""
    opened, number = [], itertools.count()
    server = request.getfixturevalue("influx") if request.param == "influx" else None

    async def open_one():
        if server:
            bucket = f"test-{uuid.uuid4()}"
            server.bucket(bucket)
            historian = await InfluxHistorian.open(
                server.url, server.token, server.org, bucket, TAGS, quarantine=quarantine
            )
        else:
            limits = EAGER if request.param == "sqlite-eager" else Limits()
            path = tmp_path / f"historian-{next(number)}.db"
            historian = await SqliteHistorian.open(path, TAGS, quarantine=quarantine, limits=limits)
        opened.append(historian)
        return historian

    yield open_one
    for historian in opened:
        await historian.close()


@pytest.fixture
async def historian(fresh_historian):
    return await fresh_historian()
