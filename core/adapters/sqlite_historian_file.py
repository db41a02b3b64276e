"""The embedded historian's file: its tables and the plain statements on them.

`chunk` holds one row for each tag and span, with its roll-ups before the samples, so that reading a
roll-up touches no sample. `block` holds what was folded into a span that is still open, `fresh` what came
since the last fold. A later table's sample replaces an earlier one's of the same time.
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from core.adapters.historian_rows import Rows, settled
from core.adapters.sqlite_historian_code import unpack
from core.model.conservation import Fate, Tally
from core.model.sample import Int64s
from core.ports.historian import Written

_SCHEMA = """
CREATE TABLE IF NOT EXISTS tag (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
  span_ns INTEGER NOT NULL, minutes INTEGER NOT NULL, newest BLOB
);
CREATE TABLE IF NOT EXISTS chunk (
  key INTEGER PRIMARY KEY, samples INTEGER NOT NULL, hours BLOB, minutes BLOB, data BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS block (
  id INTEGER PRIMARY KEY, key INTEGER NOT NULL, samples INTEGER NOT NULL, data BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS block_key ON block (key, id);
CREATE TABLE IF NOT EXISTS fresh (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS marked (
  only INTEGER PRIMARY KEY CHECK (only = 1), mark TEXT NOT NULL, tally TEXT NOT NULL
);
"""

_MIDDLE = 2**31


@dataclass(frozen=True, slots=True)
class TagRow:
    """span_ns: how much time one chunk holds, fixed when the tag was first seen (ADR 0002)."""

    id: int
    span_ns: int
    minutes: bool

    def key(self, t_ns: int) -> int:
        return int(chunk_keys(self.id, t_ns, self.span_ns))

    def start(self, key: int) -> int:
        """Where the chunk begins, UTC ns."""
        return ((key & 0xFFFFFFFF) - _MIDDLE) * self.span_ns


K = TypeVar("K", int, Int64s)


def chunk_keys(tag: K, t_ns: K, span_ns: K) -> K:
    """The chunk of a time: ascending within a tag, and no two tags share one."""
    return (tag << 32) + t_ns // span_ns + _MIDDLE


def connect(path: Path) -> sqlite3.Connection:
    """A connection for one thread at a time, transactions by hand, every commit on disk."""
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30.0)
    db.execute("PRAGMA page_size=8192")
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.execute("PRAGMA cache_size=-65536")
    db.executescript(_SCHEMA)
    return db


def pieces(db: sqlite3.Connection, tag: TagRow, first: int, last: int) -> list[Rows]:
    """Everything folded or sealed under keys first..last; a later piece replaces an earlier one."""
    found: list[Rows] = []
    for table, order in (("chunk", "key"), ("block", "id")):
        rows = db.execute(
            f"SELECT data FROM {table} WHERE key BETWEEN ? AND ? ORDER BY {order}", (first, last)
        )
        found.extend(unpack(data, tag.id) for (data,) in rows)
    return found


def span_rows(db: sqlite3.Connection, tag: TagRow, key: int) -> Rows | None:
    """What one chunk's span holds on disk; None when that is nothing."""
    found = pieces(db, tag, key, key)
    return found[0] if len(found) == 1 else settled(np.concatenate(found)) if found else None


def put_chunks(
    db: sqlite3.Connection, chunks: Sequence[tuple[int, int, bytes | None, bytes | None, bytes]]
) -> None:
    """Rows of the table, ascending by key, of one tag. Blocks of their spans are in them and go."""
    db.executemany("INSERT OR REPLACE INTO chunk VALUES (?,?,?,?,?)", chunks)
    keys = [chunk[0] for chunk in chunks]
    blocks = db.execute("SELECT DISTINCT key FROM block WHERE key BETWEEN ? AND ?", (keys[0], keys[-1]))
    gone = {key for (key,) in blocks}.intersection(keys)
    db.executemany("DELETE FROM block WHERE key=?", [(key,) for key in gone])


def put_mark(db: sqlite3.Connection, mark: str, tally: Tally) -> None:
    db.execute("INSERT OR REPLACE INTO marked VALUES (1,?,?)", (mark, json.dumps(tally)))


def last_mark(db: sqlite3.Connection) -> Written | None:
    row = db.execute("SELECT mark, tally FROM marked").fetchone()
    if row is None:
        return None
    told: dict[str, dict[str, int]] = json.loads(row[1])
    return Written(row[0], {s: {Fate(f): n for f, n in fates.items()} for s, fates in told.items()})
