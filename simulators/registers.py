"""Values into Modbus registers, as a remote terminal unit keeps them.

Orders are named by the bytes of a 32-bit value, A the most significant: ABCD, CDAB (words reversed),
BADC (bytes of each word swapped), DCBA (both); values of 64 bits likewise.
"""

import math
import struct
from collections.abc import Sequence

from simulators.field_map import Point

_FORMATS = {
    "i16": ">h",
    "u16": ">H",
    "i32": ">i",
    "u32": ">I",
    "i64": ">q",
    "u64": ">Q",
    "f32": ">f",
    "f64": ">d",
}
BIT_TABLES = ("coil", "discrete")
UNREACHABLE = frozenset({0x800A0000, 0x80310000, 0x808A0000})
"""Bad time-out, no communication, not connected: the line is cut, the instrument says nothing. Written
out, since core.model.quality would bring numpy into every station; a test compares them."""
_LEAST_BAD = 0x80000000
_OUT_OF_RANGE = 0x803C0000


def words_of(point: Point) -> int:
    """Registers that the point takes; one bit of a coil table counts as one."""
    return 1 if point.type == "bool" else struct.calcsize(_FORMATS[point.type]) // 2


def _range(kind: str) -> tuple[int, int]:
    bits = int(kind[1:])
    return (-(1 << bits - 1), (1 << bits - 1) - 1) if kind[0] == "i" else (0, (1 << bits) - 1)


def dead_value(point: Point) -> float:
    """What the device shows, raw, for an instrument that does not work: its first sentinel, else NaN, else
    the most negative or the all-ones integer, as transmitters commonly do."""
    if point.sentinels:
        return point.sentinels[0]
    if point.type[0] == "f":
        return math.nan
    low, high = _range(point.type)
    return low if low < 0 else high


def raw_value(point: Point, v: float, q: int) -> float:
    """The device's own number for a reading; integers saturate at the ends of their type."""
    if not math.isfinite(v) or (q >= _LEAST_BAD and q & 0xFFFF0000 != _OUT_OF_RANGE):
        return dead_value(point)
    raw = (v - point.offset) / point.scale
    if point.type[0] == "f":
        return raw
    low, high = _range(point.type)
    return min(max(round(raw), low), high)


def encode(point: Point, raw: float) -> list[int]:
    """The registers that hold `raw`, first address first."""
    form = _FORMATS[point.type]
    if form[1] in "fd":
        try:
            data = struct.pack(form, raw)
        except OverflowError:
            data = struct.pack(form, math.copysign(math.inf, raw))
    else:
        data = struct.pack(form, int(raw))
    words = [data[at : at + 2] for at in range(0, len(data), 2)]
    if point.order in ("CDAB", "DCBA"):
        words.reverse()
    swapped = point.order in ("BADC", "DCBA")
    return [int.from_bytes(word, "little" if swapped else "big") for word in words]


class UnitImage:
    """The register memory of one unit. Registers between points read as zero.

    silent: the unit answers nobody, because nothing of it can be reached. unreachable: for each table the
    addresses that can only be answered by exception 4 (server device failure).
    """

    def __init__(self, points: Sequence[Point]) -> None:
        self.points = points
        self.silent = False
        self.unreachable: dict[str, set[int]] = {}
        self.words: dict[str, dict[int, int]] = {}

    def update(self, readings: Sequence[tuple[float, int]]) -> None:
        """Takes one (value, quality) for each point."""
        cut = [q & 0xFFFF0000 in UNREACHABLE for _, q in readings]
        self.silent = all(cut)
        self.unreachable = {}
        for point, (v, q), lost in zip(self.points, readings, cut, strict=True):
            if lost:
                reach = range(point.address, point.address + words_of(point))
                self.unreachable.setdefault(point.table, set()).update(reach)
            elif point.type == "bool":
                self._put_bit(point, v)
            else:
                words = encode(point, raw_value(point, v, q))
                self.words.setdefault(point.table, {}).update(enumerate(words, point.address))

    def _put_bit(self, point: Point, v: float) -> None:
        """A contact that gives no reading keeps its last position, as a real input does."""
        if not math.isfinite(v):
            return
        table = self.words.setdefault(point.table, {})
        mask = 1 << (point.bit or 0)
        word = table.get(point.address, 0)
        table[point.address] = word | mask if v >= 0.5 else word & ~mask

    def answers(self, table: str, address: int, count: int) -> bool:
        """False when a read of these addresses meets one that cannot be reached."""
        lost = self.unreachable.get(table)
        return not lost or lost.isdisjoint(range(address, address + count))

    def read(self, table: str, address: int, count: int) -> list[int]:
        words = self.words.get(table, {})
        return [words.get(at, 0) for at in range(address, address + count)]

    def span(self, table: str) -> tuple[int, int] | None:
        """First and last address of a table; None when it has no point."""
        ends = [(p.address, p.address + words_of(p) - 1) for p in self.points if p.table == table]
        return (min(a for a, _ in ends), max(b for _, b in ends)) if ends else None
