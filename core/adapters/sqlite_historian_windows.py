"""Aggregates over equal windows of many tags at once: from roll-ups, and from samples where none are."""

import sqlite3
from collections.abc import Iterable

import numpy as np

from core.adapters.historian_rows import Rows, stacked
from core.adapters.sqlite_historian_bins import HOUR_NS, Bins, reduced, single, stacked_bins, unpack_bins
from core.adapters.sqlite_historian_blocks import unpack_block
from core.adapters.sqlite_historian_points import Points, chunk_points, points_of, settled_points
from core.adapters.sqlite_historian_spans import Tags, chunk_keys
from core.model.quality import is_bad
from core.model.sample import Int64s
from core.ports.historian import Buckets


class Windows:
    """Every window from start to end of some tags, told by their places."""

    def __init__(self, tags: int, start_ns: int, end_ns: int, width_ns: int) -> None:
        self.start_ns, self.end_ns, self.width_ns = start_ns, end_ns, width_ns
        self._tags, self._many = tags, max(0, -((start_ns - end_ns) // width_ns))
        self._found: list[Bins] = []

    def add(self, places: Int64s, bins: Bins, end_ns: int) -> None:
        """Bins, each of the tag at its place, that begin from the start and before `end_ns`, and straddle
        no two windows."""
        inside = (bins.t >= self.start_ns) & (bins.t < end_ns)
        if not inside.all():
            places, bins = places[inside], bins.take(inside)
        self._found.append(bins._replace(t=self._at(places, bins.t)))

    def add_points(self, places: Int64s, points: Points) -> None:
        good = ~is_bad(points.q)
        at, v = self._at(places[good], points.t[good]), points.v[good]
        self._found.append(reduced(single(at, v)))

    def buckets(self) -> list[Buckets]:
        size = self._tags * self._many
        n, (low, high, mean) = np.zeros(size, np.int64), (np.full(size, np.nan) for _ in range(3))
        if held := [bins for bins in self._found if len(bins.t)]:
            at, *columns = bins = stacked_bins(held)
            n[at] = 1
            if np.count_nonzero(n) < len(at):
                at, *columns = reduced(bins.take(np.argsort(at, kind="stable")))
            n[at], low[at], high[at], total = columns
            mean[at] = total / columns[0]
        t = self.start_ns + np.arange(self._many, dtype=np.int64) * self.width_ns
        rows = [column.reshape(self._tags, self._many) for column in (n, low, high, mean)]
        return [Buckets(t, *row) for row in zip(*rows, strict=True)]

    def _at(self, places: Int64s, t: Int64s) -> Int64s:
        at: Int64s = places * self._many + (t - self.start_ns) // self.width_ns
        return at


def rolled(db: sqlite3.Connection, windows: Windows, tags: Tags, fresh: Rows, unit: int) -> None:
    """Into windows that hold whole units: roll-ups of sealed chunks; samples where there are none, where
    something newer lies over the chunk, and for the piece of a unit before the end. fresh: what of the tags
    is not in the file."""
    start, whole, end = windows.start_ns, windows.end_ns // unit * unit, windows.end_ns
    first, last = tags.keys(start), tags.keys(end - 1)
    newer = _newer(db, tags, fresh, start, end)
    over = set(_keys(tags, newer).tolist())
    found = _chunks(db, "hours" if unit == HOUR_NS else "minutes", first, last)
    ready = [(key, packed) for key, packed in found if packed is not None and key not in over]
    bare = over.union(key for key, packed in found if packed is None)
    tail = set(tags.keys(whole).tolist()) - bare if whole < end else set()
    bins, of = unpack_bins([packed for _, packed in ready], unit)
    ids = np.array([key for key, _ in ready], np.int64) >> 32
    windows.add(tags.place[tags.where(ids)][of], bins, whole)
    settled = settled_points([_sealed(db, bare), newer])
    for points, low in ((settled, start), (_sealed(db, tail), whole)):
        mine = points.where((points.t >= low) & (points.t < end))
        windows.add_points(tags.place[tags.where(mine.tag)], mine)


def sampled(db: sqlite3.Connection, tags: Tags, fresh: Rows, start: int, end: int) -> Points:
    """The tags' samples with start <= t < end, by (tag, t). fresh: what of the tags is not in the file."""
    sealed = [
        (key >> 32, data) for key, data in _chunks(db, "data", tags.keys(start), tags.keys(end - 1)) if data
    ]
    stored = chunk_points([tag for tag, _ in sealed], [data for _, data in sealed])
    settled = settled_points([stored, _newer(db, tags, fresh, start, end)])
    return settled.where((settled.t >= start) & (settled.t < end))


def _chunks(
    db: sqlite3.Connection, column: str, first: Int64s, last: Int64s
) -> list[tuple[int, bytes | None]]:
    """Of each chunk with a key in one of the spans from first to last, in one statement: a hundred cost a
    hundred times more than what they read."""
    rows = ",".join("(?,?)" for _ in first)
    ask = (
        f"WITH span (low, high) AS (VALUES {rows})"
        f" SELECT key, {column} FROM span CROSS JOIN chunk ON key BETWEEN low AND high"
    )
    return db.execute(ask, np.stack((first, last), axis=1).ravel().tolist()).fetchall()


def _newer(db: sqlite3.Connection, tags: Tags, fresh: Rows, start: int, end: int) -> Points:
    """What is in no chunk yet of the spans from start to end, in order of arrival."""
    spans = np.unique(np.stack((tags.parts(tags.keys(start)), tags.parts(tags.keys(end - 1)))), axis=1)
    only = int(tags.id[0]) if len(tags.id) == 1 else None
    pieces = []
    for span in spans.T.tolist():
        ask = "SELECT data FROM part WHERE key BETWEEN ? AND ? ORDER BY id"
        for (data,) in db.execute(ask, span):
            rows = unpack_block(data, only)
            pieces.append(
                rows if only is not None else rows.take(np.flatnonzero(np.isin(rows["tag"], tags.id)))
            )
    newer = points_of(stacked((*pieces, fresh)))
    span_ns = tags.span_ns[tags.where(newer.tag)]
    began = newer.t // span_ns * span_ns
    return newer.where((began < end) & (began > start - span_ns))


def _keys(tags: Tags, points: Points) -> Int64s:
    """The chunks that these belong into."""
    keys: Int64s = np.unique(chunk_keys(points.tag, points.t, tags.span_ns[tags.where(points.tag)]))
    return keys


def _sealed(db: sqlite3.Connection, keys: Iterable[int]) -> Points:
    """The samples in these chunks, those of one tag in order."""
    found = []
    for key in sorted(keys):
        row = db.execute("SELECT data FROM chunk WHERE key=?", (key,)).fetchone()
        if row and row[0]:
            found.append((key >> 32, row[0]))
    return chunk_points([tag for tag, _ in found], [data for _, data in found])
