"""From raw number to value and quality: sentinel, scaling, current limits, physical limits, range, status."""

import math
import struct
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.modbus.point import Point
from collectors.modbus.registers import UNSIGNED, Type, fits
from collectors.modbus.spec import ModbusSpec, Unit
from collectors.units import conversion
from core.model.quality import Status
from core.model.sample import Flag
from tests.collectors.test_modbus_decode import FOUR, decode_flagged

CURRENT = {"raw_lo": 4000, "raw_hi": 20000, "eng_lo": 0, "eng_hi": 10}


def read(registers, tag=None, **point):
    v, q, flags = decode_flagged([Point(tag="t", address=0, **point)], registers, **(tag or {}))["t"]
    return None if math.isnan(v) else pytest.approx(v), q, flags


@given(st.integers(0, 65535))
def test_a_current_is_a_value_on_a_line_or_the_word_of_a_failed_transmitter(microamperes):
    (v, q, flags) = decode_flagged(
        [Point(tag="t", address=0, **CURRENT, ne43=True, range=(-0.125, 10.3125))], [microamperes]
    )["t"]
    assert flags == 0
    if microamperes <= 3600 or microamperes >= 21000:
        assert q == Status.BAD_SENSOR_FAILURE
        assert math.isnan(v)
    else:
        assert v == pytest.approx((microamperes - 4000) * 10 / 16000, abs=1e-9)
        sound = 3800 <= microamperes <= 20500
        assert q == (Status.GOOD if sound else Status.UNCERTAIN_ENGINEERING_UNITS_EXCEEDED)


@given(st.integers(-(2**15), 2**15 - 1))
def test_each_value_has_the_quality_of_the_innermost_limits_it_breaks(raw):
    point = Point(tag="t", address=0, type="i16", scale=0.01, range=(0, 160), sentinels=[0x7FFF])
    v, q, _ = decode_flagged([point], [raw & 0xFFFF], low=-5.0, high=200.0)["t"]
    if raw == 0x7FFF:
        expected = Status.BAD_SENSOR_FAILURE
    elif not -5 <= raw * 0.01 <= 200:
        expected = Status.BAD_OUT_OF_RANGE
    elif not 0 <= raw * 0.01 <= 160:
        expected = Status.UNCERTAIN_ENGINEERING_UNITS_EXCEEDED
    else:
        expected = Status.GOOD
    assert q == expected
    assert math.isnan(v) if q >= Status.BAD else v == pytest.approx(raw * 0.01)


def test_clamping_keeps_to_the_range_and_says_so():
    clamp = {"type": "i16", "scale": 0.1, "range": (0, 100), "clamp": True}
    physical = {"low": -20.0, "high": 120.0}
    assert read([0xFFFF], physical, **clamp) == (0.0, Status.GOOD, Flag.CLAMPED)
    assert read([1015], physical, **clamp) == (100.0, Status.GOOD, Flag.CLAMPED)
    assert read([500], physical, **clamp) == (50.0, Status.GOOD, 0)
    assert read([2000], physical, **clamp) == (None, Status.BAD_OUT_OF_RANGE, 0)


def test_the_unit_of_the_device_becomes_the_unit_of_the_tag_with_all_its_limits():
    bar = {"type": "i16", "scale": 0.01, "unit": "bar", "range": (0, 10)}
    metres = {"unit": "m", "low": -5.0, "high": 160.0}
    assert read([342], metres, **bar) == (3.42 * 10.19716, Status.GOOD, 0)
    assert read([1001], metres, **bar)[1] == Status.UNCERTAIN_ENGINEERING_UNITS_EXCEEDED
    assert read([1600], metres, **bar)[1] == Status.BAD_OUT_OF_RANGE
    assert read([212], {"unit": "Cel"}, type="i16", unit="degF") == (100.0, Status.GOOD, 0)


def test_a_unit_that_cannot_become_the_tags_is_refused():
    with pytest.raises(ValueError, match="NTU cannot be converted to m3/h"):
        read([1], unit="NTU")


@pytest.mark.parametrize(
    ("amount", "given", "wanted", "is_"),
    [
        (1, "L/s", "m3/h", 3.6),
        (1, "bar", "kPa", 100),
        (10.19716, "m", "bar", 1),
        (1, "psi", "kPa", 6.894757),
        (1, "US gal/min", "L/min", 3.785412),
        (1, "mS/cm", "uS/cm", 1000),
        (25, "Cel", "degF", 77),
        (1e9, "mm3", "m3", 1),
        (150, "cm", "m", 1.5),
    ],
)
def test_units(amount, given, wanted, is_):
    factor, offset = conversion(given, wanted)
    assert amount * factor + offset == pytest.approx(is_)


STATUS = {"address": 4, "mask": 0x00FF, "bad_bits": 0x18, "uncertain_bits": 0x01}


@given(st.integers(0, 65535))
def test_status_bits_of_the_device_are_the_quality_of_its_value(word):
    registers = [*struct.unpack(">2H", struct.pack(">f", 1.5)), 0, 0, word]
    v, q, _ = read(registers, type="f32", status=STATUS)
    if word & 0x18:
        assert (v, q) == (None, Status.BAD_SENSOR_FAILURE)
    else:
        assert (v, q) == (1.5, Status.UNCERTAIN_SENSOR_NOT_ACCURATE if word & 1 else Status.GOOD)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (1, (7.0, Status.GOOD)),
        (2, (7.0, Status.UNCERTAIN_SENSOR_NOT_ACCURATE)),
        (0, (None, Status.BAD_SENSOR_FAILURE)),
        (9, (None, Status.BAD_SENSOR_FAILURE)),
    ],
)
def test_status_codes_of_the_device_are_the_quality_of_its_value(code, expected):
    status = {"address": 0, "good": [1], "uncertain": [2, 3]}
    point = Point(tag="t", address=1, status=status)
    v, q, _ = decode_flagged([point], [code, 7])["t"]
    assert (None if math.isnan(v) else v, q) == expected


@pytest.mark.parametrize(
    ("row", "table", "address"),
    [
        ({"address": 40001}, "holding", 0),
        ({"address": 400001}, "holding", 0),
        ({"address": "4x0123"}, "holding", 122),
        ({"address": 465536}, "holding", 65535),
        ({"address": 30017}, "input", 16),
        ({"address": 10005, "type": "bool"}, "discrete", 4),
        ({"address": "00010", "type": "bool"}, "coil", 9),
        ({"address": 40001, "table": "holding"}, "holding", 0),
    ],
)
def test_modicon_numbers_are_understood_where_they_are_said(row, table, address):
    (point,) = Unit(notation="modicon", points=[{"tag": "t"} | row]).points
    assert (point.table, point.address) == (table, address)


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        ({"points": [{"tag": "t", "address": 400001}]}, "say `notation: modicon`"),
        ({"points": [{"tag": "t", "address": "4x0001"}]}, "say `notation: modicon`"),
        ({"points": [{"tag": "t", "address": 40001}]}, "can be meant in two ways"),
        ({"points": [{"tag": "t", "address": 30001, "table": "input"}]}, "can be meant in two ways"),
        ({"notation": "modicon", "points": [{"tag": "t", "address": 17}]}, "no Modicon number"),
        ({"notation": "modicon", "points": [{"tag": "t", "address": 40000}]}, "no Modicon number"),
        (
            {"notation": "modicon", "points": [{"tag": "t", "address": 30001, "table": "holding"}]},
            "is a input",
        ),
    ],
)
def test_modicon_numbers_are_never_guessed(unit, said):
    with pytest.raises(ValueError, match=said):
        Unit(**unit)


def test_a_notation_of_the_connection_is_that_of_its_units_that_say_none():
    rows = [{"unit": 1, "points": [{"tag": "a", "address": 40011}]}]
    rows += [{"unit": 2, "notation": "pdu", "points": [{"tag": "b", "address": 40011}]}]
    spec = ModbusSpec(type="modbus", id="x", host="h", notation="modicon", units=rows)
    assert [unit.points[0].address for unit in spec.units] == [10, 40011]


def test_an_address_of_five_digits_is_one_when_it_is_said():
    (point,) = Unit(notation="pdu", points=[{"tag": "t", "address": 40001}]).points
    assert point.address == 40001
    assert Unit(points=[{"tag": "t", "address": 40001, "table": "input"}]).points[0].address == 40001


@pytest.mark.parametrize(
    ("point", "said"),
    [
        ({"raw_lo": 0, "raw_hi": 1}, "go together"),
        (CURRENT | {"scale": 2}, "no `scale`"),
        (CURRENT | {"raw_lo": 20000}, "not below"),
        ({"ne43": True}, "needs raw_lo"),
        ({"clamp": True}, "needs a `range`"),
        ({"range": (5, 1)}, "ends below"),
        ({"type": "u16", "sentinels": [0x10000]}, "no u16 can be"),
        ({"type": "i16", "sentinels": [-32769]}, "no i16 can be"),
        ({"type": "u16", "sentinels": [0.5]}, "no u16 can be"),
        ({"type": "f32", "sentinels": [1e39]}, "no f32 can be"),
    ],
)
def test_scaling_that_makes_no_sense_is_refused_with_its_tag(point, said):
    with pytest.raises(ValueError, match=f"t: .*{said}"):
        Point(tag="t", address=0, **point)


REGISTERS = st.lists(st.integers(0, 65535), min_size=24, max_size=24)
KNOWN = {
    Status.GOOD,
    Status.UNCERTAIN_ENGINEERING_UNITS_EXCEEDED,
    Status.UNCERTAIN_SENSOR_NOT_ACCURATE,
    Status.BAD_OUT_OF_RANGE,
    Status.BAD_SENSOR_FAILURE,
}


@st.composite
def any_points(draw):
    """Points of every kind, lying anywhere in 24 registers, over each other too."""
    points = []
    for n in range(draw(st.integers(1, 12))):
        kind = draw(st.sampled_from([t for t in Type if t is not Type.BOOL]))
        row = {"type": kind, "address": draw(st.integers(0, 12)), "order": draw(st.sampled_from(FOUR))}
        if kind is Type.STRING:
            row |= {"length": draw(st.integers(1, 6)), "states": {"RUN": 1, "STOP": 0}}
        elif kind in UNSIGNED and draw(st.booleans()):
            row |= {"bits": (1, 6), "states": {"off": 0, "on": 1}}
        else:
            sentinels = st.integers(-2, 65535).filter(lambda raw, kind=kind: fits(kind, raw))
            row |= {"sentinels": draw(st.lists(sentinels, max_size=3))}
            row |= {"scale": draw(st.sampled_from([1, 0.1, -2.5]))}
        if draw(st.booleans()):
            row |= {"range": (-10, 1000), "clamp": draw(st.booleans())}
        if draw(st.booleans()):
            row |= {"status": {"address": draw(st.integers(0, 20)), "bad_bits": 4, "uncertain": [1, 3]}}
        points.append(Point(tag=f"t{n}", **row))
    return points


@given(any_points(), REGISTERS)
def test_whatever_the_registers_hold_a_value_is_a_number_or_bad_and_never_warns(points, registers):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = decode_flagged(points, registers, low=-1e6, high=1e6)
    for v, q, flags in found.values():
        assert q in KNOWN
        assert math.isnan(v) == (q >= Status.BAD)
        assert flags in (0, Flag.CLAMPED)
        if flags:
            assert v in (-10, 1000)
