"""A refused request is halved until the one illegal address is named; everything else goes on."""

import asyncio
import math

from hypothesis import given
from hypothesis import strategies as st

from collectors.modbus.bisect import Bisection, Found
from collectors.modbus.driver import ModbusSource
from collectors.modbus.plan import plan
from collectors.modbus.point import Point
from collectors.modbus.spec import ModbusSpec
from core.model.quality import Status
from tests.collectors.field import eventually, running, tags
from tests.collectors.liar import frame, liar, registers


def point(address: int, **fields) -> Point:
    return Point(**{"tag": f"t{address}", "address": address, "type": "f32"} | fields)


def searched(points: list[Point], illegal: set[int]) -> tuple[Found, int]:
    (request,) = plan(1, points, max_gap=100)
    search = Bisection(request)
    while not isinstance(step := search.next(), Found):
        read = range(step.address, step.address + step.count)
        assert set(read) <= set(range(request.address, request.address + request.count))
        search.told(not illegal & set(read))
    return step, search.asked


@given(st.integers(2, 60), st.data())
def test_one_illegal_value_is_found_in_log2_n_questions(n, data):
    points = [point(2 * k) for k in range(n)]
    culprit = data.draw(st.integers(0, n - 1))
    found, asked = searched(points, {2 * culprit + data.draw(st.integers(0, 1))})
    assert (found.illegal.address, found.illegal.count) == (2 * culprit, 2)
    assert asked <= math.ceil(math.log2(n)) + (2 if culprit == 0 else 0)


@given(st.sets(st.integers(0, 30), min_size=2), st.data())
def test_of_several_one_is_found_and_a_gap_is_fenced_off(addresses, data):
    points = [point(3 * a) for a in sorted(addresses)]
    last = 3 * max(addresses) + 2
    illegal = data.draw(st.sets(st.integers(3 * min(addresses), last - 1), min_size=1, max_size=3))
    found, _ = searched(points, illegal)
    if found.illegal is None:
        lone = (points[0], points[-1], points[len(points) // 2])
        assert all(illegal & {p.address, p.address + 1} for p in lone)
    else:
        start = found.illegal.address
        assert illegal & set(range(start, start + found.illegal.count))


def test_a_device_that_refuses_everything_has_no_culprit():
    assert searched([point(2 * n) for n in range(60)], set(range(200)))[0].illegal is None


def test_bits_of_one_register_and_atomic_groups_are_never_parted():
    bits = [point(8, tag=f"b{n}", type="bool", bit=n) for n in range(16)]
    group = [point(a, atomic_group="g") for a in (20, 30)]
    (request,) = plan(1, [point(0), *bits, *group], max_gap=20)
    search = Bisection(request)
    while not isinstance(step := search.next(), Found):
        assert (step.address, step.count) in {(0, 2), (2, 7), (9, 23)}
        search.told(step.address == 0)
    assert (step.illegal.address, step.illegal.count) == (2, 7)


class Sixty:
    """A device whose addresses in `illegal` cannot be read, alone or along."""

    def __init__(self, illegal: set[int]) -> None:
        self.illegal, self.spans = illegal, []

    async def answer(self, asked, writer) -> None:
        span = range(asked.address, asked.address + asked.count)
        self.spans.append((span.start, span.stop))
        refused = self.illegal & set(span)
        writer.write(frame(asked, bytes([asked.code | 0x80, 2]) if refused else registers(asked)))


def sixty(port, clock) -> ModbusSource:
    points = [{"tag": f"t{n}", "address": n, "type": "u16"} for n in range(60)]
    spec = ModbusSpec.model_validate(
        {"type": "modbus", "id": "st", "host": "127.0.0.1", "port": port, "period_s": 0.2}
        | {"units": [{"unit": 1, "points": points}]}
    )
    return ModbusSource(spec, tags(p["tag"] for p in points), clock)


async def test_one_illegal_register_among_60_costs_the_other_59_nothing(kept, clock):
    device = Sixty({37})
    async with liar(device.answer) as port:
        modbus = sixty(port, clock)
        async with running(modbus, kept):
            await eventually(lambda: len({s.tag for s in kept.samples() if s.v is not None}) == 59, 5)
            first = len(device.spans)
            await asyncio.sleep(0.6)
            later = device.spans[first:]
    assert first <= 1 + 6 + 3  # the refused one, the questions, the three that follow from them
    assert [(s.tag, s.q) for s in kept.bad()] == [("t37", Status.BAD_CONFIGURATION_ERROR)]
    assert set(later) <= {(0, 37), (38, 60)}
    assert set(modbus.facts.tag_causes) == {"t37"}
    assert "holding 37 is refused (exception 2)" in modbus.facts.tag_causes["t37"]


async def test_three_illegal_registers_are_all_named_and_one_that_is_mended_returns(kept, clock, monkeypatch):
    monkeypatch.setattr("collectors.modbus.unit.CULPRIT_RETRY_S", 1.0)
    device = Sixty({0, 20, 59})
    async with liar(device.answer) as port:
        modbus = sixty(port, clock)
        async with running(modbus, kept):
            await eventually(lambda: len({s.tag for s in kept.samples() if s.v is not None}) == 57, 10)
            await eventually(lambda: {s.tag for s in kept.bad()} == {"t0", "t20", "t59"})
            assert set(modbus.facts.tag_causes) == {"t0", "t20", "t59"}
            device.illegal = {0, 59}
            await eventually(lambda: kept.last("t20").v == 20)
            assert set(modbus.facts.tag_causes) == {"t0", "t59"}


async def test_a_device_that_refuses_all_while_it_starts_is_whole_again_soon(kept, clock):
    device = Sixty(set(range(60)))
    async with liar(device.answer) as port:
        modbus = sixty(port, clock)
        async with running(modbus, kept):
            await eventually(lambda: len(kept.bad()) == 60)
            assert modbus.facts.devices["unit 1"].cause == "unit 1 refuses all of holding 0 to 59"
            device.illegal = set()
            await eventually(lambda: len({s.tag for s in kept.samples() if s.v is not None}) == 60)
            assert modbus.facts.tag_causes == {}
