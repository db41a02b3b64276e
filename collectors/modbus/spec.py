"""What to read from one Modbus connection: the rows of `collectors.yaml` with `type: modbus`."""

from collections import Counter
from enum import StrEnum
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

MAX_REGISTERS = 125
MAX_BITS = 2000
"""Of one request (MODBUS Application Protocol V1.1b3, 6.1-6.4)."""


class Table(StrEnum):
    COIL = "coil"
    DISCRETE = "discrete"
    HOLDING = "holding"
    INPUT = "input"


class Type(StrEnum):
    BOOL = "bool"
    I16 = "i16"
    U16 = "u16"
    I32 = "i32"
    U32 = "u32"
    I64 = "i64"
    U64 = "u64"
    F32 = "f32"
    F64 = "f64"


class Order(StrEnum):
    """How a value of several bytes lies in its registers, A being the most significant byte of the first
    pair. Values of 64 bits follow the same two facts: words reversed or not, bytes of a word swapped or
    not."""

    ABCD = "ABCD"
    CDAB = "CDAB"
    BADC = "BADC"
    DCBA = "DCBA"


BITS = frozenset({Table.COIL, Table.DISCRETE})
WORDS = {
    Type.BOOL: 1,
    Type.I16: 1,
    Type.U16: 1,
    Type.I32: 2,
    Type.U32: 2,
    Type.F32: 2,
    Type.I64: 4,
    Type.U64: 4,
    Type.F64: 4,
}
"""Registers that a value of each type takes."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Point(_Strict):
    """One tag's place. address: 0-based, as it travels in the PDU (never 40001 notation). The value is
    raw x scale + offset, in the tag's unit. sentinels: raw values by which the device says that it has
    no measurement, as printed in its manual (0x8000 for a signed register means -32768). bit: 0 is the
    least significant of a register."""

    tag: str
    table: Table = Table.HOLDING
    address: int = Field(ge=0, le=0xFFFF)
    type: Type = Type.U16
    order: Order = Order.ABCD
    scale: float = 1.0
    offset: float = 0.0
    sentinels: tuple[float | int, ...] = ()
    bit: int | None = Field(default=None, ge=0, le=15)
    period_s: float | None = Field(default=None, ge=0.1, le=86_400)
    atomic_group: str | None = None
    """Points of one unit and table that name the same group are read in one reply, whatever lies between."""

    @property
    def width(self) -> int:
        """Addresses it takes: registers, or one bit."""
        return 1 if self.table in BITS else WORDS[self.type]

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.table in BITS and (self.type is not Type.BOOL or self.bit is not None):
            raise ValueError(f"{self.tag}: a {self.table} is a bit; say `type: bool` and no `bit`")
        if self.bit is not None and self.type is not Type.BOOL:
            raise ValueError(f"{self.tag}: `bit` needs `type: bool`")
        if self.address + self.width > 0x10000:
            raise ValueError(f"{self.tag}: {self.type} at address {self.address} ends beyond 65535")
        return self


class Forbidden(_Strict):
    """Addresses that a device does not bear being read: it refuses, hangs, or clears what is read."""

    table: Table = Table.HOLDING
    address: int = Field(ge=0, le=0xFFFF)
    count: int = Field(default=1, ge=1, le=0x10000)

    def holds(self, point: Point) -> bool:
        """Whether any address of `point` is forbidden."""
        end = point.address + point.width
        return self.table is point.table and self.address < end and point.address < self.address + self.count


class Unit(_Strict):
    """One device behind the connection. max_registers: of one request, where it bears fewer than the
    connection; of bits, 16 times as many. forbidden: never read, not even along with neighbours."""

    unit: int = Field(default=1, ge=0, le=255)
    max_registers: int | None = Field(default=None, ge=4, le=MAX_REGISTERS)
    forbidden: tuple[Forbidden, ...] = ()
    points: tuple[Point, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _nothing_forbidden(self) -> Self:
        for point in self.points:
            if any(wall.holds(point) for wall in self.forbidden):
                raise ValueError(f"{point.tag}: lies in a range that this unit forbids")
        return self


class ModbusSpec(_Strict):
    """One TCP connection and the units behind it. Times in real seconds. max_gap: unused registers (four
    times as many bits) that may be read along to join two points into one request; 0 joins only
    neighbours."""

    type: Literal["modbus"]
    id: str
    host: str
    port: int = Field(default=502, ge=1, le=65535)
    period_s: float = Field(default=1.0, ge=0.1, le=86_400)
    timeout_s: float = Field(default=1.0, gt=0, le=60)
    max_gap: int = Field(default=8, ge=0, le=MAX_REGISTERS)
    max_registers: int = Field(default=MAX_REGISTERS, ge=4, le=MAX_REGISTERS)
    units: tuple[Unit, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        units = Counter(f"unit {unit.unit}" for unit in self.units)
        tags = Counter(f"tag {point.tag}" for unit in self.units for point in unit.points)
        twice = [name for name, n in (units + tags).items() if n > 1]
        if twice:
            raise ValueError(f"{self.id}: listed twice: {', '.join(twice)}")
        return self

    @model_validator(mode="after")
    def _fits_one_reply(self) -> Self:
        for unit in self.units:
            groups: dict[str, list[Point]] = {}
            for point in unit.points:
                groups.setdefault(point.atomic_group or f"tag {point.tag}", []).append(point)
            for name, points in groups.items():
                _one_reply(name, points, unit, unit.max_registers or self.max_registers)
        return self


def _one_reply(name: str, points: list[Point], unit: Unit, limit: int) -> None:
    """Raises ValueError when what has to be read at once cannot be."""
    if len({(point.table, point.period_s) for point in points}) > 1:
        raise ValueError(f"atomic group {name}: one reply has one table and one period_s")
    table = points[0].table
    start, end = min(p.address for p in points), max(p.address + p.width for p in points)
    if end - start > (16 * limit if table in BITS else limit):
        raise ValueError(f"{name}: takes {end - start} addresses, more than the {limit} registers of a reply")
    if any(w.table is table and w.address < end and start < w.address + w.count for w in unit.forbidden):
        raise ValueError(f"{name}: cannot be read at once, unit {unit.unit} forbids addresses between")
