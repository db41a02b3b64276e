"""Roll-ups: what an aggregate needs to know of a window, so that it need not read the samples.

On disk a few are kept as they are. More are five columns of whole numbers (the window, n, low, high - low,
sum - n x low, or the bits of floats where values are no decimals), each over its least and narrowed to one
width, not deflated: a quarter of the size, and thousands of one layout are read by one view of memory.
"""

import zlib
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core.adapters.historian_rows import Rows
from core.adapters.sqlite_historian_code import FLOAT64, decimal, floats, whole_numbers
from core.adapters.sqlite_historian_damage import of_file
from core.model.quality import is_bad
from core.model.sample import Floats, Int64s

MINUTE_NS = 60 * 10**9
HOUR_NS = 60 * MINUTE_NS


class Bins(NamedTuple):
    """Windows that hold at least one Good or Uncertain sample each, in columns; t is a window's start, UTC
    ns, or whatever else tells it."""

    t: Int64s
    n: Int64s
    low: Floats
    high: Floats
    sum: Floats

    def take(self, some: slice | Int64s | npt.NDArray[np.bool_]) -> "Bins":
        return Bins(self.t[some], self.n[some], self.low[some], self.high[some], self.sum[some])


_BIN = np.dtype([("t", "<i8"), ("n", "<i8"), ("low", "<f8"), ("high", "<f8"), ("sum", "<f8")])
_PLAIN, _PLANES, _COLUMNS = 0, 1, 2
"""The first byte. Planes were deflated, as earlier versions kept more than a few."""
_FEW = 4
_HEAD = 12
"""The form, the values' mode, each column's width, a byte that is 0, and how many there are (u4); then the
least of each column (i8)."""
_EXACT = 2.0**53
_CLOSE = 1e-12
"""A sum of decimals is as near as this to a whole number of their step."""


def bins_of(rows: Rows, width_ns: int) -> Bins:
    """One tag's rows, ascending in t, by windows that begin at k x width_ns."""
    if (bad := is_bad(rows["q"])).any():
        rows = rows.take(np.flatnonzero(~bad))
    v = np.ascontiguousarray(rows["v"])
    return reduced(single(rows["t"] // width_ns * width_ns, v))


def reduced(bins: Bins) -> Bins:
    """Neighbours of one t as one."""
    at = bins.t
    if not len(at):
        return bins
    first = np.flatnonzero(np.append(True, at[1:] != at[:-1]))
    return Bins(
        at[first],
        np.add.reduceat(bins.n, first),
        np.minimum.reduceat(bins.low, first),
        np.maximum.reduceat(bins.high, first),
        np.add.reduceat(bins.sum, first),
    )


def single(at: Int64s, v: Floats) -> Bins:
    """A sample each."""
    return Bins(at, np.ones(len(at), np.int64), v, v, v)


def stacked_bins(pieces: Sequence[Bins]) -> Bins:
    """One after another, one or more."""
    return pieces[0] if len(pieces) == 1 else Bins(*map(np.concatenate, zip(*pieces, strict=True)))


def pack_bins(bins: Bins, width_ns: int) -> bytes:
    return pack_bin_run(bins, [0, len(bins.t)], width_ns)[0]


def pack_bin_run(bins: Bins, edges: Sequence[int], width_ns: int) -> list[bytes]:
    """Bins cut at edges, each piece by itself but with one choice of mode and widths for all. t ascends
    within a piece, in whole widths."""
    if len(bins.t) < _FEW:
        plain = np.empty(len(bins.t), _BIN)
        for name, column in bins._asdict().items():
            plain[name] = column
        return [b"\0" + plain[low:high].tobytes() for low, high in pairwise(edges)]
    mode, columns = _columns(bins, edges, width_ns)
    full = [(low, high) for low, high in pairwise(edges) if high > low]
    starts = np.array([low for low, _ in full], np.intp)
    sizes = np.array([high - low for low, high in full], np.intp)
    leasts, narrow = [], []
    for column in columns:
        least = np.minimum.reduceat(column, starts)
        over = column.view(np.uint64) - np.repeat(least, sizes).view(np.uint64)
        leasts.append(least)
        narrow.append(over.astype(f"<u{_width(over)}") if over.any() else None)
    widths = bytes(0 if column is None else column.itemsize for column in narrow)
    minima = np.stack(leasts, axis=1)
    packed, k = [], 0
    for low, high in pairwise(edges):
        if high == low:
            packed.append(b"\0")
            continue
        head = bytes((_COLUMNS, mode)) + widths + b"\0" + (high - low).to_bytes(4, "little")
        parts = [head, minima[k].tobytes()]
        parts += [column[low:high].tobytes() for column in narrow if column is not None]
        packed.append(b"".join(parts))
        k += 1
    return packed


def _columns(bins: Bins, edges: Sequence[int], width_ns: int) -> tuple[int, list[Int64s]]:
    """The values' mode and the five columns. A window is told by how many are missing before it."""
    t, n, low, high, total = bins
    at = t // width_ns - np.arange(len(t)) + np.repeat(np.array(edges[:-1], np.int64), np.diff(edges))
    mode, whole = whole_numbers(np.concatenate((low, high)))
    if decimal(mode):
        lows, highs = whole[: len(t)], whole[len(t) :]
        step = floats(np.ones(1, np.int64), mode)[0]
        most = np.maximum(np.abs(low), np.abs(high)) * n
        sums = np.rint(total / step)
        if (most / step).max() < _EXACT and (np.abs(sums * step - total) <= _CLOSE * most).all():
            return mode, [at, n, lows, highs - lows, sums.astype(np.int64) - n * lows]
    return FLOAT64, [at, n, *(column.view(np.int64) for column in (low, high, total))]


def _width(over: npt.NDArray[np.uint64]) -> int:
    most = int(over.max())
    return 1 if most < 2**8 else 2 if most < 2**16 else 4 if most < 2**32 else 8


@of_file
def unpack_bins(packed: Sequence[bytes], width_ns: int) -> tuple[Bins, Int64s]:
    """The inverse of `pack_bins` for many: their bins, those of one in order, and of each which one's."""
    classes: dict[bytes, list[int]] = {}
    for i, data in enumerate(packed):
        classes.setdefault(data[:_HEAD] if data[0] == _COLUMNS else data[:1], []).append(i)
    found, of = [Bins(*np.empty((2, 0), np.int64), *np.empty((3, 0)))], [np.empty(0, np.int64)]
    for head, places in classes.items():
        bins, sizes = _unpacked(head, [packed[i] for i in places], width_ns)
        found.append(bins)
        of.append(np.repeat(places, sizes))
    return stacked_bins(found[1:] or found), np.concatenate(of)


def _unpacked(head: bytes, data: list[bytes], width_ns: int) -> tuple[Bins, int | list[int]]:
    if head[0] == _COLUMNS:
        n = int.from_bytes(head[8:12], "little")
        raw = np.frombuffer(b"".join(data), np.uint8).reshape(len(data), -1)
        return _bins(raw[:, _HEAD:], n, list(head[2:7]), head[1], width_ns), n
    if head[0] == _PLANES:
        planes = [
            np.frombuffer(zlib.decompress(one[1:]), np.uint8).reshape(_BIN.itemsize, -1) for one in data
        ]
        plain = np.ascontiguousarray(np.concatenate(planes, axis=1).T).view(_BIN).ravel()
        sizes = [one.shape[1] for one in planes]
    else:
        plain = np.frombuffer(b"".join([one[1:] for one in data]), _BIN)
        sizes = [(len(one) - 1) // _BIN.itemsize for one in data]
    return Bins(*(np.ascontiguousarray(plain[name]) for name in Bins._fields)), sizes


def _bins(raw: npt.NDArray[np.uint8], n: int, widths: list[int], mode: int, width_ns: int) -> Bins:
    """raw: a row a blob, what follows its head. Copied out of the rows before they are widened: a column of
    numbers that lie on no boundary of theirs costs twice as much."""
    columns, place = [], len(widths) * 8
    leasts = raw[:, :place].copy().view("<i8")
    for width, least in zip(widths, leasts.T, strict=True):
        column = np.repeat(least, n)
        if width:
            over = raw[:, place : place + n * width].copy().view(f"<u{width}")
            place += n * width
            column += over.view("<i8").ravel() if width == 8 else over.ravel()
        columns.append(column)
    t, many, low, high, total = columns
    t += np.tile(np.arange(n), len(raw))
    t *= width_ns
    if mode != FLOAT64:
        high += low
        total += many * low
    return Bins(t, many, *(floats(column, mode) for column in (low, high, total)))
