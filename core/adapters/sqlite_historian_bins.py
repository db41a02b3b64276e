"""Roll-ups: what an aggregate needs to know of a window, so that it need not read the samples.

On disk a few are kept as they are. More are five columns of whole numbers (the window, n, low, high - low,
sum - n x low, or the bits of floats where values are no decimals), each over its least and narrowed to one
width, not deflated: a quarter of the size, and thousands of one layout are read by one view of memory.
"""

import zlib
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from core.adapters.historian_rows import Rows
from core.adapters.sqlite_historian_code import FLOAT64, decimal, floats, whole_numbers
from core.model.quality import is_bad
from core.model.sample import Floats, Int64s

MINUTE_NS = 60 * 10**9
HOUR_NS = 60 * MINUTE_NS

BIN = np.dtype([("t", "<i8"), ("n", "<i8"), ("low", "<f8"), ("high", "<f8"), ("sum", "<f8")])
"""One window that holds at least one Good or Uncertain sample; t is its start, UTC ns."""
Bins = npt.NDArray[np.void]
_WHOLE = f"V{BIN.itemsize}"
_PLAIN, _PLANES, _COLUMNS = 0, 1, 2
"""The first byte. Planes were deflated, as earlier versions kept more than a few."""
_FEW = 4
_HEAD = 12
"""The form, the values' mode, each column's width, a byte that is 0, and how many there are (u4)."""
_LEAST = 40
"""After the head: the least of each of five columns."""
_EXACT = 2.0**53
_CLOSE = 1e-12
"""A sum of decimals is as near as this to a whole number of their step."""


def bins_of(rows: Rows, width_ns: int) -> Bins:
    """One tag's rows, ascending in t, by windows that begin at k x width_ns."""
    if (bad := is_bad(rows["q"])).any():
        rows = rows.take(np.flatnonzero(~bad))
    v = np.ascontiguousarray(rows["v"])
    return reduced(rows["t"] // width_ns * width_ns, np.ones(len(v), np.int64), v, v, v)


def reduced(at: Int64s, n: Int64s, low: Floats, high: Floats, total: Floats) -> Bins:
    """Neighbours of one `at`, which becomes t, as one."""
    if not len(at):
        return np.empty(0, BIN)
    first = np.flatnonzero(np.append(True, at[1:] != at[:-1]))
    bins = np.empty(len(first), BIN)
    bins["t"] = at[first]
    bins["n"] = np.add.reduceat(n, first)
    bins["low"] = np.minimum.reduceat(low, first)
    bins["high"] = np.maximum.reduceat(high, first)
    bins["sum"] = np.add.reduceat(total, first)
    return bins


def stacked_bins(pieces: Sequence[Bins]) -> Bins:
    """One after another."""
    return np.concatenate([bins.view(_WHOLE) for bins in pieces]).view(BIN)


def pack_bins(bins: Bins, width_ns: int) -> bytes:
    return pack_bin_run(bins, [0, len(bins)], width_ns)[0]


def pack_bin_run(bins: Bins, edges: Sequence[int], width_ns: int) -> list[bytes]:
    """Bins cut at edges, each piece by itself but with one choice of mode and widths for all. t ascends
    within a piece, in whole widths."""
    if len(bins) < _FEW:
        return [b"\0" + bins[low:high].tobytes() for low, high in pairwise(edges)]
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
    at = bins["t"] // width_ns - np.arange(len(bins))
    at += np.repeat(np.array(edges[:-1], np.int64), np.diff(edges))
    n = np.ascontiguousarray(bins["n"])
    low, high, total = (np.ascontiguousarray(bins[name]) for name in ("low", "high", "sum"))
    mode, whole = whole_numbers(np.concatenate((low, high)))
    if decimal(mode):
        lows, highs = whole[: len(bins)], whole[len(bins) :]
        step = floats(np.ones(1, np.int64), mode)[0]
        most = np.maximum(np.abs(low), np.abs(high)) * n
        sums = np.rint(total / step)
        if (most / step).max() < _EXACT and (np.abs(sums * step - total) <= _CLOSE * most).all():
            return mode, [at, n, lows, highs - lows, sums.astype(np.int64) - n * lows]
    return FLOAT64, [at, n, *(column.view(np.int64) for column in (low, high, total))]


def _width(over: npt.NDArray[np.uint64]) -> int:
    most = int(over.max())
    return 1 if most < 2**8 else 2 if most < 2**16 else 4 if most < 2**32 else 8


def unpack_bins(packed: Sequence[bytes], width_ns: int) -> tuple[Bins, Int64s]:
    """The inverse of `pack_bins` for many: their bins one after another, and how many each had."""
    classes: dict[bytes, list[int]] = {}
    for i, data in enumerate(packed):
        classes.setdefault(data[:_HEAD] if data[0] == _COLUMNS else data[:1], []).append(i)
    sizes = np.zeros(len(packed), np.int64)
    found: list[tuple[list[int], Bins]] = []
    for head, places in classes.items():
        bins, sizes[places] = _unpacked(head, [packed[i] for i in places], width_ns)
        found.append((places, bins))
    if len(found) == 1:
        return found[0][1], sizes
    starts = np.cumsum(sizes) - sizes
    out = np.empty(int(sizes.sum()), _WHOLE)
    for places, bins in found:
        many = sizes[places]
        first = np.repeat(starts[places] - (np.cumsum(many) - many), many)
        out[first + np.arange(len(bins))] = bins.view(_WHOLE)
    return out.view(BIN), sizes


def _unpacked(head: bytes, data: list[bytes], width_ns: int) -> tuple[Bins, npt.ArrayLike]:
    if head[0] == _PLAIN:
        plain = np.frombuffer(b"".join([one[1:] for one in data]), BIN)
        return plain, [(len(one) - 1) // BIN.itemsize for one in data]
    if head[0] == _PLANES:
        planes = [np.frombuffer(zlib.decompress(one[1:]), np.uint8).reshape(BIN.itemsize, -1) for one in data]
        bins = np.ascontiguousarray(np.concatenate(planes, axis=1).T).view(BIN).ravel()
        return bins, [one.shape[1] for one in planes]
    n, widths = int.from_bytes(head[8:12], "little"), list(head[2:7])
    fields: list[Any] = [("head", f"V{_HEAD}"), ("least", "<i8", (5,))]
    fields += [(f"c{i}", f"<u{width}", (n,)) for i, width in enumerate(widths) if width]
    blobs = np.frombuffer(b"".join(data), np.dtype(fields))
    return _bins(blobs, n, widths, head[1], width_ns), n


def _bins(blobs: npt.NDArray[Any], n: int, widths: list[int], mode: int, width_ns: int) -> Bins:
    columns = []
    for i, width in enumerate(widths):
        column = np.repeat(blobs["least"][:, i], n).reshape(-1, n)
        if width:
            column = (column.view(np.uint64) + blobs[f"c{i}"]).view(np.int64)
        columns.append(column)
    at, many, low, high, total = columns
    bins = np.empty(at.shape, BIN)
    bins["t"], bins["n"] = (at + np.arange(n)) * width_ns, many
    if mode == FLOAT64:
        bins["low"], bins["high"], bins["sum"] = (of.view(np.float64) for of in (low, high, total))
    else:
        bins["low"], bins["high"] = floats(low, mode), floats(low + high, mode)
        bins["sum"] = floats(total + many * low, mode)
    return bins.ravel()
