"""The embedded historian's writing side, in one thread: fresh → blocks → chunks."""

import time
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core.adapters.historian_rows import ROW, Mask, Rows, rows_of, settled, settling, tally_of
from core.adapters.sqlite_historian_bins import HOUR_NS, MINUTE_NS, bins_of, pack_bins
from core.adapters.sqlite_historian_code import pack, pack_run, unpack
from core.adapters.sqlite_historian_file import TagRow, chunk_keys, connect, put_chunks, put_mark, span_rows
from core.adapters.sqlite_historian_fresh import Fresh
from core.model.conservation import Tally
from core.model.sample import Batch
from core.model.tag import Tag
from core.ports.quarantine import Refusal

_NEVER = np.iinfo(np.int64).min
_DAY_NS = 24 * HOUR_NS


@dataclass(frozen=True, slots=True)
class Limits:
    """When samples move on. fold_s, fresh_rows: how long and how many (33 B each in memory) stay as they
    came. bulk_rows: a write this large, with block_rows of each tag, is merged straight into chunks.
    block_rows: a smaller block is written again with what comes next, so that a slow tag costs no row a
    sample. seals: chunks sealed in one fold, at least."""

    fold_s: float = 60.0
    fresh_rows: int = 1_000_000
    bulk_rows: int = 20_000
    block_rows: int = 64
    seals: int = 500


def span_of(period_s: float) -> tuple[int, bool]:
    """The chunk's span in ns, and whether it has 1-min roll-ups (ADR 0002)."""
    if period_s < 60:
        return HOUR_NS, period_s < 10
    return (_DAY_NS if period_s < 900 else 30 * _DAY_NS), False


class _Block(NamedTuple):
    id: int
    samples: int


class Store:
    """Call from one thread; `fresh`, `tags` and `newest` may be looked at from others.

    After any sqlite3.Error call `recover`: memory is then what the file says.
    """

    def __init__(self, path: Path, tags: Mapping[str, Tag], limits: Limits) -> None:
        self._db = connect(path)
        self._known, self._limits = tags, limits
        self.fresh = Fresh()
        self.tags: dict[str, TagRow] = {}
        self.recover()

    @property
    def unfinished(self) -> bool:
        """A write has ended neither way: `recover` before the next."""
        return self._db.in_transaction

    def recover(self) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")
        found = self._db.execute("SELECT name, id, span_ns, minutes, newest FROM tag ORDER BY id").fetchall()
        self.tags = {name: TagRow(id, span_ns, bool(minutes)) for name, id, span_ns, minutes, _ in found}
        self._by_id = [TagRow(0, HOUR_NS, False), *self.tags.values()]
        self.newest = _unseen(len(self._by_id))
        for *_, newest in found:
            if newest:
                self._see(np.frombuffer(newest, ROW))
        self.fresh.clear()
        for (data,) in self._db.execute("SELECT data FROM fresh ORDER BY id"):
            self.fresh.add(np.frombuffer(data, ROW))
            self._see(np.frombuffer(data, ROW))
        blocks = [key for (key,) in self._db.execute("SELECT DISTINCT key FROM block ORDER BY key")]
        self._open = {key >> 32: key for key in blocks if key == self._newest_key(key >> 32)}
        self._ripe = dict.fromkeys(key for key in blocks if key != self._newest_key(key >> 32))
        self._last_block = self._db.execute("SELECT coalesce(max(id), 0) FROM block").fetchone()[0]
        self._small: dict[int, _Block] = {}
        self._folded = time.monotonic()

    def write(self, batches: Sequence[Batch], refused: Sequence[Refusal], mark: str | None) -> Tally:
        """refused: samples that the caller took out of the batches."""
        self._db.execute("BEGIN IMMEDIATE")
        rows = np.concatenate((np.empty(0, ROW), *(rows_of(b, self._ids(b.tags)) for b in batches)))
        order = settling(rows)
        unique = rows if order is None else rows[order]
        bulk = self._is_bulk(unique)
        fold = bulk or self._fold_is_due(len(unique))
        if fold:
            self._fold()
        again = self._merge(unique) if bulk else self._already(unique)
        if len(unique) and not bulk:
            self._db.execute("INSERT INTO fresh (data) VALUES (?)", (unique.tobytes(),))
        tally = tally_of(batches, order, again, aside=refused)
        if mark is not None:
            put_mark(self._db, mark, tally)
        self._db.execute("COMMIT")
        if fold:
            self.fresh.clear()
        if not bulk:
            self.fresh.add(unique)
            self._see(unique)
        return tally

    def close(self) -> None:
        self._db.close()

    def _is_bulk(self, rows: Rows) -> bool:
        """Many rows of each tag: rewriting its chunk for a few would cost more than it saves."""
        least = self._limits.bulk_rows
        return len(rows) >= least and len(rows) >= self._limits.block_rows * len(np.unique(rows["tag"]))

    def _fold_is_due(self, more: int) -> bool:
        if time.monotonic() - self._folded > self._limits.fold_s:
            return len(self.fresh) > 0 or bool(self._ripe)
        return len(self.fresh) + more > self._limits.fresh_rows

    def _fold(self) -> None:
        """Everything fresh becomes blocks; spans that are over are sealed, some each time."""
        self._folded = time.monotonic()
        rows = settled(self.fresh.all())
        keys, edges = self._spans(rows)
        for key in keys:
            newest, known = self._newest_key(key >> 32), self._open.get(key >> 32)
            if known is not None and known != newest:
                self._ripe[known] = None
            if key == newest:
                self._open[key >> 32] = key
            else:
                self._ripe[key] = None
        self._add_blocks(rows, keys, edges)
        self._keep_newest(np.unique(rows["tag"]))
        self._db.execute("DELETE FROM fresh")
        for key in list(self._ripe)[: max(self._limits.seals, len(self._ripe) // 4)]:
            del self._ripe[key]
            self._small.pop(key, None)
            self._seal(key)

    def _add_blocks(self, rows: Rows, keys: list[int], edges: list[int]) -> None:
        """A small block at a span's end is written again with what comes next."""
        for key, packed, low, high in zip(keys, pack_run(rows, edges), edges, edges[1:], strict=False):
            samples = high - low
            last = self._small.pop(key, None)
            if last and last.samples + samples <= self._limits.block_rows:
                (old,) = self._db.execute("SELECT data FROM block WHERE id=?", (last.id,)).fetchone()
                whole = settled(np.concatenate((unpack(old, key >> 32), rows[low:high])))
                id, samples, packed = last.id, len(whole), pack(whole)
            else:
                self._last_block += 1
                id = self._last_block
            self._db.execute("INSERT OR REPLACE INTO block VALUES (?,?,?,?)", (id, key, samples, packed))
            if samples < self._limits.block_rows:
                self._small[key] = _Block(id, samples)

    def _seal(self, key: int) -> None:
        if not self._db.execute("SELECT 1 FROM block WHERE key=? LIMIT 1", (key,)).fetchone():
            return
        tag = self._by_id[key >> 32]
        rows = span_rows(self._db, tag, key)
        if rows is not None:
            self._put_chunks(tag, [key], rows, [0, len(rows)])

    def _merge(self, rows: Rows) -> Mask:
        """Sorted rows straight into chunks. Returns which replaced a sample of the same time."""
        again = np.zeros(len(rows), np.bool_)
        every, cuts = self._spans(rows)
        first = 0
        for tag_id, run in groupby(every, lambda key: key >> 32):
            keys, tag = list(run), self._by_id[tag_id]
            edges = cuts[first : first + len(keys) + 1]
            first += len(keys)
            touched = bisect_right(keys, self._newest_key(tag_id))
            for key, low, high in zip(keys[:touched], edges, edges[1:], strict=False):
                group, old = rows[low:high], span_rows(self._db, tag, key)
                if old is not None:
                    again[low:high] = np.isin(group["t"], old["t"])
                    group = settled(np.concatenate((old, group)))
                self._put_chunks(tag, [key], group, [0, len(group)])
            past = edges[touched]
            self._put_chunks(
                tag, keys[touched:], rows[past : edges[-1]], [edge - past for edge in edges[touched:]]
            )
        self._see(rows)
        self._keep_newest(np.unique(rows["tag"]))
        return again

    def _put_chunks(self, tag: TagRow, keys: list[int], rows: Rows, edges: list[int]) -> None:
        """Bins that hold hardly more than one sample each are no roll-up: the samples serve better."""
        if not keys:
            return
        hours = bins_of(rows, 0, HOUR_NS)
        cuts = np.searchsorted(hours["t"], [tag.start(key) for key in keys]).tolist()
        chunks = []
        for i, packed in enumerate(pack_run(rows, edges)):
            low, high = edges[i], edges[i + 1]
            bins = hours[cuts[i] : cuts[i + 1] if i + 1 < len(cuts) else None]
            rolled = pack_bins(bins) if 4 * len(bins) <= high - low else None
            dense = tag.minutes and high - low >= 240
            minutes = pack_bins(bins_of(rows[low:high], 0, MINUTE_NS)) if dense else None
            chunks.append((keys[i], high - low, rolled, minutes, packed))
        put_chunks(self._db, chunks)
        for key in keys:
            self._small.pop(key, None)

    def _already(self, rows: Rows) -> Mask:
        """Which of these have a stored sample of the same tag and time."""
        again = np.zeros(len(rows), np.bool_)
        at = np.flatnonzero(rows["t"] <= self.newest["t"][rows["tag"]])
        late = rows[at]
        keys, edges = self._spans(late)
        for key, low, high in zip(keys, edges, edges[1:], strict=False):
            tag = self._by_id[key >> 32]
            stored = span_rows(self._db, tag, key)
            known = self.fresh.tag(tag.id)["t"]
            known = known if stored is None else np.concatenate((known, stored["t"]))
            again[at[low:high]] = np.isin(late["t"][low:high], known)
        return again

    def _spans(self, rows: Rows) -> tuple[list[int], list[int]]:
        """The chunk keys that rows sorted by (tag, t) fall into, and the edges between them."""
        if not len(rows):
            return [], [0]
        spans = np.array([tag.span_ns for tag in self._by_id], np.int64)[rows["tag"]]
        keys = chunk_keys(rows["tag"].astype(np.int64), rows["t"], spans)
        cuts = np.flatnonzero(keys[1:] != keys[:-1]) + 1
        return keys[np.append(0, cuts)].tolist(), [0, *cuts.tolist(), len(rows)]

    def _ids(self, names: Sequence[str]) -> npt.NDArray[np.uint32]:
        for name in names:
            if name not in self.tags:
                known = self._known.get(name)
                span_ns, minutes = span_of(known.period_s if known else 1.0)
                tag = TagRow(len(self._by_id), span_ns, minutes)
                row = (tag.id, name, span_ns, minutes)
                self._db.execute("INSERT INTO tag (id, name, span_ns, minutes) VALUES (?,?,?,?)", row)
                self.tags[name] = tag
                self._by_id.append(tag)
        self.newest = np.concatenate((self.newest, _unseen(len(self._by_id) - len(self.newest))))
        return np.array([self.tags[name].id for name in names], np.uint32)

    def _newest_key(self, tag: int) -> int:
        return self._by_id[tag].key(int(self.newest["t"][tag]))

    def _see(self, rows: Rows) -> None:
        """Rows sorted by (tag, t)."""
        last = rows[np.append(np.diff(rows["tag"].astype(np.int64)) != 0, True)] if len(rows) else rows
        last = last[last["t"] >= self.newest["t"][last["tag"]]]
        newest = self.newest.copy()
        newest[last["tag"]] = last
        self.newest = newest

    def _keep_newest(self, tags: npt.NDArray[np.uint32]) -> None:
        self._db.executemany(
            "UPDATE tag SET newest=? WHERE id=?", [(self.newest[tag].tobytes(), int(tag)) for tag in tags]
        )


def _unseen(n: int) -> Rows:
    rows = np.zeros(n, ROW)
    rows["t"] = _NEVER
    return rows
