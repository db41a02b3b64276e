"""What every Source keeps to, whatever its protocol: run against a real server of each."""

import asyncio
from collections import Counter
from contextlib import asynccontextmanager

import numpy as np
import pytest

from collectors.modbus.driver import ModbusSource
from collectors.modbus.spec import ModbusSpec
from collectors.opcua.driver import OpcUaSource
from collectors.opcua.spec import OpcUaSpec
from core.adapters.segment_spool.spool import SegmentSpool
from core.adapters.sqlite_quarantine import SqliteQuarantine
from core.model.quality import COMMUNICATION, is_bad
from core.runtime.clock import AnchoredClock
from tests.collectors import test_mqtt_source as meters
from tests.collectors.brokers import broker
from tests.collectors.field import Kept, Server, eventually, running, serving, tags
from tests.collectors.interrupting import stops_at_any_step
from tests.collectors.node_opcua import node_serving
from tests.need import lack
from tests.ports import free_port
from tests.servers.libmodbus_station import HEADER

TAGS = [f"t{n}" for n in range(5)]


class Field:
    """A server of one protocol with five tags, all of them changing when told, and a source that reads it.
    told: the loss of the line is told by a Bad sample for each tag."""

    def __init__(self, source, server, change, tags, told: bool) -> None:
        self.source, self.server, self.change, self.tags, self.told = source, server, change, tags, told


async def _each(server: Server, line: str, value: int) -> None:
    for n in range(len(TAGS)):
        await server.tell(line.format(n=n, value=value))


@asynccontextmanager
async def modbus(folder, clock, station="modbus_station"):
    port = free_port()
    points = [{"tag": tag, "address": 2 * n, "type": "f32"} for n, tag in enumerate(TAGS)]
    spec = ModbusSpec.model_validate(
        {"type": "modbus", "id": "st", "host": "127.0.0.1", "port": port, "period_s": 0.1}
        | {"units": [{"unit": 1, "points": points}]}
    )
    async with serving(station, port, 1) as server:
        change = lambda value: _each(server, "set 1 {n} {value}", value)  # noqa: E731
        yield Field(ModbusSource(spec, tags(TAGS), clock), server, change, TAGS, True)


@asynccontextmanager
async def libmodbus(folder, clock):
    if not HEADER.exists():
        lack("libmodbus-dev is not installed")
    async with modbus(folder, clock, "libmodbus_station") as field:
        yield field


@asynccontextmanager
async def opcua(folder, clock, plant=lambda port, folder: serving("opcua_plant", port)):
    port = free_port()
    nodes = [{"tag": tag, "node": f"nsu=urn:test:plant;s=v-{n}"} for n, tag in enumerate(TAGS)]
    spec = OpcUaSpec.model_validate(
        {"type": "opcua", "id": "p", "url": f"opc.tcp://127.0.0.1:{port}/plant", "publish_ms": 100}
        | {"allow_insecure": True, "nodes": nodes}
    )
    async with plant(port, folder) as server:
        change = lambda value: _each(server, "set {n} {value}", value)  # noqa: E731
        yield Field(OpcUaSource(spec, tags(TAGS), clock, folder), server, change, TAGS, True)


@asynccontextmanager
async def node_opcua(folder, clock):
    async with opcua(
        folder, clock, lambda port, folder: node_serving(port, 5, folder / "server-pki")
    ) as field:
        yield field


@asynccontextmanager
async def mqtt(folder, clock, kind="mosquitto"):
    quarantine = await SqliteQuarantine.open(folder / "quarantine.db")
    async with broker(kind, folder, free_port()) as server:
        some = meters.METERS[:5]

        async def change(value: int) -> None:
            await meters.publish(server.port, *[meters.reading(meter, value) for meter in some])

        source = meters.source(server.port, clock, quarantine)
        yield Field(source, server, change, [f"meter.{meter}" for meter in some], False)
    await quarantine.close()


def mqtt_nats(folder, clock):
    return mqtt(folder, clock, "nats")


PEERS = [modbus, libmodbus, opcua, node_opcua, mqtt, mqtt_nats]
"""Two servers of each protocol, so that no driver fits only the one it grew up with."""


@pytest.fixture(params=PEERS, ids=lambda make: make.__name__)
async def field(request, tmp_path):
    async with request.param(tmp_path, AnchoredClock()) as made:
        yield made


@pytest.fixture
async def kept(tmp_path):
    spool = await SegmentSpool.open(tmp_path / "spool")
    yield Kept(spool)
    await spool.close()


def values(kept: Kept, field: Field) -> set[float | None]:
    return {last.v if (last := kept.last(tag)) else None for tag in field.tags}


async def test_it_reads_what_the_field_holds_and_keeps_the_promises_of_a_batch(field, kept):
    source = field.source
    assert not source.facts.connected
    async with running(source, kept):
        await eventually(lambda: source.facts.connected)
        await field.change(7)
        await eventually(lambda: values(kept, field) == {7.0})
    assert not source.facts.connected
    for batch in kept.batches:
        assert batch.sources == (source.id,)
        assert set(batch.tags) <= set(field.tags)
        assert len(batch) > 0
        assert np.array_equal(np.isnan(batch.v), is_bad(batch.q))
        assert np.all(batch.r_ns > 10**18)
        columns = (batch.tag, batch.t_ns, batch.v, batch.q, batch.r_ns, batch.flags)
        assert [c.dtype.str for c in columns] == ["<u4", "<i8", "<f8", "<u4", "<i8", "|u1"]
    identities = Counter((s.tag, s.t_ns) for s in kept.samples())
    assert set(identities.values()) == {1}


async def test_it_counts_what_it_puts(field, kept):
    source = field.source
    async with running(source, kept):
        await eventually(lambda: source.facts.connected)
        await field.change(7)
        await eventually(lambda: values(kept, field) == {7.0})
        await field.server.kill()
        await eventually(lambda: source.facts.failures and (source.facts.bad or not field.told))
    facts = await kept.spool.facts()
    assert source.facts.samples == len(kept.samples()) == facts.received
    assert source.facts.bad == len(kept.bad())
    assert source.facts.connects == 1


async def test_a_lost_line_is_a_connection_error_told_once_for_each_tag(field, kept):
    source = field.source
    run = asyncio.create_task(source.run(kept))
    await eventually(lambda: source.facts.connected)
    await field.change(7)
    await eventually(lambda: values(kept, field) == {7.0})
    await field.server.kill()
    with pytest.raises(ConnectionError):
        await asyncio.wait_for(run, 20)
    with pytest.raises(ConnectionError):
        await asyncio.wait_for(source.run(kept), 20)
    assert Counter(s.tag for s in kept.bad()) == (dict.fromkeys(field.tags, 1) if field.told else {})
    assert {s.q for s in kept.bad()} <= COMMUNICATION
    assert not source.facts.connected


async def test_it_returns_by_itself(field, kept):
    source = field.source
    async with running(source, kept):
        await eventually(lambda: source.facts.connected)
        await field.server.kill()
        await eventually(lambda: not source.facts.connected)
        await field.server.start()
        await eventually(lambda: source.facts.connected)
        await field.change(9)
        await eventually(lambda: values(kept, field) == {9.0})
    assert source.facts.connects == 2


async def test_it_stops_when_cancelled(field, kept):
    run = asyncio.create_task(field.source.run(kept))
    await eventually(lambda: field.source.facts.connected)
    run.cancel()
    async with asyncio.timeout(30):
        with pytest.raises(asyncio.CancelledError):
            await run
    assert len(asyncio.all_tasks()) <= 2


async def test_it_stops_when_cancelled_at_any_step_of_its_start(field, kept):
    await stops_at_any_step(field.source, kept)
    await eventually(lambda: len(asyncio.all_tasks()) <= 2)


async def test_an_error_of_the_disk_is_not_swallowed(field, kept):
    source = field.source
    run = asyncio.create_task(source.run(kept))
    await eventually(lambda: source.facts.connected)
    await kept.spool.close()
    await field.change(7)
    with pytest.raises(OSError, match="spool"):
        await asyncio.wait_for(run, 10)
