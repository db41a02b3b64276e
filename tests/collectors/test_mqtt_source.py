"""Meters heard through real brokers: acknowledged after the disk, delivered again until then."""

import asyncio
import json
import struct
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from collectors.mqtt.source import MqttSource
from collectors.mqtt.spec import MqttSpec
from core.adapters.segment_spool.spool import SegmentSpool
from core.model.quality import Status
from tests.collectors.brokers import BROKERS, broker
from tests.collectors.field import Kept, Wire, eventually, running, tags
from tests.collectors.mqtt_packets import CONNECT, DISCONNECT, PUBACK, PUBLISH, SUBSCRIBE, packets
from tests.need import need
from tests.ports import free_port

METERS = [f"M{n}" for n in range(50)]
START = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)


@pytest.fixture(params=sorted(BROKERS))
async def site(request, tmp_path):
    async with broker(request.param, tmp_path, free_port()) as made:
        yield made


def source(port, clock, quarantine) -> MqttSource:
    topics = [{"filter": "meters/+/readings", "payload": "readings"}]
    spec = MqttSpec.model_validate(
        {"type": "mqtt", "id": "meters", "host": "127.0.0.1", "port": port, "topics": topics}
    )
    return MqttSource(
        spec, tags([f"meter.{m}" for m in METERS], unit="m3", period_s=3600.0), clock, quarantine
    )


async def publish(port: int, *messages: tuple[str, str], retain: bool = False) -> None:
    """By mosquitto_pub, one message a line for each topic, QoS 1; returns when the broker has them."""
    kept = ["-r"] if retain else []
    for topic in dict.fromkeys(topic for topic, _ in messages):
        process = await asyncio.create_subprocess_exec(
            *(need("mosquitto_pub"), "-p", str(port), "-q", "1", "-t", topic, "-l", *kept),
            stdin=asyncio.subprocess.PIPE,
        )
        lines = "".join(f"{payload}\n" for name, payload in messages if name == topic)
        await process.communicate(lines.encode())
        assert process.returncode == 0


def reading(meter: str, n: int, of: str | None = None) -> tuple[str, str]:
    said = [{"t": (START + timedelta(seconds=n)).isoformat(), "m3": float(n)}]
    return f"meters/{meter}/readings", json.dumps({"meter": of or meter, "readings": said})


async def test_readings_are_stored_and_poison_is_set_aside(site, kept, clock, quarantine):
    mqtt = source(site.port, clock, quarantine)
    async with running(mqtt, kept):
        await eventually(lambda: mqtt.facts.connected)
        await publish(
            site.port,
            reading("M1", 1),
            ("meters/M1/readings", "poison"),
            reading("M2", 2),
            reading("M99", 3),
            reading("M3", 4, of="M4"),
            reading("M6", 5),
        )
        await eventually(lambda: len(kept.samples()) == 3 and mqtt.facts.refused == 3)
        await publish(site.port, reading("M7", 6))
        await eventually(lambda: kept.last("meter.M7"))
    assert {(s.tag, s.v) for s in kept.samples()} == {
        ("meter.M1", 1.0),
        ("meter.M2", 2.0),
        ("meter.M6", 5.0),
        ("meter.M7", 6.0),
    }
    assert {s.q for s in kept.samples()} == {Status.GOOD}
    reasons = [one.refusal.detail for one in await quarantine.newest()]
    assert len(reasons) == 3
    for part in ("meter M1: not JSON", "unknown meter M99", "of meter 'M4', the topic of 'M3'"):
        assert sum(part in reason for reason in reasons) == 1


async def test_what_was_sent_while_away_comes_after_the_return(site, kept, clock, quarantine):
    mqtt = source(site.port, clock, quarantine)
    async with running(mqtt, kept):
        await eventually(lambda: mqtt.facts.connected)
    await publish(site.port, *[reading(m, n) for m in METERS[:5] for n in range(20)])
    async with running(mqtt, kept):
        await eventually(lambda: len(kept.samples()) == 100)
    assert Counter(s.tag for s in kept.samples()) == {f"meter.{m}": 20 for m in METERS[:5]}


async def test_nothing_is_acknowledged_before_the_disk_and_it_comes_again(site, kept, clock, quarantine):
    async with Wire(site.port).listening() as wire:
        mqtt = source(wire.port, clock, quarantine)
        async with running(mqtt, kept):
            await eventually(lambda: mqtt.facts.connected)
            kept.open.clear()
            await publish(site.port, *[reading("M1", n) for n in range(10)])
            await eventually(lambda: packets(wire.received[0])[PUBLISH] >= 10)
            await asyncio.sleep(0.3)
            assert packets(wire.sent[0])[PUBACK] == 0
        assert not kept.samples()
        kept.open.set()
        async with running(mqtt, kept):
            await eventually(lambda: len({s.t_ns for s in kept.samples()}) == 10, 20)
            await eventually(lambda: sum(packets(s)[PUBACK] for s in wire.sent) >= 10)


async def test_a_broker_killed_and_back_loses_nothing(site, kept, clock, quarantine):
    mqtt = source(site.port, clock, quarantine)
    async with running(mqtt, kept):
        await eventually(lambda: mqtt.facts.connected)
        await publish(site.port, *[reading("M1", n) for n in range(20)])
        await asyncio.sleep(1.5)
        await site.kill()
        await eventually(lambda: not mqtt.facts.connected)
        assert not kept.bad()
        await site.start()
        await eventually(lambda: mqtt.facts.connected)
        await publish(site.port, *[reading("M1", n) for n in range(20, 40)])
        await eventually(lambda: {s.v for s in kept.samples()} == set(range(40)))
    assert mqtt.facts.connects >= 2


async def test_a_full_spool_leaves_the_messages_with_the_broker(site, tmp_path, clock, quarantine):
    spool = await SegmentSpool.open(tmp_path / "small", max_bytes=30_000)
    await spool.cursor("recorder")
    kept = Kept(spool)
    mqtt = source(site.port, clock, quarantine)
    async with running(mqtt, kept):
        await eventually(lambda: mqtt.facts.connected)
        await publish(site.port, *[reading("M1", n) for n in range(1000)])
        await eventually(lambda: mqtt.facts.failures.get("spool_full"))
        assert len(kept.samples()) < 1000
        async with asyncio.timeout(30):
            while len({s.v for s in kept.samples()}) < 1000:
                await spool.advance("recorder", len(kept.batches))
                await asyncio.sleep(0.1)
    assert mqtt.facts.shed == 0
    await spool.close()


async def test_nothing_is_ever_published(site, kept, clock, quarantine):
    async with Wire(site.port).listening() as wire:
        mqtt = source(wire.port, clock, quarantine)
        async with running(mqtt, kept):
            await eventually(lambda: mqtt.facts.connected)
            await publish(site.port, reading("M1", 1), ("meters/M1/readings", "poison"))
            await eventually(lambda: len(kept.samples()) == 1 and mqtt.facts.refused == 1)
            await asyncio.sleep(0.2)
        async with running(mqtt, kept):
            await eventually(lambda: mqtt.facts.connected)

        def sent() -> Counter[int]:
            return sum((packets(stream) for stream in wire.sent), Counter())

        await eventually(lambda: sent()[DISCONNECT] == 2)
    assert sent() == {CONNECT: 2, SUBSCRIBE: 2, PUBACK: 2, DISCONNECT: 2}


async def test_a_wrong_password_is_a_connection_error_that_says_so(kept, clock, quarantine):
    async def refuse(reader, writer):
        await reader.read(100)
        writer.write(struct.pack("BBBB", 0x20, 2, 0, 5))
        await writer.drain()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(ConnectionError, match="Not authorized"):
        await source(port, clock, quarantine).run(kept)
    server.close()
