"""F23: malformed JSON, NaN, 1e400, wrong types, nesting 10,000, 256 MB, bad UTF-8, topic ≠ identity, empty,
retained ghosts. The process lives, memory is bounded, what is refused is in quarantine with its reason, and
the publisher's message is acknowledged once and never comes again."""

import asyncio
import json
import random
import sys

import psutil
import pytest

from core.adapters.sqlite_quarantine import SqliteQuarantine
from core.model.sample import Flag
from tests.collectors.brokers import BROKERS, broker
from tests.collectors.field import Wire, eventually, running
from tests.collectors.mqtt_packets import PUBACK, PUBLISH, length, packets, send
from tests.collectors.test_mqtt_source import reading, source
from tests.faults.forms import form
from tests.ports import free_port

TOPIC = b"meters/M1/readings"
T = '"t": "2026-11-22T10:00:00Z"'


def said(rows: str, meter: str = '"M1"') -> bytes:
    return f'{{"meter": {meter}, "readings": {rows}}}'.encode()


POISON = {
    b"": "empty",
    b"   ": "empty",
    b"{": "not_json",
    b'{"meter": "M1", "readings": [': "not_json",
    said(f'[{{{T}, "m3": NaN}}]'): "not_json",
    said(f'[{{{T}, "m3": Infinity}}]'): "not_json",
    said(f'[{{{T}, "m3": 1e400}}]'): None,
    said(f'[{{{T}, "m3": "7"}}]'): "wrong_type",
    said(f'[{{{T}, "m3": [7]}}]'): "wrong_type",
    said(f'[{{{T}, "m3": true}}]'): "wrong_type",
    said('[{"m3": 1}]'): "no_time",
    said('[{"t": 5, "m3": 1}]'): "bad_time",
    said('[{"t": "2026-13-40T99:00:00Z", "m3": 1}]'): "bad_time",
    said("[]"): "missing",
    said("{}"): "missing",
    said("7"): "missing",
    said("[7]"): "no_time",
    said(f'[{{{T}, "m3": 1}}]', meter="null"): "no_identity",
    said(f'[{{{T}, "m3": 1}}]', meter='"M2"'): "other_meter",
    said(f'[{{{T}, "m3": 1}}]', meter='["M1"]'): "no_identity",
    b"[" * 10_000: "not_json",
    b'{"a":' * 10_000 + b"1" + b"}" * 10_000: "not_json",
    b"[" * 100 + b"]" * 100: "too_deep",
    b"\xff\xfe\x00\x01": "not_json",
    b'{"meter": "M1\xff", "readings": []}': "not_json",
    b"x" * 200_000: "too_large",
    b"0": "no_identity",
    b'"M1"': "no_identity",
    b"null": "no_identity",
}


def mutated(n: int) -> list[bytes]:
    """Good payloads with some bytes changed, cut or doubled; seeded."""
    dice, made = random.Random(23), set()
    while len(made) < n:
        one = bytearray(reading("M1", dice.randrange(1000))[1].encode())
        for _ in range(dice.randint(1, 4)):
            at = dice.randrange(len(one))
            what = dice.randrange(3)
            if what == 0:
                one[at] = dice.randrange(256)
            elif what == 1:
                del one[at : at + dice.randint(1, 20)]
            else:
                one[at:at] = one[at : at + dice.randint(1, 20)]
            if not one:
                break
        made.add(bytes(one))
    return sorted(made)


@pytest.mark.parametrize("kind", sorted(BROKERS))
async def test_poison_is_quarantined_with_its_reason_and_acknowledged_once(
    kind, tmp_path, kept, clock, quarantine
):
    more = mutated(form(150, 5000))
    good = [reading("M2", n) for n in range(50)]
    nasty = [(TOPIC, one) for one in [*POISON, *more]]
    sent = [*nasty, *[(name.encode(), content.encode()) for name, content in good]]
    random.Random(1).shuffle(sent)
    async with (
        broker(kind, tmp_path, free_port(), ack_wait_s=30) as site,
        Wire(site.port).listening() as wire,
    ):
        mqtt = source(wire.port, clock, quarantine)
        async with running(mqtt, kept):
            await eventually(lambda: mqtt.facts.connected)
            await send(site.port, sent)
            await eventually(lambda: packets(bytes(wire.sent[0]))[PUBACK] == len(sent), form(30, 120))
            assert packets(bytes(wire.received[0]))[PUBLISH] == len(sent)
            assert mqtt.facts.connects == 1
        assert await quiet(site, wire, mqtt, kept), "poison comes again at every connection"
    assert len({(s.tag, s.t_ns) for s in kept.samples("meter.M2")}) == 50
    found = {one.refusal.content: one.refusal for one in await quarantine.newest(10_000)}
    assert len(found) >= len(POISON)
    for one, reason in POISON.items():
        refusal = found[_kept(one)]
        assert refusal.reason == reason or reason is None, (one[:60], refusal)
        assert refusal.detail


async def quiet(site, wire, mqtt, kept) -> bool:
    """Connects until nothing comes but what is sent just then. An acknowledgement on its way while the hub
    hangs up may be lost, and its message come once more."""
    for n in range(1, 5):
        async with running(mqtt, kept):
            await eventually(lambda n=n: mqtt.facts.connects == n + 1)
            await send(site.port, [(b"meters/M3/readings", reading("M3", n)[1].encode())])
            await eventually(lambda n=n: (last := kept.last("meter.M3")) and last.v == n)
        if packets(bytes(wire.received[-1]))[PUBLISH] == 1:
            return True
    return False


def _kept(payload: bytes) -> bytes:
    from collectors.mqtt.framing import HEAD_BYTES, MAX_BYTES, Message
    from collectors.mqtt.replay import keep

    whole = payload if len(payload) <= MAX_BYTES else payload[:HEAD_BYTES]
    return keep(Message(TOPIC, whole, 1, len(payload), False, False))


@pytest.mark.parametrize("kind", sorted(BROKERS))
async def test_retained_ghosts_are_state_not_news(kind, tmp_path, kept, clock, quarantine):
    async with broker(kind, tmp_path, free_port()) as site:
        old, new = (reading("M1", n)[1].encode() for n in (10, 20))
        await send(site.port, [(TOPIC, old)], retain=True)
        mqtt = source(site.port, clock, quarantine)
        for connects in (1, 2, 3):
            async with running(mqtt, kept):
                await eventually(lambda n=connects: mqtt.facts.connects == n)
                await eventually(lambda: kept.last("meter.M1"))
                if connects == 2:
                    await send(site.port, [(TOPIC, new)])
                    await eventually(lambda: kept.last("meter.M1").v == 20.0)
                if connects > 1:
                    heard = mqtt.facts.failures
                    await eventually(lambda h=heard, n=connects: h.get("retained_old", 0) >= n - 1)
    told = [(s.v, s.flags) for s in kept.samples("meter.M1")]
    assert told == [(10.0, Flag.RETAINED), (20.0, Flag.NONE)], "what was kept is no sign of a slow clock"


async def test_256_mb_pass_through_a_bounded_buffer(tmp_path):
    """The child is the hub; the broker here says 256 MB and means it."""
    size = 268_435_455 - 2 - len(TOPIC) - 2
    acked, grew = asyncio.Event(), 0.0

    async def serve(reader, writer):
        nonlocal grew
        await reader.readuntil(b"waterhub-meters")
        writer.write(b"\x20\x02\x00\x00")
        subscribe = await reader.readuntil(b"meters/+/readings\x01")
        writer.write(b"\x90\x03" + subscribe[2:4] + b"\x01")
        before = hub.memory_info().rss
        writer.write(
            b"\x32" + length(size + 4 + len(TOPIC)) + len(TOPIC).to_bytes(2, "big") + TOPIC + b"\x00\x07"
        )
        for _ in range(size // 65536):
            writer.write(b"x" * 65536)
            await writer.drain()
            grew = max(grew, hub.memory_info().rss - before)
        writer.write(b"x" * (size % 65536))
        assert await reader.readexactly(4) == b"\x40\x02\x00\x07"
        acked.set()
        await reader.read()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.servers.mqtt_hub", str(tmp_path), str(port), "0"
    )
    hub = psutil.Process(child.pid)
    try:
        await asyncio.wait_for(acked.wait(), 60)
        assert child.returncode is None
    finally:
        child.kill()
        await child.wait()
        server.close()
    assert grew < 50 * 2**20, f"{grew / 2**20:.0f} MB more"
    quarantine = await SqliteQuarantine.open(tmp_path / "quarantine.db")
    (only,) = await quarantine.newest()
    await quarantine.close()
    assert only.refusal.reason == "too_large"
    assert json.loads(only.refusal.content)["size"] == size
