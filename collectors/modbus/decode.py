"""Replies to values and quality: raw number, sentinel, scaling, limits, range, in columns for a whole scan.

A row is the data of all replies of one scan, laid end to end. For every point the bytes of its value are
named in the order most significant first, so that word and byte orders are nothing but an index.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from collectors.modbus.coding import (
    CODINGS,
    Bools,
    Bytes,
    Gather,
    Indices,
    Numbers,
    Site,
    StatusWords,
    Switches,
    Texts,
)
from collectors.modbus.plan import Request
from collectors.modbus.point import Point
from collectors.modbus.registers import BITS, Type
from collectors.units import conversion
from core.model.quality import Codes, Status
from core.model.sample import Flag, Floats
from core.model.tag import Tag

Flags = npt.NDArray[np.uint8]

NE43_LOW_MA, NE43_HIGH_MA = 3.6, 21.0
"""NAMUR NE 43: at these currents and beyond a transmitter says that it has failed."""

_LARGEST = float(np.finfo(np.float64).max)


@dataclass(frozen=True, slots=True, eq=False)
class _Group:
    """The points of one type. field: shift and mask of bit fields, where there are any; sentinels and
    states: pairs of a place in the group and the raw number that means something there."""

    columns: Indices
    into: Indices | slice
    """The same columns, as a slice where they are neighbours."""
    gather: Gather
    field: tuple[Numbers, Numbers] | None
    sentinels: tuple[Indices, Numbers]
    states: tuple[Indices, Numbers]

    @classmethod
    def of(cls, kind: Type, sites: Sequence[Site]) -> "_Group":
        points = [s.point for s in sites]
        dtype = np.dtype(CODINGS[kind].dtype)
        plain = dtype if CODINGS[kind].finish is None else np.dtype(np.int64)
        field = None
        if any(p.bits for p in points):
            ends = [p.bits or (0, 8 * dtype.itemsize - 1) for p in points]
            shifts = [first for first, _ in ends]
            masks = [(1 << (last - first + 1)) - 1 for first, last in ends]
            field = np.array(shifts, plain), np.array(masks, plain)
        columns = [s.column for s in sites]
        neighbours = columns == list(range(columns[0], columns[0] + len(columns)))
        return cls(
            np.array(columns, np.intp),
            slice(columns[0], columns[-1] + 1) if neighbours else np.array(columns, np.intp),
            Gather.of(kind, [(s.start, s.point.order, s.point.byte) for s in sites]),
            field,
            _pairs(plain, [[_raw(x, plain) for x in p.sentinels] for p in points]),
            _pairs(plain, [[_raw(x, plain) for x in p.states.values()] for p in points]),
        )

    def read(self, row: Bytes, v: Floats, failed: Bools, unknown: Bools) -> None:
        raw, none = self.gather.read(row)
        if self.field is not None:
            raw = raw >> self.field[0] & self.field[1]
        v[self.into] = raw
        if none is not None:
            failed[self.columns[none]] = True
        at, number = self.sentinels
        if len(at):
            failed[self.columns[at[raw[at] == number]]] = True
        at, number = self.states
        if len(at):
            said = raw[at] == number
            unknown[self.columns[at]] = True
            unknown[self.columns[at[said]]] = False


def _pairs(dtype: np.dtype[np.generic], of: Iterable[Iterable[float | int]]) -> tuple[Indices, Numbers]:
    flat = [(i, n) for i, numbers in enumerate(of) for n in numbers]
    return np.array([i for i, _ in flat], np.intp), np.array([n for _, n in flat], dtype)


def _raw(number: float | int, dtype: np.dtype[np.generic]) -> float | int:
    """A raw number as the type holds it: 0x8000 is -32768 in a signed register."""
    if dtype.kind == "f":
        return number
    bits, value = 8 * dtype.itemsize, int(number)
    value %= 1 << bits
    return value - (1 << bits) if dtype.kind == "i" and value >> (bits - 1) else value


class _Scaling:
    """From raw numbers to values in the tags' units, and the limits those have. All (n,)."""

    def __init__(self, points: Sequence[Point], tags: Mapping[str, Tag]) -> None:
        to_unit = [conversion(p.unit, tags[p.tag].unit) for p in points]
        lines = [p.line for p in points]
        self.factor = np.array([a * by for (a, _), (by, _) in zip(lines, to_unit, strict=True)])
        self.offset = np.array([b * by + c for (_, b), (by, c) in zip(lines, to_unit, strict=True)])
        self.identity = bool((self.factor == 1).all() and (self.offset == 0).all())
        self.low = _or([tags[p.tag].low for p in points], -_LARGEST)
        self.high = _or([tags[p.tag].high for p in points], _LARGEST)
        ends = [[x * by + c for x in p.range or ()] for p, (by, c) in zip(points, to_unit, strict=True)]
        self.range_low = _or([min(e) if e else None for e in ends], -_LARGEST)
        self.range_high = _or([max(e) if e else None for e in ends], _LARGEST)
        self.clamp = np.array([p.clamp for p in points], np.bool_)
        currents = [_failing(p) for p in points]
        self.raw_low, self.raw_high = (np.array([c[i] for c in currents]) for i in (0, 1))
        self.ne43 = any(p.ne43 for p in points)


def _or(numbers: Iterable[float | None], default: float) -> Floats:
    return np.array([default if x is None else x for x in numbers], np.float64)


def _failing(point: Point) -> tuple[float, float]:
    """The raw numbers at which a NAMUR current loop has failed."""
    if not point.ne43 or point.raw_lo is None or point.raw_hi is None:
        return -np.inf, np.inf
    per_ma = (point.raw_hi - point.raw_lo) / 16
    return point.raw_lo + per_ma * (NE43_LOW_MA - 4), point.raw_lo + per_ma * (NE43_HIGH_MA - 4)


class Decoder:
    """Decodes the row of a fixed list of requests; columns are their points, in order.

    Raises KeyError for a point whose tag is unknown, ValueError for one whose unit cannot become its
    tag's.
    """

    def __init__(self, requests: Sequence[Request], tags: Mapping[str, Tag]) -> None:
        sites = list(_sites(requests))
        points = [site.point for site in sites]
        self.row: Bytes = np.zeros(sum(r.payload_size for r in requests), np.uint8)
        numeric = [(s, kind) for s in sites if (kind := _numeric(s.point))]
        self._groups = [
            _Group.of(kind, chosen) for kind in CODINGS if (chosen := [s for s, k in numeric if k is kind])
        ]
        texts = [s for s in sites if s.point.type is Type.STRING]
        self._texts = [
            Texts.of([s for s in texts if s.point.width == width]) for width in {s.point.width for s in texts}
        ]
        self._switches = Switches.of([s for s in sites if _single(s.point)])
        words = [(s, s.point.status) for s in sites if s.point.status]
        self._words = [
            StatusWords.of(kind, guarded)
            for kind in (Type.U8, Type.U16, Type.U32)
            if (guarded := [(s, w) for s, w in words if w.type is kind])
        ]
        whole = np.array([p.type is Type.BOOL and not _single(p) for p in points], np.bool_)
        self._whole = np.flatnonzero(whole)
        scaling = self._scaling = _Scaling(points, tags)
        self._fine_low = np.maximum(scaling.low, scaling.range_low)
        self._fine_high = np.minimum(scaling.high, scaling.range_high)
        self._count = len(points)

    def decode(self) -> tuple[Floats, Codes, Flags]:
        """Values (NaN exactly where Bad), status codes and flags of what `row` holds now."""
        n = self._count
        v = np.empty(n)
        marks = np.zeros((3, n), np.bool_)
        failed, unknown, doubtful = marks
        with np.errstate(invalid="ignore", over="ignore"):
            for group in self._groups:
                group.read(self.row, v, failed, unknown)
            for texts in self._texts:
                texts.read(self.row, v, unknown)
            if len(self._switches.columns):
                self._switches.read(self.row, v)
            if len(self._whole):
                v[self._whole] = v[self._whole] != 0
            for words in self._words:
                words.read(self.row, failed, doubtful)
            if self._scaling.ne43:
                failed |= (v <= self._scaling.raw_low) | (v >= self._scaling.raw_high)
            if not self._scaling.identity:
                v = v * self._scaling.factor + self._scaling.offset
        fine = (v >= self._fine_low) & (v <= self._fine_high)
        if fine.all() and not marks.any():
            return v, np.zeros(n, np.uint32), np.zeros(n, np.uint8)
        failed |= ~np.isfinite(v)
        return self._judge(v, failed, unknown, doubtful)

    def _judge(
        self, v: Floats, failed: Bools, unknown: Bools, doubtful: Bools
    ) -> tuple[Floats, Codes, Flags]:
        scaling = self._scaling
        q = np.where(doubtful, np.uint32(Status.UNCERTAIN_SENSOR_NOT_ACCURATE), np.uint32(Status.GOOD))
        beyond = (v < scaling.range_low) | (v > scaling.range_high)
        clamped = beyond & scaling.clamp
        q[beyond & ~clamped] = Status.UNCERTAIN_ENGINEERING_UNITS_EXCEEDED
        q[(v < scaling.low) | (v > scaling.high) | unknown] = Status.BAD_OUT_OF_RANGE
        q[failed] = Status.BAD_SENSOR_FAILURE
        bad = q >= np.uint32(Status.BAD)
        clamped &= ~bad
        v = np.where(clamped, np.clip(v, scaling.range_low, scaling.range_high), v)
        v[bad] = np.nan
        return v, q, np.where(clamped, np.uint8(Flag.CLAMPED), np.uint8(0))


def _sites(requests: Sequence[Request]) -> Iterable[Site]:
    start = column = 0
    for request in requests:
        bits = request.table in BITS
        for point in request.points:
            step = point.address - request.address
            word = start + 2 * (point.status.address - request.address) if point.status else 0
            yield Site(column, point, 8 * start + step if bits else start + 2 * step, word)
            column += 1
        start += request.payload_size


def _single(point: Point) -> bool:
    """Whether it is one bit."""
    return point.table in BITS or point.bit is not None


def _numeric(point: Point) -> Type | None:
    """The type of the numbers it is read as; None for a single bit and for a text."""
    if _single(point) or point.type is Type.STRING:
        return None
    return Type.U16 if point.type is Type.BOOL else point.type
