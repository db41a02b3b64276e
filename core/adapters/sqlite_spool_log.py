"""The spool's file: one SQLite database (WAL, synchronous=FULL) that one thread writes.

Each row carries the running totals of samples and bytes up to and including itself, so that depth and
size are differences of two rows and cost the same at any length.
"""

import secrets
import sqlite3
from pathlib import Path

from core.model.conservation import Fate, Tally, add
from core.ports.spool import CursorFacts, SpoolFacts, SpoolFull

TAIL_BYTES = 16 * 2**20
"""What every cursor has passed is kept up to this size, for readers without a cursor that start late."""
_LOT_BYTES = 4 * 2**20
_LOT_ROWS = 1_000
READ_BYTES = 32 * 2**20
"""One read ends after this many bytes however many rows were asked for."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS batch (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  source TEXT NOT NULL,
  samples INTEGER NOT NULL,
  samples_to INTEGER NOT NULL,
  bytes_to INTEGER NOT NULL,
  data BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS cursor (name TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS total (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tally (
  cursor TEXT NOT NULL, source TEXT NOT NULL, fate TEXT NOT NULL, samples INTEGER NOT NULL,
  PRIMARY KEY (cursor, source, fate)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS name (spool TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS aside (
  seq INTEGER PRIMARY KEY, source TEXT NOT NULL, samples INTEGER NOT NULL,
  reason TEXT NOT NULL, data BLOB NOT NULL
);
"""


def connect(path: Path) -> sqlite3.Connection:
    """A connection for use in one thread at a time, transactions by hand."""
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30.0)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.execute("PRAGMA wal_autocheckpoint=16000")
    return db


class SpoolLog:
    """The writing side. Call its methods between `begin` and `commit`, in one thread."""

    def __init__(self, path: Path, max_bytes: int) -> None:
        self._db = connect(path)
        self._db.executescript(_SCHEMA)
        self._db.execute(
            "INSERT INTO name SELECT ? WHERE NOT EXISTS (SELECT 1 FROM name)", (secrets.token_hex(8),)
        )
        self._max_bytes = max_bytes
        self._load()

    def _load(self) -> None:
        (last,) = self._db.execute("SELECT max(seq) FROM sqlite_sequence WHERE name='batch'").fetchone()
        self.last_seq: int = last or 0
        self._samples, self._bytes = self._total("samples"), self._total("bytes")

    def begin(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Returns after the fsync."""
        self._set_total("samples", self._samples)
        self._set_total("bytes", self._bytes)
        self._db.execute("COMMIT")

    def rollback(self) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")
        self._load()

    def append(self, data: bytes, source: str, samples: int) -> int:
        """The new row's seq. Raises SpoolFull when the rows that a cursor still needs fill the spool."""
        if self._bytes - bytes_before(self._db, self._floor()) + len(data) > self._max_bytes:
            raise SpoolFull(f"the spool holds {self._max_bytes} bytes that a reader still needs")
        self._samples += samples
        self._bytes += len(data)
        self.last_seq += 1
        self._db.execute(
            "INSERT INTO batch VALUES (?,?,?,?,?,?)",
            (self.last_seq, source, samples, self._samples, self._bytes, data),
        )
        self.count("", source, "row", samples)
        return self.last_seq

    def advance(self, cursor: str, seq: int, tally: Tally) -> None:
        """Never moves a cursor back."""
        self._db.execute(
            "INSERT INTO cursor VALUES (?,?) ON CONFLICT(name) DO UPDATE SET seq=max(seq,excluded.seq)",
            (cursor, seq),
        )
        for source, fates in tally.items():
            for fate, samples in fates.items():
                self.count(cursor, source, fate, samples)
        self._drop_passed()

    def register(self, cursor: str) -> int:
        self._db.execute("INSERT OR IGNORE INTO cursor VALUES (?,0)", (cursor,))
        (seq,) = self._db.execute("SELECT seq FROM cursor WHERE name=?", (cursor,)).fetchone()
        return int(seq)

    def count(self, cursor: str, source: str, fate: str, samples: int) -> None:
        """cursor: "" at the door, where the fate `row` is that it came in."""
        self._db.execute(
            "INSERT INTO tally VALUES (?,?,?,?) ON CONFLICT DO UPDATE SET samples=samples+excluded.samples",
            (cursor, source, fate, samples),
        )

    def set_aside(self, seq: int, reason: str) -> None:
        """Keeps a row that cannot be read for an engineer, and counts it for who has not had it."""
        kept = self._db.execute(
            "INSERT OR IGNORE INTO aside SELECT seq, source, samples, ?, data FROM batch WHERE seq=?",
            (reason, seq),
        )
        if not kept.rowcount:
            return
        source, samples = self._db.execute("SELECT source, samples FROM aside WHERE seq=?", (seq,)).fetchone()
        for (name,) in self._db.execute("SELECT name FROM cursor WHERE seq<?", (seq,)).fetchall():
            self.count(name, source, Fate.CORRUPT, samples)

    def close(self) -> None:
        self._db.close()

    def _drop_passed(self) -> None:
        floor = self._floor()
        limit = bytes_before(self._db, floor) - TAIL_BYTES
        first = bytes_before(self._db, 0)
        if limit - first < _LOT_BYTES // 4:
            return
        lot = min(limit, first + _LOT_BYTES)
        rows = self._db.execute("SELECT seq, bytes_to FROM batch ORDER BY seq LIMIT ?", (_LOT_ROWS,))
        last = max((seq for seq, bytes_to in rows if seq <= floor and bytes_to <= lot), default=0)
        self._db.execute("DELETE FROM batch WHERE seq <= ?", (last,))

    def _floor(self) -> int:
        (seq,) = self._db.execute("SELECT min(seq) FROM cursor").fetchone()
        return int(seq or 0)

    def _total(self, name: str) -> int:
        return _total(self._db, name)

    def _set_total(self, name: str, value: int) -> None:
        self._db.execute("INSERT OR REPLACE INTO total VALUES (?,?)", (name, value))


def checkpoint(db: sqlite3.Connection) -> None:
    """Copies what is committed from the log into the file while the writer goes on, so that the writer's
    own checkpoint (each 16,000 pages) finds little to do."""
    db.execute("PRAGMA wal_checkpoint(PASSIVE)")


def rows_after(db: sqlite3.Connection, after: int, limit: int) -> list[tuple[int, bytes]]:
    """At least one committed row if there is any, at most `limit` of them or about READ_BYTES."""
    rows, size = [], 0
    for seq, data in db.execute(
        "SELECT seq, data FROM batch WHERE seq>? ORDER BY seq LIMIT ?", (after, limit)
    ):
        rows.append((seq, data))
        size += len(data)
        if size > READ_BYTES:
            break
    return rows


def facts(db: sqlite3.Connection) -> SpoolFacts:
    """From one consistent view of the file."""
    db.execute("BEGIN")
    try:
        (last,) = db.execute("SELECT max(seq) FROM sqlite_sequence WHERE name='batch'").fetchone()
        (spool,) = db.execute("SELECT spool FROM name").fetchone()
        received, tallies = _tallies(db)
        cursors = db.execute("SELECT name, seq FROM cursor").fetchall()
        return SpoolFacts(
            spool=spool,
            last_seq=last or 0,
            bytes=_total(db, "bytes") - bytes_before(db, 0),
            received_by=received,
            door=tallies.get("", {}),
            readers={
                name: CursorFacts(seq, _spooled(db, seq), tallies.get(name, {})) for name, seq in cursors
            },
        )
    finally:
        db.execute("COMMIT")


def bytes_before(db: sqlite3.Connection, seq: int) -> int:
    """Bytes ever written up to and including row `seq`, and before the first row still there."""
    row = db.execute(
        "SELECT bytes_to - length(data) FROM batch WHERE seq>? ORDER BY seq LIMIT 1", (seq,)
    ).fetchone()
    return int(row[0]) if row else _total(db, "bytes")


def _tallies(db: sqlite3.Connection) -> tuple[dict[str, int], dict[str, Tally]]:
    """Received by source, and what became of them by cursor."""
    received: dict[str, int] = {}
    tallies: dict[str, Tally] = {}
    for cursor, source, fate, samples in db.execute("SELECT * FROM tally"):
        if not cursor:
            received[source] = received.get(source, 0) + samples
        if fate != "row":
            add(tallies.setdefault(cursor, {}), source, Fate(fate), samples)
    return received, tallies


def _spooled(db: sqlite3.Connection, seq: int) -> dict[str, int]:
    rows = db.execute(
        "SELECT source, sum(samples) FROM batch WHERE seq>? AND seq NOT IN (SELECT seq FROM aside)"
        " GROUP BY source",
        (seq,),
    )
    return dict(rows.fetchall())


def _total(db: sqlite3.Connection, name: str) -> int:
    row = db.execute("SELECT value FROM total WHERE name=?", (name,)).fetchone()
    return int(row[0]) if row else 0
