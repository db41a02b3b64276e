"""Registers to values: one gather of bytes for each type, whatever the number of points.

A row is the data of all replies of one scan, laid end to end. For every point the bytes of its value are
named in the order most significant first, so that word and byte orders are nothing but an index.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from collectors.modbus.plan import Request
from collectors.modbus.spec import BITS, WORDS, Order, Point, Type
from core.model.quality import Codes, Status
from core.model.sample import Floats
from core.model.tag import Tag

Bytes = npt.NDArray[np.uint8]

_DTYPES = {
    Type.I16: ">i2",
    Type.U16: ">u2",
    Type.I32: ">i4",
    Type.U32: ">u4",
    Type.I64: ">i8",
    Type.U64: ">u8",
    Type.F32: ">f4",
    Type.F64: ">f8",
}


def byte_order(order: Order, words: int) -> list[int]:
    """The bytes of a value of `words` registers as they lie on the wire, most significant first."""
    bytes_swapped = order in (Order.BADC, Order.DCBA)
    words_reversed = order in (Order.CDAB, Order.DCBA)
    at = range(words - 1, -1, -1) if words_reversed else range(words)
    return [2 * word + byte for word in at for byte in ((1, 0) if bytes_swapped else (0, 1))]


class _Place(NamedTuple):
    column: int
    point: Point
    start: int
    """Byte of the row where its first register lies; for a coil, its bit of the row."""


@dataclass(frozen=True, slots=True, eq=False)
class _Group:
    """The points of one numpy type. columns, (n,); gather, (n, size) bytes of the row; sentinels: pairs of
    a place in the group and the raw value that means "no measurement" there."""

    dtype: np.dtype[np.generic]
    columns: npt.NDArray[np.intp]
    gather: npt.NDArray[np.intp]
    sentinel_at: npt.NDArray[np.intp]
    sentinel: npt.NDArray[np.generic]

    @classmethod
    def of(cls, kind: Type, places: Sequence[_Place]) -> "_Group":
        dtype = np.dtype(_DTYPES[kind])
        orders = [byte_order(p.point.order, WORDS[kind]) for p in places]
        pairs = [(i, _raw(s, dtype)) for i, p in enumerate(places) for s in p.point.sentinels]
        return cls(
            dtype,
            np.array([p.column for p in places], np.intp),
            np.array([[p.start + b for b in o] for p, o in zip(places, orders, strict=True)], np.intp),
            np.array([i for i, _ in pairs], np.intp),
            np.array([s for _, s in pairs], dtype),
        )

    def read(self, row: Bytes, v: Floats, failed: npt.NDArray[np.bool_]) -> None:
        raw = row[self.gather].view(self.dtype).ravel()
        v[self.columns] = raw
        if len(self.sentinel_at):
            said = self.sentinel_at[raw[self.sentinel_at] == self.sentinel]
            failed[self.columns[said]] = True


def _raw(sentinel: float | int, dtype: np.dtype[np.generic]) -> float | int:
    """A sentinel as the type holds it: 0x8000 is -32768 in a signed register."""
    if dtype.kind == "f":
        return sentinel
    bits, value = 8 * dtype.itemsize, int(sentinel)
    value %= 1 << bits
    return value - (1 << bits) if dtype.kind == "i" and value >> (bits - 1) else value


@dataclass(frozen=True, slots=True, eq=False)
class _Switches:
    """Bits: `row[byte] >> shift & 1`."""

    columns: npt.NDArray[np.intp]
    byte: npt.NDArray[np.intp]
    shift: Bytes

    @classmethod
    def of(cls, places: Sequence[_Place]) -> "_Switches":
        at = [_bit(p) for p in places]
        return cls(
            np.array([p.column for p in places], np.intp),
            np.array([byte for byte, _ in at], np.intp),
            np.array([shift for _, shift in at], np.uint8),
        )

    def read(self, row: Bytes, v: Floats) -> None:
        v[self.columns] = row[self.byte] >> self.shift & 1


def _bit(place: _Place) -> tuple[int, int]:
    point, start = place.point, place.start
    if point.table in BITS:
        return start // 8, start % 8
    bit = point.bit or 0
    most, least = byte_order(point.order, 1)
    return start + (least if bit < 8 else most), bit % 8


class Decoder:
    """Decodes the row of a fixed list of requests; columns are their points, in order.

    A value that is a sentinel, NaN or infinite is Bad sensor failure; one beyond the tag's low or high is
    Bad out of range. Good elsewhere. Raises KeyError for a point whose tag is unknown.
    """

    def __init__(self, requests: Sequence[Request], tags: Mapping[str, Tag]) -> None:
        places: list[_Place] = []
        start = 0
        for request in requests:
            bits = request.table in BITS
            for point in request.points:
                step = point.address - request.address
                places.append(_Place(len(places), point, 8 * start + step if bits else start + 2 * step))
            start += request.payload_size
        self.row: Bytes = np.zeros(start, np.uint8)
        points = [place.point for place in places]
        self._groups = [
            _Group.of(kind, chosen)
            for kind in _DTYPES
            if (chosen := [p for p in places if _numeric(p.point) is kind])
        ]
        self._switches = _Switches.of([p for p in places if _numeric(p.point) is None])
        self._flags = np.array([p.type is Type.BOOL for p in points])
        self._scale = np.array([p.scale for p in points])
        self._offset = np.array([p.offset for p in points])
        lows, highs = (tags[p.tag].low for p in points), (tags[p.tag].high for p in points)
        self._low = np.array([-np.inf if low is None else low for low in lows])
        self._high = np.array([np.inf if high is None else high for high in highs])

    def decode(self) -> tuple[Floats, Codes]:
        """Values (NaN exactly where Bad) and status codes of what `row` holds now."""
        v = np.empty(len(self._scale))
        failed = np.zeros(len(v), np.bool_)
        with np.errstate(invalid="ignore", over="ignore"):
            for group in self._groups:
                group.read(self.row, v, failed)
            self._switches.read(self.row, v)
            v[self._flags] = v[self._flags] != 0
            v = v * self._scale + self._offset
        failed |= ~np.isfinite(v)
        outside = (v < self._low) | (v > self._high)
        q = np.where(outside, np.uint32(Status.BAD_OUT_OF_RANGE), np.uint32(Status.GOOD))
        q[failed] = Status.BAD_SENSOR_FAILURE
        v[q != Status.GOOD] = np.nan
        return v, q


def _numeric(point: Point) -> Type | None:
    """The type of the numbers it is read as; None for a single bit."""
    if point.table in BITS or point.bit is not None:
        return None
    return Type.U16 if point.type is Type.BOOL else point.type
