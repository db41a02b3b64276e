"""The embedded historian's writing side, in one thread: fresh → parts → chunks."""

import time
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.adapters.historian_rows import Mask, Rows, joined, settled, settling, stacked, tally_of
from core.adapters.sqlite_historian_blocks import pack_blocks, unpack_block
from core.adapters.sqlite_historian_expiry import Expiry
from core.adapters.sqlite_historian_file import (
    chunk_rows,
    connect,
    known_tags,
    newest_rows,
    put_chunks,
    put_mark,
    seen,
    span_rows,
    unseen,
    upgrade,
)
from core.adapters.sqlite_historian_fresh import Fresh, pack_fresh, unpack_fresh
from core.adapters.sqlite_historian_spans import GROUP_TAGS, SPANS_NS, TagRow, chunk_keys, span_of
from core.model.conservation import Tally
from core.model.sample import Batch, Int64s, Names
from core.model.tag import Tag
from core.ports.quarantine import Refusal

_LAYOUTS = 4_096
_MANY = 100_000
"""Rows: 3 MB."""


@dataclass(frozen=True, slots=True)
class Limits:
    """When samples move on. fold_s, fresh_rows: how long and how many (33 B each in memory) stay as they
    came; of_each: no more for each tag, as soon as that makes many, since larger blocks save nothing.
    bulk_rows: a write this large, with tag_rows of each tag, is merged straight into chunks. block_rows: a
    smaller block is written again with what comes next, so that slow tags cost no row a sample. seals:
    groups sealed in one write, at least, so that the end of an hour holds nobody up."""

    fold_s: float = 60.0
    fresh_rows: int = 1_000_000
    of_each: int = 24
    bulk_rows: int = 20_000
    tag_rows: int = 64
    block_rows: int = 1_024
    seals: int = 1


class Store:
    """Call from one thread; `fresh`, `tags` and `newest` may be looked at from others.

    After any sqlite3.Error or Damaged call `recover`: memory is then what the file says.
    """

    def __init__(
        self, path: Path, tags: Mapping[str, Tag], limits: Limits, expiry: Expiry | None = None
    ) -> None:
        self._db = connect(path)
        self._known, self._limits, self._expiry = tags, limits, expiry or Expiry(tags)
        self.fresh = Fresh()
        self.tags: dict[str, TagRow] = {}
        self.recover()
        upgrade(self._db, self._by_id[1:])

    @property
    def unfinished(self) -> bool:
        """A write has ended neither way: `recover` before the next."""
        return self._db.in_transaction

    def recover(self) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")
        self.tags = known_tags(self._db)
        self._by_id = [TagRow(0, SPANS_NS[0], False), *self.tags.values()]
        self._columns()
        self.newest = newest_rows(self._db, len(self._by_id))
        self.fresh.clear()
        for (data,) in self._db.execute("SELECT data FROM fresh ORDER BY id"):
            rows = unpack_fresh(data)
            self.fresh.add(rows)
            self.newest = seen(self.newest, rows)
        self._open: dict[int, int] = {}
        self._ripe: dict[int, None] = {}
        for (key,) in self._db.execute("SELECT DISTINCT key FROM part ORDER BY key"):
            self._place(key)
        self._last_part = self._db.execute("SELECT coalesce(max(id), 0) FROM part").fetchone()[0]
        self._small: dict[int, tuple[int, int]] = {}
        self._places: dict[Names, npt.NDArray[np.uint32]] = {}
        self._folded = time.monotonic()

    def write(self, batches: Sequence[Batch], refused: Sequence[Refusal], mark: str | None) -> Tally:
        """refused: samples that the caller took out of the batches."""
        self._db.execute("BEGIN IMMEDIATE")
        rows = joined(batches, [self._ids(batch.names) for batch in batches])
        order = settling(rows)
        unique = rows if order is None else rows.take(order)
        bulk = self._is_bulk(unique)
        fold = bulk or self._fold_is_due(len(unique))
        if fold:
            self._fold()
        self._seal_some()
        again = self._merge(unique) if bulk else self._already(unique)
        if len(unique) and not bulk:
            self._db.execute("INSERT INTO fresh (data) VALUES (?)", (pack_fresh(unique),))
        tally = tally_of(batches, order, again, aside=refused)
        if mark is not None:
            put_mark(self._db, mark, tally)
        self._db.execute("COMMIT")
        if fold:
            self.fresh.clear()
        if not bulk:
            self.fresh.add(unique)
            self.newest = seen(self.newest, unique)
        return tally

    def close(self) -> None:
        self._db.close()

    def _is_bulk(self, rows: Rows) -> bool:
        """Many rows of each tag: rewriting its chunk for a few would cost more than it saves."""
        if len(rows) < self._limits.bulk_rows:
            return False
        tags = np.ascontiguousarray(rows["tag"])  # sorted
        return len(rows) >= self._limits.tag_rows * (1 + int(np.count_nonzero(tags[1:] != tags[:-1])))

    def _fold_is_due(self, more: int) -> bool:
        if time.monotonic() - self._folded > self._limits.fold_s:
            return len(self.fresh) > 0 or bool(self._ripe)
        enough = max(_MANY, self._limits.of_each * len(self._by_id))
        return len(self.fresh) + more > min(self._limits.fresh_rows, enough)

    def _fold(self) -> None:
        """Everything fresh becomes blocks, one for each group of tags and span."""
        self._folded = time.monotonic()
        for some in self.fresh.slices():
            rows = settled(some)
            tags = np.ascontiguousarray(rows["tag"])
            keys = self._part_keys(tags, np.ascontiguousarray(rows["t"]))
            if (keys[1:] < keys[:-1]).any():
                order = np.argsort(keys, kind="stable")
                rows, keys = rows.take(order), keys[order]
            cuts = np.flatnonzero(keys[1:] != keys[:-1]) + 1
            found = keys[np.append(0, cuts)].tolist()
            for key in found:
                self._place(key)
            self._add_parts(rows, found, [0, *cuts.tolist(), len(rows)])
            self._keep_newest(tags[np.append(0, np.flatnonzero(tags[1:] != tags[:-1]) + 1)])
        self._db.execute("DELETE FROM fresh")
        self._expiry.expire_some(self._db, self.tags)

    def _part_keys(self, tags: npt.NDArray[np.uint32], t: Int64s) -> Int64s:
        """Of the parts that these, sorted by tag, belong into; most folds lie within one span."""
        low, high = int(t.min()), int(t.max())
        if any(low // span_ns != high // span_ns for span_ns in SPANS_NS):
            return chunk_keys(self._groups[tags], t, self._span_ns[tags])
        first, last = int(tags[0]), int(tags[-1]) + 1
        groups, span_ns = self._groups[first:last], self._span_ns[first:last]
        keys = chunk_keys(groups, np.full(len(groups), high), span_ns)
        return keys.take(tags - np.uint32(first))

    def _place(self, key: int) -> None:
        """A group's newest span is open; its others are to be sealed."""
        newest = self._open.get(key >> 32, key)
        if key != newest:
            self._ripe[min(key, newest)] = None
        self._open[key >> 32] = max(key, newest)

    def _add_parts(self, rows: Rows, keys: list[int], edges: list[int]) -> None:
        """A small block at a span's end is written again with what comes next."""
        for key, packed, low, high in zip(keys, pack_blocks(rows, edges), edges, edges[1:], strict=False):
            samples = high - low
            last, before = self._small.pop(key, (0, 0))
            if last and before + samples <= self._limits.block_rows:
                (old,) = self._db.execute("SELECT data FROM part WHERE id=?", (last,)).fetchone()
                whole = settled(stacked((unpack_block(old), rows[low:high])))
                id, samples = last, len(whole)
                packed = next(pack_blocks(whole, [0, samples]))
            else:
                self._last_part += 1
                id = self._last_part
            self._db.execute("INSERT OR REPLACE INTO part VALUES (?,?,?,?)", (id, key, samples, packed))
            if samples < self._limits.block_rows:
                self._small[key] = id, samples

    def _seal_some(self) -> None:
        for key in list(self._ripe)[: max(self._limits.seals, len(self._ripe) // 64)]:
            self._seal(key)

    def _seal(self, part_key: int) -> None:
        """A group's span becomes a chunk for each of its tags; what was late goes into the one there is."""
        self._ripe.pop(part_key, None)
        self._small.pop(part_key, None)
        data = self._db.execute("SELECT data FROM part WHERE key=? ORDER BY id", (part_key,)).fetchall()
        if not data:
            return
        rows = settled(stacked([unpack_block(block) for (block,) in data]))
        tags = np.ascontiguousarray(rows["tag"])
        edges = [0, *(np.flatnonzero(tags[1:] != tags[:-1]) + 1).tolist(), len(rows)]
        for low, high in pairwise(edges):
            tag, mine = self._by_id[int(rows["tag"][low])], rows[low:high]
            key = tag.chunk_key(part_key)
            old = chunk_rows(self._db, tag, key)
            if old is not None:
                mine = settled(stacked((old, mine)))
            put_chunks(self._db, tag, [key], mine, [0, len(mine)])
        self._db.execute("DELETE FROM part WHERE key=?", (part_key,))

    def _merge(self, rows: Rows) -> Mask:
        """Sorted rows straight into chunks. Returns which replaced a sample of the same time."""
        again = np.zeros(len(rows), np.bool_)
        every, cuts = self._spans(rows)
        for key in {self._by_id[key >> 32].part_key(key) for key in every}:
            self._seal(key)
        first = 0
        for tag_id, run in groupby(every, lambda key: key >> 32):
            keys, tag = list(run), self._by_id[tag_id]
            edges = cuts[first : first + len(keys) + 1]
            first += len(keys)
            touched = bisect_right(keys, tag.key(int(self.newest["t"][tag_id])))
            for key, low, high in zip(keys[:touched], edges, edges[1:], strict=False):
                group, old = rows[low:high], chunk_rows(self._db, tag, key)
                if old is not None:
                    again[low:high] = np.isin(group["t"], old["t"])
                    group = settled(stacked((old, group)))
                put_chunks(self._db, tag, [key], group, [0, len(group)])
            past = edges[touched]
            rest = [edge - past for edge in edges[touched:]]
            put_chunks(self._db, tag, keys[touched:], rows[past : edges[-1]], rest)
        self.newest = seen(self.newest, rows)
        self._keep_newest(np.unique(rows["tag"]))
        return again

    def _already(self, rows: Rows) -> Mask:
        """Which of these have a stored sample of the same tag and time."""
        newest = self.newest["t"][rows["tag"]]
        again: Mask = rows["t"] == newest
        at = np.flatnonzero(rows["t"] < newest)
        late = rows.take(at)
        keys, edges = self._spans(late)
        for key, low, high in zip(keys, edges, edges[1:], strict=False):
            tag = self._by_id[key >> 32]
            stored = span_rows(self._db, tag, key)
            known = self.fresh.tags([tag.id])["t"]
            known = known if stored is None else np.concatenate((known, stored["t"]))
            again[at[low:high]] = np.isin(late["t"][low:high], known)
        return again

    def _spans(self, rows: Rows) -> tuple[list[int], list[int]]:
        """The chunk keys that rows sorted by (tag, t) fall into, and the edges between them."""
        if not len(rows):
            return [], [0]
        keys = chunk_keys(rows["tag"].astype(np.int64), rows["t"], self._span_ns[rows["tag"]])
        cuts = np.flatnonzero(keys[1:] != keys[:-1]) + 1
        return keys[np.append(0, cuts)].tolist(), [0, *cuts.tolist(), len(rows)]

    def _ids(self, names: Names) -> npt.NDArray[np.uint32]:
        """The tags' numbers; a source sends the same names again and again."""
        known = self._places.get(names)
        if known is None:
            self._number([name for name in names.tags if name not in self.tags])
            known = np.array([self.tags[name].id for name in names.tags], np.uint32)
            if len(self._places) >= _LAYOUTS:
                self._places.clear()
            self._places[names] = known
        return known

    def _number(self, names: Sequence[str]) -> None:
        new = []
        for name in dict.fromkeys(names):
            known = self._known.get(name)
            span_ns, minutes = span_of(known.period_s if known else 1.0)
            tag = TagRow(len(self._by_id), span_ns, minutes)
            new.append((tag.id, name, span_ns, minutes))
            self.tags[name] = tag
            self._by_id.append(tag)
        self._db.executemany("INSERT INTO tag (id, name, span_ns, minutes) VALUES (?,?,?,?)", new)
        self._columns()
        self.newest = stacked((self.newest, unseen(len(self._by_id) - len(self.newest))))

    def _columns(self) -> None:
        self._span_ns = np.array([tag.span_ns for tag in self._by_id], np.int64)
        self._groups = np.array([tag.group for tag in self._by_id], np.int64)

    def _keep_newest(self, tags: npt.NDArray[np.uint32]) -> None:
        groups = np.unique(tags // GROUP_TAGS).tolist()
        at = [(group, group * GROUP_TAGS) for group in groups]
        self._db.executemany(
            "INSERT OR REPLACE INTO newest VALUES (?,?)",
            [(group, self.newest[first : first + GROUP_TAGS].tobytes()) for group, first in at],
        )
