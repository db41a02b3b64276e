"""The embedded historian's reading side, in a thread and on a connection of its own."""

import math
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

import numpy as np

from core.adapters.historian_rows import Rows
from core.adapters.sqlite_historian_bins import HOUR_NS, MINUTE_NS
from core.adapters.sqlite_historian_fresh import Fresh
from core.adapters.sqlite_historian_points import Points, points_of, sealed_points, settled_points
from core.adapters.sqlite_historian_spans import TagRow, Tags
from core.adapters.sqlite_historian_windows import Windows, rolled, sampled
from core.model.sample import Batch, Names, Sample, Series
from core.ports.historian import Buckets

_EARLIEST, _LATEST = -(2**63), 2**63 - 1
MOST_BUCKETS = 1_000_000
_MOSTLY_NS = 5 * MINUTE_NS
"""Within which most tags have a sample: fewer chunks to read."""
_AT_ONCE = 128
"""Tags whose roll-ups are in memory together."""


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
        points = self._points(tag, start_ns, end_ns)
        return Series(points.t, points.v, points.q)

    def buckets(self, tags: Sequence[str], start_ns: int, end_ns: int, width_ns: int) -> list[Buckets]:
        """Of each tag. Raises ValueError for a width below 1 ns and for more than MOST_BUCKETS windows."""
        if width_ns < 1 or end_ns - start_ns > width_ns * MOST_BUCKETS:
            raise ValueError(f"{end_ns - start_ns} ns in buckets of {width_ns} ns")
        names, found = list(dict.fromkeys(tags)), dict[str, Buckets]()
        windows_each = max(1, -((start_ns - end_ns) // width_ns))
        step = max(1, min(_AT_ONCE, MOST_BUCKETS // windows_each))
        for first in range(0, len(names), step):
            some = names[first : first + step]
            windows = self._windows(some, start_ns, end_ns, width_ns)
            found.update(zip(some, windows.buckets(), strict=True))
        return [found[name] for name in tags]

    def at(self, tags: Sequence[str], t_ns: int, within_ns: int) -> dict[str, Sample]:
        found: dict[str, Sample] = {}
        for back_ns in (min(within_ns, _MOSTLY_NS), within_ns):
            names = [name for name in dict.fromkeys(tags) if name in self._store.tags and name not in found]
            for first in range(0, len(names), _AT_ONCE):
                found |= self._newest(names[first : first + _AT_ONCE], t_ns - back_ns + 1, t_ns + 1)
        return found

    def _newest(self, names: Sequence[str], start_ns: int, end_ns: int) -> dict[str, Sample]:
        known = {self._store.tags[name].id: name for name in names}
        tags = Tags.of([(place, self._store.tags[name]) for place, name in enumerate(names)])
        fresh = self._store.fresh.tags(tags.id.tolist())
        with self._one_view():
            points = sampled(self._db, tags, fresh, start_ns, end_ns)
        points = points.where(np.append(points.tag[1:] != points.tag[:-1], True)[: len(points.t)])
        rows = zip(*(column.tolist() for column in points), strict=True)
        return {known[id]: Sample(known[id], t, None if math.isnan(v) else v, q) for id, t, v, q in rows}

    def last(self, tags: Sequence[str]) -> Batch:
        known = [name for name in dict.fromkeys(tags) if name in self._store.tags]
        rows = self._store.newest[[self._store.tags[name].id for name in known]]
        seen = np.flatnonzero(rows["t"] != np.iinfo(np.int64).min)
        rows = rows[seen]
        columns = (np.ascontiguousarray(rows[name]) for name in ("t", "v", "q", "r", "flags"))
        return Batch(Names.one("hub", tuple(known)), seen.astype(np.uint32), *columns)

    def _windows(self, names: Sequence[str], start_ns: int, end_ns: int, width_ns: int) -> Windows:
        windows = Windows(len(names), start_ns, end_ns, width_ns)
        if end_ns <= start_ns:
            return windows
        unit = next((u for u in (HOUR_NS, MINUTE_NS) if start_ns % u == width_ns % u == 0), 0)
        by_rollups: list[tuple[int, TagRow]] = []
        for place, name in enumerate(names):
            tag = self._store.tags.get(name)
            if tag and (unit == HOUR_NS or (unit and tag.minutes)):
                by_rollups.append((place, tag))
            elif tag:
                points = self._points(name, start_ns, end_ns)
                windows.add_points(np.full(len(points.t), place), points)
        if by_rollups:
            tags = Tags.of(by_rollups)
            fresh = self._store.fresh.tags(tags.id.tolist())
            with self._one_view():
                rolled(self._db, windows, tags, fresh, unit)
        return windows

    def _points(self, name: str, start_ns: int, end_ns: int) -> Points:
        """One tag's samples with start <= t < end, ascending."""
        tag = self._store.tags.get(name)
        if tag is None or end_ns <= start_ns:
            return Points.none()
        start_ns, end_ns = max(start_ns, _EARLIEST), min(end_ns, _LATEST)
        fresh = self._store.fresh.tags([tag.id])
        with self._one_view():
            stored = sealed_points(self._db, tag, tag.key(start_ns), tag.key(end_ns - 1))
        return settled_points([*stored, points_of(fresh)]).between(start_ns, end_ns)

    @contextmanager
    def _one_view(self) -> Iterator[None]:
        """All statements inside see one state of the file."""
        self._db.execute("BEGIN")
        try:
            yield
        finally:
            self._db.execute("COMMIT")
