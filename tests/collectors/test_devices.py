"""Every device template: registers laid by hand as its document says, read through the real driver."""

import struct

import pytest

from collectors.modbus.driver import ModbusSource
from collectors.modbus.spec import ModbusSpec, Unit
from collectors.modbus.template import unit_of
from core.model.quality import Status
from core.model.tag import Quantity, Tag
from core.model.text import Text
from hub.devices import device_files, read_device
from tests.collectors.field import eventually, running
from tests.servers.registers import at, device, f32

GOOD, DOUBTFUL, FAILED = Status.GOOD, Status.UNCERTAIN_SENSOR_NOT_ACCURATE, Status.BAD_SENSOR_FAILURE


def f64(value: float, order: str = "ABCDEFGH") -> list[int]:
    wire = bytes(struct.pack(">d", value)["ABCDEFGH".index(letter)] for letter in order)
    return list(struct.unpack(">4H", wire))


def words(pattern: str, *numbers: int) -> list[int]:
    raw = struct.pack(pattern, *numbers)
    return list(struct.unpack(f">{len(raw) // 2}H", raw))


NAN, INFINITE = float("nan"), float("inf")

CASES = {
    # name: (parameters, registers by table and address, expected value and quality of each point)
    "keller-series-30": [
        (
            {},
            # 0x0002 P1 HWord 0x0003 LWord ... 0x0012 P1 in 1/100 mbar
            at("holding", 0x0000, f32(0.0) + f32(4.217) + f32(NAN) + f32(12.75) + f32(INFINITE))
            | at("holding", 0x0010, words(">ii", 0, 421_700)),
            {
                "pressure": (4.217, GOOD),
                "pressure_2": (None, FAILED),
                "temperature": (12.75, GOOD),
                "sensor_temperature": (None, FAILED),
                "pressure_integer": (4217.0, GOOD),
            },
        ),
        (
            {},
            at("holding", 0x0000, f32(0.0) + f32(0.5) + f32(0.25) + f32(1.0) + f32(2.5)),
            {"pressure_2": (0.25, GOOD), "sensor_temperature": (2.5, GOOD)},
        ),
        (
            {},
            at("holding", 0x0012, words(">i", 2147483647)),
            {"pressure_integer": (None, FAILED)},
        ),
        (
            {},
            at("holding", 0x0012, words(">i", -2147483648)),
            {"pressure_integer": (None, FAILED)},
        ),
    ],
    "xylem-cl500": [
        (
            {},
            # 30001 least significant word first; 30010 reading status
            at("input", 0, f32(0.62, "CDAB") + f32(0.618325, "CDAB") + [0] * 5 + [status]),
            {
                "chlorine": (0.62 if ok else None, code),
                "chlorine_six_places": (0.618325 if ok else None, code),
            },
        )
        for status, ok, code in [
            (1, True, GOOD),
            (2, True, DOUBTFUL),
            (3, True, DOUBTFUL),
            (0, False, FAILED),
            (4, False, FAILED),
            (5, False, FAILED),
            (6, False, FAILED),
        ]
    ],
    "endress-hauser-liquiline-cm44x": [
        (
            {"order": order},
            at(
                "input",
                0,
                [*f32(7.24, order), 0, 9, *f32(0.48, order), 1, 9, *f32(0.2, order), state, 9],
            ),
            {"ai1": (7.24, GOOD), "ai2": (0.48, DOUBTFUL), "ai3": third},
        )
        for order in ("ABCD", "CDAB", "BADC", "DCBA")
        for state, third in [(0, (0.2, GOOD)), (2, (None, FAILED)), (3, (None, FAILED))]
    ]
    + [
        # NaN is 7F A0 00 00
        ({"order": "ABCD"}, at("input", 0, [0x7FA0, 0, 0, 9]), {"ai1": (None, FAILED)})
    ],
    "siemens-sitrans-f-m-mag-6000": [
        (
            {"order": order},
            at("holding", 3002, f32(0.125, order))
            | at("holding", 3014, f64(123456.789, eight) + f64(-2.5, eight)),
            {"flow": (0.125, GOOD), "total_1": (123456.789, GOOD), "total_2": (-2.5, GOOD)},
        )
        for order, eight in [("ABCD", "ABCDEFGH"), ("CDAB", "GHEFCDAB")]
    ],
    "krohne-ifc-300": [
        (
            {"order": "ABCD"},
            at("input", 0, f32(1.25) + f32(0.0625) + f32(0.0) + f32(293.15) + f32(0.05))
            | at("input", 28, f64(98765.4321)),
            {
                "flow": (0.0625, GOOD),
                "flow_speed": (1.25, GOOD),
                "coil_temperature": (293.15, GOOD),
                "conductivity": (0.05, GOOD),
                "counter_3": (98765.4321, GOOD),
            },
        )
    ],
    "hach-surface-scatter-7-sc": [
        (
            {"order": order},
            # 40001 TURB, 40003 TURB INT, 40004 TURB INT X 100, 40016 TURB UNIT, 40032 TEMP
            at("holding", 0, [*f32(0.31, order), 0, 31, *[0] * 11, unit])
            | at("holding", 31, f32(11.5, order)),
            {
                "turbidity": (0.31, GOOD) if unit == 7 else (None, FAILED),
                "turbidity_x100": (0.31, GOOD) if unit == 7 else (None, FAILED),
                "temperature": (11.5, GOOD),
            },
        )
        for order in ("ABCD", "CDAB")
        for unit in (7, 0, 42)
    ],
    "hach-tss-sc": [
        (
            {"order": order, "turbidity_unit": "FNU"},
            at("holding", 0, f32(12.5, order) + f32(0, order) + f32(25.25, order)),
            {"turbidity": (12.5, GOOD), "solids": (25.25, GOOD)},
        )
        for order in ("ABCD", "CDAB")
    ],
    "hach-3400-sc": [
        (
            {"order": "CDAB", "conductivity_unit": "uS/cm", "temperature_unit": "Cel"},
            at("holding", 0, [1, 2, *f32(412.5, "CDAB"), *f32(9.75, "CDAB")]),
            {"conductivity": (412.5, GOOD), "temperature": (9.75, GOOD)},
        )
    ],
    "badger-meter-modmag-m2000": [
        (
            {"order": "ABCD"},
            at("holding", 0xCF, f32(1204.5))
            | at("holding", 0xD7, f32(2.25))
            | at("holding", 0xE9, f32(0.75) + f32(0) + f32(0.0125))
            | at("holding", 0xF5, [12, 3]),
            {
                "flow": (0.0125, GOOD),
                "velocity": (0.75, GOOD),
                "forward_total": (1204.5, GOOD),
                "reverse_total": (2.25, GOOD),
                "power_ups": (12, GOOD),
                "detector_errors": (3, GOOD),
            },
        )
    ],
    "tuf-2000f": [
        (
            {"order": "CDAB", "total_unit": "m3"},
            # REG 0001 flow, 0005 velocity, 0009 positive, 0013 negative accumulator
            at(
                "holding",
                0,
                f32(125.5, "CDAB")
                + f32(0, "CDAB")
                + f32(1.25, "CDAB")
                + f32(1480, "CDAB")
                + [0x86A0, 0x0001]
                + f32(0.5, "CDAB")
                + [0xFFFE, 0xFFFF],
            ),
            {
                "flow": (125.5, GOOD),
                "velocity": (1.25, GOOD),
                "forward_total": (100_000, GOOD),
                "reverse_total": (-2, GOOD),
            },
        )
    ],
    "dynasonics-fusion": [
        (
            {"full_flow": 200, "flow_unit": "m3/h", "total_unit": "m3"},
            at("input", 0, [raw, 0, 0x0012, 0xD687]),
            {"flow": (value, GOOD), "total": (0x12D687, GOOD)},
        )
        for raw, value in [(0, 0.0), (65535, 200.0), (13107, 40.0)]
    ],
    "xylem-magflux": [
        (
            {},
            # 600 low, 601 high; 604 LS word ... 607 MS word; 608 low, 609 high
            at("holding", 600, [*f32(0.03125, "CDAB"), 0, 0, 61440, 9029, 1, 0, 34464, 1]),
            {
                "flow": (0.03125, GOOD),
                "forward_total": (0x0001_2345_F000, GOOD),
                "forward_total_resettable": (100_000, GOOD),
            },
        )
    ],
    "in-situ-aqua-troll-400": [
        (
            {"order": order},
            # registers 1538 pH, 1540 parameter 17, 1541 units 145, 1542 data quality; 0570 TDS, 0574 quality
            at("holding", 1537, [*f32(7.31 if quality in (0, 1) else 0.0, order), 17, 145, quality])
            | at("holding", 569, [*f32(0.25, order), 13, 114, 0]),
            {"ph": (7.31, GOOD) if quality in (0, 1) else (None, FAILED), "tds": (0.25, GOOD)},
        )
        for order, quality in [("ABCD", 0), ("CDAB", 1), ("ABCD", 3), ("CDAB", 7)]
    ],
    "abb-aquamaster-3": [
        (
            {"total_unit": "m3"},
            # registers 12003 and 1023 of the data model, one less in the frame
            at("holding", 12002, [0x0001, 0x86A0]) | at("input", 1022, [power]),
            {"forward_total": (100_000, GOOD), "battery": (power, GOOD) if power < 3 else (None, beyond)},
        )
        for power, beyond in [(0, None), (1, None), (2, None), (3, Status.BAD_OUT_OF_RANGE)]
    ],
}


def tag(name, unit):
    return Tag(id=name, quantity=Quantity.STATUS, unit=unit or "", name=Text("", ""), station="s", period_s=1)


@pytest.mark.parametrize("name", CASES)
async def test_what_the_document_lays_is_what_is_read(name, kept, clock):
    for parameters, registers, expected in CASES[name]:
        template = read_device(device_files()[name], parameters)
        named = Unit(unit=9, device=name, tags={point: point for point in expected}, parameters=parameters)
        unit = unit_of(template, named)
        tags = {point: tag(point, template.points[point].unit) for point in expected}
        with device(registers, unit=9) as port:
            spec = ModbusSpec(type="modbus", id=name, host="127.0.0.1", port=port, period_s=0.1, units=[unit])
            kept.batches.clear()
            async with running(ModbusSource(spec, tags, clock), kept):
                await eventually(lambda want=len(expected): len({s.tag for s in kept.samples()}) == want)
        for point, (value, quality) in expected.items():
            told = kept.samples(point)[0]
            assert told.v == (None if value is None else pytest.approx(value, rel=1e-6)), (point, parameters)
            assert told.q == quality, (point, parameters)


def test_every_template_has_its_cases_and_every_point_a_value():
    assert CASES.keys() == device_files().keys()
    for name, file in device_files().items():
        read = {
            p for _, _, expected in CASES[name] for p, (value, _) in expected.items() if value is not None
        }
        assert read_device(file).points.keys() == read, name


def test_every_template_says_where_each_register_was_read():
    for file in device_files().values():
        template = read_device(file)
        assert template.document.title and template.document.edition
        assert all("p. " in point.where for point in template.points.values())
