"""Every further type and order, against struct and plain arithmetic written from the documents' words."""

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.modbus.coding import text
from collectors.modbus.point import Point
from collectors.modbus.registers import Order, Type
from core.model.quality import Status
from tests.collectors.test_modbus_decode import FOUR, decode

FORMATS = {Type.I64: ">q", Type.U64: ">Q", Type.F64: ">d"}


def lay(big_endian: bytes, order: Order) -> list[int]:
    """The registers in which a value lies: A is its most significant byte, and for the four short orders
    the words are reversed (CDAB), the bytes of each word swapped (BADC), or both (DCBA)."""
    if order.dwords:
        wire = bytes(big_endian["ABCDEFGH".index(letter)] for letter in order)
    else:
        words = [big_endian[i : i + 2] for i in range(0, len(big_endian), 2)]
        if order in (Order.CDAB, Order.DCBA):
            words.reverse()
        wire = b"".join(w[::-1] if order in (Order.BADC, Order.DCBA) else w for w in words)
    return [hi << 8 | lo for hi, lo in zip(wire[::2], wire[1::2], strict=True)]


def read(registers, type, **point):
    v, q = decode([Point(tag="t", address=0, type=type, **point)], registers)["t"]
    return None if math.isnan(v) else v, q


@given(st.binary(min_size=8, max_size=8), st.sampled_from(list(FORMATS)), st.sampled_from(Order))
def test_all_twelve_names_of_the_orders_of_eight_bytes(raw, type, order):
    (expected,) = struct.unpack(FORMATS[type], raw)
    v, q = read(lay(raw, order), type, order=order)
    assert (v, q) == (
        (float(expected), Status.GOOD) if math.isfinite(expected) else (None, Status.BAD_SENSOR_FAILURE)
    )


def test_eight_letters_say_what_four_say_when_no_halves_are_exchanged():
    same = {"ABCD": "ABCDEFGH", "CDAB": "GHEFCDAB", "BADC": "BADCFEHG", "DCBA": "HGFEDCBA"}
    for four, eight in same.items():
        assert lay(bytes(range(8)), Order(four)) == lay(bytes(range(8)), Order(eight))


@given(st.floats(width=16), st.sampled_from(FOUR))
def test_half_precision(x, order):
    v, q = read(lay(struct.pack(">e", x), order), Type.F16, order=order)
    assert (v, q) == ((x, Status.GOOD) if math.isfinite(x) else (None, Status.BAD_SENSOR_FAILURE))


@given(st.binary(min_size=2, max_size=2), st.sampled_from(["hi", "lo"]), st.sampled_from(FOUR))
def test_a_byte_of_a_register(raw, byte, order):
    meant = raw[0 if byte == "hi" else 1]
    registers = lay(raw, order)
    assert read(registers, Type.U8, byte=byte, order=order)[0] == meant
    assert read(registers, Type.I8, byte=byte, order=order)[0] == struct.unpack("b", bytes([meant]))[0]


@given(st.sampled_from([(Type.BCD16, 4), (Type.BCD32, 8)]), st.data(), st.sampled_from(FOUR))
def test_bcd_is_read_as_it_is_printed(kind, data, order):
    type, digits = kind
    printed = data.draw(st.integers(0, 10**digits - 1))
    raw = bytes.fromhex(f"{printed:0{digits}d}")
    assert read(lay(raw, order), type, order=order) == (printed, Status.GOOD)


@pytest.mark.parametrize("registers", [[0x123A], [0xFFFF], [0xA000]])
def test_what_is_no_decimal_digit_is_a_failed_sensor(registers):
    assert read(registers, Type.BCD16) == (None, Status.BAD_SENSOR_FAILURE)


@given(st.integers(-(2**15 - 1), 2**15 - 1), st.sampled_from(FOUR))
def test_sign_and_magnitude_of_16_bits(x, order):
    raw = struct.pack(">H", abs(x) | (0x8000 if x < 0 else 0))
    assert read(lay(raw, order), Type.SM16, order=order) == (x, Status.GOOD)


@given(st.integers(-(2**31 - 1), 2**31 - 1), st.sampled_from(FOUR))
def test_sign_and_magnitude_of_32_bits(x, order):
    raw = struct.pack(">I", abs(x) | (0x80000000 if x < 0 else 0))
    assert read(lay(raw, order), Type.SM32, order=order) == (x, Status.GOOD)


@given(
    st.sampled_from([(Type.M10K32, 2), (Type.M10K48, 3), (Type.M10K64, 4)]),
    st.data(),
    st.booleans(),
    st.sampled_from([Order.ABCD, Order.CDAB]),
)
def test_mod_10k_holds_four_decimal_digits_a_register(kind, data, negative, order):
    type, words = kind
    x = data.draw(st.integers(0, 10 ** (4 * words) - 1))
    sign = -1 if negative else 1
    groups = [sign * (x // 10_000**n % 10_000) for n in reversed(range(words))]
    if order is Order.CDAB:
        groups.reverse()
    v, q = read([g & 0xFFFF for g in groups], type, order=order)
    assert (v, q) == (float(sign * x), Status.GOOD)


def test_a_register_of_more_than_9999_is_no_mod_10k():
    assert read([1, 10_000], Type.M10K32) == (None, Status.BAD_SENSOR_FAILURE)


@given(st.integers(0, 2**32 - 1), st.integers(0, 31), st.integers(0, 31), st.sampled_from(FOUR))
def test_a_field_of_bits(raw, one, other, order):
    first, last = sorted((one, other))
    expected = int(f"{raw:032b}"[31 - last : 32 - first], 2)
    registers = lay(struct.pack(">I", raw), order)
    assert read(registers, Type.U32, order=order, bits=(first, last)) == (expected, Status.GOOD)


def test_a_field_of_bits_is_one_of_its_named_states_or_out_of_range():
    states = {"stopped": 0, "running": 1, "fault": 3}
    for field, expected in [(1, (1, Status.GOOD)), (2, (None, Status.BAD_OUT_OF_RANGE))]:
        assert read([0xFF8F | field << 4], Type.U16, bits=(4, 6), states=states) == expected


def test_bit_fields_and_whole_registers_of_one_type_are_read_side_by_side():
    points = [Point(tag="whole", address=0), Point(tag="field", address=1, bits=(8, 15))]
    found = decode(points, [0xFFFE, 0xAB12])
    assert found == {"whole": (0xFFFE, Status.GOOD), "field": (0xAB, Status.GOOD)}


@pytest.mark.parametrize("order", [Order.ABCD, Order.BADC])
def test_a_text_is_the_number_its_documents_give_it(order):
    states = {"RUN": 1, "STOP": 0}
    for said, expected in [
        (b"RUN\0\0\0", (1, Status.GOOD)),
        (b"STOP  ", (0, Status.GOOD)),
        (b"ERR 12", (None, Status.BAD_OUT_OF_RANGE)),
    ]:
        assert read(lay(said, order), Type.STRING, order=order, length=3, states=states) == expected


@given(st.binary(min_size=2, max_size=20).filter(lambda b: len(b) % 2 == 0))
def test_a_text_with_bytes_that_are_no_characters_is_read_all_the_same(raw):
    assert text(raw) == raw.decode("ascii", "replace").strip("\0 ")


def test_a_text_with_swapped_bytes():
    assert text(b"BA1CM ", Order.BADC) == "ABC1 M"


@pytest.mark.parametrize(
    ("point", "said"),
    [
        ({"type": "string", "length": 4}, "a sample is a number"),
        ({"type": "string", "states": {"A": 1}}, "length"),
        ({"type": "u16", "length": 4}, "length"),
        ({"type": "u16", "bits": (8, 16)}, "bits"),
        ({"type": "i16", "bits": (0, 3)}, "bits"),
        ({"type": "u8", "bits": (0, 8)}, "bits"),
        ({"type": "f32", "order": "EFGHABCD"}, "64-bit"),
        ({"type": "f32", "bit": 2}, "bool"),
        ({"table": "coil"}, "a coil is a bit"),
        ({"table": "coil", "type": "bool", "status": {"address": 3}}, "status word"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_tag(point, said):
    with pytest.raises(ValueError, match=f"t: .*{said}"):
        Point(tag="t", address=0, **point)
