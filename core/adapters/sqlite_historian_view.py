"""The embedded historian read beside the hub that writes it: nothing is locked, written or upgraded."""

import asyncio
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from core.adapters.sqlite_historian_damage import Damaged
from core.adapters.sqlite_historian_file import known_tags, newest_rows, seen
from core.adapters.sqlite_historian_fresh import Fresh, unpack_fresh
from core.adapters.sqlite_historian_query import Query
from core.model.sample import Batch, Sample, Series
from core.ports.historian import Buckets, HistorianUnavailable


class SqliteHistorianView:
    """The reading half of `core.ports.historian.Historian`, of what was stored when it was opened (what
    comes later is there once it is folded, within a minute or so). One caller at a time."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self.fresh = Fresh()
        db.execute("BEGIN")
        self.tags = known_tags(db)
        self.newest = newest_rows(db, len(self.tags) + 1)
        for (data,) in db.execute("SELECT data FROM fresh ORDER BY id"):
            rows = unpack_fresh(data)
            self.fresh.add(rows)
            self.newest = seen(self.newest, rows)
        db.execute("COMMIT")
        self._query = Query(db, self)

    @classmethod
    async def open(cls, path: Path) -> Self:
        """Raises HistorianUnavailable when there is none."""
        try:
            return await asyncio.to_thread(lambda: cls(_connected(path)))
        except (sqlite3.Error, Damaged) as error:
            raise HistorianUnavailable(f"{path} cannot be read: {error}") from error

    async def read(self, tag: str, start_ns: int, end_ns: int) -> Series:
        return await asyncio.to_thread(self._query.series, tag, start_ns, end_ns)

    async def buckets(self, tag: str, start_ns: int, end_ns: int, width_ns: int) -> Buckets:
        return (await self.buckets_of([tag], start_ns, end_ns, width_ns))[0]

    async def buckets_of(
        self, tags: Sequence[str], start_ns: int, end_ns: int, width_ns: int
    ) -> list[Buckets]:
        return await asyncio.to_thread(self._query.buckets, tags, start_ns, end_ns, width_ns)

    async def at(self, tags: Sequence[str], t_ns: int, within_ns: int) -> dict[str, Sample]:
        return await asyncio.to_thread(self._query.at, tags, t_ns, within_ns)

    async def last(self, tags: Sequence[str]) -> Batch:
        return self._query.last(tags)

    async def close(self) -> None:
        self._db.close()


def _connected(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None, check_same_thread=False)
    db.execute("PRAGMA query_only=1")
    return db
