"""Brings a ledger's schema up to date, in place, inside one transaction."""

import sqlite3
from pathlib import Path

MIGRATIONS = Path(__file__).parent / "migrations"
"""One file of statements a revision, named by it, in order."""
_VERSION = "alembic_version"
"""Where a ledger's revision stands, named by what kept it there in earlier versions."""


def upgrade(db: sqlite3.Connection) -> None:
    """Raises sqlite3.DatabaseError, and nothing is changed, where the file is none of the hub's."""
    if version(db) == head():
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        reached = version(db)
        for file in files():
            if reached is None or _revision(file) > reached:
                for statement in file.read_text(encoding="utf-8").split(";\n"):
                    db.execute(statement)
        db.execute(f"CREATE TABLE IF NOT EXISTS {_VERSION} (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        db.execute(f"DELETE FROM {_VERSION}")
        db.execute(f"INSERT INTO {_VERSION} VALUES (?)", (max(head(), reached or ""),))
    except sqlite3.Error:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def version(db: sqlite3.Connection) -> str | None:
    """The ledger's revision; None for a new one."""
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (_VERSION,)).fetchone():
        return None
    row = db.execute(f"SELECT version_num FROM {_VERSION}").fetchone()
    return row[0] if row else None


def head() -> str:
    """The newest revision there is."""
    return _revision(files()[-1])


def files() -> list[Path]:
    return sorted(MIGRATIONS.glob("[0-9]*.sql"))


def _revision(file: Path) -> str:
    return file.stem.partition("_")[0]
