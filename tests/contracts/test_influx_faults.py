"""What the hub does when a real InfluxDB refuses, is away, or loses its head."""

import asyncio
import threading
import time
import uuid
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from core.adapters.influx_historian import InfluxHistorian
from core.adapters.influx_historian_setup import setup
from core.adapters.segment_spool.spool import SegmentSpool
from core.model.conservation import Fate
from core.model.sample import Batch, Sample
from core.ports.historian import HistorianUnavailable
from core.ports.spool import RECORDER
from core.runtime.conservation import assert_conserved
from core.runtime.health import Health
from core.runtime.recorder import Recorder
from tests.books import fates
from tests.need import lack
from tests.servers import influxdb

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


@contextmanager
def proxy(target, answer):
    """Passes requests on to `target`; `answer(method, path, body)` may return a status to give instead."""
    seen = []

    class Handler(BaseHTTPRequestHandler):
        def _pass(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status = answer(self.command, self.path, body)
            seen.append((self.path.split("?")[0], status))
            if status:
                content = b'{"code":"internal error","message":"said by the proxy"}'
            else:
                headers = {
                    k: v for k, v in self.headers.items() if k.lower() not in ("host", "accept-encoding")
                }
                reply = httpx.request(
                    self.command, target + self.path, content=body, headers=headers, timeout=30
                )
                status, content = reply.status_code, reply.content
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _pass

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", seen
    finally:
        server.shutdown()
        server.server_close()


async def test_one_impossible_time_in_5000_is_found_and_the_rest_is_stored(opened, influx, quarantine):
    with proxy(influx.url, lambda *_: None) as (url, seen):
        historian, _ = await opened(url=url)
        samples = [*many(4999), Sample("a", -(2**63), 7.0)]
        assert fates(await historian.write([Batch.of("modbus:st-01", samples)])) == (4999, 0, 1)
        assert sum(path == "/api/v2/write" for path, _ in seen) <= 30
        (kept,) = await quarantine.newest()
        assert (kept.refusal.source, kept.refusal.reason) == ("modbus:st-01", "store_400")
        assert Batch.decode(kept.refusal.content).v.tolist() == [7.0]
        assert len(await historian.read("a", 0, 2**63 - 3)) == 4999


async def test_what_is_beyond_retention_is_quarantined_and_does_not_stall_the_rest(opened, quarantine):
    historian, _ = await opened(retention_s=3600)
    old = many(300, start=NOW - 86_400 * S)
    new = many(300, start=NOW - 600 * S)
    assert fates(await historian.write([Batch.of("s", old + new)])) == (300, 0, 300)
    (kept,) = await quarantine.newest()
    assert (kept.refusal.samples, kept.refusal.reason) == (300, "beyond_retention")
    assert "older than" in kept.refusal.detail
    assert Batch.decode(kept.refusal.content).samples() == Batch.of("s", old).samples()
    assert len(await historian.read("a", 0, 2**62)) == 300


async def test_a_field_of_another_type_is_quarantined_with_the_servers_words(opened, influx, quarantine):
    historian, bucket = await opened()
    foreign = f'sample,id=other v="text" {NOW}'
    influx.api("POST", f"/api/v2/write?org={influx.org}&bucket={bucket}", content=foreign.encode())
    both = Batch.of("s", [Sample("a", NOW, 1.0), Sample("b", NOW, None, 1 << 31)])
    assert fates(await historian.write([both])) == (1, 0, 1)
    (kept,) = await quarantine.newest()
    assert "field type conflict" in kept.refusal.detail


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


async def test_a_server_error_for_everything_holds_everything(opened, influx):
    down = {"now": True}
    answer = lambda method, path, body: 503 if down["now"] and "/write" in path else None  # noqa: E731
    with proxy(influx.url, answer) as (url, seen):
        historian, _ = await opened(url=url)
        with pytest.raises(HistorianUnavailable, match="503"):
            await historian.write([Batch.of("s", many(100))])
        assert len(seen) < 10
        down["now"] = False
        assert fates(await historian.write([Batch.of("s", many(100))])) == (100, 0, 0)


async def test_a_body_that_alone_gets_500_is_halved_down_to_the_poison(opened, influx, quarantine):
    poison = f"f=0u {many(100)[37].t_ns}".encode()
    with proxy(influx.url, lambda method, path, body: 500 if poison in body else None) as (url, _):
        historian, _ = await opened(url=url)
        assert fates(await historian.write([Batch.of("s", many(100))])) == (99, 0, 1)
    (kept,) = await quarantine.newest()
    assert Batch.decode(kept.refusal.content).t_ns.tolist() == [many(100)[37].t_ns]
    assert kept.refusal.reason == "store_500"


async def test_a_body_too_large_is_halved(opened, influx):
    with proxy(influx.url, lambda method, path, body: 413 if len(body) > 20_000 else None) as (url, _):
        historian, _ = await opened(url=url)
        assert fates(await historian.write([Batch.of("s", many(3_000))])) == (3_000, 0, 0)


async def test_a_reply_lost_after_the_commit_is_sent_again_and_changes_nothing(opened, influx):
    lost = {"left": 1}

    def answer(method, path, body):
        if "/write" in path and lost["left"]:
            lost["left"] -= 1
            headers = {"Authorization": f"Token {influx.token}"}
            httpx.post(influx.url + path, content=body, headers=headers).raise_for_status()
            return 504
        return None

    with proxy(influx.url, answer) as (url, _):
        historian, _ = await opened(url=url)
        assert fates(await historian.write([Batch.of("s", many(100))])) == (100, 0, 0)
        assert len(await historian.read("a", 0, 2**62)) == 100


async def test_setup_of_a_server_in_use_is_left_alone(influx):
    assert await setup(influx.url, "u", "passw0rd", "o", "b", "t") is False
    with pytest.raises(HistorianUnavailable):
        await setup("http://127.0.0.1:9", "u", "passw0rd", "o", "b", "t")


async def test_the_recorder_outlives_a_server_killed_and_started_again(tmp_path):
    program = influxdb.binary() or lack("InfluxDB is not built (make influxd)")
    server = influxdb.start(program, tmp_path / "influx")
    port = int(server.url.rsplit(":", 1)[1])
    assert await setup(server.url, "u", "passw0rd", "o", "b", "t") is True
    spool = await SegmentSpool.open(tmp_path / "spool")
    historian = await InfluxHistorian.open(server.url, "t", "o", "b", {})
    try:
        health = Health()
        recorder = Recorder(spool, historian, health=health)
        running = asyncio.create_task(recorder.run())
        for k in range(20):
            await spool.put(Batch.of("s", many(50, start=NOW + k * 50 * S)))
        async with asyncio.timeout(30):
            while await spool.cursor(RECORDER) < 20:
                await asyncio.sleep(0.02)
        influxdb.stop(server)
        for k in range(20, 40):
            await spool.put(Batch.of("s", many(50, start=NOW + k * 50 * S)))
        async with asyncio.timeout(30):
            while not health.standing():
                await asyncio.sleep(0.02)
        assert [condition.id for condition in health.standing()] == ["store:historian"]
        assert (await spool.facts()).behind[RECORDER] == 1000
        server = influxdb.start(program, tmp_path / "influx", port)
        async with asyncio.timeout(30):
            while await spool.cursor(RECORDER) < 40:
                await asyncio.sleep(0.02)
        running.cancel()
        facts = await spool.facts()
        assert facts.received == facts.count(Fate.STORED) + facts.count(Fate.DUPLICATE) == 2000
        assert_conserved(facts)
        assert len(await historian.read("a", 0, 2**62)) == 2000
    finally:
        await historian.close()
        await spool.close()
        influxdb.stop(server)
