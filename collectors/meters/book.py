"""What the hub knows of each meter, in a small file of its own.

Not the historian: that may be behind the spool for hours when the hub is killed, and knows nothing of a held
reading. States and the spool's sequence they belong to are one transaction, so that a restart reads on from
there and makes the same samples again, each of them the same sample to the historian.
"""

import sqlite3
from collections.abc import Mapping
from pathlib import Path

from collectors.meters.meter import Meter, decode, encode

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meter (tag TEXT PRIMARY KEY, state BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS place (spool TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
"""


class Book:
    """Serves one thread at a time. Raises sqlite3.Error."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(file, isolation_level=None, check_same_thread=False, timeout=10.0)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.executescript(_SCHEMA)

    def load(self, spool: str) -> tuple[dict[str, Meter], int | None]:
        """All meters, and the sequence they belong to; None when this spool was never read."""
        meters = {tag: decode(state) for tag, state in self._db.execute("SELECT tag, state FROM meter")}
        place = self._db.execute("SELECT seq FROM place WHERE spool=?", (spool,)).fetchone()
        return meters, place[0] if place else None

    def save(self, changed: Mapping[str, bytes], spool: str, seq: int) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        self._db.executemany("INSERT OR REPLACE INTO meter VALUES (?,?)", changed.items())
        self._db.execute("INSERT OR REPLACE INTO place VALUES (?,?)", (spool, seq))
        self._db.execute("COMMIT")

    def close(self) -> None:
        self._db.close()


def states(meters: Mapping[str, Meter], tags: set[str]) -> dict[str, bytes]:
    return {tag: encode(meters[tag]) for tag in tags}
