"""What the hub does when a real InfluxDB refuses, is away, or loses its head."""

import time
import uuid

import pytest

from core.adapters.influx_historian import InfluxHistorian
from core.adapters.influx_historian_setup import setup
from core.model.sample import Batch, Sample
from core.ports.historian import HistorianUnavailable
from tests.books import fates
from tests.servers.http_proxy import Act, proxy

S = 10**9
NOW = time.time_ns() // S * S


def many(n, tag="a", start=NOW - 10_000 * S):
    return [Sample(tag, start + i * S, float(i)) for i in range(n)]


@pytest.fixture
async def opened(influx, quarantine):
    historians = []

    async def open_one(retention_s=0, bucket=None, token=None, url=None):
        if bucket is None:
            bucket = f"faults-{uuid.uuid4()}"
            influx.bucket(bucket, retention_s)
        historian = await InfluxHistorian.open(
            url or influx.url, token or influx.token, influx.org, bucket, {}, quarantine=quarantine
        )
        historians.append(historian)
        return historian, bucket

    yield open_one
    for historian in historians:
        await historian.close()


async def test_a_tag_that_line_protocol_cannot_say_is_quarantined(opened):
    historian, _ = await opened()
    evil = [Sample('a v=1 0\nsample,id="x"', NOW, 1.0), Sample("tail\\", NOW, 1.0), Sample("", NOW, 1.0)]
    odd = [Sample('p, q=1 "é" 压力 \\n ${x}', NOW, 1.5)]
    assert fates(await historian.write([Batch.of("s", evil + odd)])) == (1, 0, 3)
    assert (await historian.read(odd[0].tag, NOW, NOW + 1)).v.tolist() == [1.5]
    assert (await historian.last([odd[0].tag])).samples()[0].v == 1.5


@pytest.mark.parametrize("wrong", [{"token": "revoked"}, {"bucket": "gone"}])
async def test_a_wrong_token_or_bucket_holds_everything(opened, wrong):
    historian, _ = await opened(**wrong)
    with pytest.raises(HistorianUnavailable, match=r"40[14]"):
        await historian.write([Batch.of("s", many(10))])
    with pytest.raises(HistorianUnavailable):
        await historian.read("a", 0, NOW)


async def test_a_body_that_alone_gets_500_is_halved_down_to_the_poison(opened, influx, quarantine):
    poison = f"f=0u {many(100)[37].t_ns}".encode()
    async with proxy(influx.url, lambda asked: Act(status=500) if poison in asked.body else None) as door:
        historian, _ = await opened(url=door.url)
        assert fates(await historian.write([Batch.of("s", many(100))])) == (99, 0, 1)
    (kept,) = await quarantine.newest()
    assert Batch.decode(kept.refusal.content).t_ns.tolist() == [many(100)[37].t_ns]
    assert kept.refusal.reason == "store_500"


async def test_setup_of_a_server_in_use_is_left_alone(influx):
    assert await setup(influx.url, "u", "passw0rd", "o", "b", "t") is False
    with pytest.raises(HistorianUnavailable):
        await setup("http://127.0.0.1:9", "u", "passw0rd", "o", "b", "t")


async def test_points_that_others_write_under_a_tags_name_are_no_samples(opened, influx):
    historian, bucket = await opened()
    await historian.write([Batch.of("s", [Sample("a", NOW, 1.0)])])
    foreign = f"sample,id=a v=2.0 {NOW + S}\nsample,id=b v=3.0 {NOW}"
    influx.api("POST", f"/api/v2/write?org={influx.org}&bucket={bucket}", content=foreign.encode())
    assert (await historian.read("a", NOW, NOW + 9 * S)).v.tolist() == [1.0]
    assert [s.tag for s in (await historian.last(["a", "b"])).samples()] == ["a"]
