"""RTU and ASCII framing, through TCP and on a serial line; Modbus TCP in TLS."""

import asyncio
from collections import Counter

import pytest

from collectors.modbus.driver import ModbusSource
from collectors.modbus.spec import ModbusSpec
from core.model.quality import Status
from core.ports.source import Breaker
from tests.collectors.bus import Bus, honest
from tests.collectors.field import eventually, running, slots_kept, tags

FOUR = [
    {"tag": "coil", "table": "coil", "address": 3, "type": "bool"},
    {"tag": "discrete", "table": "discrete", "address": 4, "type": "bool"},
    {"tag": "holding", "table": "holding", "address": 10, "type": "u16"},
    {"tag": "input", "table": "input", "address": 20, "type": "u32"},
]
TRUTH = {"coil": 1, "discrete": 0, "holding": 5010, "input": 5020 * 65536 + 5021}


def word(unit: int) -> list[dict]:
    return [{"tag": f"u{unit}", "address": 7, "type": "u16"}]


def place(wire: str, where) -> dict:
    """A pseudo-terminal has neither parity nor seven bits."""
    if wire == "gateway":
        return {"host": "127.0.0.1", "port": where}
    return {"serial": {"device": where, "parity": "N", "bytesize": 8}}


def source(clock, units: dict[int, list[dict]], **fields) -> ModbusSource:
    spec = ModbusSpec.model_validate(
        {"type": "modbus", "id": "bus", "period_s": 0.1, "timeout_s": 0.3}
        | {"units": [{"unit": unit, "points": points} for unit, points in units.items()]}
        | fields
    )
    named = [point.tag for unit in spec.units for point in unit.points]
    return ModbusSource(spec, tags(named), clock, first_probe_s=1.0, random=lambda: 0.5)


@pytest.mark.parametrize("framing", ["rtu", "ascii"])
@pytest.mark.parametrize("wire", ["gateway", "line"])
async def test_all_four_tables_are_read(kept, clock, framing, wire):
    bus = Bus(lambda asked, send: send(bus.frame(honest(asked))), framing)
    async with getattr(bus, wire)() as where:
        at = place(wire, where)
        modbus = source(clock, {5: FOUR}, framing=framing, **at)
        async with running(modbus, kept):
            await eventually(lambda: len(kept.samples()) >= 12)
    assert {s.tag: s.v for s in kept.samples()} == TRUTH
    assert bus.codes == {1, 2, 3, 4}
    assert modbus.facts.failures == {}
    assert modbus.facts.devices["unit 5"].round_trips.newest


@pytest.mark.parametrize("framing", ["rtu", "ascii"])
@pytest.mark.parametrize("wire", ["gateway", "line"])
async def test_a_late_reply_is_never_taken_for_the_next(kept, clock, framing, wire):
    """Every fifth reply comes 0.1 s after its time-out, when another unit has been asked the same."""

    def answer(asked, send):
        late = len(bus.asked) % 5 == 0
        asyncio.get_running_loop().call_later(0.25 if late else 0.0, send, bus.frame(honest(asked)))

    bus = Bus(answer, framing)
    async with getattr(bus, wire)() as where:
        at = place(wire, where)
        modbus = source(clock, {u: word(u) for u in (1, 2, 3)}, framing=framing, timeout_s=0.15, **at)
        async with running(modbus, kept):
            await eventually(lambda: modbus.facts.failures.get("desync_resets", 0) >= 4)
    assert {(s.tag, s.v) for s in kept.samples() if s.v is not None} == {
        (f"u{u}", 1000 * u + 7) for u in (1, 2, 3)
    }


@pytest.mark.parametrize(
    ("lie", "cause"),
    [
        (lambda asked: bytes([asked.unit + 1]) + honest(asked)[1:], "device answers as unit 6: set unit"),
        (lambda asked: bytes([asked.unit, 4]) + honest(asked)[2:], "function code 4 for 3"),
        (lambda asked: honest(asked)[:-2], "bytes"),
        (lambda asked: honest(asked) + b"\0\0", "bytes"),
    ],
)
@pytest.mark.parametrize("framing", ["rtu", "ascii"])
async def test_a_lying_reply_is_bad_with_its_cause(kept, clock, framing, lie, cause):
    bus = Bus(lambda asked, send: send(bus.frame(lie(asked))), framing)
    async with bus.gateway() as port:
        modbus = source(clock, {5: word(5)}, framing=framing, host="127.0.0.1", port=port)
        async with running(modbus, kept):
            await eventually(lambda: kept.bad() and modbus.facts.devices["unit 5"].cause)
            told = modbus.facts.devices["unit 5"].cause
    assert [s.v for s in kept.samples()] == [None]
    if framing == "rtu" and "bytes" in cause:
        assert "checksum" in told or "bytes" in told or "no answer" in told
    else:
        assert cause in told


async def test_a_broken_checksum_is_never_a_value(kept, clock):
    def answer(asked, send):
        frame = bytearray(bus.frame(honest(asked)))
        if len(bus.asked) % 2:
            frame[4] ^= 1
        send(bytes(frame))

    bus = Bus(answer)
    async with bus.gateway() as port:
        modbus = source(clock, {5: word(5)}, framing="rtu", host="127.0.0.1", port=port)
        async with running(modbus, kept):
            await eventually(lambda: len([s for s in kept.samples() if s.v is not None]) >= 5)
    assert {s.v for s in kept.samples()} == {None, 5007}
    assert modbus.facts.failures["desync_resets"] >= 5


async def test_three_dead_of_32_units_leave_the_others_95_percent_of_their_rate(kept, clock):
    dead = {4, 5, 17}
    bus = Bus(lambda asked, send: None if asked.unit in dead else send(bus.frame(honest(asked))))
    async with bus.gateway() as port:
        modbus = source(
            clock,
            {u: word(u) for u in range(1, 33)},
            framing="rtu",
            host="127.0.0.1",
            port=port,
            period_s=0.5,
            timeout_s=0.2,
        )
        async with running(modbus, kept):
            devices = modbus.facts.devices
            await eventually(lambda: all(devices[f"unit {u}"].breaker is Breaker.OPEN for u in dead), 60)
            before = Counter(s.tag for s in kept.samples())
            slots = await slots_kept(0.5, 6.0)
            read = Counter(s.tag for s in kept.samples() if s.v is not None)
            counted = [read[f"u{u}"] - before[f"u{u}"] for u in range(1, 33) if u not in dead]
    assert sum(counted) >= 0.95 * slots * len(counted)
    assert {s.v for s in kept.samples()} == {None} | {1000 * u + 7 for u in range(1, 33) if u not in dead}
    for unit in dead:
        assert devices[f"unit {unit}"].cause == f"unit {unit}: no answer in 0.2 s"
        assert devices[f"unit {unit}"].failures["timeout"] >= 3
    assert modbus.facts.failures["desync_resets"] >= 9


async def test_an_open_breaker_costs_one_timeout_for_each_probe_and_closes_when_answered(kept, clock):
    mute = {2}
    bus = Bus(lambda asked, send: None if asked.unit in mute else send(bus.frame(honest(asked))))
    async with bus.gateway() as port:
        modbus = source(
            clock, {u: word(u) for u in (1, 2)}, framing="rtu", host="127.0.0.1", port=port, timeout_s=0.1
        )
        async with running(modbus, kept):
            device = modbus.facts.devices["unit 2"]
            await eventually(lambda: device.breaker is Breaker.OPEN)
            asked = len([a for a in bus.asked if a.unit == 2])
            assert asked == 3
            await eventually(lambda: device.failures["timeout"] == 5)
            probes = [a for a in bus.asked if a.unit == 2][asked:]
            assert [(p.address, p.count) for p in probes] == [(7, 1)] * 2
            mute.clear()
            await eventually(lambda: kept.last("u2").v == 2007)
            assert (device.breaker, device.cause, device.failures_in_row) == (Breaker.CLOSED, None, 0)
    assert [s.q for s in kept.bad("u2")] == [Status.BAD_TIMEOUT]


async def test_a_port_that_is_not_there_is_a_connection_error(kept, clock):
    modbus = source(clock, {5: word(5)}, serial={"device": "/dev/nothing-here"})
    with pytest.raises(ConnectionError, match="nothing-here"):
        await modbus.run(kept)
    assert [s.q for s in kept.samples()] == [Status.BAD_NOT_CONNECTED]
