"""`core.ports.directory.Directory` in one SQLite file beside the others; losing it loses nothing."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from core.durable_file import adopt
from core.model.address import Entry, Part, PlaceName
from core.ports.directory import Names

_SCHEMA = """
CREATE TABLE about (stamp TEXT NOT NULL);
CREATE TABLE name (id INTEGER PRIMARY KEY, text TEXT, pinyin TEXT, initials TEXT, aliases TEXT);
CREATE TABLE entry (
  account TEXT NOT NULL, address TEXT NOT NULL, meter TEXT NOT NULL, name INTEGER NOT NULL,
  house TEXT NOT NULL, block TEXT NOT NULL, unit TEXT NOT NULL, room TEXT NOT NULL
);
CREATE TABLE extra (name INTEGER NOT NULL, entry INTEGER NOT NULL);
"""
_INDEXES = """
CREATE INDEX entry_by_name ON entry (name, house, block, unit, room);
CREATE INDEX entry_by_room ON entry (name, room);
CREATE INDEX entry_by_account ON entry (account COLLATE NOCASE);
CREATE INDEX entry_by_meter ON entry (meter COLLATE NOCASE);
CREATE INDEX extra_by_name ON extra (name);
"""
_COLUMNS = "entry.account, entry.address, entry.meter, entry.name, house, block, unit, room"
_LAST = "\U0010ffff"
_INSERT = """
INSERT INTO entry (rowid, account, address, meter, name, house, block, unit, room)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

T = TypeVar("T")


class SqliteDirectory:
    """One connection and the thread that serves it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._thread = ThreadPoolExecutor(1, "directory")
        self._db: sqlite3.Connection | None = None

    async def stamp(self) -> str | None:
        return await self._off(self._stamp)

    async def rebuild(self, stamp: str, lots: AsyncIterator[Sequence[Entry]], names: Names) -> int:
        """Beside the old one, which answers meanwhile."""
        fresh = _Fresh(self._file.with_suffix(".new"))
        async for lot in lots:
            await asyncio.to_thread(fresh.add, lot)
        await asyncio.to_thread(fresh.finish, stamp, names())
        await asyncio.to_thread(adopt, fresh.file, self._file)
        await self._off(self._close)  # the old one answered until here, nameless
        return fresh.n

    async def names(self) -> Sequence[PlaceName]:
        rows = await self._rows("SELECT id, text, pinyin, initials, aliases FROM name ORDER BY id", ())
        return [
            PlaceName(
                id=int(id),
                text=text,
                pinyin=pinyin,
                initials=initials,
                aliases=tuple(aliases.split("\n")) if aliases else (),
            )
            for id, text, pinyin, initials, aliases in (map(str, row) for row in rows)
        ]

    async def named(
        self, names: Sequence[int], numbers: Mapping[Part, str], limit: int, loose: str | None = None
    ) -> list[Entry]:
        where, values = _where(names, numbers)
        if loose is not None:
            where += " AND ? IN (house, block, unit, room)"
            values.append(loose)
        order = "ORDER BY name, CAST(house AS INTEGER), house, CAST(block AS INTEGER), block, unit, room"
        sql = f"SELECT {_COLUMNS} FROM entry WHERE {where} {order} LIMIT ?"
        return [_entry(row) for row in await self._rows(sql, (*values, limit))]

    async def count(self, names: Sequence[int], numbers: Mapping[Part, str]) -> int:
        where, values = _where(names, numbers)
        rows = await self._rows(f"SELECT count(*) FROM entry WHERE {where}", values)
        return int(str(rows[0][0])) if rows else 0

    async def coded(self, code: str, limit: int) -> list[Entry]:
        found: dict[str, Entry] = {}
        for column in ("account", "meter"):
            sql = (
                f"SELECT {_COLUMNS} FROM entry WHERE {column} >= ? COLLATE NOCASE "
                f"AND {column} < ? COLLATE NOCASE ORDER BY {column} COLLATE NOCASE LIMIT ?"
            )
            for row in await self._rows(sql, (code, code + _LAST, limit)):
                entry = _entry(row)
                found.setdefault(entry.account, entry)
        whole = code.casefold()
        return sorted(found.values(), key=lambda e: whole not in (e.account.casefold(), e.meter.casefold()))[
            :limit
        ]

    async def close(self) -> None:
        await self._off(self._close)
        self._thread.shutdown()

    async def _off(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def _rows(self, sql: str, values: Sequence[object]) -> list[tuple[object, ...]]:
        def ask() -> list[tuple[object, ...]]:
            db = self._opened()
            return [] if db is None else db.execute(sql, values).fetchall()

        return await self._off(ask)

    def _opened(self) -> sqlite3.Connection | None:
        if self._db is None and self._file.exists():
            self._db = sqlite3.connect(f"file:{self._file}?mode=ro", uri=True, check_same_thread=False)
        return self._db

    def _stamp(self) -> str | None:
        try:
            db = self._opened()
            row = db.execute("SELECT stamp FROM about").fetchone() if db else None
        except sqlite3.DatabaseError:
            self._close()
            return None
        return str(row[0]) if row else None

    def _close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None


def _where(names: Sequence[int], numbers: Mapping[Part, str]) -> tuple[str, list[object]]:
    marks = ", ".join("?" * len(names))
    beside = f"rowid IN (SELECT entry FROM extra WHERE name IN ({marks}))"
    where = f"(name IN ({marks}) OR {beside})"
    for part in numbers:
        where += f" AND {part.value} = ?"
    return where, [*names, *names, *numbers.values()]


def _entry(row: tuple[object, ...]) -> Entry:
    account, address, meter, name, house, block, unit, room = row
    return Entry(
        account=str(account),
        address=str(address),
        meter=str(meter),
        name=int(str(name)),
        house=str(house),
        block=str(block),
        unit=str(unit),
        room=str(room),
    )


class _Fresh:
    """A directory being made. Its file counts for nothing before `finish`."""

    def __init__(self, file: Path) -> None:
        self.file, self.n = file, 0
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        self._db = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=OFF")
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.executescript(_SCHEMA)
        self._db.execute("BEGIN")

    def add(self, lot: Sequence[Entry]) -> None:
        self._db.executemany(
            _INSERT,
            [
                (self.n + k, e.account, e.address, e.meter, e.name, e.house, e.block, e.unit, e.room)
                for k, e in enumerate(lot, 1)
            ],
        )
        extra = [(name, self.n + k) for k, e in enumerate(lot, 1) for name in e.extra]
        self._db.executemany("INSERT INTO extra VALUES (?, ?)", extra)
        self.n += len(lot)

    def finish(self, stamp: str, names: Sequence[PlaceName]) -> None:
        rows = [(p.id, p.text, p.pinyin, p.initials, "\n".join(p.aliases)) for p in names]
        self._db.executemany("INSERT INTO name VALUES (?, ?, ?, ?, ?)", rows)
        self._db.execute("INSERT INTO about VALUES (?)", (stamp,))
        self._db.execute("COMMIT")
        self._db.executescript(_INDEXES)
        self._db.close()
