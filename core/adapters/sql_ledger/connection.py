"""A SQLite connection and the thread that serves it, one statement after the other."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from core.adapters.sql_ledger.large import Large
from core.adapters.sql_ledger.migrate import upgrade
from core.adapters.sql_ledger.persons_carried import carry_persons
from core.ports.ledger import LedgerUnavailable

WRITES, READS = "BEGIN IMMEDIATE", "BEGIN"
"""What a transaction starts with. Through one that reads nothing is written: it would be undone at its end,
and nobody told."""
BUSY_S = 10.0
"""How long one waits for another process's transaction, and a reader for another's connection."""
_AWAY = (
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
)
"""What it says when its disk is full or fails, or another process has it; extended codes begin with these."""

T = TypeVar("T")
Row = Sequence[object]


class Connection:
    """begin: WRITES or READS, at a transaction's first statement. kept: of large records, see `Large`.
    What is asked for is done in order, also where nobody waits for it any more."""

    def __init__(self, path: Path, begin: str, kept: int = 0) -> None:
        self._path, self._begin = path, begin
        self._db: sqlite3.Connection | None = None
        self._thread = ThreadPoolExecutor(1, "ledger")
        self.large = Large(kept)

    async def upgrade(self) -> None:
        await self._off(self._upgrade)

    def _upgrade(self) -> None:
        upgrade(self._opened())
        carry_persons(self._opened(), self._path)

    async def rows(self, sql: str, values: Row = ()) -> list[Any]:
        return await self._off(lambda: self._begun().execute(sql, values).fetchall())

    async def scalar(self, sql: str, values: Row = ()) -> Any:
        """The first column of the first row; None without one."""
        rows = await self.rows(sql, values)
        return rows[0][0] if rows else None

    async def change(self, sql: str, *rows: Row) -> int:
        """How many rows of the table that was."""
        return await self._off(lambda: self._begun().executemany(sql, rows).rowcount)

    async def commit(self) -> None:
        """Or nothing of the transaction stands."""
        await asyncio.shield(self._off(partial(self._end, "COMMIT")))

    async def roll_back(self) -> None:
        await asyncio.shield(self._off(partial(self._end, "ROLLBACK")))

    async def close(self) -> None:
        await self._off(self._close)
        await asyncio.to_thread(self._thread.shutdown)

    def _off(self, work: Callable[[], T]) -> "asyncio.Future[T]":
        return asyncio.get_running_loop().run_in_executor(self._thread, _told, work)

    def _opened(self) -> sqlite3.Connection:
        if self._db is None:
            db = sqlite3.connect(self._path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=FULL")
            db.execute("PRAGMA cache_size=-512")
            db.execute("PRAGMA secure_delete=ON")  # what is forgotten is in no free page either
            if self._begin == READS:
                db.execute("PRAGMA query_only=ON")
            self._db = db
        return self._db

    def _begun(self) -> sqlite3.Connection:
        db = self._opened()
        if not db.in_transaction:
            db.execute(self._begin)
        return db

    def _end(self, how: str) -> None:
        db = self._db
        if db is None or not db.in_transaction:
            return
        try:
            db.execute(how)
        finally:
            if db.in_transaction:
                db.execute("ROLLBACK")

    def _close(self) -> None:
        if self._db is not None:
            self._db.close()


def _told(work: Callable[[], T]) -> T:
    """What SQLite says of its disk, in the port's words."""
    try:
        return work()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in _AWAY:
            raise LedgerUnavailable(f"the ledger: {error}") from error
        raise
