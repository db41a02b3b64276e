"""An OPC UA session against an asyncua server: values, missing nodes, acknowledgement, polling, no Write."""

import asyncio
import struct
from collections import Counter
from itertools import pairwise

import pytest
from asyncua import ua
from pydantic import ValidationError

from core.adapters.segment_spool.spool import SegmentSpool
from core.model.quality import Status
from core.model.sample import Flag
from tests.collectors.field import Kept, Wire, eventually, running, serving
from tests.collectors.node_opcua import node_serving
from tests.collectors.opcua_field import URI, source
from tests.ports import free_port

REQUEST = "Request_Encoding_DefaultBinary"


def services(sent: list[bytearray]) -> Counter[str]:
    """Names of the services asked for, read off the wire (unencrypted MSG chunks, IEC 62541-6, 6.7.2)."""
    names = {number: name for name, number in vars(ua.ObjectIds).items() if name.endswith(REQUEST)}
    found = Counter()
    for stream in sent:
        at = 0
        while at < len(stream):
            kind, size = struct.unpack_from("<3sxI", stream, at)
            if kind == b"MSG":
                form, number = struct.unpack_from("<BxH", stream, at + 24)
                assert form == 1
                found[names[number].removesuffix(REQUEST)] += 1
            at += size
    return found


async def test_changes_come_with_the_source_s_time_and_status(kept, clock):
    port = free_port()
    opcua = source(port, clock, limits={"high": 1000.0})
    async with serving("opcua_plant", port) as server, running(opcua, kept):
        await eventually(lambda: len(kept.samples()) == 5)
        assert [s.v for s in kept.samples()] == [0, 1, 2, 3, 4]
        before = clock.now_ns()
        await server.tell("set 1 42.5")
        await server.tell("bad 2 808C0000")
        await server.tell("bad 3 40930000")
        await server.tell("set 4 1001")
        await server.tell("bad 0 00000480")
        await eventually(lambda: len(kept.samples()) == 10)
        good = kept.last("v1")
        assert (good.v, good.q, good.flags) == (42.5, Status.GOOD, Flag.STANDS)
        assert before // 1000 * 1000 <= good.t_ns <= good.r_ns
        assert (kept.last("v2").v, kept.last("v2").q) == (None, Status.BAD_SENSOR_FAILURE)
        assert (kept.last("v3").v, kept.last("v3").q) == (0.0, Status.UNCERTAIN_SENSOR_NOT_ACCURATE)
        assert (kept.last("v4").v, kept.last("v4").q) == (None, Status.BAD_OUT_OF_RANGE)
        assert kept.last("v0").flags == Flag.OVERFLOW | Flag.STANDS
    assert opcua.facts.samples == 10


async def test_every_change_arrives_once_and_in_order(kept, clock):
    port = free_port()
    async with (
        serving("opcua_plant", port) as server,
        running(source(port, clock, publish_ms=50, sampling_ms=10), kept),
    ):
        await eventually(lambda: len(kept.samples()) == 5)
        for n in range(1, 200):
            await server.tell(f"set 1 {n + 1}")
            if n % 2 == 0:
                await asyncio.sleep(0.02)
        await eventually(lambda: kept.last("v1").v == 200)
    assert [s.v for s in kept.samples("v1")] == list(range(1, 201))


async def test_unknown_nodes_are_told_once_and_asked_for_again(kept, clock, monkeypatch):
    monkeypatch.setattr("collectors.opcua.roster.RETRY_S", 1.0)
    port = free_port()
    more = [
        {"tag": "later", "node": f"nsu={URI};s=v-later"},
        {"tag": "nowhere", "node": "nsu=urn:not:there;s=v-0"},
    ]
    async with serving("opcua_plant", port) as server, running(source(port, clock, 2, more), kept):
        await eventually(lambda: len(kept.samples()) == 4)
        assert {(s.tag, s.q) for s in kept.bad()} == {
            ("later", Status.BAD_NODE_ID_UNKNOWN),
            ("nowhere", Status.BAD_NODE_ID_UNKNOWN),
        }
        await server.tell("set 1 7")
        await eventually(lambda: kept.last("v1").v == 7)
        await server.tell("add v-later 12")
        await eventually(lambda: kept.last("later").v == 12)
    assert len(kept.bad()) == 2


async def test_nothing_is_acknowledged_before_the_disk_has_it(kept, clock):
    """With the disk held up, the four requests in flight are answered and none is sent."""
    port = free_port()
    async with (
        serving("opcua_plant", port) as server,
        Wire(port).listening() as wire,
        running(source(wire.port, clock), kept),
    ):
        await eventually(lambda: len(kept.samples()) == 5)
        await asyncio.sleep(0.3)
        kept.open.clear()
        for n in range(30):
            await server.tell(f"set 1 {n + 100}")
            await asyncio.sleep(0.05)
        asked = services(wire.sent)["Publish"]
        await asyncio.sleep(0.5)
        assert services(wire.sent)["Publish"] == asked
        assert len(kept.samples()) == 5
        kept.open.set()
        await eventually(lambda: kept.last("v1").v == 129)
        assert services(wire.sent)["Publish"] > asked
    values = [s.v for s in kept.samples("v1")]
    assert values == sorted(set(values))


async def test_a_full_spool_holds_the_server_up_and_loses_nothing_it_can_hold(tmp_path, clock):
    spool = await SegmentSpool.open(tmp_path / "small", max_bytes=1500)
    await spool.cursor("recorder")
    kept, port = Kept(spool), free_port()
    async with serving("opcua_plant", port) as server:
        opcua = source(port, clock)
        async with running(opcua, kept):
            for n in range(40):
                await server.tell(f"set 1 {n + 1}")
                await asyncio.sleep(0.02)
            await eventually(lambda: opcua.facts.failures.get("spool_full"))
            held = len(kept.samples())
            await spool.advance("recorder", len(kept.batches))
            await eventually(lambda: len(kept.samples()) > held)
    assert opcua.facts.shed == 0
    await spool.close()


@pytest.mark.parametrize("mode", ["auto", "poll"])
async def test_no_write_and_no_call_ever_leaves(kept, clock, monkeypatch, mode):
    """Through all that a source does: losses, repeats, gaps, missing and returning nodes, silent ones."""
    monkeypatch.setattr("collectors.opcua.roster.RETRY_S", 0.5)
    port = free_port()
    more = [{"tag": "nowhere", "node": f"nsu={URI};s=nowhere"}]
    async with serving("opcua_plant", port) as server, Wire(port).listening() as wire:
        opcua = source(wire.port, clock, more=more, mode=mode, sampling_ms=200, max_silence_s=1)
        async with running(opcua, kept):
            await eventually(lambda: kept.last("v4") and kept.last("nowhere"))
            await server.tell("bad 2 808C0000")
            await server.tell("lose")
            await server.tell("set 1 8")
            await eventually(lambda: kept.last("v1").v == 8)
            await server.tell("forget")
            await server.tell("set 1 9")
            await eventually(lambda: kept.last("v1").v == 9)
            await server.tell("remove v-3")
            await eventually(lambda: kept.last("v3").q == Status.BAD_NODE_ID_UNKNOWN)
            await server.tell("add v-3 33")
            await eventually(lambda: kept.last("v3").v == 33)
            await server.kill()
            await server.start()
            await eventually(lambda: opcua.facts.connects == 2)
    subscribing = {
        "CreateSubscription",
        "CreateMonitoredItems",
        "DeleteMonitoredItems",
        "Publish",
        "Republish",
    }
    found = services(wire.sent)
    assert found["CreateSession"] == opcua.facts.connects
    sent = set(found)
    assert {"CreateSession", "ActivateSession", "Read", "CloseSession"} <= sent
    assert sent - {"CreateSession", "ActivateSession", "Read", "CloseSession"} == (
        subscribing if mode == "auto" else set()
    )


async def test_a_steady_value_is_read_before_its_tag_is_stale(kept, clock):
    port = free_port()
    async with serving("opcua_plant", port), running(source(port, clock, max_silence_s=1), kept):
        await eventually(lambda: len(kept.samples("v3")) >= 4)
    stamps = [s.t_ns for s in kept.samples("v3")]
    assert {s.v for s in kept.samples("v3")} == {3}
    assert all(0.5e9 < later - earlier < 5e9 for earlier, later in pairwise(stamps[1:]))


@pytest.mark.parametrize("mode", ["subscribe", "poll"])
async def test_a_server_s_limits_are_kept_to(kept, clock, tmp_path, mode):
    """It refuses calls of more than two nodes (BadTooManyOperations)."""
    port = free_port()
    async with node_serving(port, 5, tmp_path, limit=2) as server:
        opcua = source(port, clock, mode=mode, sampling_ms=100)
        async with running(opcua, kept):
            await eventually(lambda: all(kept.last(f"v{n}") and kept.last(f"v{n}").v == n for n in range(5)))
            await server.tell("sweep 9")
            await eventually(lambda: {kept.last(f"v{n}").v for n in range(5)} == {9})
    assert opcua.facts.connects == 1
    assert not kept.bad()


@pytest.mark.parametrize("refused", [False, True], ids=["asked for", "no subscription to be had"])
async def test_polling_reads_what_a_subscription_would_tell(kept, clock, refused):
    port = free_port()
    mode = {"mode": "auto" if refused else "poll"}
    async with serving("opcua_plant", port) as server:
        if refused:
            await server.tell("subscriptions 0")
        opcua = source(port, clock, limits={"high": 1000.0}, sampling_ms=100, **mode)
        async with running(opcua, kept):
            await eventually(lambda: all(kept.last(f"v{n}") for n in range(5)))
            for n in range(1, 20):
                await server.tell(f"set 1 {n + 100}")
                await eventually(lambda n=n: kept.last("v1").v == n + 100)
            await server.tell("bad 2 808C0000")
            await server.tell("set 4 1001")
            await eventually(lambda: kept.last("v2").q == Status.BAD_SENSOR_FAILURE)
            await eventually(lambda: kept.last("v4").q == Status.BAD_OUT_OF_RANGE)
            await server.kill()
            await eventually(lambda: all(kept.last(f"v{n}").v is None for n in range(5)))
            assert not opcua.facts.connected
    assert opcua.facts.failures.get("subscription_refused", 0) == refused
    stamps = [s.t_ns for s in kept.samples("v1")]
    assert stamps == sorted(set(stamps))


def test_an_insecure_session_must_be_asked_for(clock):
    for policy in ("None", "Basic256", "Basic128Rsa15"):
        with pytest.raises(ValidationError, match="allow_insecure: true"):
            source(1, clock, allow_insecure=False, policy=policy)
    assert source(1, clock).facts.insecure
    assert source(1, clock, policy="Basic256").facts.insecure
    assert not source(1, clock, allow_insecure=False).facts.insecure


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"user": "hub", "password_file": "p"}, "never sent over an unencrypted session"),
        ({"user": "hub", "allow_insecure": False}, "user and password_file go together"),
        ({"user_key": "k", "allow_insecure": False}, "user_certificate and user_key go together"),
        ({"url": "opc.tcp://hub:secret@plc:4840"}, "url"),
        ({"nodes": [{"tag": "v0", "node": "g=not-a-guid"}]}, "node"),
    ],
)
def test_what_would_expose_credentials_or_cannot_work_is_refused(clock, fields, told):
    with pytest.raises(ValidationError, match=told):
        source(1, clock, **fields)
