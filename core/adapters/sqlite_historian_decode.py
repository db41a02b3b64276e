"""Chunks back into columns, many at once: those of one layout are decoded by the same few array operations.

A month of a tag is thirty chunks that were cut alike; one by one they cost four times as much.
"""

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from core.adapters.historian_rows import ROW, Rows
from core.adapters.sqlite_historian_code import BAD, HEAD, MS, ORDERS, UNITS, floats
from core.adapters.sqlite_historian_damage import of_file
from core.model.sample import Int64s

Bytes = npt.NDArray[np.uint8]
Layout = tuple[int, ...]
VALUES = 3
"""The first columns: time, value and status."""


class Columns:
    """Time (UTC ns), value (NaN where Bad) and status of the samples of many chunks, one after another;
    `late` (ms from the time's whole ms) and `flags` when asked for. sizes: samples of each chunk."""

    @of_file
    def __init__(self, chunks: Sequence[bytes], wanted: int = VALUES) -> None:
        """Raises Damaged for what `pack` did not make."""
        plain = [zlib.decompress(chunk) for chunk in chunks]
        classes: dict[Layout, list[int]] = {}
        for i, data in enumerate(plain):
            classes.setdefault(_layout(data, wanted), []).append(i)
        self.sizes = np.array([HEAD.unpack_from(data)[0] for data in plain], np.int64)
        starts = np.cumsum(self.sizes) - self.sizes
        total = int(self.sizes.sum())
        self.t, self.v = np.empty(total, np.int64), np.empty(total, np.float64)
        self.q = np.empty(total, np.uint32)
        self.late, self.flags = np.empty(0, np.int64), np.empty(0, np.int64)
        if wanted > VALUES:
            self.late, self.flags = np.empty(total, np.int64), np.empty(total, np.int64)
        for (n, unit, mode, *widths), places in classes.items():
            t, v, q, *rest = _columns([plain[i] for i in places], n, widths)
            where = _where(starts[places], n)
            self.t[where] = (t * UNITS[unit]).reshape(-1)
            self.q[where] = q.reshape(-1)
            values = floats(v, mode)
            bad = q >= BAD
            if bad.any():
                values = np.where(bad, np.nan, values)
            self.v[where] = values.reshape(-1)
            for column, of in zip((self.late, self.flags), rest, strict=False):
                column[where] = of.reshape(-1)


def unpack(data: bytes, tag: int) -> Rows:
    """The inverse of `pack`, as one tag's rows. Raises Damaged for anything else."""
    columns = Columns([data], len(ORDERS))
    rows = np.empty(len(columns.t), ROW)
    rows["tag"], rows["t"], rows["v"] = tag, columns.t, columns.v
    rows["q"], rows["flags"] = columns.q, columns.flags
    rows["r"] = (columns.late + columns.t // MS) * MS
    return rows


def _layout(plain: bytes, wanted: int) -> Layout:
    """Everything that tells where the columns lie: samples, unit, mode and each column's width."""
    n, unit, mode = HEAD.unpack_from(plain)
    at, widths = HEAD.size, []
    for order in ORDERS[:wanted]:
        heads = min(order, n)
        widths.append(plain[at])
        at += 1 + 8 * heads + (n - heads) * plain[at]
    return n, unit, mode, *widths


def _where(starts: Int64s, n: int) -> slice | Int64s:
    """The places of pieces of n that begin here: a slice where they lie side by side."""
    if (np.diff(starts) == n).all():
        return slice(int(starts[0]), int(starts[0]) + n * len(starts))
    return (starts[:, None] + np.arange(n)).reshape(-1)


def _columns(plain: Sequence[bytes], n: int, widths: Sequence[int]) -> list[Int64s]:
    """Each column of chunks of one layout, a row a chunk."""
    at, found = HEAD.size, []
    sizes = [1 + 8 * min(order, n) + (n - min(order, n)) * width for order, width in _pairs(widths)]
    end = at + sum(sizes)
    whole = np.frombuffer(b"".join(data[:end] for data in plain), np.uint8).reshape(len(plain), end)
    for (order, width), size in zip(_pairs(widths), sizes, strict=True):
        found.append(_column(whole[:, at + 1 : at + size], n, min(order, n), width))
        at += size
    return found


def _pairs(widths: Sequence[int]) -> list[tuple[int, int]]:
    return list(zip(ORDERS, widths, strict=False))


def _column(data: Bytes, n: int, order: int, width: int) -> Int64s:
    heads = np.ascontiguousarray(data[:, : 8 * order]).view("<i8")
    if not width:
        steps = heads[:, 1:] * np.arange(n) if order == 2 else np.zeros((len(data), n), np.int64)
        level: Int64s = heads[:, :1] + steps
        return level
    out = np.empty((len(data), n), np.int64)
    out[:, :order] = heads
    out[:, order:] = _numbers(data[:, 8 * order :], n - order, width)
    for first in range(order - 1, -1, -1):
        np.cumsum(out[:, first:], axis=1, out=out[:, first:])
    return out


def _numbers(planes: Bytes, n: int, width: int) -> npt.NDArray[Any]:
    if width == 1:
        return planes.view(np.int8)
    turned = np.ascontiguousarray(planes.reshape(len(planes), width, n).transpose(0, 2, 1))
    return turned.view(f"<i{width}")[:, :, 0]
