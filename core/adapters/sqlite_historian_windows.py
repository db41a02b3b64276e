"""Aggregates over equal windows of many tags at once: from roll-ups, and from samples where none are."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from core.adapters.historian_rows import Rows, stacked
from core.adapters.sqlite_historian_bins import HOUR_NS, Bins, reduced, single, stacked_bins, unpack_bins
from core.adapters.sqlite_historian_blocks import unpack_block
from core.adapters.sqlite_historian_points import Points, chunk_points, points_of, settled_points
from core.adapters.sqlite_historian_spans import TagRow, chunk_keys
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


def rolled(
    db: sqlite3.Connection, windows: Windows, tags: Mapping[int, TagRow], fresh: Rows, unit: int
) -> None:
    """Into windows that hold whole units: roll-ups of sealed chunks; samples where there are none, where
    something newer lies over the chunk, and for the piece of a unit before the end. tags: by their places;
    fresh: what of them is not in the file."""
    start, whole, end = windows.start_ns, windows.end_ns // unit * unit, windows.end_ns
    newer = _newer(db, list(tags.values()), fresh, start, end)
    over = set(_keys(tags.values(), newer).tolist()) if len(newer.t) else set[int]()
    column = "hours" if unit == HOUR_NS else "minutes"
    found = _chunks(db, column, [(tag.key(start), tag.key(end - 1)) for tag in tags.values()])
    ready = [(key, packed) for key, packed in found if packed is not None and key not in over]
    bare = over.union(key for key, packed in found if packed is None)
    tail = {tag.key(whole) for tag in tags.values()} - bare if whole < end else set()
    place_of = {tag.id: place for place, tag in tags.items()}
    places = _of(place_of, np.fromiter((key for key, _ in ready), np.int64, len(ready)) >> 32)
    bins, of = unpack_bins([packed for _, packed in ready], unit)
    windows.add(places[of], bins, whole)
    settled = settled_points([_sealed(db, bare), newer])
    for points, low in ((settled, start), (_sealed(db, tail), whole)):
        mine = points.where((points.t >= low) & (points.t < end))
        windows.add_points(_of(place_of, mine.tag), mine)


def _chunks(
    db: sqlite3.Connection, column: str, spans: Sequence[tuple[int, int]]
) -> list[tuple[int, bytes | None]]:
    """Of each chunk with a key in one of the spans, in one statement: a hundred cost a hundred times more
    than what they read."""
    rows = ",".join("(?,?)" for _ in spans)
    ask = (
        f"WITH span (low, high) AS (VALUES {rows})"
        f" SELECT key, {column} FROM span CROSS JOIN chunk ON key BETWEEN low AND high"
    )
    return db.execute(ask, [key for span in spans for key in span]).fetchall()


def _newer(db: sqlite3.Connection, tags: Sequence[TagRow], fresh: Rows, start: int, end: int) -> Points:
    """What is in no chunk yet of the spans from start to end, in order of arrival."""
    spans = {(tag.part_key(tag.key(start)), tag.part_key(tag.key(end - 1))) for tag in tags}
    wanted = np.array([tag.id for tag in tags], np.uint32)
    only = tags[0].id if len(tags) == 1 else None
    pieces = []
    for span in spans:
        ask = "SELECT data FROM part WHERE key BETWEEN ? AND ? ORDER BY id"
        for (data,) in db.execute(ask, span):
            rows = unpack_block(data, only)
            pieces.append(
                rows if only is not None else rows.take(np.flatnonzero(np.isin(rows["tag"], wanted)))
            )
    newer = points_of(stacked((*pieces, fresh)))
    if not len(newer.t):
        return newer
    span_ns = _of({tag.id: tag.span_ns for tag in tags}, newer.tag)
    began = newer.t // span_ns * span_ns
    return newer.where((began < end) & (began > start - span_ns))


def _keys(tags: Iterable[TagRow], points: Points) -> Int64s:
    """The chunks that these belong into."""
    span_ns = _of({tag.id: tag.span_ns for tag in tags}, points.tag)
    keys: Int64s = np.unique(chunk_keys(points.tag, points.t, span_ns))
    return keys


def _of(known: Mapping[int, int], ids: Int64s) -> Int64s:
    """What is known of each of these tags by its number."""
    order = sorted(known)
    values = np.array([known[id] for id in order], np.int64)
    found: Int64s = values[np.searchsorted(np.array(order, np.int64), ids)]
    return found


def _sealed(db: sqlite3.Connection, keys: Iterable[int]) -> Points:
    """The samples in these chunks, those of one tag in order."""
    found = []
    for key in sorted(keys):
        row = db.execute("SELECT data FROM chunk WHERE key=?", (key,)).fetchone()
        if row and row[0]:
            found.append((key >> 32, row[0]))
    return chunk_points([tag for tag, _ in found], [data for _, data in found])
