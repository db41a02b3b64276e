"""The ledger in SQL: SQLite (WAL, synchronous=FULL) on one machine.

Statements and migrations are of the SQL that PostgreSQL has too, but for the marks of values (ADR 0007).
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from copy import copy
from pathlib import Path
from typing import Any, Self

import msgspec

from core.adapters.sql_ledger.audit_verified import audit_verified
from core.adapters.sql_ledger.auditing import Notes
from core.adapters.sql_ledger.connection import BUSY_S, READS, WRITES, Connection
from core.adapters.sql_ledger.held import Held
from core.adapters.sql_ledger.large import KEPT
from core.adapters.sql_ledger.rows_verified import rows_differing
from core.adapters.sql_ledger.tx import SqlTx
from core.adapters.sql_ledger.verified import contradictions, verified
from core.model.alarm import JournalEntry
from core.model.audit import FIRST_HASH, Acting, Anchor, AuditRow
from core.model.command import Command
from core.model.event import Event
from core.ports.ledger import LedgerUnavailable

LOOK_AGAIN_S = 1.0
"""A commit of this process wakes `follow` at once; one of another process is seen within this time."""
READERS = 4
READ_AT_ONCE = 5_000
"""Rows of the journal."""
_ENTRY = msgspec.json.Decoder(JournalEntry)


class SqlLedger:
    """`core.ports.ledger.Ledger`. Writers take turns on one connection; readers have their own."""

    def __init__(self, path: Path, writer: Connection) -> None:
        self._path, self._writer = path, writer
        self._turn = asyncio.Lock()
        self._idle: list[Connection] = []
        self._free = asyncio.Semaphore(READERS)
        self._wakes: set[asyncio.Event] = set()
        self._acting: Acting | None = None
        self._held: Held | None = None
        self.audited = 0

    @classmethod
    async def open(cls, path: Path) -> Self:
        """Brings the schema up to date first. Raises sqlite3.DatabaseError when the file is no ledger."""
        writer = Connection(path, WRITES, KEPT)
        try:
            await writer.upgrade()
        except BaseException:
            await writer.close()
            raise
        return cls(path, writer)

    def acting(self, acting: Acting, once: Command | None = None) -> Self:
        """Shares everything with this one but the name it writes in."""
        ledger = copy(self)
        ledger._acting, ledger.audited = acting, 0
        ledger._held = Held(once, ledger._end) if once else self._held
        return ledger

    async def told(self, command: Command | None, *, stands: bool = True) -> None:
        if self._held is None:
            raise ValueError("this ledger is of no command that is done once")
        if command is None:
            await self._held.refused(stands)
        elif not await self._held.told(command):
            await self._turn.acquire()
            self._held.hold(SqlTx(self._writer))
            await self._held.told(command)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[SqlTx]:
        if self._held is not None:
            await self._held.settle()
        notes = Notes(self._writer, self._acting) if self._acting else None
        tx = SqlTx(self._writer, notes)
        await self._turn.acquire()
        try:
            yield tx
            self.audited += bool(notes and await notes.end())
        except BaseException:
            await self._end(tx, False)
            raise
        if self._held is not None:
            self._held.hold(tx)
        else:
            await self._end(tx, True)

    async def _end(self, tx: SqlTx, stands: bool) -> None:
        """Lets the next writer in, and those who follow events know."""
        try:
            await (self._writer.commit() if stands else self._writer.roll_back())
        finally:
            self._turn.release()
        if stands and tx.emitted:
            for wake in self._wakes:
                wake.set()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[SqlTx]:
        async with self._reader() as connection:
            yield SqlTx(connection)

    @asynccontextmanager
    async def _reader(self) -> AsyncIterator[Connection]:
        """One of its own, for one consistent view. Raises LedgerUnavailable when all are busy too long."""
        if self._held is not None:
            await self._held.settle()
        try:
            async with asyncio.timeout(BUSY_S):
                await self._free.acquire()
        except TimeoutError as error:
            raise LedgerUnavailable(f"the ledger: {READERS} readers were busy for {BUSY_S:g} s") from error
        connection = self._idle.pop() if self._idle else Connection(self._path, READS)
        try:
            yield connection
        finally:
            try:
                await connection.roll_back()
            finally:
                self._idle.append(connection)
                self._free.release()

    async def events(self, after: int, limit: int = 500) -> Sequence[Event]:
        sql = "SELECT id, body FROM event WHERE id > ? ORDER BY id LIMIT ?"
        async with self._reader() as connection:
            rows = await connection.rows(sql, (after, limit))
        return [_event(body, id) for id, body in rows]

    async def follow(self, after: int) -> AsyncIterator[Sequence[Event]]:
        wake = asyncio.Event()
        self._wakes.add(wake)
        try:
            while True:
                if events := await self.events(after):
                    yield events
                    after = events[-1].id
                    continue
                try:
                    async with asyncio.timeout(LOOK_AGAIN_S):
                        await wake.wait()
                except TimeoutError:
                    continue
                wake.clear()
        finally:
            self._wakes.discard(wake)

    async def last_event(self) -> int:
        async with self._reader() as connection:
            return await connection.scalar("SELECT max(id) FROM event") or 0

    async def journal_of(self, alarm: str, limit: int = 100) -> list[JournalEntry]:
        return [entry for _, entry in await self.journal_before(None, limit, alarm)]

    async def journal_before(
        self, seq: int | None, limit: int, alarm: str | None = None
    ) -> list[tuple[int, JournalEntry]]:
        rows = await self._newest(
            "SELECT seq, body FROM journal", limit, {"seq < ?": seq, "alarm = ?": alarm}
        )
        return [(n, _ENTRY.decode(body)) for n, body in rows]

    async def journal_between(self, start_ns: int, end_ns: int) -> AsyncIterator[list[JournalEntry]]:
        sql = (
            "SELECT seq, body FROM journal WHERE commit_ns >= ? AND commit_ns < ? AND seq > ? "
            "ORDER BY seq LIMIT ?"
        )
        last = -1
        while True:
            async with self._reader() as connection:
                rows = await connection.rows(sql, (start_ns, end_ns, last, READ_AT_ONCE))
            if not rows:
                return
            last = rows[-1][0]
            yield await asyncio.to_thread(_entries, [body for _, body in rows])

    async def journal_at(self, t_ns: int) -> list[JournalEntry]:
        sql = (
            "SELECT body FROM journal WHERE seq IN "
            "(SELECT max(seq) FROM journal WHERE commit_ns <= ? GROUP BY alarm) ORDER BY alarm"
        )
        async with self._reader() as connection:
            rows = await connection.rows(sql, (t_ns,))
        return await asyncio.to_thread(_entries, [body for (body,) in rows])

    async def journal_end(self) -> int:
        async with self._reader() as connection:
            return await connection.scalar("SELECT max(seq) FROM journal") or 0

    async def verify_journal(self) -> int:
        return await asyncio.to_thread(verified, self._path)

    async def verify_audit(self, anchors: Iterable[Anchor] = ()) -> int:
        return await asyncio.to_thread(audit_verified, self._path, anchors)

    async def verify_told(self) -> list[str]:
        return await asyncio.to_thread(rows_differing, self._path)

    async def audit_head(self) -> tuple[int, str]:
        async with self._reader() as connection:
            rows = await connection.rows("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
        return tuple(rows[0]) if rows else (0, FIRST_HASH)

    async def audit_before(self, seq: int | None, limit: int, who: str | None = None) -> list[AuditRow]:
        what = "SELECT seq, at_ns, who, body, hash FROM audit"
        rows = await self._newest(what, limit, {"seq < ?": seq, "who = ?": who})
        return [AuditRow(seq=n, at_ns=at, who=by, body=body, hash=hash) for n, at, by, body, hash in rows]

    async def _newest(self, what: str, limit: int, conditions: Mapping[str, object]) -> list[Any]:
        """Rows with a `seq`, the last first; a condition whose value is None is none."""
        asked = {condition: value for condition, value in conditions.items() if value is not None}
        where = f"WHERE {' AND '.join(asked)} " if asked else ""
        async with self._reader() as connection:
            return await connection.rows(f"{what} {where}ORDER BY seq DESC LIMIT ?", (*asked.values(), limit))

    async def verify_records(self) -> list[str]:
        return await asyncio.to_thread(contradictions, self._path)

    async def close(self) -> None:
        for connection in (self._writer, *self._idle):
            await connection.close()


def _entries(bodies: Sequence[str]) -> list[JournalEntry]:
    """Thousands: off the loop."""
    return [_ENTRY.decode(body) for body in bodies]


def _event(body: str, id: int) -> Event:
    fields = msgspec.json.decode(body)
    fields["id"] = id
    return msgspec.convert(fields, Event)
