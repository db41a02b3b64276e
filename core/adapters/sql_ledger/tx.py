"""One ledger transaction over one connection."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from core.adapters.sql_ledger.tables import COUNTER, CURSOR, EVENT, JOURNAL, KEPT, TABLES, plain, row_of
from core.model.alarm import JournalEntry
from core.model.event import Event
from core.ports.ledger import Page, R, Record

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST_HASH = "0" * 64


def chained(before: str, body: str) -> str:
    """The hash of a journal row: SHA-256 over the hash before it and its own body."""
    return hashlib.sha256(f"{before}\n{body}".encode()).hexdigest()


class SqlTx:
    """`core.ports.ledger.Tx`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._insert: Any = postgres_insert if connection.dialect.name == "postgresql" else sqlite_insert
        self.emitted = False

    async def get(self, kind: type[R], id: str) -> R | None:
        table = TABLES[kind]
        body = await self._connection.scalar(sa.select(table.c.body).where(table.c.id == id))
        return None if body is None else msgspec.json.decode(body, type=kind)

    async def find(self, kind: type[R], page: Page | None = None, /, **equal: object) -> list[R]:
        table = TABLES[kind]
        query = sa.select(table.c.body)
        for name, wanted in equal.items():
            column = table.c[name]
            if isinstance(wanted, tuple):
                query = query.where(column.in_([plain(one) for one in wanted]))
            else:
                query = query.where(column == plain(wanted))
        if page is None:
            query = query.order_by(table.c.id)
        else:
            query = query.order_by(table.c.id.desc()).limit(page.limit)
            if page.after is not None:
                query = query.where(table.c.id < page.after)
        bodies = await self._connection.scalars(query)
        decoder = msgspec.json.Decoder(kind)
        return [decoder.decode(body) for body in bodies]

    async def put(self, record: Record) -> None:
        await self.put_many([record])

    async def put_many(self, records: Iterable[Record]) -> None:
        rows = list(records)
        if not rows:
            return
        insert = self._insert(TABLES[type(rows[0])])
        fresh = {c.name: c for c in insert.excluded if c.name != "id"}
        upsert = insert.on_conflict_do_update(index_elements=["id"], set_=fresh)
        await self._connection.execute(upsert, [row_of(record) for record in rows])

    async def insert(self, record: Record) -> bool:
        insert = self._insert(TABLES[type(record)]).values(row_of(record)).on_conflict_do_nothing()
        return (await self._connection.execute(insert)).rowcount == 1

    async def delete(self, kind: type[Record], id: str) -> None:
        table = TABLES[kind]
        await self._connection.execute(sa.delete(table).where(table.c.id == id))

    async def next_id(self, prefix: str, t_ns: int) -> str:
        day = datetime.fromtimestamp(t_ns / 1e9, UTC).astimezone(SHANGHAI).strftime("%Y%m%d")
        name = f"{prefix}-{day}"
        insert = self._insert(COUNTER).values(name=name, n=1)
        counted = insert.on_conflict_do_update(index_elements=["name"], set_={"n": COUNTER.c.n + 1})
        n = await self._connection.scalar(counted.returning(COUNTER.c.n))
        return f"{name}-{n:05d}"

    async def journal(self, entry: JournalEntry) -> bool:
        last = await self._connection.scalar(
            sa.select(JOURNAL.c.hash).order_by(JOURNAL.c.seq.desc()).limit(1)
        )
        body = msgspec.json.encode(entry, order="sorted").decode()
        row = {
            "alarm": entry.alarm,
            "event": entry.event,
            "event_ns": entry.event_ns,
            "spool_seq": entry.spool_seq,
            "body": body,
            "hash": chained(last or FIRST_HASH, body),
        }
        insert = self._insert(JOURNAL).values(row).on_conflict_do_nothing()
        return (await self._connection.execute(insert)).rowcount == 1

    async def emit(self, event: Event) -> int:
        body = msgspec.json.encode(event).decode()
        id = await self._connection.scalar(sa.insert(EVENT).values(body=body).returning(EVENT.c.id))
        self.emitted = True
        return int(id or 0)

    async def cursor(self, name: str) -> int:
        at = await self._connection.scalar(sa.select(CURSOR.c.at).where(CURSOR.c.name == name))
        return at or 0

    async def set_cursor(self, name: str, at: int) -> None:
        await self._upsert(CURSOR, {"name": name, "at": at})

    async def keep(self, name: str, content: bytes) -> None:
        await self._upsert(KEPT, {"name": name, "content": content})

    async def kept(self, name: str) -> bytes | None:
        return await self._connection.scalar(sa.select(KEPT.c.content).where(KEPT.c.name == name))

    async def _upsert(self, table: sa.Table, row: dict[str, object]) -> None:
        insert = self._insert(table).values(row)
        await self._connection.execute(
            insert.on_conflict_do_update(
                index_elements=["name"], set_={k: row[k] for k in row if k != "name"}
            )
        )
