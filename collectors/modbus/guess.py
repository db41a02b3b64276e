"""What some registers may mean: every type, order and place, ranked by what a person reads on a display.

Each reading costs bits: a rare type, an unusual order, a register beside the one named, a scale, another
unit. A reading that is as near to the display as the display can tell costs nothing more; one further off
costs more with each doubling of the difference. The cheapest comes first. The costs are our own judgment
of how often the field does which (all of it appears in manuals), and they decide only between readings
that agree with the display alike.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from collectors.modbus.coding import Gather
from collectors.modbus.registers import WORDS, Order, Table, Type
from collectors.units import conversion, near

_TYPES = {
    Type.U16: 0,
    Type.I16: 0.5,
    Type.F32: 0,
    Type.U32: 1,
    Type.I32: 1,
    Type.F64: 3,
    Type.U64: 3,
    Type.I64: 3,
    Type.BCD16: 5,
    Type.BCD32: 5,
    Type.SM16: 6,
    Type.SM32: 6,
    Type.M10K32: 6,
    Type.M10K48: 7,
    Type.M10K64: 7,
    Type.F16: 7,
    Type.U8: 6,
    Type.I8: 7,
}
_ORDERS = {Order.ABCD: 0.0, Order.CDAB: 1.0, Order.BADC: 3.5, Order.DCBA: 2.5}
_HALVES_EXCHANGED = 5.0
_SCALES = {0: 0.0, -1: 2.0, -2: 2.0, -3: 2.5, -4: 4.0, 1: 4.0, 2: 5.0}
"""Of integers, by power of ten. A float that is scaled as well is rarer."""

_SCALED_FLOAT, _OTHER_UNIT, _ASIDE, _UNUSUAL_SIZE = 5.0, 2.5, 3.0, 12.0
_FLOATS = frozenset({Type.F16, Type.F32, Type.F64})
_OTHER_NAMES = frozenset({"hPa", "ppm", "ppb"})
_SMALLEST, _LARGEST = 1e-6, 1e9


@dataclass(frozen=True, slots=True)
class Display:
    """What a person reads: a number, how fine it is shown (half of its last digit), and its unit."""

    value: float
    resolution: float
    unit: str | None = None

    @classmethod
    def of(cls, text: str, unit: str | None = None) -> "Display":
        """Raises ValueError."""
        digits = text.strip().partition(".")[2]
        return cls(float(text), 0.5 * 10.0 ** -len(digits), unit)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the registers. value: in the display's unit. cost: in bits; less is likelier."""

    table: Table
    address: int
    type: Type
    order: Order
    byte: str
    power: int
    unit: str | None
    value: float
    cost: float

    def yaml(self, tag: str = "TAG") -> str:
        """The point as collectors.yaml has it."""
        said = [f"tag: {tag}", f"table: {self.table}", f"address: {self.address}", f"type: {self.type}"]
        if self.order is not Order.ABCD:
            said.append(f"order: {self.order}")
        if self.byte == "hi":
            said.append("byte: hi")
        if self.power:
            said.append(f"scale: {10.0**self.power:g}")
        if self.unit:
            said.append(f"unit: {self.unit}")
        return "- {" + ", ".join(said) + "}"


class _Way(NamedTuple):
    address: int
    type: Type
    order: Order
    byte: str


def guesses(
    table: Table, registers: Mapping[int, int], address: int, display: Display | None
) -> list[Reading]:
    """Every reading of `address` and its two neighbours that makes sense, the likeliest first. registers:
    what could be read, by address."""
    ways = list(_ways(registers, address))
    found = []
    for way, raw in zip(ways, _raw(registers, ways), strict=True):
        if math.isfinite(raw):
            found += list(_readings(table, way, raw, address, display))
    return sorted(found, key=lambda reading: reading.cost)


def _ways(registers: Mapping[int, int], address: int) -> Iterator[_Way]:
    for at in (address, address - 1, address + 1):
        for kind in _TYPES:
            if all(at + n in registers for n in range(WORDS[kind])):
                for order in _orders(kind):
                    for byte in ("lo", "hi") if kind in (Type.U8, Type.I8) else ("lo",):
                        yield _Way(at, kind, order, byte)


def _orders(kind: Type) -> list[Order]:
    if kind in (Type.U8, Type.I8):
        return [Order.ABCD]
    if WORDS[kind] == 1:
        return [Order.ABCD, Order.BADC]
    halves = [o for o in Order if o.dwords and o not in _SAME_AS_FOUR] if WORDS[kind] == 4 else []
    return [*_ORDERS, *(halves if kind is not Type.M10K64 else [])]


_SAME_AS_FOUR = frozenset({Order.ABCDEFGH, Order.GHEFCDAB, Order.BADCFEHG, Order.HGFEDCBA})


def _raw(registers: Mapping[int, int], ways: Sequence[_Way]) -> list[float]:
    first = min(registers)
    row = np.zeros(2 * (max(registers) - first + 1), np.uint8)
    for at, word in registers.items():
        row[2 * (at - first) : 2 * (at - first) + 2] = divmod(word, 256)
    values = []
    for way in ways:
        gather = Gather.of(way.type, [(2 * (way.address - first), way.order, way.byte)])
        numbers, none = gather.read(row)
        values.append(math.nan if none is not None and none[0] else float(numbers[0]))
    return values


def _readings(
    table: Table, way: _Way, raw: float, address: int, display: Display | None
) -> Iterator[Reading]:
    for power, of_scale in _SCALES.items() if display else ((0, 0.0),):
        if raw == 0 and power:
            continue
        for unit, factor, offset in _units(display):
            value = raw * 10.0**power * factor + offset
            cost = _TYPES[way.type] + _ORDERS.get(way.order, _HALVES_EXCHANGED)
            cost += of_scale + (_SCALED_FLOAT if power and way.type in _FLOATS else 0)
            cost += (0 if unit == _shown(display) else _OTHER_UNIT) + (
                _ASIDE if way.address != address else 0
            )
            cost += _off(value, display) if display else _odd(value)
            yield Reading(table, way.address, way.type, way.order, way.byte, power, unit, value, cost)


def _units(display: Display | None) -> Iterator[tuple[str | None, float, float]]:
    """Units the device may use, the display's own first, and how they become it. Without a unit said,
    kPa for metres and metres for kPa are tried (bar and MPa are scales of kPa)."""
    yield _shown(display), 1.0, 0.0
    if display is None:
        return
    if display.unit:
        for unit in near(display.unit):
            factor, offset = conversion(unit, display.unit)
            if unit not in _OTHER_NAMES and (not _decimal(factor) or offset):
                yield unit, factor, offset
    else:
        yield "kPa", *conversion("kPa", "m")
        yield "m", *conversion("m", "kPa")


def _shown(display: Display | None) -> str | None:
    """The display's unit where it was said: the pasted point must say it too, or the number would be taken
    in the tag's."""
    return display.unit if display else None


def _decimal(factor: float) -> bool:
    power = math.log10(factor)
    return abs(power - round(power)) < 1e-9


def _off(value: float, display: Display) -> float:
    """Bits for standing off the display. What moved a little since the look is still likely."""
    difference = abs(value - display.value) / max(display.resolution * 1.02, 1e-12)
    return 0.0 if difference <= 1 else 2.0 * math.log2(1 + difference)


def _odd(value: float) -> float:
    """Bits for a size that measurements rarely have."""
    return 0.0 if value == 0 or _SMALLEST <= abs(value) <= _LARGEST else _UNUSUAL_SIZE
