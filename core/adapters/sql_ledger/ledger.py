"""The ledger in SQL: SQLite (WAL, synchronous=FULL) on one machine; the same statements run on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Self

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from core.adapters.sql_ledger.migrate import upgrade
from core.adapters.sql_ledger.tables import EVENT, JOURNAL
from core.adapters.sql_ledger.tx import FIRST_HASH, SqlTx, chained
from core.model.alarm import JournalEntry
from core.model.event import Event
from core.ports.ledger import JournalBroken

BUSY_S = 10.0
"""How long one writer waits for another process's transaction."""
LOOK_AGAIN_S = 1.0
"""A commit of this process wakes `follow` at once; one of another process is seen within this time."""


class SqlLedger:
    """`core.ports.ledger.Ledger`. Writers take turns on one connection; readers have their own."""

    def __init__(self, writer: AsyncEngine, readers: AsyncEngine) -> None:
        self._writer = writer
        self._readers = readers
        self._turn = asyncio.Lock()
        self._wakes: set[asyncio.Event] = set()

    @classmethod
    async def open(cls, url: str) -> Self:
        """`sqlite+aiosqlite:///path/ledger.db`; brings the schema up to date first."""
        writer = _engine(url, begin="BEGIN IMMEDIATE", connections=1)
        readers = _engine(url, begin="BEGIN", connections=4)
        async with writer.begin() as connection:
            await connection.run_sync(upgrade)
        return cls(writer, readers)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[SqlTx]:
        async with self._turn, self._writer.begin() as connection:
            tx = SqlTx(connection)
            yield tx
        if tx.emitted:
            for wake in self._wakes:
                wake.set()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[SqlTx]:
        async with self._readers.connect() as connection:
            yield SqlTx(connection)

    async def events(self, after: int, limit: int = 500) -> Sequence[Event]:
        query = sa.select(EVENT).where(EVENT.c.id > after).order_by(EVENT.c.id).limit(limit)
        async with self._readers.connect() as connection:
            rows = (await connection.execute(query)).all()
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
        async with self._readers.connect() as connection:
            return await connection.scalar(sa.select(sa.func.max(EVENT.c.id))) or 0

    async def journal_of(self, alarm: str, limit: int = 100) -> list[JournalEntry]:
        query = (
            sa.select(JOURNAL.c.body)
            .where(JOURNAL.c.alarm == alarm)
            .order_by(JOURNAL.c.seq.desc())
            .limit(limit)
        )
        async with self._readers.connect() as connection:
            bodies = await connection.scalars(query)
            return [msgspec.json.decode(body, type=JournalEntry) for body in bodies]

    async def verify_journal(self) -> int:
        before, n = FIRST_HASH, 0
        async with self._readers.connect() as connection:
            rows = await connection.execute(
                sa.select(JOURNAL.c.seq, JOURNAL.c.body, JOURNAL.c.hash).order_by(JOURNAL.c.seq)
            )
            for seq, body, hash in rows:
                if hash != chained(before, body):
                    raise JournalBroken(f"journal row {seq} does not follow from the one before it")
                before, n = hash, n + 1
        return n

    async def close(self) -> None:
        await self._writer.dispose()
        await self._readers.dispose()


def _event(body: str, id: int) -> Event:
    fields = msgspec.json.decode(body)
    fields["id"] = id
    return msgspec.convert(fields, Event)


def _engine(url: str, *, begin: str, connections: int) -> AsyncEngine:
    engine = create_async_engine(url, pool_size=connections, max_overflow=0, pool_timeout=BUSY_S)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        sa.event.listen(engine.sync_engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """The driver's own transaction handling is switched off: `begin` says which kind starts."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={int(BUSY_S * 1000)}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
