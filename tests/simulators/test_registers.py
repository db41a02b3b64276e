"""Values into registers and back, against pymodbus' own conversion as the oracle."""

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymodbus.client import ModbusTcpClient

from core.model.quality import COMMUNICATION, Status
from simulators.field_map import Point, substitute
from simulators.registers import UNREACHABLE, UnitImage, encode, raw_value, words_of

DATATYPE = ModbusTcpClient.DATATYPE
ORACLE = {
    "i16": DATATYPE.INT16,
    "u16": DATATYPE.UINT16,
    "i32": DATATYPE.INT32,
    "u32": DATATYPE.UINT32,
    "i64": DATATYPE.INT64,
    "u64": DATATYPE.UINT64,
    "f32": DATATYPE.FLOAT32,
    "f64": DATATYPE.FLOAT64,
}


def decoded(point: Point, words: list[int]) -> float:
    if point.order in ("BADC", "DCBA"):
        words = [(word & 0xFF) << 8 | word >> 8 for word in words]
    word_order = "little" if point.order in ("CDAB", "DCBA") else "big"
    value = ModbusTcpClient.convert_from_registers(words, ORACLE[point.type], word_order=word_order)
    assert isinstance(value, int | float)
    return value


@given(
    kind=st.sampled_from(sorted(ORACLE)),
    order=st.sampled_from(["ABCD", "CDAB", "BADC", "DCBA"]),
    v=st.floats(-1e6, 1e6),
    scale=st.sampled_from([1.0, 0.01, 0.1, 10.0]),
    offset=st.sampled_from([0.0, -40.0, 100.0]),
)
def test_a_value_comes_back_within_half_a_step_or_saturated(
    kind: str, order: str, v: float, scale: float, offset: float
) -> None:
    point = Point("a", "holding", 0, kind, order, scale, offset)
    raw = raw_value(point, v, Status.GOOD)
    words = encode(point, raw)
    assert len(words) == words_of(point)
    wanted = (v - offset) / scale
    if kind == "f32":
        (wanted,) = struct.unpack(">f", struct.pack(">f", wanted))
        assert decoded(point, words) == wanted
    elif kind == "f64":
        assert decoded(point, words) == wanted
    else:
        bits, signed = int(kind[1:]), kind[0] == "i"
        low = -(2 ** (bits - 1)) if signed else 0
        high = 2 ** (bits - 1) - 1 if signed else 2**bits - 1
        assert abs(decoded(point, words) - min(max(wanted, low), high)) <= 0.5


@pytest.mark.parametrize(
    ("point", "shown"),
    [
        (Point("a", "holding", 0, "i16"), -32768),
        (Point("a", "holding", 0, "u16"), 65535),
        (Point("a", "holding", 0, "u32"), 2**32 - 1),
        (Point("a", "holding", 0, "i16", sentinels=(32767,)), 32767),
        (Point("a", "holding", 0, "f32", sentinels=(-9999.0,)), -9999.0),
    ],
)
def test_a_dead_instrument_shows_its_sentinel(point: Point, shown: float) -> None:
    assert raw_value(point, 12.5, Status.BAD_SENSOR_FAILURE) == shown
    assert raw_value(point, math.nan, Status.GOOD) == shown


def test_a_dead_float_is_nan_and_an_out_of_range_one_is_what_the_device_shows() -> None:
    point = Point("a", "holding", 0, "f32")
    assert math.isnan(raw_value(point, 1.0, Status.BAD_DEVICE_FAILURE))
    assert raw_value(point, 9999.0, Status.BAD_OUT_OF_RANGE) == 9999.0
    assert raw_value(point, 1.5, Status.UNCERTAIN_SENSOR_CALIBRATION) == 1.5


def test_a_cut_line_is_what_the_model_calls_communication() -> None:
    assert {code for code in COMMUNICATION if code >> 31} == UNREACHABLE


def test_one_cut_line_answers_exception_and_all_cut_is_silence() -> None:
    unit = UnitImage([Point("a", "holding", 0, "f32"), Point("b", "holding", 4, "u16")])
    cut = (math.nan, int(Status.BAD_NO_COMMUNICATION))
    unit.update([cut, (7.0, 0)])
    assert not unit.silent
    assert not unit.answers("holding", 1, 2)
    assert unit.answers("holding", 2, 3)
    assert unit.read("holding", 4, 1) == [7]
    unit.update([cut, cut])
    assert unit.silent
    unit.update([(1.0, 0), (8.0, 0)])
    assert not unit.silent and unit.answers("holding", 0, 5)


def test_bits_of_a_register_stand_apart_and_keep_their_last_position() -> None:
    unit = UnitImage([Point("a", "holding", 9, "bool", bit=0), Point("b", "holding", 9, "bool", bit=15)])
    unit.update([(1.0, 0), (1.0, 0)])
    assert unit.read("holding", 9, 1) == [0x8001]
    unit.update([(0.0, 0), (math.nan, Status.BAD_SENSOR_FAILURE)])
    assert unit.read("holding", 9, 1) == [0x8000]


def test_variables_of_the_environment() -> None:
    assert substitute("${A:-15020} ${B:-x}", {"A": "1"}) == "1 x"
    with pytest.raises(ValueError, match="NOWHERE"):
        substitute("${NOWHERE}", {})
