"""Quarantine in a SQLite file of its own: it needs no other store, and one thread serves it."""

import asyncio
import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeVar

from core.ports.quarantine import Kept, QuarantineFacts, Refusal

MAX_BYTES = 256 * 2**20
_SCHEMA = """
CREATE TABLE IF NOT EXISTS kept (
  id INTEGER PRIMARY KEY AUTOINCREMENT, digest BLOB NOT NULL UNIQUE,
  at_ns INTEGER NOT NULL, source TEXT NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL,
  samples INTEGER NOT NULL, replayed_ns INTEGER, bytes INTEGER NOT NULL, content BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS kept_replayed ON kept (id) WHERE replayed_ns IS NOT NULL;
CREATE TABLE IF NOT EXISTS ever (
  source TEXT NOT NULL, reason TEXT NOT NULL, refusals INTEGER NOT NULL, samples INTEGER NOT NULL,
  PRIMARY KEY (source, reason)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS dropped (refusals INTEGER NOT NULL);
INSERT INTO dropped SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM dropped);
"""
_COLUMNS = "id, at_ns, source, reason, detail, content, samples, replayed_ns"
T = TypeVar("T")


class SqliteQuarantine:
    """`core.ports.quarantine.Quarantine`."""

    def __init__(self, db: sqlite3.Connection, max_bytes: int) -> None:
        self._db, self._max_bytes = db, max_bytes
        self._thread = ThreadPoolExecutor(1, "quarantine")

    @classmethod
    async def open(cls, path: Path, *, max_bytes: int = MAX_BYTES) -> Self:
        """Raises sqlite3.DatabaseError when the file is no quarantine."""
        return cls(await asyncio.to_thread(_open, path), max_bytes)

    async def put(self, refusals: Sequence[Refusal]) -> None:
        if refusals:
            await self._off(partial(self._put, refusals))

    async def newest(
        self, limit: int = 100, *, source: str | None = None, reason: str | None = None, before: int = 0
    ) -> list[Kept]:
        asked = (source, source, reason, reason, before, before, limit)
        where = "(? IS NULL OR source=?) AND (? IS NULL OR reason=?) AND (?=0 OR id<?)"
        return await self._off(partial(self._find, f"WHERE {where} ORDER BY id DESC LIMIT ?", asked))

    async def get(self, ids: Sequence[int]) -> list[Kept]:
        return await self._off(partial(self._find, f"WHERE id IN ({_marks(ids)}) ORDER BY id", ids))

    async def replayed(self, ids: Sequence[int], at_ns: int) -> None:
        what = f"UPDATE kept SET replayed_ns=? WHERE id IN ({_marks(ids)})"
        await self._off(partial(self._change, what, [at_ns, *ids]))

    async def discard(self, ids: Sequence[int]) -> int:
        return await self._off(partial(self._change, f"DELETE FROM kept WHERE id IN ({_marks(ids)})", ids))

    async def facts(self) -> QuarantineFacts:
        return await self._off(self._facts)

    async def close(self) -> None:
        await asyncio.to_thread(self._thread.shutdown)
        self._db.close()

    async def _off(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._guarded, work)

    def _guarded(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except sqlite3.Error as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise OSError(f"quarantine cannot be kept: {error}") from error

    def _put(self, refusals: Sequence[Refusal]) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        for refusal in refusals:
            fresh = self._db.execute(
                "INSERT OR IGNORE INTO kept (digest, at_ns, source, reason, detail, samples, bytes, content)"
                " VALUES (?,?,?,?,?,?,?,?)",
                (_digest(refusal), *_row(refusal)),
            )
            if fresh.rowcount:
                self._db.execute(
                    "INSERT INTO ever VALUES (?,?,1,?) ON CONFLICT DO UPDATE SET"
                    " refusals=refusals+1, samples=samples+excluded.samples",
                    (refusal.source, refusal.reason, refusal.samples),
                )
        self._keep_bound()
        self._db.execute("COMMIT")

    def _keep_bound(self) -> None:
        over = self._bytes() - self._max_bytes
        for which in ("replayed_ns IS NOT NULL", "1"):
            while over > 0 and (
                row := self._db.execute(
                    f"SELECT id, bytes FROM kept WHERE {which} ORDER BY id LIMIT 1"
                ).fetchone()
            ):
                self._db.execute("DELETE FROM kept WHERE id=?", row[:1])
                self._db.execute("UPDATE dropped SET refusals=refusals+1")
                over -= row[1]

    def _bytes(self) -> int:
        return int(self._db.execute("SELECT coalesce(sum(bytes),0) FROM kept").fetchone()[0])

    def _find(self, which: str, asked: Sequence[Any]) -> list[Kept]:
        rows = self._db.execute(f"SELECT {_COLUMNS} FROM kept {which}", asked)
        return [Kept(id, Refusal(*refusal), replayed) for id, *refusal, replayed in rows]

    def _change(self, what: str, values: Sequence[Any]) -> int:
        self._db.execute("BEGIN IMMEDIATE")
        changed = self._db.execute(what, values).rowcount
        self._db.execute("COMMIT")
        return changed

    def _facts(self) -> QuarantineFacts:
        self._db.execute("BEGIN")
        kept, waiting = self._db.execute("SELECT count(*), sum(replayed_ns IS NULL) FROM kept").fetchone()
        ever = self._db.execute("SELECT source, reason, refusals, samples FROM ever").fetchall()
        (dropped,) = self._db.execute("SELECT refusals FROM dropped").fetchone()
        size = self._bytes()
        self._db.execute("COMMIT")
        counts = {(source, reason): n for source, reason, n, _ in ever}
        samples = {(source, reason): n for source, reason, _, n in ever}
        return QuarantineFacts(kept, waiting or 0, size, dropped, counts, samples)


def _open(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30.0)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.executescript(_SCHEMA)
    return db


def _digest(refusal: Refusal) -> bytes:
    head = f"{len(refusal.source)} {refusal.source}{len(refusal.reason)} {refusal.reason}".encode()
    return hashlib.blake2b(head + refusal.content, digest_size=16).digest()


def _row(refusal: Refusal) -> tuple[Any, ...]:
    content = refusal.content
    return (
        refusal.at_ns,
        refusal.source,
        refusal.reason,
        refusal.detail,
        refusal.samples,
        len(content) + len(refusal.detail),
        content,
    )


def _marks(ids: Sequence[int]) -> str:
    return ",".join("?" * len(ids))
