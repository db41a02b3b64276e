"""The embedded historian's file: its tables and the plain statements on them.

`chunk` holds one row for each tag and span, with its roll-ups before the samples, so that reading a
roll-up touches no sample. `part` holds what was folded into a span that is still open, a block for each
group of tags; `fresh` what came since the last fold. A later table's sample replaces an earlier one's of
the same time. `newest` holds, for each group of tags, the newest row of each that is not in `fresh`.
"""

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core.adapters.historian_rows import ROW, WHOLE, Rows, settled, stacked
from core.adapters.sqlite_historian_bins import HOUR_NS, MINUTE_NS, bins_of, pack_bin_run, pack_bins
from core.adapters.sqlite_historian_blocks import unpack_block
from core.adapters.sqlite_historian_code import pack_run
from core.adapters.sqlite_historian_decode import unpack
from core.adapters.sqlite_historian_spans import GROUP_TAGS, TagRow
from core.model.conservation import Fate, Tally
from core.ports.historian import Written

NEVER = np.iinfo(np.int64).min
_SCHEMA = """
CREATE TABLE IF NOT EXISTS tag (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
  span_ns INTEGER NOT NULL, minutes INTEGER NOT NULL, newest BLOB
);
CREATE TABLE IF NOT EXISTS chunk (
  key INTEGER PRIMARY KEY, samples INTEGER NOT NULL, hours BLOB, minutes BLOB, data BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS part (
  id INTEGER PRIMARY KEY, key INTEGER NOT NULL, samples INTEGER NOT NULL, data BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS part_key ON part (key, id);
CREATE TABLE IF NOT EXISTS fresh (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS newest (tags INTEGER PRIMARY KEY, rows BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS marked (
  only INTEGER PRIMARY KEY CHECK (only = 1), mark TEXT NOT NULL, tally TEXT NOT NULL
);
"""


def connect(path: Path) -> sqlite3.Connection:
    """A connection for one thread at a time, transactions by hand, every commit on disk."""
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30.0)
    db.execute("PRAGMA page_size=8192")
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.execute("PRAGMA cache_size=-4096")
    db.executescript(_SCHEMA)
    return db


def known_tags(db: sqlite3.Connection) -> dict[str, TagRow]:
    found = db.execute("SELECT name, id, span_ns, minutes FROM tag ORDER BY id")
    return {name: TagRow(id, span_ns, bool(minutes)) for name, id, span_ns, minutes in found}


def newest_rows(db: sqlite3.Connection, many: int) -> Rows:
    """By tag number; earlier versions kept them in `tag`, some of which may stand there still."""
    rows = unseen(many)
    for id, data in db.execute("SELECT id, newest FROM tag WHERE newest IS NOT NULL"):
        rows[id] = np.frombuffer(data, ROW)[0]
    if db.execute("SELECT 1 FROM sqlite_master WHERE name='newest'").fetchone():
        for group, data in db.execute("SELECT tags, rows FROM newest"):
            some = np.frombuffer(data, ROW)
            at = np.flatnonzero(some["t"] != NEVER)
            rows[group * GROUP_TAGS + at] = some[at]
    return rows


def unseen(many: int) -> Rows:
    """The newest rows of tags that have none."""
    rows = np.zeros(many, ROW)
    rows["t"] = NEVER
    return rows


def seen(newest: Rows, rows: Rows) -> Rows:
    """The newest rows by tag number after these, which are sorted by (tag, t): a copy, since others look at
    the old one."""
    tags = np.ascontiguousarray(rows["tag"])
    if not (tags[1:] > tags[:-1]).all():
        last = np.flatnonzero(np.append(tags[1:] != tags[:-1], True))
        rows, tags = rows.take(last), tags[last]
    copy = newest.view(WHOLE).copy()
    where = slice(tags[0], tags[-1] + 1) if len(tags) and tags[-1] - tags[0] == len(tags) - 1 else tags
    newer = rows["t"] >= newest["t"][where]
    if not newer.all():
        rows, where = rows.take(np.flatnonzero(newer)), tags[newer]
    copy[where] = rows.view(WHOLE)
    return copy.view(ROW)


def pieces(db: sqlite3.Connection, tag: TagRow, first: int, last: int) -> list[Rows]:
    """Everything folded or sealed under chunk keys first..last; a later piece replaces an earlier one."""
    sealed = db.execute("SELECT data FROM chunk WHERE key BETWEEN ? AND ? ORDER BY key", (first, last))
    found = [unpack(data, tag.id) for (data,) in sealed if data]
    span = tag.part_key(first), tag.part_key(last)
    folded = db.execute("SELECT data FROM part WHERE key BETWEEN ? AND ? ORDER BY id", span)
    found.extend(unpack_block(data, tag.id) for (data,) in folded)
    return found


def span_rows(db: sqlite3.Connection, tag: TagRow, key: int) -> Rows | None:
    """What one chunk's span holds on disk; None when that is nothing."""
    found = [rows for rows in pieces(db, tag, key, key) if len(rows)]
    return found[0] if len(found) == 1 else settled(stacked(found)) if found else None


def chunk_rows(db: sqlite3.Connection, tag: TagRow, key: int) -> Rows | None:
    row = db.execute("SELECT data FROM chunk WHERE key=?", (key,)).fetchone()
    return unpack(row[0], tag.id) if row and row[0] else None


def put_chunks(
    db: sqlite3.Connection, tag: TagRow, keys: Sequence[int], rows: Rows, edges: list[int]
) -> None:
    """One tag's rows between edges as the chunks of these keys, with their roll-ups. Bins that hold hardly
    more than one sample each are no roll-up: the samples serve better."""
    if not keys:
        return
    hours = bins_of(rows, HOUR_NS)
    cuts = [*np.searchsorted(hours.t, [tag.start(key) for key in keys]).tolist(), len(hours.t)]
    chunks = []
    rolled = pack_bin_run(hours, cuts, HOUR_NS)
    for i, packed in enumerate(pack_run(rows, edges)):
        low, high = edges[i], edges[i + 1]
        hourly = rolled[i] if 4 * (cuts[i + 1] - cuts[i]) <= high - low else None
        dense = tag.minutes and high - low >= 240
        minutes = pack_bins(bins_of(rows[low:high], MINUTE_NS), MINUTE_NS) if dense else None
        chunks.append((keys[i], high - low, hourly, minutes, packed))
    db.executemany("INSERT OR REPLACE INTO chunk VALUES (?,?,?,?,?)", chunks)


def upgrade(db: sqlite3.Connection, tags: Sequence[TagRow]) -> None:
    """Blocks of one tag each, as earlier versions folded them, become chunks."""
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name='block'").fetchone():
        return
    db.execute("BEGIN IMMEDIATE")
    by_id = {tag.id: tag for tag in tags}
    for (key,) in db.execute("SELECT DISTINCT key FROM block").fetchall():
        tag = by_id[key >> 32]
        old = chunk_rows(db, tag, key)
        data = db.execute("SELECT data FROM block WHERE key=? ORDER BY id", (key,)).fetchall()
        blocks = [unpack(block, tag.id) for (block,) in data]
        rows = settled(stacked(([] if old is None else [old]) + blocks))
        put_chunks(db, tag, [key], rows, [0, len(rows)])
    db.execute("DROP TABLE block")
    db.execute("COMMIT")


def put_mark(db: sqlite3.Connection, mark: str, tally: Tally) -> None:
    db.execute("INSERT OR REPLACE INTO marked VALUES (1,?,?)", (mark, json.dumps(tally)))


def last_mark(db: sqlite3.Connection) -> Written | None:
    row = db.execute("SELECT mark, tally FROM marked").fetchone()
    if row is None:
        return None
    told: dict[str, dict[str, int]] = json.loads(row[1])
    return Written(row[0], {s: {Fate(f): n for f, n in fates.items()} for s, fates in told.items()})
