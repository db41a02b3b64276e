"""A real InfluxDB's roll-ups: read in place of samples, joined with what is too fresh, mended when late."""

import asyncio
import time
import uuid

import numpy as np
import pytest

from core.adapters import influx_historian
from core.adapters.influx_historian import InfluxHistorian
from core.adapters.influx_historian_setup import make_ready
from core.model.quality import Status
from core.model.retention import Keep
from core.model.sample import Batch, Sample
from tests.servers.http_proxy import proxy

S = 10**9
HOUR = 3600 * S
NOW = time.time_ns() // HOUR * HOUR


def series(start, n, step=60 * S, first=0.0):
    return [Sample("a", start + i * step, first + i) for i in range(n)]


@pytest.fixture
async def ready(influx, tmp_path, monkeypatch):
    monkeypatch.setattr(influx_historian, "LATE_EVERY_S", 0.2)
    bucket = f"rollups-{uuid.uuid4()}"
    influx.bucket(bucket)
    opened = []

    async def open_one(url=influx.url):
        late = tmp_path / "late.json"
        opened.append(await InfluxHistorian.open(url, influx.token, influx.org, bucket, {}, late=late))
        return opened[-1]

    yield open_one, bucket
    for historian in opened:
        await historian.close()


async def until(condition):
    async with asyncio.timeout(30):
        while not await condition():
            await asyncio.sleep(0.05)


async def test_what_was_stored_before_migrate_is_rolled_up_and_read_from_there(influx, ready):
    open_one, bucket = ready
    historian = await open_one()
    start = NOW - 50 * HOUR
    bad = Sample("a", start + S, None, int(Status.BAD_TIMEOUT))
    await historian.write([Batch.of("s", [*series(start, 50 * 60), bad])])
    before = await historian.buckets("a", start, NOW, HOUR)
    done = await make_ready(influx.url, influx.token, influx.org, bucket, Keep(0, 0, 0))
    assert "3 days of samples were rolled up" in done or "4 days of samples were rolled up" in done
    async with proxy(influx.url) as door:
        historian = await open_one(door.url)
        after = await historian.buckets("a", start, NOW, HOUR)
        asked = b"".join(seen.request.body for seen in door.seen).decode()
    assert f"{bucket}-1h" in asked
    for name in ("t_ns", "n", "low", "high"):
        assert np.array_equal(getattr(before, name), getattr(after, name)), name
    np.testing.assert_allclose(before.mean, after.mean, rtol=1e-12)
    assert before.n.tolist() == [60] * 50


async def test_a_late_sample_mends_the_roll_ups_over_it_also_after_a_restart(influx, ready, monkeypatch):
    open_one, bucket = ready
    await make_ready(influx.url, influx.token, influx.org, bucket, Keep(0, 0, 0))
    historian = await open_one()
    start = NOW - 30 * HOUR

    async def hours():
        return (await historian.buckets("a", start, NOW, HOUR)).n.tolist()

    async def minutes():
        return (await historian.buckets("a", start, start + HOUR, 60 * S)).n.tolist()

    await historian.write([Batch.of("s", series(start, 30 * 60))])
    await until(lambda: _is(hours, [60] * 30))
    monkeypatch.setattr(influx_historian, "LATE_EVERY_S", 3600)
    historian = await open_one()
    await historian.write([Batch.of("s", series(start + S, 5, first=900.0))])
    assert (await hours())[0] == 60
    monkeypatch.setattr(influx_historian, "LATE_EVERY_S", 0.2)
    historian = await open_one()
    await until(lambda: _is(hours, [65] + [60] * 29))
    assert (await minutes())[:6] == [2] * 5 + [1]
    assert (await historian.buckets("a", start, start + HOUR, HOUR)).high.tolist() == [904.0]


async def _is(ask, wanted):
    return await ask() == wanted


async def test_windows_that_no_roll_up_fits_are_made_of_samples(influx, ready):
    open_one, bucket = ready
    await make_ready(influx.url, influx.token, influx.org, bucket, Keep(0, 0, 0))
    historian = await open_one()
    await historian.write([Batch.of("s", series(NOW - 600 * S, 600, step=S))])
    found = await historian.buckets("a", NOW - 600 * S, NOW, 7 * S)
    assert found.n.tolist() == [7] * 85 + [5]
