"""Decoding agrees with pymodbus, which shares none of our code, and with what devices say of themselves."""

import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymodbus.client.mixin import ModbusClientMixin

from collectors.modbus.decode import Decoder
from collectors.modbus.plan import plan
from collectors.modbus.point import Point
from collectors.modbus.registers import WORDS, Order, Table, Type
from core.model.quality import Status, is_bad
from tests.collectors.field import tags

ORACLE = ModbusClientMixin.DATATYPE
NUMBERS = {
    Type.I16: ORACLE.INT16,
    Type.U16: ORACLE.UINT16,
    Type.I32: ORACLE.INT32,
    Type.U32: ORACLE.UINT32,
    Type.I64: ORACLE.INT64,
    Type.U64: ORACLE.UINT64,
    Type.F32: ORACLE.FLOAT32,
    Type.F64: ORACLE.FLOAT64,
}


FOUR = [Order.ABCD, Order.CDAB, Order.BADC, Order.DCBA]


def decode(points, registers, **tag):
    """Value and status code of each point."""
    return {name: told[:2] for name, told in decode_flagged(points, registers, **tag).items()}


def decode_flagged(points, registers, **tag):
    requests = plan(1, points, max_gap=125)
    decoder = Decoder(requests, tags([p.tag for p in points], **tag))
    (request,) = requests
    registers = registers[request.address :]
    decoder.row[:] = np.frombuffer(struct.pack(f">{request.count}H", *registers[: request.count]), np.uint8)
    columns = [column.tolist() for column in decoder.decode()]
    return dict(zip([p.tag for p in request.points], zip(*columns, strict=True), strict=True))


def oracle(registers, type, order):
    if order in (Order.BADC, Order.DCBA):
        registers = [(r & 0xFF) << 8 | r >> 8 for r in registers]
    word_order = "little" if order in (Order.CDAB, Order.DCBA) else "big"
    return ModbusClientMixin.convert_from_registers(registers, NUMBERS[type], word_order=word_order)


@st.composite
def layouts(draw):
    """Numbers of every type and order lying side by side, and the registers they lie in."""
    kinds = draw(
        st.lists(st.tuples(st.sampled_from(list(NUMBERS)), st.sampled_from(FOUR)), min_size=1, max_size=20)
    )
    at, points = 0, []
    for n, (type, order) in enumerate(kinds):
        points.append(Point(tag=f"t{n}", table=Table.HOLDING, address=at, type=type, order=order))
        at += WORDS[type]
    return points, draw(st.lists(st.integers(0, 0xFFFF), min_size=at, max_size=at))


@given(layouts())
def test_every_type_and_order_reads_as_pymodbus_reads_it(layout):
    points, registers = layout
    found = decode(points, registers)
    for point in points:
        expected = oracle(registers[point.address : point.address + point.width], point.type, point.order)
        v, q = found[point.tag]
        if math.isfinite(expected):
            assert (v, q) == (float(expected), Status.GOOD)
        else:
            assert math.isnan(v)
            assert q == Status.BAD_SENSOR_FAILURE


@given(st.lists(st.integers(0, 0xFFFF), min_size=3, max_size=3), st.integers(0, 15), st.sampled_from(FOUR))
def test_a_bit_of_a_register(registers, bit, order):
    point = Point(tag="b", address=0, type=Type.BOOL, bit=bit, order=order)
    (raw,) = [oracle(registers[:1], Type.U16, order)]
    assert decode([point], registers)["b"] == (float(raw >> bit & 1), Status.GOOD)


@given(st.lists(st.booleans(), min_size=1, max_size=300), st.integers(0, 1000))
def test_coils_come_packed_from_the_least_significant_bit(bits, start):
    points = [
        Point(tag=f"c{n}", table=Table.COIL, address=start + n, type=Type.BOOL) for n in range(len(bits))
    ]
    requests = plan(1, points)
    decoder = Decoder(requests, tags([p.tag for p in points]))
    decoder.row[:] = np.packbits(np.array(bits), bitorder="little")
    v, q, _ = decoder.decode()
    assert v.astype(bool).tolist() == bits
    assert not q.any()


def test_rows_of_several_requests_lie_end_to_end():
    points = [
        Point(tag="far", address=500, type=Type.U16),
        Point(tag="near", address=0, type=Type.U16),
        Point(tag="coil", table=Table.COIL, address=3, type=Type.BOOL),
    ]
    requests = plan(1, points)
    decoder = Decoder(requests, tags(["far", "near", "coil"]))
    decoder.row[:] = [1, 0, 7, 0, 9]
    names = [p.tag for r in requests for p in r.points]
    assert dict(zip(names, decoder.decode()[0].tolist(), strict=True)) == {"coil": 1, "near": 7, "far": 9}


@pytest.mark.parametrize(
    ("type", "sentinel", "registers"),
    [
        (Type.I16, 0x8000, [0x8000]),
        (Type.I16, -32768, [0x8000]),
        (Type.U16, 0xFFFF, [0xFFFF]),
        (Type.I32, -1, [0xFFFF, 0xFFFF]),
        (Type.U64, 2**64 - 1, [0xFFFF] * 4),
        (Type.F32, -9999.9, list(struct.unpack(">2H", struct.pack(">f", -9999.9)))),
    ],
)
def test_a_sentinel_is_a_failed_sensor_and_never_a_number(type, sentinel, registers):
    point = Point(tag="s", address=0, type=type, sentinels=[sentinel], scale=0.1)
    v, q = decode([point], registers)["s"]
    assert math.isnan(v)
    assert q == Status.BAD_SENSOR_FAILURE


def test_scale_and_offset_apply_after_the_sentinel():
    point = Point(tag="p", address=0, type=Type.I16, scale=0.01, offset=-1, sentinels=[32767])
    assert decode([point], [0xFFFF])["p"] == (pytest.approx(-1.01), Status.GOOD)
    assert decode([point], [1234])["p"] == (pytest.approx(11.34), Status.GOOD)


@given(st.floats(width=32))
def test_beyond_what_the_instrument_can_mean_is_bad_out_of_range(x):
    registers = list(struct.unpack(">2H", struct.pack(">f", x)))
    v, q = decode([Point(tag="p", address=0, type=Type.F32)], registers, low=0.0, high=160.0)["p"]
    if not math.isfinite(x):
        assert q == Status.BAD_SENSOR_FAILURE
    else:
        assert q == (Status.GOOD if 0 <= x <= 160 else Status.BAD_OUT_OF_RANGE)
    assert math.isnan(v) == bool(is_bad(np.uint32(q)))
