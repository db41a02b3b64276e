"""The embedded historian's reading side, in a thread and on a connection of its own."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

import numpy as np

from core.adapters.historian_rows import ROW, Rows, settled
from core.adapters.sqlite_historian_bins import HOUR_NS, MINUTE_NS, Bins, bins_of, buckets, unpack_bins
from core.adapters.sqlite_historian_file import TagRow, pieces, span_rows
from core.adapters.sqlite_historian_fresh import Fresh
from core.model.sample import Batch, Names, Series
from core.ports.historian import Buckets

_EARLIEST, _LATEST = -(2**63), 2**63 - 1
MOST_BUCKETS = 1_000_000


class Stored(Protocol):
    """What a query must know besides the file: tags by name, what is fresh, the newest row of each tag."""

    tags: dict[str, TagRow]
    fresh: Fresh
    newest: Rows


class Query:
    """Looks at what is fresh before the file: a sample folded meanwhile is then seen twice, never missed."""

    def __init__(self, db: sqlite3.Connection, store: Stored) -> None:
        self._db, self._store = db, store

    def series(self, tag: str, start_ns: int, end_ns: int) -> Series:
        rows = self._rows(tag, start_ns, end_ns)
        return Series(*(np.ascontiguousarray(rows[name]) for name in ("t", "v", "q")))

    def buckets(self, tag: str, start_ns: int, end_ns: int, width_ns: int) -> Buckets:
        """Raises ValueError for a width below 1 ns and for more than MOST_BUCKETS windows."""
        if width_ns < 1 or end_ns - start_ns > width_ns * MOST_BUCKETS:
            raise ValueError(f"{end_ns - start_ns} ns in buckets of {width_ns} ns")
        row = self._store.tags.get(tag)
        unit = next((u for u in (HOUR_NS, MINUTE_NS) if start_ns % u == width_ns % u == 0), 0)
        if row is None or end_ns <= start_ns or not unit or (unit == MINUTE_NS and not row.minutes):
            bins = bins_of(self._rows(tag, start_ns, end_ns), start_ns, width_ns)
        else:
            bins = self._rolled(tag, row, start_ns, end_ns, unit)
        return buckets(bins, start_ns, end_ns, width_ns)

    def last(self, tags: Sequence[str]) -> Batch:
        known = [name for name in dict.fromkeys(tags) if name in self._store.tags]
        rows = self._store.newest[[self._store.tags[name].id for name in known]]
        seen = np.flatnonzero(rows["t"] != np.iinfo(np.int64).min)
        rows = rows[seen]
        columns = (np.ascontiguousarray(rows[name]) for name in ("t", "v", "q", "r", "flags"))
        return Batch(Names.one("hub", tuple(known)), seen.astype(np.uint32), *columns)

    def _rows(self, name: str, start_ns: int, end_ns: int) -> Rows:
        tag = self._store.tags.get(name)
        if tag is None or end_ns <= start_ns:
            return np.empty(0, ROW)
        start_ns, end_ns = max(start_ns, _EARLIEST), min(end_ns, _LATEST)
        fresh = self._store.fresh.tag(tag.id)
        with self._one_view():
            folded = pieces(self._db, tag, tag.key(start_ns), tag.key(end_ns - 1))
        rows = np.concatenate((*folded, fresh))
        if (np.diff(rows["t"]) <= 0).any():
            rows = settled(rows)
        low, high = np.searchsorted(np.ascontiguousarray(rows["t"]), [start_ns, end_ns])
        return rows[low:high]

    def _rolled(self, name: str, tag: TagRow, start_ns: int, end_ns: int, unit: int) -> Bins:
        """Bins of one unit from sealed chunks' roll-ups; from the samples where there are none, where
        something newer lies over the chunk, and for the piece of a unit before `end_ns`."""
        whole_ns = max(start_ns, end_ns // unit * unit)
        first, last = tag.key(start_ns), tag.key(end_ns - 1)
        fresh = self._store.fresh.tag(tag.id)
        over = {tag.key(t) for t in np.unique(fresh["t"] // tag.span_ns * tag.span_ns).tolist()}
        column = "hours" if unit == HOUR_NS else "minutes"
        with self._one_view():
            span = tag.part_key(first), tag.part_key(last)
            parts = self._one("SELECT DISTINCT key FROM part WHERE key BETWEEN ? AND ?", *span)
            over |= {tag.chunk_key(key) for key in parts}
            ready, bare = [], set(over)
            for key, packed in self._db.execute(
                f"SELECT key, {column} FROM chunk WHERE key BETWEEN ? AND ? ORDER BY key", (first, last)
            ):
                if packed is None:
                    bare.add(key)
                elif key not in over:
                    ready.append(packed)
            found = [_unpacked(ready), *(self._span_bins(tag, key, fresh, unit) for key in bare)]
        bins = np.concatenate(found)
        bins = bins[np.argsort(bins["t"], kind="stable")]
        bins = bins[(bins["t"] >= start_ns) & (bins["t"] < whole_ns)]
        return np.concatenate((bins, bins_of(self._rows(name, whole_ns, end_ns), start_ns, unit)))

    def _span_bins(self, tag: TagRow, key: int, fresh: Rows, unit: int) -> Bins:
        start = tag.start(key)
        mine = fresh[(fresh["t"] >= start) & (fresh["t"] < start + tag.span_ns)]
        stored = span_rows(self._db, tag, key)
        if stored is not None:
            mine = np.concatenate((stored, mine))
        return bins_of(settled(mine), 0, unit)

    @contextmanager
    def _one_view(self) -> Iterator[None]:
        """All statements inside see one state of the file."""
        self._db.execute("BEGIN")
        try:
            yield
        finally:
            self._db.execute("COMMIT")

    def _one(self, sql: str, *args: int) -> list[int]:
        return [row[0] for row in self._db.execute(sql, args)]


def _unpacked(packed: list[bytes]) -> Bins:
    """Many single bins at once, the longer ones by themselves."""
    plain = b"".join(data[1:] for data in packed if data[0] == 0)
    longer = [unpack_bins(data) for data in packed if data[0]]
    return np.concatenate((unpack_bins(b"\0" + plain), *longer))
