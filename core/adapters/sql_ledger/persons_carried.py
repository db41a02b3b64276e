"""Moves the phones and names that accounts of earlier versions held into sealed persons, and wipes the file.

SQLite keeps what was deleted in free pages and in its log until they are written over. So the file is written
anew (VACUUM) and the log cut to nothing; a move that was cut short goes on at the next opening.
"""

import sqlite3
import time
from pathlib import Path

import msgspec

from core.adapters.sealed_vault import sealed
from core.adapters.sql_ledger.tables import TABLES
from core.adapters.vault_keys import KeyRing
from core.model.person import Person, SealedPerson
from core.runtime.logs import log

KEYS = "keys"
"""The folder of keys, beside the ledger's file."""
_CURSOR = "persons_to_carry"
_TO_WIPE = -1
ROWS_AT_ONCE = 2_000
BUSY_S = 10.0


def carry_persons(db: sqlite3.Connection, path: Path) -> None:
    """Nothing to do in a new ledger, or when it is done. Raises sqlite3.Error, OSError."""
    left = db.execute('SELECT "at" FROM cursor WHERE name = ?', (_CURSOR,)).fetchone()
    if left is None or left[0] == 0:
        return
    if left[0] != _TO_WIPE:
        _carry(db, KeyRing.open(path.parent / KEYS))
    _wipe(db)


def _carry(db: sqlite3.Connection, keys: KeyRing) -> None:
    db.execute("PRAGMA secure_delete=ON")
    db.execute("BEGIN IMMEDIATE")
    try:
        last, n = "", 0
        while rows := db.execute(
            "SELECT id, body FROM account WHERE id > ? ORDER BY id LIMIT ?", (last, ROWS_AT_ONCE)
        ).fetchall():
            persons, bodies = [], []
            for id, body in rows:
                account = msgspec.json.decode(body)
                name, phone = account.pop("label", ""), account.pop("tel", "")
                bodies.append((msgspec.json.encode(account).decode(), id))
                if name or phone:
                    persons.append(Person(id=f"P-{id}", account=id, name=name, phone=phone))
            db.executemany("UPDATE account SET body = ? WHERE id = ?", bodies)
            table = TABLES[SealedPerson]
            db.executemany(table.upsert, [table.row(sealed(keys.newest, person)) for person in persons])
            last, n = rows[-1][0], n + len(persons)
        db.execute('UPDATE cursor SET "at" = ? WHERE name = ?', (_TO_WIPE, _CURSOR))
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")
    log.info("personal data sealed", persons=n)


def _wipe(db: sqlite3.Connection) -> None:
    """A reader of another process holds the log open: then it is tried again at the next opening."""
    db.execute("VACUUM")
    until = time.monotonic() + BUSY_S
    while db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        if time.monotonic() > until:
            log.warning("the ledger's log still holds personal data: somebody reads it")
            return
        time.sleep(0.1)
    db.execute('UPDATE cursor SET "at" = 0 WHERE name = ?', (_CURSOR,))
