"""A reading that agrees with the display is found first, however oddly the device lays it."""

import struct

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from collectors.modbus.guess import Display, guesses
from collectors.modbus.probe import _distinct
from collectors.modbus.registers import Order, Table, Type
from tests.collectors.test_modbus_types import lay

FORMATS = {Type.U16: ">H", Type.I16: ">h", Type.U32: ">I", Type.I32: ">i", Type.F32: ">f", Type.F64: ">d"}
NOISE = [0x1A2B, 0x9C4D, 0x7E81, 0xC0DE, 0x5A5A, 0x8F13]


def ranked(registers, address, display, table=Table.HOLDING):
    return _distinct(guesses(table, registers, address, display))


def around(address, words):
    """Noise before and after, and the value's words at its address."""
    found = {address - 1 + n: word for n, word in enumerate(NOISE)}
    return found | {address + n: word for n, word in enumerate(words)}


@settings(max_examples=30)
@given(
    st.floats(1, 9999).map(lambda x: round(x, 2)),
    st.sampled_from([Type.F32, Type.F64]),
    st.sampled_from([Order.ABCD, Order.CDAB, Order.BADC, Order.DCBA]),
)
def test_a_float_in_any_order_is_first(shown, type, order):
    registers = around(100, lay(struct.pack(FORMATS[type], shown), order))
    (half,) = struct.unpack(">f", struct.pack(">d", shown)[:4])
    assume(type is Type.F32 or abs(half - shown) > 0.1)  # 2.0 reads alike as both
    best = ranked(registers, 100, Display.of(f"{shown:.2f}"))[0]
    assert (best.address, best.type, best.order, best.power, best.unit) == (100, type, order, 0, None)


@settings(max_examples=30)
@given(st.integers(100, 32_000), st.sampled_from([Type.U16, Type.I16]), st.sampled_from([-1, -2, -3]))
def test_a_scaled_integer_is_first(raw, type, power):
    shown = f"{raw * 10.0**power:.{-power}f}"
    best = ranked(around(100, lay(struct.pack(FORMATS[type], raw), Order.ABCD)), 100, Display.of(shown))[0]
    assert (best.address, best.power) == (100, power)
    assert best.type in (Type.U16, Type.I16)


def test_the_register_beside_the_one_named_is_found():
    registers = around(100, []) | {99: 342}
    best = ranked(registers, 100, Display.of("3.42"))[0]
    assert (best.address, best.type, best.power) == (99, Type.U16, -2)
    registers = around(100, []) | dict(zip((101, 102), lay(struct.pack(">f", 3.42), Order.CDAB), strict=True))
    best = ranked(registers, 100, Display.of("3.42"))[0]
    assert (best.address, best.type, best.order) == (101, Type.F32, Order.CDAB)


def test_another_unit_is_found_when_the_displays_is_said():
    registers = around(100, [335])
    best = ranked(registers, 100, Display.of("34.16", "m"))[0]
    assert (best.type, best.unit, best.power) == (Type.U16, "kPa", 0)
    assert best.yaml("p") == "- {tag: p, table: holding, address: 100, type: u16, unit: kPa}"
    registers = around(100, lay(struct.pack(">f", 12.5), Order.ABCD))
    best = ranked(registers, 100, Display.of("45.0", "m3/h"))[0]
    assert (best.type, best.unit) == (Type.F32, "L/s")


def test_metres_are_tried_when_no_unit_is_said():
    best = ranked(around(100, [3353]), 100, Display.of("34.19"))[0]
    assert (best.unit, best.power) == ("kPa", -1)


@pytest.mark.parametrize(
    ("words", "shown", "type"),
    [
        ([0x1234], "1234", Type.BCD16),
        ([0x8000 | 342], "-3.42", Type.SM16),
        ([12, 3456], "123456", Type.M10K32),
        ([0x0012, 0x3456], "123456", Type.BCD32),
        ([0xFFFE, 0x1DC0], "-123456", Type.I32),
    ],
)
def test_rarer_codings_are_found(words, shown, type):
    assert ranked(around(100, words), 100, Display.of(shown))[0].type is type


def test_without_a_display_a_sane_float_comes_before_its_garbled_orders():
    best = ranked(around(100, lay(struct.pack(">f", 3.42), Order.CDAB)), 100, None)
    f32 = [r for r in best if r.type is Type.F32 and r.address == 100]
    assert f32[0].order is Order.CDAB


@pytest.mark.parametrize(
    ("text", "resolution"), [("3.42", 0.005), ("3", 0.5), ("-12.5", 0.05), ("0.001", 0.0005)]
)
def test_a_display_is_as_fine_as_its_last_digit(text, resolution):
    assert Display.of(text).resolution == pytest.approx(resolution)
