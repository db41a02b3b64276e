"""What the embedded historian no longer keeps: samples first, then 1-min, then 1-h roll-ups, by class."""

import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from core.adapters.historian_rows import refusals
from core.adapters.sqlite_historian_bins import HOUR_NS, bins_of, pack_bins
from core.adapters.sqlite_historian_decode import unpack
from core.adapters.sqlite_historian_spans import TagRow
from core.model.retention import DAY_NS, Retention, cut_ns
from core.model.sample import Batch, Int64s, Names
from core.model.tag import Tag
from core.ports.quarantine import Refusal

_AT_ONCE = 64
_LAYOUTS = 4_096
_EARLIEST = -(2**63)


class Expiry:
    """now_ns: the host's time; a sample later than its class keeps samples is refused, never stored into
    what is gone already."""

    def __init__(
        self,
        tags: Mapping[str, Tag],
        retention: Retention = Retention(),
        now_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        self._tags, self._retention, self._now_ns = tags, retention, now_ns
        self._next = 0
        self._known: dict[Names, Int64s] = {}
        self._done: dict[tuple[int, str], int] = {}

    def admitted(self, batches: Sequence[Batch]) -> tuple[list[Batch], list[Refusal]]:
        """The batches without what is too old, and that with the reason."""
        kept, refused, now_ns = [], [], self._now_ns()
        for batch in batches:
            spans = self._spans(batch.names)
            if len(batch) and (spans > 0).any():
                old = batch.t_ns < np.where(spans > 0, now_ns - spans, _EARLIEST)[batch.tag]
                if old.any():
                    refused += refusals(batch, old, "beyond_retention", "older than samples are kept")
                    batch = batch.where(~old)
            kept.append(batch)
        return kept, refused

    def _spans(self, names: Names) -> Int64s:
        """How long each tag's samples are kept, ns, 0 for ever; sources repeat their tags."""
        known = self._known.get(names)
        if known is None:
            days = [self._retention.of(self._tags.get(tag)).samples_days for tag in names.tags]
            known = DAY_NS * np.array(days, np.int64)
            if len(self._known) >= _LAYOUTS:
                self._known.clear()
            self._known[names] = known
        return known

    def expire_some(self, db: sqlite3.Connection, rows: Mapping[str, TagRow]) -> None:
        """In the caller's transaction, some tags after the last ones."""
        names = list(rows)[self._next : self._next + _AT_ONCE]
        self._next = self._next + len(names) if names else 0
        for name in names:
            keep, tag = self._retention.of(self._tags.get(name)), rows[name]
            self._without(db, tag, "data", keep.samples_days)
            self._without(db, tag, "minutes", keep.minutes_days)
            self._without(db, tag, "hours", keep.hours_days)

    def _without(self, db: sqlite3.Connection, tag: TagRow, what: str, days: int) -> None:
        """Whole chunks that ended before the cut lose it; what is cheaper to read from samples than from a
        roll-up has none until then."""
        cut = cut_ns(days, self._now_ns())
        if cut is None:
            return
        span = self._done.get((tag.id, what), tag.id << 32), tag.key(cut) - 1
        where = "WHERE key BETWEEN ? AND ?"
        if what == "data":
            bare = db.execute(f"SELECT key, data FROM chunk {where} AND hours IS NULL AND data!=x''", span)
            made = [
                (pack_bins(bins_of(unpack(data, tag.id), HOUR_NS), HOUR_NS), key)
                for key, data in bare.fetchall()
            ]
            db.executemany("UPDATE chunk SET hours=? WHERE key=?", made)
            db.execute(f"UPDATE chunk SET data=x'' {where}", span)
        elif what == "minutes":
            db.execute(f"UPDATE chunk SET minutes=NULL {where}", span)
        else:
            db.execute(f"DELETE FROM chunk {where}", span)
        self._done[tag.id, what] = span[1] + 1
