"""The spool of one machine: a SQLite log with group commit, and followers in the same process.

A writer thread takes whatever is queued, commits it once and answers when the fsync is done, so that the
cost of durability is shared by all sources. A batch that was put must not be changed afterwards.
"""

import asyncio
import fcntl
import queue
import sqlite3
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, Self, TextIO, TypeVar

from core.adapters.sqlite_spool_log import SpoolLog, checkpoint, connect, facts, rows_after
from core.model.conservation import Fate, Tally
from core.model.sample import Batch, CorruptBatch
from core.ports.spool import SpoolFacts, SpoolFull, SpoolRow

MAX_BYTES = 2 * 2**30
_QUEUE = 4_096
_GROUP = 512
_RECENT_ROWS, _RECENT_BYTES = 1_024, 16 * 2**20
_CHECKPOINT_BYTES = 4 * 2**20

T = TypeVar("T")


class _Job(NamedTuple):
    work: Callable[[SpoolLog], Any]
    done: asyncio.Future[Any]


class SqliteSpool:
    """`core.ports.spool.Spool` in a folder of its own. One process at a time; call from one event loop.

    An error of the disk other than "full" is final: it is raised to everyone waiting and at every later
    call, and only a new process may go on (a failed fsync must never be retried as if it had worked).
    """

    def __init__(self, log: SpoolLog, reader: sqlite3.Connection, lock: TextIO) -> None:
        self._loop = asyncio.get_running_loop()
        self._log, self._db, self._lock = log, reader, lock
        self._jobs: queue.Queue[_Job | None] = queue.Queue()
        self._reader = ThreadPoolExecutor(1, "spool-read")
        self._writer = threading.Thread(target=self._serve, name="spool-write", daemon=True)
        self._recent: deque[_Appended] = deque()
        self._recent_bytes = self._unchecked = 0
        self._last_seq = log.last_seq
        self._committed = asyncio.Event()
        self._broken: BaseException | None = None
        self._writer.start()

    @classmethod
    async def open(cls, folder: Path, *, max_bytes: int = MAX_BYTES) -> Self:
        """max_bytes: what the rows that a cursor still needs may hold. Raises BlockingIOError when another
        process has the folder open, sqlite3.DatabaseError when the file is not a database."""
        return cls(*await asyncio.to_thread(_open, folder, max_bytes))

    async def put(self, batch: Batch) -> int:
        append = partial(_append, data=batch.encode(), source=batch.source, samples=len(batch))
        return (await self._write(append)).seq

    async def count(self, source: str, fate: Fate, samples: int) -> None:
        await self._write(lambda log: log.count("", source, fate, samples))

    async def advance(self, cursor: str, seq: int, tally: Tally | None = None) -> None:
        await self._write(lambda log: log.advance(cursor, seq, tally or {}))

    async def cursor(self, name: str) -> int:
        return await self._write(lambda log: log.register(name))

    async def read(self, after: int, limit: int = 500) -> list[SpoolRow]:
        rows, _ = await self._read(after, limit)
        return rows

    async def follow(self, after: int, limit: int = 500) -> AsyncIterator[list[SpoolRow]]:
        while True:
            committed = self._committed
            if after >= self._last_seq:
                await committed.wait()
            rows, after = await self._read(after, limit)
            if rows:
                yield rows

    async def facts(self) -> SpoolFacts:
        return await self._loop.run_in_executor(self._reader, facts, self._db)

    async def close(self) -> None:
        """Answers what is queued, then ends the threads; later calls fail."""
        self._broken = self._broken or RuntimeError("closed")
        self._jobs.put(None)
        await asyncio.to_thread(self._writer.join)
        await asyncio.to_thread(self._reader.shutdown)
        self._db.close()
        self._log.close()
        self._lock.close()

    async def _read(self, after: int, limit: int) -> tuple[list[SpoolRow], int]:
        """Readable rows, and the last seq looked at."""
        known = self._last_seq
        if self._recent and after + 1 >= self._recent[0].seq:
            skip = after + 1 - self._recent[0].seq
            rows = [recent.row for recent in islice(self._recent, skip, skip + limit)]
            return rows, rows[-1].seq if rows else after
        found = await self._loop.run_in_executor(self._reader, rows_after, self._db, after, limit)
        rows = []
        for seq, data in found:
            try:
                rows.append(SpoolRow(seq, Batch.decode(data)))
            except CorruptBatch as error:
                await self._write(partial(_set_aside, seq=seq, reason=str(error)))
        return rows, found[-1][0] if found else max(after, known)

    async def _write(self, work: Callable[[SpoolLog], T]) -> T:
        if self._broken:
            raise OSError("the spool takes nothing any more") from self._broken
        if self._jobs.qsize() >= _QUEUE:
            raise SpoolFull(f"{_QUEUE} writes are waiting for the disk")
        job = _Job(work, self._loop.create_future())
        self._jobs.put(job)
        result: T = await job.done
        return result

    def _serve(self) -> None:
        """The writer thread: one transaction for everything that is waiting."""
        while True:
            group = [self._jobs.get()]
            while len(group) < _GROUP and not self._jobs.empty():
                group.append(self._jobs.get())
            jobs = [job for job in group if job is not None]
            outcomes = self._commit(jobs)
            self._loop.call_soon_threadsafe(self._settle, jobs, outcomes)
            if None in group:
                return

    def _commit(self, jobs: list[_Job]) -> list[Any]:
        """Each job's result, or the exception to raise to its caller."""
        outcomes: list[Any] = []
        try:
            if isinstance(self._broken, sqlite3.Error | OSError):
                raise self._broken
            self._log.begin()
            for job in jobs:
                try:
                    outcomes.append(job.work(self._log))
                except SpoolFull as full:
                    outcomes.append(full)
            self._log.commit()
        except (sqlite3.Error, OSError, MemoryError) as error:
            return [self._failed(error)] * len(jobs)
        return outcomes

    def _failed(self, error: Exception) -> Exception:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            self._log.rollback()
            return SpoolFull(f"the disk is full: {error}")
        self._broken = error
        return OSError(f"the spool's disk failed: {error}")

    def _settle(self, jobs: list[_Job], outcomes: list[Any]) -> None:
        for job, outcome in zip(jobs, outcomes, strict=True):
            if isinstance(outcome, _Appended):
                self._remember(outcome)
            if job.done.cancelled():
                continue
            if isinstance(outcome, Exception):
                job.done.set_exception(outcome)
            else:
                job.done.set_result(outcome)
        woken, self._committed = self._committed, asyncio.Event()
        woken.set()

    def _remember(self, row: "_Appended") -> None:
        """The newest rows stay, so that followers at the head share one decoded copy and no disk read."""
        self._recent.append(row)
        self._recent_bytes += len(row.data)
        while len(self._recent) > _RECENT_ROWS or self._recent_bytes > _RECENT_BYTES:
            self._recent_bytes -= len(self._recent.popleft().data)
        self._last_seq = row.seq
        self._unchecked += len(row.data)
        if self._unchecked > _CHECKPOINT_BYTES:
            self._unchecked = 0
            self._reader.submit(checkpoint, self._db)


class _Appended:
    """A row that was just committed; decoded when first asked for."""

    def __init__(self, seq: int, data: bytes) -> None:
        self.seq, self.data = seq, data

    @cached_property
    def row(self) -> SpoolRow:
        return SpoolRow(self.seq, Batch.decode(self.data))


def _open(folder: Path, max_bytes: int) -> tuple[SpoolLog, sqlite3.Connection, TextIO]:
    folder.mkdir(parents=True, exist_ok=True)
    lock = (folder / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise BlockingIOError(f"another process has the spool {folder} open") from error
    return SpoolLog(folder / "spool.db", max_bytes), connect(folder / "spool.db"), lock


def _append(log: SpoolLog, *, data: bytes, source: str, samples: int) -> _Appended:
    return _Appended(log.append(data, source, samples), data)


def _set_aside(log: SpoolLog, *, seq: int, reason: str) -> None:
    log.set_aside(seq, reason)
