"""A spool of the first format, one SQLite database, is carried over; its file stays as `spool.db.old`."""

import sqlite3
from pathlib import Path

from core.adapters.segment_spool.log import Log
from core.durable_file import sync_folder
from core.model.sample import Batch, CorruptBatch

OLD = "spool.db"
"""While it is there nothing else has been put: a start that was cut short begins again."""
_ROWS = 200


def carry_over(folder: Path, log: Log) -> None:
    """Rows that a cursor has yet to pass, under their own sequences. The books begin anew with them."""
    path = folder / OLD
    if not path.exists():
        return
    db = sqlite3.connect(path)
    try:
        cursors: dict[str, int] = dict(db.execute("SELECT name, seq FROM cursor"))
        (last,) = db.execute("SELECT max(seq) FROM sqlite_sequence WHERE name='batch'").fetchone()
        floor = min(cursors.values(), default=0)
        (first,) = db.execute("SELECT min(seq) FROM batch WHERE seq>?", (floor,)).fetchone()
        log.state.last_seq = (first or (last or 0) + 1) - 1
        log.begin_file(log.now_ns())
        for name, seq in cursors.items():
            log.change(["pass", name, 0, seq, {}])
        rows = db.execute("SELECT data FROM batch WHERE seq>? ORDER BY seq", (log.state.last_seq,))
        while some := rows.fetchmany(_ROWS):
            for (data,) in some:
                _carry(log, data)
            log.commit()
        log.commit()
    finally:
        db.close()
    path.rename(folder / "spool.db.old")
    sync_folder(folder)


def _carry(log: Log, data: bytes) -> None:
    try:
        batch = Batch.decode(data)
    except CorruptBatch:
        batch = Batch.of("hub", [])
    log.append(batch.by_source(), batch.encode())
