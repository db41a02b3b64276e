"""Bytes to numbers: one gather for all points of a type, whatever their word and byte orders."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from collectors.modbus.point import Point, StatusWord
from collectors.modbus.registers import BITS, WORDS, Order, Type, byte_order
from core.model.sample import Floats

Bytes = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]
Numbers = npt.NDArray[Any]
Indices = npt.NDArray[np.intp]


class Site(NamedTuple):
    """column: of the decoded values. start: byte of the row where the point's first register lies; for a
    coil, its bit of the row. status: byte of the row where its status word's first register lies."""

    column: int
    point: Point
    start: int
    status: int = 0


def _bcd(raw: Numbers) -> tuple[Numbers, Bools]:
    places = np.arange(2 * raw.dtype.itemsize)
    digits: Numbers = raw.astype(np.int64)[:, None] >> 4 * places & 0xF
    none: Bools = np.any(digits > 9, axis=1)
    return digits @ 10**places, none


def _sign_magnitude(raw: Numbers) -> tuple[Numbers, None]:
    top = 1 << (8 * raw.dtype.itemsize - 1)
    wide = raw.astype(np.int64)
    return np.where(wide & top, -(wide & (top - 1)), wide), None


def _mod_10k(raw: Numbers) -> tuple[Numbers, Bools]:
    powers = 10_000 ** np.arange(raw.shape[1] - 1, -1, -1, dtype=np.int64)
    none: Bools = np.any((raw < -9999) | (raw > 9999), axis=1)
    return raw.astype(np.int64) @ powers, none


class _Coding(NamedTuple):
    dtype: str
    finish: Callable[[Numbers], tuple[Numbers, Bools | None]] | None = None
    """Raw numbers, (n,) or (n, registers) of M10K, to values, and which of them are no numbers."""


CODINGS = {
    Type.I8: _Coding(">i1"),
    Type.U8: _Coding(">u1"),
    Type.I16: _Coding(">i2"),
    Type.U16: _Coding(">u2"),
    Type.I32: _Coding(">i4"),
    Type.U32: _Coding(">u4"),
    Type.I64: _Coding(">i8"),
    Type.U64: _Coding(">u8"),
    Type.F16: _Coding(">f2"),
    Type.F32: _Coding(">f4"),
    Type.F64: _Coding(">f8"),
    Type.BCD16: _Coding(">u2", _bcd),
    Type.BCD32: _Coding(">u4", _bcd),
    Type.SM16: _Coding(">u2", _sign_magnitude),
    Type.SM32: _Coding(">u4", _sign_magnitude),
    Type.M10K32: _Coding(">i2", _mod_10k),
    Type.M10K48: _Coding(">i2", _mod_10k),
    Type.M10K64: _Coding(">i2", _mod_10k),
}


def bytes_of(kind: Type, order: Order, byte: str = "lo") -> list[int]:
    """Where a number's bytes lie from its first register on, the most significant first."""
    lie = byte_order(order, WORDS[kind])
    return [lie[byte == "lo"]] if kind in (Type.I8, Type.U8) else lie


@dataclass(frozen=True, slots=True, eq=False)
class Gather:
    """The numbers of one type. index, (n, size): bytes of the row; a slice of it where they lie side by side
    in order, which needs no copy."""

    coding: _Coding
    index: Indices | slice
    count: int

    @classmethod
    def of(cls, kind: Type, places: Sequence[tuple[int, Order, str]]) -> "Gather":
        """places: first byte in the row, order and half of the register of each number."""
        rows = [[start + b for b in bytes_of(kind, order, byte)] for start, order, byte in places]
        flat = [b for row in rows for b in row]
        side_by_side = flat == list(range(flat[0], flat[0] + len(flat)))
        index = slice(flat[0], flat[0] + len(flat)) if side_by_side else np.array(rows, np.intp)
        return cls(CODINGS[kind], index, len(rows))

    def read(self, row: Bytes) -> tuple[Numbers, Bools | None]:
        """Numbers as the type has them, (n,), and which of them are none."""
        chosen = row[self.index] if isinstance(self.index, slice) else row.take(self.index).reshape(-1)
        raw = chosen.view(self.coding.dtype)
        if len(raw) != self.count:
            raw = raw.reshape(self.count, -1)
        return self.coding.finish(raw) if self.coding.finish else (raw, None)


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """The strings of one length: their documented texts and the numbers those stand for. Spaces and NULs
    do not count. raw: (pairs, size)."""

    columns: Indices
    index: Indices
    at: Indices
    raw: Bytes
    number: Floats

    @classmethod
    def of(cls, sites: Sequence[Site]) -> "Texts":
        size = 2 * sites[0].point.width
        pairs = [(i, text, n) for i, s in enumerate(sites) for text, n in s.point.states.items()]
        raw = [text.encode("latin-1", "replace")[:size].ljust(size, b"\0") for _, text, _ in pairs]
        return cls(
            np.array([s.column for s in sites], np.intp),
            np.array(
                [[s.start + b for b in byte_order(s.point.order, s.point.width)] for s in sites], np.intp
            ),
            np.array([i for i, _, _ in pairs], np.intp),
            _blank(np.frombuffer(b"".join(raw), np.uint8).reshape(-1, size)),
            np.array([n for _, _, n in pairs], np.float64),
        )

    def read(self, row: Bytes, v: Floats, unknown: Bools) -> None:
        said = (_blank(row[self.index])[self.at] == self.raw).all(axis=1)
        v[self.columns], unknown[self.columns] = 0.0, True
        chosen = self.columns[self.at[said]]
        v[chosen], unknown[chosen] = self.number[said], False


def _blank(raw: Bytes) -> Bytes:
    return np.where(raw == 0x20, np.uint8(0), raw)


def text(registers: bytes, order: Order = Order.ABCD, encoding: str = "ascii") -> str:
    """What a string of registers says; bytes that are no characters become U+FFFD."""
    lie = byte_order(order, len(registers) // 2)
    return bytes(registers[b] for b in lie).decode(encoding, "replace").strip("\0 ")


@dataclass(frozen=True, slots=True, eq=False)
class Switches:
    """Bits: `row[byte] >> shift & 1`."""

    columns: Indices
    byte: Indices
    shift: Bytes

    @classmethod
    def of(cls, sites: Sequence[Site]) -> "Switches":
        at = [_bit(s) for s in sites]
        return cls(
            np.array([s.column for s in sites], np.intp),
            np.array([byte for byte, _ in at], np.intp),
            np.array([shift for _, shift in at], np.uint8),
        )

    def read(self, row: Bytes, v: Floats) -> None:
        v[self.columns] = row[self.byte] >> self.shift & 1


def _bit(site: Site) -> tuple[int, int]:
    point, start = site.point, site.start
    if point.table in BITS:
        return start // 8, start % 8
    bit = point.bit or 0
    most, least = byte_order(point.order, 1)
    return start + (least if bit < 8 else most), bit % 8


@dataclass(frozen=True, slots=True, eq=False)
class StatusWords:
    """What devices say of their own values. One row a guarded point; good, uncertain, bad: pairs of a row
    and a number."""

    columns: Indices
    gather: Gather
    mask: Numbers
    bad_bits: Numbers
    uncertain_bits: Numbers
    strict: Bools
    good: tuple[Indices, Numbers]
    uncertain: tuple[Indices, Numbers]
    bad: tuple[Indices, Numbers]

    @classmethod
    def of(cls, kind: Type, sites: Sequence[tuple[Site, StatusWord]]) -> "StatusWords":
        words = [w for _, w in sites]

        def column(name: str) -> Numbers:
            return np.array([getattr(w, name) for w in words], np.int64)

        def pairs(name: str) -> tuple[Indices, Numbers]:
            of = [(i, n) for i, w in enumerate(words) for n in getattr(w, name)]
            return np.array([i for i, _ in of], np.intp), np.array([n for _, n in of], np.int64)

        return cls(
            np.array([s.column for s, _ in sites], np.intp),
            Gather.of(kind, [(s.status, w.order, w.byte) for s, w in sites]),
            column("mask"),
            column("bad_bits"),
            column("uncertain_bits"),
            np.array([bool(w.good) for w in words]),
            pairs("good"),
            pairs("uncertain"),
            pairs("bad"),
        )

    def read(self, row: Bytes, failed: Bools, doubtful: Bools) -> None:
        raw = self.gather.read(row)[0].astype(np.int64) & self.mask
        uncertain = (raw & self.uncertain_bits) != 0
        bad = (raw & self.bad_bits) != 0
        known = np.zeros(len(raw), np.bool_)
        for (at, number), into in ((self.good, known), (self.uncertain, uncertain), (self.bad, bad)):
            into[at[raw[at] == number]] = True
        failed[self.columns] |= bad | (self.strict & ~known & ~uncertain)
        doubtful[self.columns] |= uncertain
