"""F24: the broker restarted and killed with 1,000 messages in flight, its session lost; and `kill -9` of the
hub between receiving and committing. Everything the hub acknowledged is on its disk; what it did not, comes
again; a session that the broker lost is told."""

import asyncio
import json
import random
import sys
from contextlib import asynccontextmanager

import pytest

from core.adapters.segment_spool.spool import SegmentSpool
from tests.collectors.brokers import BROKERS, broker
from tests.collectors.field import Wire, eventually, running
from tests.collectors.mqtt_packets import PUBLISH, acknowledged, packets, send, split
from tests.collectors.test_mqtt_source import reading, source
from tests.faults.forms import form
from tests.ports import free_port

IN_FLIGHT = 1000


@pytest.fixture(params=sorted(BROKERS))
async def site(request, tmp_path):
    async with broker(request.param, tmp_path, free_port(), in_flight=2000, ack_wait_s=5) as made:
        yield made


def messages(first: int, n: int) -> list[tuple[bytes, bytes]]:
    return [(t.encode(), p.encode()) for t, p in (reading(f"M{k % 50}", k) for k in range(first, first + n))]


def acked_payloads(wire: Wire) -> set[bytes]:
    """What the hub acknowledged, by the bytes that passed: each PUBACK with the PUBLISH it answers. An
    identifier may serve again once it is free."""
    found = set()
    for sent, received in zip(wire.sent, wire.received, strict=True):
        said: dict[int, list[bytes]] = {}
        for kind, body in split(bytes(received)):
            if kind == PUBLISH:
                start = 2 + int.from_bytes(body[:2], "big")
                told = said.setdefault(int.from_bytes(body[start : start + 2], "big"), [])
                if body[start + 2 :] not in told[-1:]:
                    told.append(body[start + 2 :])
        for mid, times in acknowledged(bytes(sent)).items():
            assert times <= len(said[mid]), "acknowledged more often than it was sent"
            found |= set(said[mid][:times])
    return found


async def test_a_broker_killed_with_1000_in_flight_loses_nothing_we_acknowledged(
    site, kept, clock, quarantine
):
    async with Wire(site.port).listening() as wire:
        mqtt = source(wire.port, clock, quarantine)
        async with running(mqtt, kept):
            for round in range(form(2, 20)):
                connects, first = mqtt.facts.connects, round * (IN_FLIGHT + 50)
                await eventually(lambda: mqtt.facts.connected)
                kept.open.clear()
                await send(site.port, messages(first, IN_FLIGHT))
                await eventually(lambda: packets(bytes(wire.received[-1]))[PUBLISH] >= IN_FLIGHT)
                await eventually(lambda: mqtt.facts.pending >= IN_FLIGHT)
                await asyncio.sleep(1.5)  # Mosquitto saves its store once a second
                await site.kill()
                kept.open.set()
                await eventually(lambda: not mqtt.facts.connected)
                await site.start()
                await eventually(lambda n=connects: mqtt.facts.connects > n)
                await send(site.port, messages(first + IN_FLIGHT, 50))
                sent = {float(k) for k in range(first + IN_FLIGHT + 50)}
                await eventually(lambda s=sent: {one.v for one in kept.samples()} == s, 30)
        stored = {(one.tag, one.v) for one in kept.samples()}
        for payload in acked_payloads(wire):
            assert _of(payload) in stored
    assert "session_lost" not in mqtt.facts.failures


def _of(payload: bytes) -> tuple[str, float]:
    said = json.loads(payload)
    return f"meter.{said['meter']}", said["readings"][0]["m3"]


async def test_a_session_that_the_broker_lost_is_told(site, kept, clock, quarantine):
    mqtt = source(site.port, clock, quarantine)
    async with running(mqtt, kept):
        await eventually(lambda: mqtt.facts.connected)
        await site.forget()
        await eventually(lambda: not mqtt.facts.connected)
        await site.start()
        await eventually(lambda: mqtt.facts.connects == 2)
        await eventually(lambda: mqtt.facts.failures.get("session_lost") == 1)
        await send(site.port, messages(0, 1))
        await eventually(lambda: kept.last("meter.M0"))


@asynccontextmanager
async def hub(folder, port, slow_s):
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.servers.mqtt_hub", str(folder), str(port), str(slow_s)),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(20):
            assert await child.stdout.readline() == b"connected\n"
        yield child
    finally:
        if child.returncode is None:
            child.kill()
        await child.wait()


async def test_a_hub_killed_between_receiving_and_committing_loses_nothing(site, tmp_path):
    dice, sent = random.Random(24), 0
    async with Wire(site.port).listening() as wire:
        for _ in range(form(3, 100)):
            async with hub(tmp_path, wire.port, 0.15) as child:
                await send(site.port, messages(sent, 100))
                sent += 100
                await asyncio.sleep(dice.uniform(0, 0.4))
                child.kill()
        async with hub(tmp_path, wire.port, 0):
            await asyncio.sleep(1.0)
            answered = lambda: acked_payloads(wire)  # noqa: E731
            await eventually(lambda: len({_of(p) for p in answered()}) == sent, 30)
    spool = await SegmentSpool.open(tmp_path / "spool")
    rows = await spool.read(0, 1_000_000)
    await spool.close()
    stored = {(s.tag, s.v) for row in rows for s in row.batch.samples()}
    assert stored == {(f"meter.M{k % 50}", float(k)) for k in range(sent)}
    for payload in acked_payloads(wire):
        assert _of(payload) in stored
