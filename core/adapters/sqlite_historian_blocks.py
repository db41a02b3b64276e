"""Blocks: a minute of many tags in one piece, until their span is over and becomes a chunk for each.

Columns of whole numbers, differenced within each tag and narrowed to one width for all, so that folding
and sealing are a few array operations for thousands of tags. A block is short-lived: it is not deflated.
"""

import struct
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from core.adapters.historian_rows import ROW, Rows
from core.adapters.sqlite_historian_code import MS, UNITS, floats, unit_of, whole_numbers, width_of
from core.adapters.sqlite_historian_damage import of_file
from core.model.sample import Int64s

_HEAD = struct.Struct("<IIBB5B")
_BAD = np.uint32(0x80000000)
_AT_ONCE = 20_000
Indices = npt.NDArray[np.intp]


def pack_blocks(rows: Rows, edges: list[int]) -> Iterator[bytes]:
    """A block for each piece of rows between edges; rows ascend by (tag, t) within a piece. Some ten
    thousand rows are coded at once: few operations, on columns that stay in the processor's cache."""
    first = 0
    for last, edge in enumerate(edges):
        if edge - edges[first] >= _AT_ONCE or (last == len(edges) - 1 and last > first):
            low = edges[first]
            yield from _packed(rows[low:edge], [at - low for at in edges[first : last + 1]])
            first = last


def _packed(rows: Rows, edges: list[int]) -> Iterator[bytes]:
    tag = np.ascontiguousarray(rows["tag"])
    new = np.append(True, tag[1:] != tag[:-1])
    new[edges[1:-1]] = True
    starts = np.flatnonzero(new)
    counts = np.diff(starts, append=len(rows))
    unit, mode, columns = _columns(rows)
    t, *others = columns
    steps = _differences(t, starts)
    second = starts[counts > 1] + 1
    first_step = np.zeros(len(starts), np.int64)
    first_step[counts > 1] = steps[second]
    bends = _differences(steps, starts)
    bends[second] = 0
    heads = np.stack([t[starts], first_step, *(column[starts] for column in others)])
    narrow = [_narrowed(column) for column in (bends, *(_differences(other, starts) for other in others))]
    widths = [column.itemsize if len(column) else 0 for column in narrow]
    cuts = np.searchsorted(starts, edges)
    names, sizes = tag[starts].astype("<u4"), counts.astype("<u4")
    for (low, high), (first, last) in zip(pairwise(edges), pairwise(cuts.tolist()), strict=True):
        yield b"".join(
            (
                _HEAD.pack(high - low, last - first, unit, mode, *widths),
                names[first:last].tobytes(),
                sizes[first:last].tobytes(),
                np.ascontiguousarray(heads[:, first:last]).tobytes(),
                *(column[low:high].tobytes() for column in narrow),
            )
        )


@of_file
def unpack_block(data: bytes, only: int | None = None) -> Rows:
    """The inverse of one piece of `pack_blocks`; the rows of one tag alone when asked for."""
    n, m, unit, mode, *widths = _HEAD.unpack_from(data)
    at = _HEAD.size
    names, sizes = np.frombuffer(data, "<u4", m, at), np.frombuffer(data, "<u4", m, at + 4 * m)
    heads = np.frombuffer(data, "<i8", 6 * m, at + 8 * m).reshape(6, m)
    at += 56 * m
    low, high = 0, n
    if only is not None:
        place = int(np.searchsorted(names, only))
        if place == m or names[place] != only:
            return np.empty(0, ROW)
        low = int(sizes[:place].sum())
        high = low + int(sizes[place])
        names, sizes, heads = (of[..., place : place + 1] for of in (names, sizes, heads))
    columns = []
    for width in widths:
        columns.append(np.frombuffer(data, f"<i{width}", high - low, at + low * width) if width else None)
        at += width * n
    return _rows(names, sizes.astype(np.intp), heads, columns, unit, mode)


def _rows(
    names: npt.NDArray[np.uint32],
    sizes: Indices,
    heads: npt.NDArray[np.int64],
    columns: list[npt.NDArray[Any] | None],
    unit: int,
    mode: int,
) -> Rows:
    starts, n = np.cumsum(sizes) - sizes, int(sizes.sum())
    steps = _summed(columns[0], starts, sizes, heads[1])
    steps[starts] = 0
    t = _summed(steps, starts, sizes, heads[0]) * UNITS[unit]
    whole, q, r, flags = (
        _summed(column, starts, sizes, head) for column, head in zip(columns[1:], heads[2:], strict=True)
    )
    rows = np.empty(n, ROW)
    rows["tag"], rows["t"], rows["q"], rows["flags"] = np.repeat(names, sizes), t, q, flags
    rows["r"] = (r + t // MS) * MS
    rows["v"] = np.where(rows["q"] >= _BAD, np.nan, floats(whole, mode))
    return rows


def _columns(rows: Rows) -> tuple[int, int, tuple[Int64s, ...]]:
    """The time's unit, the values' mode, and time, value, status, receive time and flags as whole numbers."""
    t = np.ascontiguousarray(rows["t"])
    unit = unit_of(t)
    mode, values = whole_numbers(np.ascontiguousarray(rows["v"]))
    late = rows["r"] // MS - t // MS
    return (
        unit,
        mode,
        (t // UNITS[unit], values, rows["q"].astype(np.int64), late, rows["flags"].astype(np.int64)),
    )


def _differences(column: Int64s, starts: Indices) -> Int64s:
    """0 where a tag begins."""
    steps = np.empty_like(column)
    steps[1:] = column[1:] - column[:-1]
    steps[starts] = 0
    return steps


def _narrowed(column: Int64s) -> npt.NDArray[Any]:
    """In the smallest width; empty when all are 0."""
    width = width_of(column)
    return column.astype(f"<i{width}") if width else np.empty(0, np.int8)


def _summed(
    steps: npt.NDArray[Any] | None, starts: Indices, sizes: Indices, heads: Int64s
) -> npt.NDArray[np.int64]:
    """Each tag's running sum from its head."""
    if steps is None:
        return np.repeat(heads, sizes)
    total = np.cumsum(steps, dtype=np.int64)
    total += np.repeat(heads - (total[starts] - steps[starts]), sizes)
    return total
