"""A Modbus station or unit that is lost, late or back: one Bad sample a tag, and its neighbours go on."""

import asyncio
import signal
from collections import Counter

from core.model.quality import Status
from tests.collectors.field import eventually, running, serving, slots_kept
from tests.collectors.liar import frame, liar, registers
from tests.collectors.modbus_field import points, source
from tests.ports import free_port


async def test_a_killed_station_is_one_bad_sample_a_tag_and_it_returns_by_itself(kind, kept, clock):
    port = free_port()
    async with serving(kind, port, 1) as station:
        modbus = source(port, clock, {1: points(1)})
        async with running(modbus, kept):
            await eventually(lambda: kept.batches)
            await station.kill()
            await eventually(kept.bad)
            await asyncio.sleep(1.0)
            assert Counter(s.tag for s in kept.bad()) == {f"u1.f{n}": 1 for n in range(60)}
            assert {s.q for s in kept.bad()} == {Status.BAD_NOT_CONNECTED}
            assert not modbus.facts.connected
            await station.start()
            await eventually(lambda: kept.last("u1.f5").v == 105)
    assert len(kept.bad()) == 60
    times = [s.t_ns for s in kept.samples("u1.f5")]
    assert times == sorted(set(times))


async def test_a_station_that_was_never_there_is_told_once(kept, clock):
    async with running(source(free_port(), clock, {1: points(1, 3)}), kept):
        await asyncio.sleep(1.0)
    assert Counter(s.tag for s in kept.bad()) == {f"u1.f{n}": 1 for n in range(3)}


async def test_a_silent_station_is_a_time_out_then_a_lost_connection(kind, kept, clock):
    port = free_port()
    async with serving(kind, port, 1) as station:
        modbus = source(port, clock, {1: points(1, 3)})
        async with running(modbus, kept):
            await eventually(lambda: kept.batches)
            station.signal(signal.SIGSTOP)
            await eventually(lambda: modbus.facts.failures.get("ConnectionError"), 15)
            station.signal(signal.SIGCONT)
            await eventually(lambda: kept.last("u1.f1").v == 101, 15)
    assert Counter((s.tag, s.q) for s in kept.bad()) == {
        (f"u1.f{n}", Status.BAD_TIMEOUT): 1 for n in range(3)
    }


async def test_one_dead_unit_does_not_stop_its_neighbours(kind, kept, clock):
    port = free_port()
    async with serving(kind, port, 1, 2, 3) as station:
        modbus = source(port, clock, {u: points(u, 2) for u in (1, 2, 3)})
        async with running(modbus, kept):
            await eventually(lambda: kept.batches)
            await station.tell("fail 2 11")
            await eventually(kept.bad)
            before = len(kept.samples("u3.f1"))
            slots = await slots_kept(0.1, 1.0)
            assert len(kept.samples("u3.f1")) - before >= 0.8 * slots - 1
            await station.tell("heal 2")
            await eventually(lambda: kept.last("u2.f0").v == 200)
    assert Counter((s.tag, s.q) for s in kept.bad()) == {
        (f"u2.f{n}", Status.BAD_NOT_CONNECTED): 1 for n in range(2)
    }
    assert modbus.facts.connects == 1


async def test_a_unit_that_answers_too_late_keeps_its_neighbours_alive(kept, clock):
    async def answer(asked, writer):
        if asked.unit == 2:
            asyncio.get_running_loop().call_later(0.5, writer.write, frame(asked, registers(asked)))
        else:
            writer.write(frame(asked, registers(asked)))

    whole = [{"tag": "a", "address": 40, "type": "u16"}]
    async with liar(answer) as port:
        modbus = source(port, clock, {1: whole, 2: [{"tag": "b", "address": 50, "type": "u16"}]})
        async with running(modbus, kept):
            await asyncio.sleep(3.0)
    assert {s.v for s in kept.samples("a")} == {40.0}
    assert len(kept.samples("a")) > 12
    assert [s.q for s in kept.samples("b")] == [Status.BAD_TIMEOUT]
    assert modbus.facts.connects == 1


async def test_an_address_that_a_device_lost_with_its_line_is_told_as_refused_not_as_a_lost_line(kept, clock):
    exchanged = False

    async def answer(asked, writer):
        nonlocal exchanged
        if not exchanged and kept.last("b"):
            exchanged = True
            writer.close()
        elif exchanged and asked.address <= 41 < asked.address + asked.count:
            writer.write(frame(asked, bytes([asked.code | 0x80, 2])))
        else:
            writer.write(frame(asked, registers(asked)))

    some = [{"tag": "a", "address": 40, "type": "u16"}, {"tag": "b", "address": 41, "type": "u16"}]
    async with liar(answer) as port, running(source(port, clock, {1: some}), kept):
        await eventually(lambda: exchanged and kept.last("a").v == 40)
        await eventually(lambda: kept.last("b").q == Status.BAD_CONFIGURATION_ERROR)
        await asyncio.sleep(0.5)
    assert [s.q for s in kept.bad("b")] == [Status.BAD_NOT_CONNECTED, Status.BAD_CONFIGURATION_ERROR]
    assert [s.q for s in kept.bad("a")] == [Status.BAD_NOT_CONNECTED]


async def test_what_is_read_once_a_day_is_read_at_once_and_again_after_a_loss(kind, kept, clock):
    port = free_port()
    daily = [{"tag": "daily", "address": 0, "type": "f32", "period_s": 86_400}]
    async with serving(kind, port, 1) as station:
        modbus = source(port, clock, {1: daily})
        async with running(modbus, kept):
            await eventually(lambda: kept.samples(), 3)
            await station.kill()
            await eventually(kept.bad)
            await station.start()
            await eventually(lambda: kept.last("daily").v == 100, 5)
    assert [s.v for s in kept.samples()] == [100, None, 100]
