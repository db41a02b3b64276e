"""A Modbus connection against a station: values, reasons, periods, a full spool, nothing but reads."""

import asyncio
import struct
from collections import Counter

import numpy as np
import pytest

from collectors.modbus.driver import ModbusSource
from collectors.modbus.spec import ModbusSpec
from core.adapters.segment_spool.spool import SegmentSpool
from core.model.conservation import Fate
from core.model.quality import Status
from core.runtime.conservation import assert_conserved
from tests.collectors.field import Kept, Wire, eventually, running, serving, tags
from tests.collectors.liar import frame, liar, registers
from tests.collectors.modbus_field import points, source
from tests.ports import free_port


async def test_what_the_station_holds_is_what_is_stored(kind, kept, clock):
    more = [
        {"tag": "coil", "table": "coil", "address": 3, "type": "bool"},
        {"tag": "minus", "table": "input", "address": 5, "type": "i16", "scale": 0.5},
    ]
    port = free_port()
    async with serving(kind, port, 1, 2) as station:
        modbus = source(port, clock, {1: points(1) + more, 2: points(2)})
        began = clock.now_ns()
        async with running(modbus, kept):
            await eventually(lambda: len(kept.batches) >= 3)
            await eventually(lambda: len({s.tag for s in kept.samples()}) == 122)
            values = {s.tag: s.v for s in kept.samples()}
            assert values["coil"] == 1
            assert values["minus"] == -2.5
            assert {values[f"u{u}.f{n}"] - n for u in (1, 2) for n in range(60)} == {100, 200}
            assert all(began < s.t_ns <= s.r_ns <= clock.now_ns() for s in kept.samples())
            await station.tell("set 1 7 3.25")
            await eventually(lambda: kept.last("u1.f7").v == 3.25)
    assert modbus.facts.samples == len(kept.samples())
    assert (modbus.facts.bad, modbus.facts.connects, modbus.facts.connected) == (0, 1, False)


async def test_points_with_their_own_period_are_read_at_it(kind, kept, clock):
    port = free_port()
    slow = [{"tag": "slow", "address": 0, "type": "f32", "period_s": 0.5}]
    modbus = source(port, clock, {1: points(1, 2)[1:] + slow})
    async with serving(kind, port, 1), running(modbus, kept):
        await eventually(lambda: len(kept.samples("slow")) >= 3)
    apart_s = {tag: np.diff([s.t_ns for s in kept.samples(tag)]).min() / 1e9 for tag in ("slow", "u1.f1")}
    assert apart_s["slow"] > 0.3 and apart_s["u1.f1"] < 0.2


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (1, Status.BAD_CONFIGURATION_ERROR),
        (2, Status.BAD_CONFIGURATION_ERROR),
        (4, Status.BAD_DEVICE_FAILURE),
        (6, Status.BAD_NO_COMMUNICATION),
        (10, Status.BAD_NOT_CONNECTED),
    ],
)
async def test_an_exception_has_its_reason(kind, kept, clock, code, status):
    port = free_port()
    async with serving(kind, port, 1) as station:
        await station.tell(f"fail 1 {code}")
        modbus = source(port, clock, {1: points(1, 1)})
        device = modbus.facts.devices["unit 1"]
        async with running(modbus, kept):
            await eventually(kept.bad)
            assert [(s.q, s.v) for s in kept.samples()] == [(status, None)]
            assert f"exception {code}" in (device.cause or modbus.facts.tag_causes["u1.f0"])
            assert (modbus.facts.last_good_ns, device.last_good_ns) == (0, 0), "an exception is no good reply"
            if code != 2:  # that is retried every hour
                await station.tell("heal 1")
                await eventually(lambda: kept.last("u1.f0").v == 100)
                assert device.cause is None and device.last_good_ns > 0


async def test_a_lying_reply_is_bad_and_the_connection_opened_again(kept, clock):
    async def answer(asked, writer):
        lie = len(kept.batches) == 2
        writer.write(frame(asked, registers(asked), unit=9 if lie else None))

    async with liar(answer) as port:
        modbus = source(port, clock, {1: [{"tag": "a", "address": 40, "type": "u16"}]})
        async with running(modbus, kept):
            await eventually(lambda: len(kept.samples()) > 6)
    assert [s.v for s in kept.samples()][:5] == [40, 40, None, 40, 40]
    assert modbus.facts.failures == {"BadReply": 1}
    assert modbus.facts.devices["unit 1"].failures == {"bad_reply": 1}


async def test_a_device_that_answers_as_another_unit_is_told_which(kept, clock):
    async def answer(asked, writer):
        writer.write(frame(asked, registers(asked), unit=255))

    async with liar(answer) as port:
        modbus = source(port, clock, {1: [{"tag": "a", "address": 40, "type": "u16"}]})
        async with running(modbus, kept):
            await eventually(lambda: kept.samples() and modbus.facts.devices["unit 1"].cause)
            told = modbus.facts.devices["unit 1"].cause
    assert told.endswith("unit 255 for 1: device answers as unit 255: set unit")
    assert [s.v for s in kept.samples()] == [None]


async def test_beyond_the_instrument_is_bad_and_comes_with_every_poll(kind, kept, clock):
    port = free_port()
    modbus = source(port, clock, {1: points(1, 1)}, limits={"high": 150.0})
    async with serving(kind, port, 1) as station, running(modbus, kept):
        await eventually(lambda: kept.batches)
        await station.tell("set 1 0 151")
        await eventually(lambda: len(kept.bad()) >= 2)
    assert {s.q for s in kept.bad()} == {Status.BAD_OUT_OF_RANGE}


async def test_a_full_spool_sheds_what_is_polled_and_counts_it(kind, tmp_path, clock):
    spool = await SegmentSpool.open(tmp_path / "small", max_bytes=20_000)
    await spool.cursor("recorder")
    kept, port = Kept(spool), free_port()
    async with serving(kind, port, 1):
        modbus = source(port, clock, {1: points(1)})
        async with running(modbus, kept):
            await eventually(lambda: modbus.facts.shed >= 120)
    facts = await spool.facts()
    assert facts.door == {modbus.id: {Fate.SHED: modbus.facts.shed}}
    assert modbus.facts.samples == len(kept.samples()) == facts.received - modbus.facts.shed
    assert_conserved(facts)
    await spool.close()


async def test_slots_that_passed_are_counted_and_not_made_up_for(kept, clock):
    async def answer(asked, writer):
        await asyncio.sleep(0.25)
        writer.write(frame(asked, registers(asked)))

    async with liar(answer) as port:
        modbus = source(port, clock, {1: [{"tag": "a", "address": 4, "type": "u16"}]})
        async with running(modbus, kept):
            await eventually(lambda: len(kept.batches) >= 6)
    times_ns = [batch.r_ns[0] for batch in kept.batches]
    assert np.diff(times_ns).min() > 0.2e9
    assert modbus.facts.missed_slots >= 2 * (len(kept.batches) - 1)


async def test_only_functions_1_to_4_ever_leave(kind, kept, clock):
    every = [
        {"tag": t, "table": t, "address": 2, "type": kind}
        for t, kind in (("coil", "bool"), ("discrete", "bool"), ("holding", "f32"), ("input", "i16"))
    ]
    port = free_port()
    async with serving(kind, port, 1) as station, Wire(port).listening() as wire:
        modbus = source(wire.port, clock, {1: every})
        async with running(modbus, kept):
            await eventually(lambda: kept.batches)
            await station.tell("fail 1 4")
            await eventually(kept.bad)
            await station.tell("heal 1")
            await station.kill()
            await station.start()
            await eventually(lambda: len(wire.sent) > 1 and len(kept.batches) > 6)
    codes = Counter()
    for sent in wire.sent:
        assert len(sent) % 12 == 0
        codes.update(struct.unpack(">HHHBBHH", sent[i : i + 12])[4] for i in range(0, len(sent), 12))
    assert set(codes) == {1, 2, 3, 4}


def test_an_unknown_tag_is_a_wrong_configuration(clock):
    spec = ModbusSpec.model_validate(
        {"type": "modbus", "id": "st", "host": "h", "units": [{"unit": 1, "points": points(1, 2)}]}
    )
    with pytest.raises(ValueError, match=r"no such tag: u1\.f1"):
        ModbusSource(spec, tags(["u1.f0"]), clock)
