"""The session by itself: the hub's own status, silence, impatience, bounds."""

import asyncio
import contextlib
import random
import socket

import pytest

from collectors.mqtt import source as source_module
from collectors.mqtt.session import Session
from tests.collectors.brokers import BROKERS, broker
from tests.collectors.field import Wire, eventually, running
from tests.collectors.mqtt_field import STATUS, make
from tests.collectors.mqtt_packets import PUBACK, PUBLISH, length, packets, publish, send, split
from tests.collectors.test_mqtt_source import reading
from tests.ports import free_port


async def watch_status(port: int, heard: list[bytes]) -> None:
    """Every status of the hub in turn, for ever."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"\x10\x11\x00\x04MQTT\x04\x02\x00\x00\x00\x05watch")
    topic = STATUS.encode()
    writer.write(b"\x82" + bytes([len(topic) + 5]) + b"\x00\x01\x00" + bytes([len(topic)]) + topic + b"\x00")
    stream = b""
    while data := await reader.read(4096):
        stream += data
        heard[:] = [body[2 + len(topic) :] for kind, body in split(stream) if kind == PUBLISH]


@pytest.mark.parametrize("kind", sorted(BROKERS))
async def test_the_hub_says_online_and_its_will_says_offline(kind, tmp_path, kept, clock, quarantine):
    heard: list[bytes] = []
    async with broker(kind, tmp_path, free_port()) as site, Wire(site.port).listening() as wire:
        watch = asyncio.create_task(watch_status(site.port, heard))
        mqtt = make(wire.port, clock, quarantine, status_topic=STATUS)
        async with running(mqtt, kept):
            await eventually(lambda: heard == [b"online"])
            for writer in wire.writers:
                writer.transport.abort()
            await eventually(lambda: heard == [b"online", b"offline", b"online"])
        await eventually(lambda: heard[3:] == [b"offline"])
        watch.cancel()
        for stream in wire.sent:
            said = [body for kind_, body in split(bytes(stream)) if kind_ == PUBLISH]
            assert said, "its own status"
            assert all(body[2:].startswith(STATUS.encode()) for body in said), "and nothing else"


async def fake(behave):
    """A broker that accepts the hub, then does as told."""

    async def serve(reader, writer):
        await reader.readuntil(b"waterhub-meters")
        writer.write(b"\x20\x02\x00\x00")
        subscribe = await reader.readuntil(b"readings\x01")
        writer.write(b"\x90\x03" + subscribe[2:4] + b"\x01")
        await behave(reader, writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    return server, server.sockets[0].getsockname()[1]


async def test_a_broker_that_falls_silent_is_left_after_twice_the_keep_alive(kept, clock, quarantine):
    async def behave(reader, writer):
        await reader.read()

    server, port = await fake(behave)
    mqtt = make(port, clock, quarantine, keepalive_s=1)
    started = asyncio.get_running_loop().time()
    with pytest.raises(ConnectionError, match=r"[Kk]eep.?alive|lost"):
        await asyncio.wait_for(mqtt.run(kept), 20)
    assert 1.5 <= asyncio.get_running_loop().time() - started <= 8
    server.close()


async def test_messages_without_an_answered_ping_are_life(kept, clock, quarantine):
    async def behave(reader, writer):
        for n in range(80):
            topic, payload = reading("M1", n)
            writer.write(publish(topic.encode(), payload.encode(), n + 1))
            await asyncio.sleep(0.05)

    server, port = await fake(behave)
    mqtt = make(port, clock, quarantine, keepalive_s=1)
    async with running(mqtt, kept):
        await eventually(lambda: len(kept.samples()) == 80, 30)
        assert mqtt.facts.connects == 1
    server.close()


async def test_an_impatient_broker_gets_one_acknowledgement_for_each_message(
    tmp_path, kept, clock, quarantine
):
    """NATS sends again on the same connection after its ack_wait; acknowledged twice, an identifier that
    was given to another message meanwhile would lose it."""
    async with (
        broker("nats", tmp_path, free_port(), ack_wait_s=1) as site,
        Wire(site.port).listening() as wire,
    ):
        mqtt = make(wire.port, clock, quarantine)
        async with running(mqtt, kept):
            await eventually(lambda: mqtt.facts.connected)
            kept.open.clear()
            await send(
                site.port, [(t.encode(), p.encode()) for t, p in (reading("M1", n) for n in range(20))]
            )
            await eventually(lambda: packets(bytes(wire.received[0]))[PUBLISH] >= 40)
            kept.open.set()
            await eventually(lambda: len(kept.samples()) == 20)
            await send(
                site.port, [(t.encode(), p.encode()) for t, p in (reading("M2", n) for n in range(20))]
            )
            await eventually(lambda: len(kept.samples("meter.M2")) == 20)
        assert {s.v for s in kept.samples("meter.M2")} == set(range(20))
        assert packets(bytes(wire.sent[0]))[PUBACK] <= packets(bytes(wire.received[0]))[PUBLISH]


async def test_an_identifier_used_for_two_messages_ends_the_connection(kept, clock, quarantine):
    async def behave(reader, writer):
        for n in range(2):
            topic, payload = reading("M1", n)
            writer.write(publish(topic.encode(), payload.encode(), 7))
        await reader.read()

    server, port = await fake(behave)
    mqtt = make(port, clock, quarantine)
    with pytest.raises(ConnectionError, match="identifier 7 is used for two messages"):
        await asyncio.wait_for(mqtt.run(kept), 10)
    server.close()


async def test_what_waits_too_long_for_its_commit_is_told(monkeypatch, kept, clock, quarantine):
    monkeypatch.setattr(source_module, "SLOW_S", 0.5)

    async def behave(reader, writer):
        topic, payload = reading("M1", 1)
        writer.write(publish(topic.encode(), payload.encode(), 1))
        await reader.read()

    server, port = await fake(behave)
    mqtt = make(port, clock, quarantine)
    async with running(mqtt, kept):
        kept.open.clear()
        await eventually(lambda: mqtt.facts.failures.get("unacknowledged") == 1)
        assert mqtt.facts.cause.startswith("a message is unacknowledged")
        assert mqtt.facts.pending == 1
        kept.open.set()
        await eventually(lambda: mqtt.facts.cause is None and mqtt.facts.pending == 0)
    server.close()


@pytest.mark.parametrize("qos", [0, 1])
async def test_a_flood_without_acknowledgements_is_bounded(qos, kept, clock, quarantine):
    """A broker without a window of its own: the hub stops reading it, loses nothing and takes the rest."""
    count, written = 8_000, 0

    async def behave(reader, writer):
        nonlocal written
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)
        answers = asyncio.create_task(reader.read(-1))
        for n in range(count):
            topic, payload = reading(f"M{n % 5}", n // 5)
            writer.write(publish(topic.encode(), payload.encode() + b" " * 3500, n + 1, qos))
            written = n
            await writer.drain()
        await answers

    server, port = await fake(behave)
    mqtt = make(port, clock, quarantine)
    async with running(mqtt, kept):
        kept.open.clear()
        await eventually(lambda: mqtt.facts.pending >= 4000)
        await asyncio.sleep(1.2)
        assert written < count - 1
        assert mqtt.facts.pending <= 4096 + 200
        kept.open.set()
        await eventually(lambda: len({(s.tag, s.t_ns) for s in kept.samples()}) == count, 40)
        assert mqtt.facts.connects == 1
    server.close()


async def test_a_server_that_is_no_broker_is_told(kept, clock, quarantine, monkeypatch):
    monkeypatch.setattr("collectors.mqtt.session.CONNECT_S", 0.5)
    server = await asyncio.start_server(lambda r, w: r.read(), "127.0.0.1", 0)
    session = Session(make(server.sockets[0].getsockname()[1], clock, quarantine)._spec, "x")
    with pytest.raises(ConnectionError, match="does not answer as an MQTT broker"):
        await session.open()
    await session.close()
    server.close()


@pytest.mark.parametrize("kind", sorted(BROKERS))
async def test_an_unknown_meter_lands_in_the_inbox_with_the_map_that_reads_it(
    kind, tmp_path, kept, clock, quarantine
):
    other = b'{"sn": "M77", "ts": 1795000000, "vol_l": 12345, "flow": {"lph": 3.2}}'
    async with broker(kind, tmp_path, free_port()) as site:
        mqtt = make(site.port, clock, quarantine, new_meters_per_min=2)
        async with running(mqtt, kept):
            await eventually(lambda: mqtt.facts.connected)
            topic, payload = reading("M70", 1)
            await send(site.port, [(topic.encode(), payload.encode()), (b"meters/M77/readings", other)])
            await send(site.port, [(f"meters/M8{n}/readings".encode(), other) for n in range(5)])
            async with asyncio.timeout(20):
                while len(await quarantine.newest(reason="unknown_meter")) < 7:
                    await asyncio.sleep(0.02)
    kept_ = [one.refusal for one in await quarantine.newest(reason="unknown_meter")]
    assert len(kept_) == 7
    details = [one.detail for one in kept_]
    assert "unknown meter M70; map `readings` reads it: give it a tag" in details
    (draft,) = (one for one in details if "M77" in one)
    assert "device: sn" in draft
    assert "path: ts" in draft
    assert "path: vol_l" in draft
    assert "path: flow.lph" in draft
    assert sum("too many new meters" in one for one in details) == 5


def nonsense(seed: int) -> bytes:
    """Packets of every kind with bodies of any bytes, whole and in a row."""
    dice = random.Random(seed)
    made = b""
    for _ in range(dice.randint(1, 6)):
        body = dice.randbytes(dice.choice([0, 1, 2, 3, 5, 40]))
        made += bytes([dice.randrange(256)]) + length(len(body)) + body
    return made


async def test_a_broker_that_talks_nonsense_ends_the_connection_or_is_not_heeded(kept, clock, quarantine):
    unhandled: list[dict] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unhandled.append(context))
    said = iter(range(400))

    async def behave(reader, writer):
        writer.write(nonsense(next(said)))
        topic, payload = reading("M1", 1)
        writer.write(publish(topic.encode(), payload.encode(), 1))
        with contextlib.suppress(OSError):
            await writer.drain()
            writer.write_eof()
            await reader.read()
        writer.close()

    server, port = await fake(behave)
    mqtt = make(port, clock, quarantine)
    for _ in range(200):
        with pytest.raises(ConnectionError):
            await asyncio.wait_for(mqtt.run(kept), 10)
    server.close()
    assert not [context for context in unhandled if "exception" in context]
