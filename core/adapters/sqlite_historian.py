"""The embedded historian: one SQLite file, never a row a sample.

A write is durable at once, as it came (table `fresh`). Each minute folds what is fresh into blocks of 64
tags; a span that is over is sealed into one compressed chunk a tag with its roll-ups, and a late sample
rewrites its chunk, each in one transaction. `kill -9` at any point loses nothing that was acknowledged.
Other processes may read the file, and copy it by SQLite's own backup, while it is written.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Self, TypeVar

from core.adapters.historian_rows import admitted, put_aside
from core.adapters.sqlite_historian_damage import Damaged
from core.adapters.sqlite_historian_expiry import Expiry
from core.adapters.sqlite_historian_file import connect, last_mark
from core.adapters.sqlite_historian_query import Query
from core.adapters.sqlite_historian_store import Limits, Store
from core.model.conservation import Tally
from core.model.retention import Retention
from core.model.sample import Batch, Sample, Series
from core.model.tag import Tag
from core.ports.historian import Buckets, HistorianUnavailable, Hold, Written
from core.ports.quarantine import Quarantine
from core.runtime.logs import log

T = TypeVar("T")


class SqliteHistorian:
    """`core.ports.historian.Historian` in a file. One writing and one reading thread, off the event loop.

    A full disk is HistorianUnavailable until there is room. Any other error of the disk is final for this
    process: a failed fsync must not be tried again as if the pages were still there.
    """

    def __init__(
        self, store: Store, reader: sqlite3.Connection, quarantine: Quarantine | None, expiry: Expiry
    ) -> None:
        self._store, self._reader, self._quarantine = store, reader, quarantine
        self._query = Query(reader, store)
        self._expiry = expiry
        self._writing = ThreadPoolExecutor(1, "historian-write")
        self._reading = ThreadPoolExecutor(1, "historian-read")
        self._broken: sqlite3.Error | Damaged | None = None

    @classmethod
    async def open(
        cls,
        path: Path,
        tags: Mapping[str, Tag],
        *,
        quarantine: Quarantine | None = None,
        limits: Limits = Limits(),
        retention: Retention = Retention(),
        now_ns: Callable[[], int] = time.time_ns,
    ) -> Self:
        """tags: their periods choose how much time a chunk holds; a tag not in it counts as 1 s.
        quarantine: without one a write that holds what no historian can keep is a ValueError.
        A damaged file is put aside beside itself, and what comes from now on is kept in a new one: the hub
        does not stand still for its past. Raises sqlite3.DatabaseError when the file is another's."""
        expiry = Expiry(tags, retention, now_ns)
        return cls(*await asyncio.to_thread(_opened, path, tags, limits, expiry), quarantine, expiry)

    async def write(self, batches: Sequence[Batch], *, mark: str | None = None) -> Tally:
        kept, refused = admitted(batches)
        kept, old = self._expiry.admitted(kept)
        refused += old
        await put_aside(self._quarantine, refused)
        return await self._write(lambda store: store.write(kept, refused, mark))

    async def written(self) -> Written | None:
        return await self._read(lambda: last_mark(self._reader))

    async def read(self, tag: str, start_ns: int, end_ns: int) -> Series:
        return await self._read(lambda: self._query.series(tag, start_ns, end_ns))

    async def buckets(self, tag: str, start_ns: int, end_ns: int, width_ns: int) -> Buckets:
        return (await self.buckets_of([tag], start_ns, end_ns, width_ns))[0]

    async def buckets_of(
        self, tags: Sequence[str], start_ns: int, end_ns: int, width_ns: int
    ) -> list[Buckets]:
        return await self._read(lambda: self._query.buckets(tags, start_ns, end_ns, width_ns))

    async def at(self, tags: Sequence[str], t_ns: int, within_ns: int) -> dict[str, Sample]:
        return await self._read(lambda: self._query.at(tags, t_ns, within_ns))

    async def last(self, tags: Sequence[str]) -> Batch:
        return self._query.last(tags)

    async def close(self) -> None:
        await asyncio.to_thread(self._writing.shutdown)
        await asyncio.to_thread(self._reading.shutdown)
        self._reader.close()
        self._store.close()

    async def _read(self, ask: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._reading, ask)
        except (sqlite3.Error, Damaged) as error:
            raise HistorianUnavailable(f"the historian cannot be read: {error}", Hold.DISK) from error

    async def _write(self, work: Callable[[Store], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._writing, self._guarded, work)

    def _guarded(self, work: Callable[[Store], T]) -> T:
        if self._broken:
            why = f"the historian stopped at an error of its disk: {self._broken}"
            raise HistorianUnavailable(why, Hold.DISK)
        try:
            return work(self._store)
        except (sqlite3.Error, Damaged) as error:
            if isinstance(error, sqlite3.Error) and error.sqlite_errorcode == sqlite3.SQLITE_FULL:
                self._store.recover()
            else:
                self._broken = error
            raise HistorianUnavailable(f"the historian cannot write: {error}", Hold.DISK) from error
        finally:
            if self._store.unfinished and not self._broken:
                self._store.recover()


_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _damaged(error: Exception) -> bool:
    return isinstance(error, Damaged) or getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED


def _opened(
    path: Path, tags: Mapping[str, Tag], limits: Limits, expiry: Expiry
) -> tuple[Store, sqlite3.Connection]:
    try:
        return _open(path, tags, limits, expiry)
    except (sqlite3.DatabaseError, Damaged) as error:
        if not _damaged(error):
            raise
        aside = _put_aside(path)
        log.warning("historian damaged, put aside", file=str(aside), reason=str(error))
    return _open(path, tags, limits, expiry)


def _put_aside(path: Path) -> Path:
    """The file with its journal, under the first name that is free."""
    name = next(name for n in count(1) if not path.with_name(name := f"{path.name}.damaged-{n}").exists())
    for tail in ("", "-wal", "-shm"):
        part = path.with_name(path.name + tail)
        if part.exists():
            part.rename(path.with_name(name + tail))
    return path.with_name(name)


def _open(
    path: Path, tags: Mapping[str, Tag], limits: Limits, expiry: Expiry
) -> tuple[Store, sqlite3.Connection]:
    path.parent.mkdir(parents=True, exist_ok=True)
    return Store(path, tags, limits, expiry), connect(path)
