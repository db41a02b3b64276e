"""One ledger transaction over one connection."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec

from core.adapters.sql_ledger.asking import between, conditions_of, found, newest
from core.adapters.sql_ledger.auditing import Notes
from core.adapters.sql_ledger.connection import Connection
from core.adapters.sql_ledger.tables import JOURNAL_COLUMNS, TABLES, marks, names, told
from core.model.alarm import Alarm, JournalEntry, State
from core.model.audit import FIRST_HASH, chained
from core.model.event import Event
from core.model.timer import Timer
from core.ports.ledger import Page, R, Record

SHANGHAI = ZoneInfo("Asia/Shanghai")
_ENTRY = msgspec.json.Decoder(JournalEntry)

_COUNT = """
INSERT INTO counter (name, n) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET n = counter.n + 1 RETURNING n
"""
_JOURNAL = f"INSERT INTO journal ({names((*JOURNAL_COLUMNS, 'body', 'hash'))})"
_JOURNAL_MANY = f"{_JOURNAL} VALUES (?, ?, ?, ?, ?, ?, ?)"
_JOURNAL_ONCE = f"""
{_JOURNAL} SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE NOT EXISTS (
  SELECT 1 FROM journal WHERE alarm = ?1 AND event = ?2 AND event_ns = ?3 AND spool_seq = ?4
)
"""
"""A conflict would use up a number, and a number that is missing tells of a row that was removed."""
_LAST_HASH = "SELECT hash FROM journal ORDER BY seq DESC LIMIT 1"
_SINCE = """
SELECT body FROM journal JOIN (
  SELECT alarm AS id, max(CASE WHEN event = 'restart' THEN seq ELSE 0 END) AS first FROM journal
  WHERE alarm IN ({}) GROUP BY alarm
) AS since ON alarm = since.id AND seq >= since.first ORDER BY seq
"""
_LAST = "SELECT body FROM journal WHERE seq IN (SELECT max(seq) FROM journal GROUP BY alarm)"
_SHELVED = """
SELECT body FROM alarm WHERE state IN (?, ?, ?) AND body NOT LIKE '%"shelf":null%' ORDER BY id
"""
"""Of the thousands that a lost station withholds the few that are on the shelf: no others are decoded."""
_CURSOR = """
INSERT INTO cursor (name, "at") VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET "at" = excluded."at"
"""
_KEEP = """
INSERT INTO kept (name, content) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET content = excluded.content
"""


class _Left(msgspec.Struct):
    """Of an entry no more than how it left its alarm."""

    alarm: str
    after: State


_LEFT = msgspec.json.Decoder(_Left)


class SqlTx:
    """`core.ports.ledger.Tx`."""

    def __init__(self, connection: Connection, notes: Notes | None = None) -> None:
        self._connection, self._notes = connection, notes
        self.emitted = False

    async def get(self, kind: type[R], id: str) -> R | None:
        sql = f'SELECT body FROM "{TABLES[kind].name}" WHERE id = ?'
        body = await self._connection.scalar(sql, (id,))
        return None if body is None else self._connection.large.decoded(body, msgspec.json.Decoder(kind))

    async def find(self, kind: type[R], page: Page | None = None, /, **equal: object) -> list[R]:
        sql, values = found(TABLES[kind], equal) if page is None else newest(TABLES[kind], page, equal)
        rows = await self._connection.rows(sql, values)
        decoder = msgspec.json.Decoder(kind)
        return [self._connection.large.decoded(body, decoder) for (body,) in rows]

    async def within(
        self, kind: type[R], column: str, start: int, end: int, limit: int | None = None, /, **equal: object
    ) -> list[R]:
        sql, values = between(TABLES[kind], column, start, end, limit, equal)
        decoder = msgspec.json.Decoder(kind)
        return [decoder.decode(body) for (body,) in reversed(await self._connection.rows(sql, values))]

    async def put(self, record: Record) -> None:
        await self.put_many([record])

    async def put_many(self, records: Iterable[Record]) -> None:
        rows = list(records)
        if rows:
            table = TABLES[type(rows[0])]
            if self._notes:
                await self._notes.writes(type(rows[0]), [record.id for record in rows])
            written = [table.row(record) for record in rows]
            for record, (*_, body) in zip(rows, written, strict=True):
                self._connection.large.seen(body, record)
            await self._connection.change(table.upsert, *written)
            if self._notes:
                for record, (*_, body) in zip(rows, written, strict=True):
                    self._notes.written(type(record), record.id, body)

    async def insert(self, record: Record) -> bool:
        table = TABLES[type(record)]
        row = table.row(record)
        inserted = await self._connection.change(table.insert_new, row) == 1
        if inserted and self._notes:
            self._notes.inserted(type(record), record.id, row[-1])
        return inserted

    async def delete(self, kind: type[Record], id: str) -> None:
        if self._notes:
            await self._notes.writes(kind, [id])
            self._notes.written(kind, id, None)
        await self._connection.change(f'DELETE FROM "{TABLES[kind].name}" WHERE id = ?', (id,))

    async def shelved(self) -> list[Alarm]:
        states = (State.SHLVD.value, State.DSUPR.value, State.OOSRV.value)
        rows = await self._connection.rows(_SHELVED, states)
        alarms = (msgspec.json.decode(body, type=Alarm) for (body,) in rows)
        return [alarm for alarm in alarms if alarm.shelf]

    async def timers_due(self, kinds: Sequence[str], t_ns: int, limit: int = 100) -> list[Timer]:
        wanted = f"kind IN ({marks(len(kinds))}) AND due_ns <= ?"
        sql = f"SELECT body FROM timer WHERE {wanted} ORDER BY due_ns, id LIMIT ?"
        rows = await self._connection.rows(sql, (*kinds, t_ns, limit))
        return [msgspec.json.decode(body, type=Timer) for (body,) in rows]

    async def due(self, kind: type[R], t_ns: int, limit: int, /, **equal: object) -> list[R]:
        table = TABLES[kind]
        conditions, values = conditions_of(table, equal)
        where = " AND ".join([*conditions, "due_ns <= ?"])
        sql = f'SELECT body FROM "{table.name}" WHERE {where} ORDER BY due_ns, id LIMIT ?'
        rows = await self._connection.rows(sql, (*values, t_ns, limit))
        decoder = msgspec.json.Decoder(kind)
        return [decoder.decode(body) for (body,) in rows]

    async def count(
        self, kind: type[Record], by: Sequence[str], /, **equal: object
    ) -> dict[tuple[str, ...], int]:
        table = TABLES[kind]
        conditions, values = conditions_of(table, equal)
        where = f"WHERE {' AND '.join(conditions)} " if conditions else ""
        sql = f'SELECT {names(by)}, count(*) FROM "{table.name}" {where}GROUP BY {names(by)}'
        rows = await self._connection.rows(sql, values)
        return {tuple("" if part is None else str(part) for part in key): n for *key, n in rows}

    async def next_id(self, prefix: str, t_ns: int) -> str:
        day = datetime.fromtimestamp(t_ns / 1e9, UTC).astimezone(SHANGHAI).strftime("%Y%m%d")
        name = f"{prefix}-{day}"
        n: int = await self._connection.scalar(_COUNT, (name,))
        return f"{name}-{n:05d}"

    async def journal(self, entry: JournalEntry) -> bool:
        last = await self._connection.scalar(_LAST_HASH)
        return await self._connection.change(_JOURNAL_ONCE, _row(last, entry)) == 1

    async def journal_many(self, entries: Sequence[JournalEntry]) -> None:
        last, rows = await self._connection.scalar(_LAST_HASH), []
        for entry in entries:
            rows.append(_row(last, entry))
            last = str(rows[-1][-1])
        await self._connection.change(_JOURNAL_MANY, *rows)

    async def journal_from(self, seq: int, limit: int) -> list[tuple[int, JournalEntry]]:
        sql = "SELECT seq, body FROM journal WHERE seq > ? ORDER BY seq LIMIT ?"
        return [(n, _ENTRY.decode(body)) for n, body in await self._connection.rows(sql, (seq, limit))]

    async def since_restart(self, alarms: Sequence[str]) -> dict[str, list[JournalEntry]]:
        found: dict[str, list[JournalEntry]] = {alarm: [] for alarm in alarms}
        for (body,) in await self._connection.rows(_SINCE.format(marks(len(alarms))), alarms):
            entry = _ENTRY.decode(body)
            found[entry.alarm].append(entry)
        return found

    async def standing(self) -> list[str]:
        rows = await self._connection.rows("SELECT id FROM alarm WHERE state <> ?", (State.NORM.value,))
        last = [_LEFT.decode(body) for (body,) in await self._connection.rows(_LAST)]
        return sorted({id for (id,) in rows} | {e.alarm for e in last if e.after is not State.NORM})

    async def journalled_after(self, spool_seq: int) -> set[tuple[str, str, int]]:
        sql = "SELECT alarm, event, event_ns FROM journal WHERE spool_seq > ?"
        return {tuple(row) for row in await self._connection.rows(sql, (spool_seq,))}

    async def journalled(self, alarm: str, spool_seq: int | None, event: str, event_ns: int) -> bool:
        if spool_seq is None:
            return False
        sql = "SELECT 1 FROM journal WHERE alarm = ? AND spool_seq = ? AND event = ? AND event_ns = ?"
        return await self._connection.scalar(sql, (alarm, spool_seq, event, event_ns)) is not None

    async def emit(self, event: Event) -> int:
        body = msgspec.json.encode(event).decode()
        id: int = await self._connection.scalar("INSERT INTO event (body) VALUES (?) RETURNING id", (body,))
        self.emitted = True
        return id

    async def emit_many(self, events: Sequence[Event]) -> None:
        rows = [(msgspec.json.encode(event).decode(),) for event in events]
        await self._connection.change("INSERT INTO event (body) VALUES (?)", *rows)
        self.emitted = True

    async def cursor(self, name: str) -> int:
        at: int | None = await self._connection.scalar('SELECT "at" FROM cursor WHERE name = ?', (name,))
        return at or 0

    async def set_cursor(self, name: str, at: int) -> None:
        await self._connection.change(_CURSOR, (name, at))

    async def keep(self, name: str, content: bytes) -> None:
        await self._connection.change(_KEEP, (name, content))

    async def kept(self, name: str) -> bytes | None:
        content: bytes | None = await self._connection.scalar(
            "SELECT content FROM kept WHERE name = ?", (name,)
        )
        return content


def _row(last: str | None, entry: JournalEntry) -> tuple[object, ...]:
    """The journal's row for an entry that follows the one with this hash."""
    body = msgspec.json.encode(entry, order="sorted").decode()
    return (*told(entry, JOURNAL_COLUMNS), body, chained(last or FIRST_HASH, body))
