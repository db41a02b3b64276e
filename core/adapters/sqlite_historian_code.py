"""How one tag's samples become a few bytes and come back exactly.

Each column is turned into integers, differenced (times twice), narrowed to the smallest width that holds
the differences, split into byte planes and deflated. Values are kept as whole numbers of a decimal step
when every one of them is exactly that (a transmitter's 0.01 m), else as the bits of a float32 or float64.
Everything is exact but the receive time, which is kept to the millisecond.
"""

import struct
import zlib
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from core.adapters.historian_rows import Rows
from core.model.sample import Floats, Int64s

MS = 1_000_000
UNITS = (1_000_000_000, MS, 1_000, 1)
_STEP = np.array((1.0, 10.0, 100.0, 1_000.0, 10_000.0) * 2)
"""Decimal modes 0-4 divide a whole number by their step, modes 5-9 multiply it by `_PART`: 0.07 may be
7 / 100 or 7 * 0.01, which are not always the same double."""
_MULTIPLY, _FLOAT32, FLOAT64 = 5, 16, 17
_PART = 1 / _STEP[_MULTIPLY:]
_WHOLE = 2.0**53
HEAD = struct.Struct("<IBB")
"""Samples, the place of the time's unit in UNITS, the values' mode; then the columns."""
ORDERS = (2, 1, 1, 1, 1)
"""How often time, value, status, receive time and flags are differenced."""
_NONE = np.zeros(0, np.int8)
BAD = np.uint32(0x80000000)


def pack(rows: Rows) -> bytes:
    """One tag's rows, one or more, ascending in t."""
    return pack_run(rows, [0, len(rows)])[0]


def pack_run(rows: Rows, edges: list[int]) -> list[bytes]:
    """Rows cut at edges (the first is 0, the last len(rows)), each piece as `pack` would give it but with
    one choice of step and widths for all: 20 us a piece instead of 80. t ascends within a piece."""
    if not len(rows):
        return []
    t = np.ascontiguousarray(rows["t"])
    unit = unit_of(t)
    cuts = np.array(edges[1:-1], np.intp)
    mode, values = whole_numbers(np.ascontiguousarray(rows["v"]))
    wholes = (
        t // UNITS[unit],
        values,
        rows["q"].astype(np.int64),
        rows["r"] // MS - t // MS,
        rows["flags"].astype(np.int64),
    )
    columns = [_Differences(whole, order, cuts) for whole, order in zip(wholes, ORDERS, strict=True)]
    packed = []
    for low, high in pairwise(edges):
        parts = [HEAD.pack(high - low, unit, mode)]
        for column in columns:
            column.put(parts, low, high)
        packed.append(zlib.compress(b"".join(parts), 1))
    return packed


def unit_of(t: Int64s) -> int:
    """The place in UNITS of the coarsest that all of these are whole numbers of."""
    return next(i for i, ns in enumerate(UNITS) if t[0] % ns == 0 and not (t % ns).any())


def whole_numbers(v: Floats) -> tuple[int, Int64s]:
    """How the values were made whole, and the whole numbers. NaN (Bad) takes its forerunner's place."""
    gaps = np.isnan(v)
    if gaps.any():
        known = np.maximum.accumulate(np.where(gaps, -1, np.arange(len(v))))
        v = np.where(known < 0, 0.0, v[known])
    for mode in _candidates(v[:: len(v) // 64 + 1]):
        with np.errstate(over="ignore"):
            near = np.rint(v * _STEP[mode])
        if np.abs(near).max() < _WHOLE:
            whole = near.astype(np.int64)
            if _same(floats(whole, mode), v):
                return mode, whole
    with np.errstate(over="ignore"):
        narrow = v.astype(np.float32)
    if _same(narrow.astype(np.float64), v):
        return _FLOAT32, narrow.view(np.int32).astype(np.int64)
    return FLOAT64, v.view(np.int64)


def _candidates(few: Floats) -> list[int]:
    """The decimal modes that give these values back, all tried at once."""
    with np.errstate(over="ignore"):
        whole = np.rint(few * _STEP[:, None])
        back = np.concatenate(
            (whole[:_MULTIPLY] / _STEP[:_MULTIPLY, None], whole[_MULTIPLY:] * _PART[:, None])
        )
    exact = (back.view(np.int64) == few.view(np.int64)).all(axis=1)
    return np.flatnonzero(exact).tolist()


def _same(a: Floats, b: Floats) -> bool:
    """To the bit: -0.0 is not 0.0."""
    return bool((a.view(np.int64) == b.view(np.int64)).all())


def decimal(mode: int) -> bool:
    """Whether values of this mode are whole numbers of a decimal step."""
    return mode < _FLOAT32


def floats(whole: npt.NDArray[Any], mode: int) -> Floats:
    if mode == FLOAT64:
        return whole.view(np.float64)
    if mode == _FLOAT32:
        return whole.astype(np.int32).view(np.float32).astype(np.float64)
    values: Floats = whole * _PART[mode - _MULTIPLY] if mode >= _MULTIPLY else whole / _STEP[mode]
    return values


class _Differences:
    """A column as its first `order` numbers in full, then differences in 0, 1, 2, 4 or 8 bytes each."""

    def __init__(self, column: Int64s, order: int, cuts: npt.NDArray[np.intp]) -> None:
        """cuts: where pieces begin; differences across them are nobody's and count for nothing."""
        self._heads = []
        for _ in range(order):
            self._heads.append(column)
            column = column[1:] - column[:-1]
        for step in range(1, order + 1):
            column[cuts[(cuts >= step) & (cuts - step < len(column))] - step] = 0
        self._width = width_of(column)
        self._narrow = column.astype(f"<i{self._width}") if self._width else None

    def put(self, parts: list[bytes], low: int, high: int) -> None:
        parts.append(bytes((self._width,)))
        for head in self._heads[: high - low]:
            parts.append(head[low : low + 1].tobytes())
        if self._narrow is None:
            return
        deltas = self._narrow[low : high - len(self._heads)] if high - low > len(self._heads) else _NONE
        if self._width > 1 and len(deltas):
            deltas = deltas.view(np.uint8).reshape(-1, self._width).T
        parts.append(deltas.tobytes())


def width_of(deltas: Int64s) -> int:
    if not len(deltas):
        return 0
    low, high = int(deltas.min()), int(deltas.max())
    if low == high == 0:
        return 0
    reach = max(high, ~low)
    return 1 if reach < 2**7 else 2 if reach < 2**15 else 4 if reach < 2**31 else 8
