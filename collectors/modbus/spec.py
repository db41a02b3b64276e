"""What to read from one Modbus connection: the rows of `collectors.yaml` with `type: modbus`."""

from collections import Counter
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from collectors.modbus.modicon import Notation, zero_based
from collectors.modbus.point import Place, Point, Strict
from collectors.modbus.registers import BITS, BITS_FOR_A_REGISTER, MAX_REGISTERS, Table
from collectors.modbus.transport import Serial, Tls


class Forbidden(Strict):
    """Addresses that a device does not bear being read: it refuses, hangs, or clears what is read."""

    table: Table = Table.HOLDING
    address: int = Field(ge=0, le=0xFFFF)
    count: int = Field(default=1, ge=1, le=0x10000)

    @model_validator(mode="before")
    @classmethod
    def _zero_based(cls, given: Any) -> Any:
        return zero_based(given) if isinstance(given, dict) else given

    def holds(self, place: Place) -> bool:
        """Whether reading `place` reads any of these addresses."""
        return self.table is place.table and self.within(place.start, place.end)

    def within(self, start: int, end: int) -> bool:
        """Whether any of these addresses lies from `start` up to `end`."""
        return self.address < end and start < self.address + self.count


class TagOf(Strict):
    """The tag of a template's point, and what is different about it here."""

    tag: str
    period_s: float | None = Field(default=None, ge=0.1, le=86_400)
    range: tuple[float, float] | None = None


class Unit(Strict):
    """One device behind the connection, by its `points`, or by the template `device` (a file of
    configs/devices or of the plant's own devices/) with the `tags` of its points and its `parameters`.
    notation: `modicon` when its addresses are written 40001 and so on, `pdu` when they travel as they are
    written. max_registers: of one request, where it bears fewer than the connection; of bits, 16 times as
    many. forbidden: never read, not even along with neighbours."""

    unit: int = Field(default=1, ge=0, le=255)
    notation: Notation | None = None
    max_registers: int | None = Field(default=None, ge=4, le=MAX_REGISTERS)
    forbidden: tuple[Forbidden, ...] = ()
    points: tuple[Point, ...] = ()
    device: str | None = None
    tags: dict[str, str | TagOf] = Field(default_factory=dict)
    parameters: dict[str, str | float] = Field(default_factory=dict)

    @property
    def tags_of(self) -> dict[str, TagOf]:
        return {name: TagOf(tag=of) if isinstance(of, str) else of for name, of in self.tags.items()}

    @model_validator(mode="before")
    @classmethod
    def _one_notation(cls, given: Any) -> Any:
        return hand_down("notation", given, "points", "forbidden")

    @model_validator(mode="after")
    def _reads_something(self) -> Self:
        if self.device is None and (self.tags or self.parameters):
            raise ValueError("`tags` and `parameters` are of a template: name the `device`")
        if self.device is not None and not self.tags:
            raise ValueError("give the device `tags: {point: tag}`; `waterhub devices NAME` lists its points")
        if self.device is None and not self.points:
            raise ValueError("give it `points`, or a `device` and `tags`")
        return self

    @model_validator(mode="after")
    def _nothing_forbidden(self) -> Self:
        for point in self.points:
            if any(wall.holds(point) for wall in self.forbidden):
                raise ValueError(f"{point.tag}: lies in a range that this unit forbids")
        return self


def hand_down(key: str, given: Any, *lists: str) -> Any:
    """`given` with its `key` in every row of its `lists` that does not have its own."""
    if not isinstance(given, dict) or given.get(key) is None:
        return given
    return given | {
        name: [{key: given[key]} | row if isinstance(row, dict) else row for row in given[name]]
        for name in lists
        if isinstance(given.get(name), list | tuple)
    }


class ModbusSpec(Strict):
    """One connection and the units behind it: `host` and `port`, or a `serial` port. Times in real seconds.
    framing: `tcp` is Modbus TCP, `rtu` and `ascii` are what travels on serial lines, also through TCP;
    by default `tcp`, on a serial port `rtu`. max_parallel: requests outstanding at once, for devices known
    to take it (Modbus TCP only). max_gap: unused registers (four times as many bits) that may be read along
    to join two points into one request; 0 joins only neighbours. notation: of all units that do not say
    their own."""

    type: Literal["modbus"]
    id: str
    host: str = ""
    port: int = Field(default=502, ge=1, le=65535)
    serial: Serial | None = None
    framing: Literal["tcp", "rtu", "ascii"] | None = None
    tls: Tls | None = None
    max_parallel: int = Field(default=1, ge=1, le=16)
    notation: Notation | None = None
    period_s: float = Field(default=1.0, ge=0.1, le=86_400)
    timeout_s: float = Field(default=1.0, gt=0, le=60)
    max_gap: int = Field(default=8, ge=0, le=MAX_REGISTERS)
    max_registers: int = Field(default=MAX_REGISTERS, ge=4, le=MAX_REGISTERS)
    units: tuple[Unit, ...] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _one_notation(cls, given: Any) -> Any:
        return hand_down("notation", given, "units")

    @property
    def wire_framing(self) -> Literal["tcp", "rtu", "ascii"]:
        return self.framing or ("rtu" if self.serial else "tcp")

    @property
    def owner(self) -> str:
        """What it alone may open: the same for two specifications of one connection."""
        return self.serial.device if self.serial else f"{self.host}:{self.port}"

    @model_validator(mode="after")
    def _one_wire(self) -> Self:
        if bool(self.host) == bool(self.serial):
            raise ValueError(f"{self.id}: give either `host` or `serial`")
        if self.serial and self.framing == "tcp":
            raise ValueError(f"{self.id}: a serial port has the framing rtu or ascii")
        if self.wire_framing != "tcp" and (self.tls or self.max_parallel > 1):
            raise ValueError(f"{self.id}: `tls` and `max_parallel` need `framing: tcp`")
        if self.wire_framing != "tcp" and any(unit.unit == 0 for unit in self.units):
            raise ValueError(f"{self.id}: unit 0 is the broadcast of a serial line; nobody answers it")
        return self

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
    start, end = min(p.start for p in points), max(p.end for p in points)
    if end - start > (BITS_FOR_A_REGISTER * limit if table in BITS else limit):
        raise ValueError(f"{name}: takes {end - start} addresses, more than the {limit} registers of a reply")
    if any(w.table is table and w.within(start, end) for w in unit.forbidden):
        raise ValueError(f"{name}: cannot be read at once, unit {unit.unit} forbids addresses between")
