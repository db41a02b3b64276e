"""F16 half-open connection, F17 slow-loris, F18 a fifth of the devices dead."""

import asyncio
from collections import Counter

from collectors.modbus.driver import ModbusSource
from collectors.modbus.group import Groups
from collectors.modbus.slices import Slices
from collectors.modbus.spec import ModbusSpec
from core.model.quality import COMMUNICATION
from core.runtime.supervisor import Supervisor
from tests.collectors.field import Wire, eventually, free_port, running, tags
from tests.collectors.liar import frame, liar, registers
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
    """The wire goes dead in both directions, and no FIN is sent."""
    async with liar(honest) as port, Wire(port).listening() as dead, liar(honest) as well:
        groups = Groups(Slices(clock))
        gone, other = (
            source(clock, dead.port, "gone", groups=groups),
            source(clock, well, "well", groups=groups),
        )
        async with running(gone, kept), running(other, kept):
            await eventually(lambda: kept.last("gone.u1") and kept.last("well.u1"))
            cut_at = clock.monotonic()
            for writer in dead.writers:
                writer.transport.pause_reading()
            await eventually(lambda: kept.last("gone.u1").v is None)
            assert clock.monotonic() - cut_at <= 2 * 0.5 + 0.5
            before, since = len(kept.samples("well.u1")), clock.monotonic()
            await asyncio.sleep(2.0)
            read = len(kept.samples("well.u1")) - before
            assert read >= 0.9 * (clock.monotonic() - since) / 0.2
            await eventually(lambda: gone.facts.failures.get("ConnectionError"), 10)
    assert {s.q for s in kept.bad()} <= COMMUNICATION
    assert Counter(s.tag for s in kept.bad()) == {"gone.u1": 1}


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
            before, since = len(kept.samples("well.u1")), clock.monotonic()
            await asyncio.sleep(form(3.0, 60.0))
            read = len(kept.samples("well.u1")) - before
            assert read >= 0.9 * (clock.monotonic() - since) / 0.2
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
            before, since = Counter(s.tag for s in kept.samples()), clock.monotonic()
            await asyncio.sleep(form(4.0, 60.0))
            slots = (clock.monotonic() - since) / period_s
            after = Counter(s.tag for s in kept.samples())
            task.cancel()
    assert sum(after[tag] - before[tag] for tag in good) >= 0.95 * slots * len(good)
    bad = Counter(s.tag for s in kept.bad())
    assert set(bad.values()) == {1}
    assert len(bad) == devices - len(good)
