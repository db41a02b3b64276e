"""F16 half-open connection, F17 slow-loris, F18 a fifth of the devices dead."""

import asyncio
import itertools
from collections import Counter

from collectors.modbus.driver import ModbusSource
from collectors.modbus.group import Groups
from collectors.modbus.slices import Slices
from collectors.modbus.spec import ModbusSpec
from core.model.quality import COMMUNICATION
from core.runtime.supervisor import Supervisor
from tests.collectors.field import Wire, eventually, running, slots_kept, tags
from tests.collectors.liar import frame, liar, registers
from tests.faults.far_net import far_net
from tests.faults.forms import form


def source(clock, port, name="st", units=(1,), groups=None, **fields) -> ModbusSource:
    points = {u: [{"tag": f"{name}.u{u}", "address": 40 + u, "type": "u16"}] for u in units}
    spec = ModbusSpec.model_validate(
        {"type": "modbus", "id": name, "host": "127.0.0.1", "port": port, "period_s": 0.2, "timeout_s": 0.5}
        | {"units": [{"unit": unit, "points": some} for unit, some in points.items()]}
        | fields
    )
    return ModbusSource(spec, tags(p[0]["tag"] for p in points.values()), clock, groups)


async def honest(asked, writer) -> None:
    writer.write(frame(asked, registers(asked)))


async def test_f16_a_peer_gone_without_a_word_is_noticed_and_others_go_on(kept, clock):
    """By a proxy that stops to read: the wire goes dead in both directions, and no FIN is sent. The next two
    lose packets for real, where that is allowed."""
    async with liar(honest) as port, Wire(port).listening() as dead, liar(honest) as well:
        groups = Groups(Slices(clock))
        gone, other = (
            source(clock, dead.port, "gone", groups=groups),
            source(clock, well, "well", groups=groups),
        )
        async with running(gone, kept), running(other, kept):
            await eventually(lambda: kept.last("gone.u1") and kept.last("well.u1"))
            await noticed(kept, clock, lambda: [w.transport.pause_reading() for w in dead.writers])
            await eventually(lambda: gone.facts.failures.get("ConnectionError"), 30)
    assert {s.q for s in kept.bad()} <= COMMUNICATION
    assert Counter(s.tag for s in kept.bad()) == {"gone.u1": 1}


async def noticed(kept, clock, cut):
    """The cut is noticed within twice the time-out and a period; the other device keeps its pace (a read
    may be under way)."""
    cut_at = clock.monotonic()
    cut()
    await eventually(lambda: kept.last("gone.u1").v is None)
    assert clock.monotonic() - cut_at <= 2 * 0.5 + 0.5
    before = len(kept.samples("well.u1"))
    slots = await slots_kept(0.2, form(2.0, 60.0))
    assert len(kept.samples("well.u1")) - before >= 0.9 * slots - 1


async def test_f16_a_cable_that_is_cut_is_noticed_and_the_station_is_back_when_it_is_mended(kept, clock):
    """Every packet is lost in a network of its own, again and again."""
    groups = Groups(Slices(clock))
    with far_net() as net:
        async with liar(honest, net.socket()) as far, liar(honest) as well:
            gone = source(clock, far, "gone", groups=groups, host=net.address)
            other = source(clock, well, "well", groups=groups)
            async with running(gone, kept), running(other, kept):
                await eventually(lambda: kept.last("gone.u1") and kept.last("well.u1"))
                for _ in range(cuts := form(1, 10)):
                    await noticed(kept, clock, lambda: net.lose(1.0))
                    await eventually(lambda: not gone.facts.connected, 10)
                    net.lose(0.0)
                    await eventually(lambda: kept.last("gone.u1").v == 41.0, 15)
    assert Counter(s.tag for s in kept.bad()) == {"gone.u1": cuts}
    assert {s.q for s in kept.bad()} <= COMMUNICATION


async def test_f16_a_net_that_loses_packets_brings_no_wrong_value_and_delays_nobody_else(kept, clock):
    """A third of the packets in each direction: TCP repeats them late, replies come long after their time."""

    async def counting(asked, writer):
        writer.write(frame(asked, registers(asked, [next(told)])))

    told, groups = itertools.count(1), Groups(Slices(clock))
    with far_net() as net:
        async with liar(counting, net.socket()) as far, liar(honest) as well:
            lossy = source(clock, far, "lossy", groups=groups, host=net.address)
            other = source(clock, well, "well", groups=groups)
            async with running(lossy, kept), running(other, kept):
                await eventually(lambda: kept.last("lossy.u1") and kept.last("well.u1"))
                net.lose(0.33)
                before = len(kept.samples("well.u1"))
                slots = await slots_kept(0.2, form(8.0, 120.0))
                assert len(kept.samples("well.u1")) - before >= 0.9 * slots - 1
                net.lose(0.0)
                seen = len(kept.samples("lossy.u1"))
                await eventually(lambda: len(kept.samples("lossy.u1")) > seen + 3, 15)
    values = [s.v for s in kept.samples("lossy.u1") if s.v is not None]
    assert values == sorted(set(values)) and values[-1] < next(told), "each once, in order, as it was sent"
    assert max(lossy.facts.round_trips.newest) > 0.15 or kept.bad(), "the loss was felt"
    assert {s.tag for s in kept.bad()} <= {"lossy.u1"}
    bad = [s.v is None for s in kept.samples("lossy.u1")]
    assert not any(a and b for a, b in itertools.pairwise(bad)), "one Bad sample for each loss"


async def test_f17_a_slow_loris_and_a_mute_device_delay_nobody(kept, clock):
    async def loris(asked, writer):
        for byte in frame(asked, registers(asked)):
            if writer.is_closing():
                return
            writer.write(bytes([byte]))
            await asyncio.sleep(0.1)

    async def mute(asked, writer):
        return None

    groups = Groups(Slices(clock))
    async with liar(loris) as slow, liar(mute) as silent, liar(honest) as well:
        sick = [source(clock, slow, "loris", groups=groups), source(clock, silent, "mute", groups=groups)]
        other = source(clock, well, "well", groups=groups)
        async with running(sick[0], kept), running(sick[1], kept), running(other, kept):
            await eventually(lambda: kept.last("loris.u1") and kept.last("mute.u1"))
            before = len(kept.samples("well.u1"))
            slots = await slots_kept(0.2, form(3.0, 60.0))
            assert len(kept.samples("well.u1")) - before >= 0.9 * slots - 1
    assert Counter(s.tag for s in kept.bad()) == {"loris.u1": 1, "mute.u1": 1}
    assert {s.v for s in kept.samples() if s.v is not None} == {41.0}


async def test_f18_a_fifth_of_all_devices_dead_leaves_the_rest_its_scan_rate(kept, clock):
    """500 devices (short: 50), every fifth of them a port that accepts and never answers."""
    devices, period_s = form(50, 500), form(0.25, 1.0)

    async def mute(asked, writer):
        return None

    groups = Groups(Slices(clock))
    async with liar(honest) as well, liar(mute) as dead:
        sources = [
            source(clock, well if n % 5 else dead, f"d{n}", groups=groups, period_s=period_s)
            for n in range(devices)
        ]
        async with asyncio.TaskGroup() as group:
            supervisor = Supervisor()
            for one in sources:
                supervisor.add(one.id, lambda one=one: one.run(kept))
            task = group.create_task(supervisor.run())
            good = [f"d{n}.u1" for n in range(devices) if n % 5]
            await eventually(lambda: len({s.tag for s in kept.samples()}) == devices, 30)
            before = Counter(s.tag for s in kept.samples())
            slots = await slots_kept(period_s, form(4.0, 60.0))
            after = Counter(s.tag for s in kept.samples())
            task.cancel()
    assert sum(after[tag] - before[tag] for tag in good) >= 0.95 * slots * len(good)
    bad = Counter(s.tag for s in kept.bad())
    assert set(bad.values()) == {1}
    assert len(bad) == devices - len(good)
