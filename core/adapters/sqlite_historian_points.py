"""Samples as they are asked for: tag, time, value and status in columns, from every table of the file."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from core.adapters.historian_rows import Rows
from core.adapters.sqlite_historian_blocks import unpack_block
from core.adapters.sqlite_historian_decode import Columns
from core.adapters.sqlite_historian_spans import TagRow
from core.model.sample import Floats, Int64s


class Points(NamedTuple):
    """Columns of equal length; tag: the store's own number of it."""

    tag: Int64s
    t: Int64s
    v: Floats
    q: npt.NDArray[np.uint32]

    @classmethod
    def none(cls) -> Self:
        whole = np.empty(0, np.int64)
        return cls(whole, whole, np.empty(0, np.float64), np.empty(0, np.uint32))

    def where(self, which: npt.NDArray[np.bool_] | Int64s) -> "Points":
        return Points(self.tag[which], self.t[which], self.v[which], self.q[which])

    def between(self, start_ns: int, end_ns: int) -> "Points":
        """Of one tag, ascending."""
        low, high = np.searchsorted(self.t, [start_ns, end_ns])
        return Points(self.tag[low:high], self.t[low:high], self.v[low:high], self.q[low:high])


def points_of(rows: Rows) -> Points:
    t, v, q = (np.ascontiguousarray(rows[name]) for name in ("t", "v", "q"))
    return Points(rows["tag"].astype(np.int64), t, v, q)


def chunk_points(tags: Iterable[int], chunks: Sequence[bytes]) -> Points:
    """tags: of each chunk."""
    columns = Columns(chunks)
    tag = np.repeat(np.fromiter(tags, np.int64, len(chunks)), columns.sizes)
    return Points(tag, columns.t, columns.v, columns.q)


def sealed_points(db: sqlite3.Connection, tag: TagRow, first: int, last: int) -> list[Points]:
    """Everything folded or sealed under chunk keys first..last; a later piece replaces an earlier one."""
    sealed = db.execute("SELECT data FROM chunk WHERE key BETWEEN ? AND ? ORDER BY key", (first, last))
    chunks = [data for (data,) in sealed if data]
    span = tag.part_key(first), tag.part_key(last)
    folded = db.execute("SELECT data FROM part WHERE key BETWEEN ? AND ? ORDER BY id", span)
    blocks = [points_of(unpack_block(data, tag.id)) for (data,) in folded]
    return [chunk_points([tag.id] * len(chunks), chunks), *blocks]


def settled_points(pieces: Sequence[Points]) -> Points:
    """Sorted by (tag, t), the last alone of each."""
    held = [points for points in pieces if len(points.t)]
    if not held:
        return Points.none()
    every = held[0] if len(held) == 1 else Points(*map(np.concatenate, zip(*held, strict=True)))
    tag, t = every.tag, every.t
    if ((tag[1:] > tag[:-1]) | ((tag[1:] == tag[:-1]) & (t[1:] > t[:-1]))).all():
        return every
    order = np.lexsort((t, tag))
    tag, t = tag[order], t[order]
    again = (tag[1:] == tag[:-1]) & (t[1:] == t[:-1])
    return every.where(order[np.append(~again, True)])
