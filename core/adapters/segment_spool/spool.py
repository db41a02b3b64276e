"""The spool of one machine: files of rows with group commit, and followers in the same process.

A writer thread takes whatever is queued, commits it once and answers when the fdatasync is done, so that the
cost of durability is shared by all sources. A batch that was put must not be changed afterwards.
"""

import asyncio
import queue
import threading
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, Self, TextIO, TypeVar

from core.adapters.segment_spool.books import balancing, bodies, facts_of
from core.adapters.segment_spool.log import Log
from core.adapters.segment_spool.recent import Appended, Recent
from core.adapters.segment_spool.record import fits
from core.adapters.segment_spool.recover import open_locked
from core.adapters.segment_spool.room import Bounds
from core.adapters.segment_spool.shelf import less
from core.model.conservation import Fate, Tally
from core.model.passed import Stretch
from core.model.sample import Batch, CorruptBatch
from core.ports.spool import SpoolFacts, SpoolFull, SpoolRow
from core.runtime.thinning import Thinning

CLOSED_TO_PUSH = 0.95
"""From this share of the room on push sources are not acknowledged and polled samples are thinned. Age closes
nothing: what is older than its bound makes way."""
_QUEUE = 4_096
_GROUP = 512

T = TypeVar("T")


class _Job(NamedTuple):
    """work: on the log, before the commit; its result is the caller's after it."""

    work: Callable[[Log], Any]
    done: asyncio.Future[Any]


class SegmentSpool:
    """`core.ports.spool.Spool` in a folder of its own. One process at a time; call from one event loop.

    An error of the disk other than "full" is final: it is raised to everyone waiting and at every later
    call, `failure` tells it, and only a new process may go on (a failed fsync must never be retried as if it
    had worked).
    """

    def __init__(self, log: Log, lock: TextIO, polled: Callable[[str], bool]) -> None:
        self._loop = asyncio.get_running_loop()
        self._log, self._lock, self._polled = log, lock, polled
        self._thinning = Thinning()
        self._jobs: queue.Queue[list[_Job] | None] = queue.Queue()
        self._queued = 0
        self._reader = ThreadPoolExecutor(1, "spool-read")
        self._writer = threading.Thread(target=self._serve, name="spool-write", daemon=True)
        self._recent = Recent()
        self._waiting: list[_Job] = []
        self._last_seq = log.state.last_seq
        self._committed = asyncio.Event()
        self._broken: BaseException | None = None
        self._failure: asyncio.Future[OSError] = self._loop.create_future()
        self._writer.start()

    @classmethod
    async def open(
        cls,
        folder: Path,
        *,
        max_bytes: int | None = None,
        bounds: Bounds = Bounds(),
        polled: Callable[[str], bool] = lambda source: False,
        now_ns: Callable[[], int] = time.time_ns,
    ) -> Self:
        """polled: whether a source (by its id) polls, so that it cannot offer again what is refused. now_ns:
        the host's time, for the bound on age. Raises BlockingIOError when another process has the folder
        open, OSError when its disk fails."""
        if max_bytes is not None:
            bounds = Bounds(bytes=max_bytes)
        return cls(*await asyncio.to_thread(open_locked, folder, bounds, now_ns), polled)

    @property
    def fill(self) -> float:
        """As in SpoolFacts, as of the last commit; asks neither thread nor disk."""
        return self._log.fill

    async def put(self, batch: Batch) -> int:
        """Of several sources, it is polled only when all of them are. Raises ValueError for more sources than
        one row can name."""
        if not fits(batch.sources):
            raise ValueError(f"a row cannot name {len(batch.sources)} sources")
        polled = all(map(self._polled, batch.sources))
        thin = polled and self._log.room_fill >= CLOSED_TO_PUSH
        kept = self._thinning.thin(batch) if thin else batch
        if thin and not len(kept):
            await self._write(lambda log: _shed(log, batch, kept))
            return self._last_seq
        row = await self._write(lambda log: _append(log, batch, kept, 1.0 if polled else CLOSED_TO_PUSH))
        return row.seq

    async def count(self, source: str, fate: Fate, samples: int) -> None:
        await self._write(lambda log: log.change(["count", source, fate.value, samples]))

    async def advance(
        self, cursor: str, seq: int, tally: Tally | None = None, *, after: int | None = None
    ) -> None:
        with self._log.shelf.lock:
            known = self._log.state.cursors.get(cursor)
            if known and not tally and seq <= known.passed.base:
                return
        change = ["pass", cursor, after or 0, seq, tally or {}]
        await self._write(lambda log: log.change(change))

    async def cursor(self, name: str) -> int:
        with self._log.shelf.lock:
            known = self._log.state.cursors.get(name)
            if known:
                return known.passed.base
        await self._write(lambda log: log.change(["register", name, log.shelf.files[0].rows_before]))
        return 0

    async def forget(self, cursor: str) -> None:
        with self._log.shelf.lock:
            known = cursor in self._log.state.cursors
        if known:
            await self._write(lambda log: log.change(["forget", cursor]))

    async def holes(self, cursor: str) -> list[Stretch]:
        await self.cursor(cursor)
        with self._log.shelf.lock:
            return self._log.holes(cursor)

    async def read(self, after: int, limit: int = 500) -> list[SpoolRow]:
        while True:
            rows, seen = await self._read(after, limit)
            if rows or seen in (after, self._last_seq):
                return rows
            after = seen

    async def follow(self, after: int, limit: int = 500) -> AsyncIterator[list[SpoolRow]]:
        with self._recent.follower(min(after, self._last_seq)) as place:
            while True:
                committed = self._committed
                if place.seq >= self._last_seq:
                    await committed.wait()
                rows, place.seq = await self._read(place.seq, limit)
                if rows:
                    yield rows

    async def facts(self) -> SpoolFacts:
        facts = await self._loop.run_in_executor(self._reader, facts_of, self._log)
        if not self._log.shelf.found_damage:
            return facts
        await self._write(lambda log: None)
        return await self._loop.run_in_executor(self._reader, facts_of, self._log)

    async def failure(self) -> OSError:
        return await asyncio.shield(self._failure)

    async def close(self) -> None:
        """Answers what is queued, then ends the threads; later calls fail."""
        self._broken = self._broken or RuntimeError("closed")
        self._hand_over()
        self._jobs.put(None)
        await asyncio.to_thread(self._writer.join)
        await asyncio.to_thread(self._reader.shutdown)
        self._log.close()
        self._lock.close()
        self._failure.cancel()

    async def _read(self, after: int, limit: int) -> tuple[list[SpoolRow], int]:
        """Readable rows, and the last seq looked at."""
        known = self._last_seq
        recent = self._recent.after(after, limit)
        if recent is not None:
            return recent, recent[-1].seq if recent else after
        found = await self._loop.run_in_executor(self._reader, bodies, self._log, after, limit)
        rows = []
        for seq, data in found:
            try:
                rows.append(SpoolRow(seq, Batch.decode(data)))
            except CorruptBatch:
                await self._write(partial(Log.corrupt_row, seq=seq))
        return rows, found[-1][0] if found else max(after, known)

    async def _write(self, work: Callable[[Log], T]) -> T:
        if self._broken:
            raise OSError("the spool takes nothing any more") from self._broken
        if self._queued >= _QUEUE:
            raise SpoolFull(f"{_QUEUE} writes are waiting for the disk")
        job = _Job(work, self._loop.create_future())
        self._queued += 1
        self._waiting.append(job)
        if len(self._waiting) == 1:
            self._loop.call_soon(self._hand_over)
        result: T = await job.done
        return result

    def _hand_over(self) -> None:
        """What was asked for in one round of the loop goes to the writer at once: it is woken once."""
        if self._waiting:
            self._jobs.put(self._waiting)
            self._waiting = []

    def _serve(self) -> None:
        """The writer thread: one commit for everything that is waiting."""
        while True:
            groups = [self._jobs.get()]
            while sum(len(group or ()) for group in groups) < _GROUP and not self._jobs.empty():
                groups.append(self._jobs.get())
            jobs = [job for group in groups if group is not None for job in group]
            outcomes = self._commit(jobs)
            self._loop.call_soon_threadsafe(self._settle, jobs, outcomes)
            if None in groups:
                return

    def _commit(self, jobs: list[_Job]) -> list[Any]:
        """Each job's result, or the exception to raise to its caller."""
        outcomes: list[Any] = []
        try:
            if isinstance(self._broken, OSError):
                raise self._broken
            for job in jobs:
                try:
                    outcomes.append(job.work(self._log))
                except SpoolFull as full:
                    outcomes.append(full)
            self._log.commit()
            if self._log.damage():
                self._log.commit()
                self._log.changes(balancing(self._log))
            self._log.measure()
        except SpoolFull as full:
            self._log.rollback()
            return [self._alone(job, full) for job in jobs]
        except OSError as error:
            return [self._failed(error)] * len(jobs)
        return outcomes

    def _alone(self, job: _Job, full: SpoolFull) -> Any:
        """On a full disk cursors still move, so that files may go; rows are refused."""
        try:
            result = job.work(self._log)
            if isinstance(result, Appended):
                self._log.forget()
                return full
            self._log.commit()
            self._log.measure()
        except SpoolFull as error:
            self._log.rollback()
            return error
        except OSError as error:
            return self._failed(error)
        return result

    def _failed(self, error: OSError) -> Exception:
        self._broken = error
        told = OSError(f"the spool's disk failed: {error}")
        self._loop.call_soon_threadsafe(self._tell, told)
        return told

    def _tell(self, error: OSError) -> None:
        if not self._failure.done():
            self._failure.set_result(error)

    def _settle(self, jobs: list[_Job], outcomes: list[Any]) -> None:
        self._queued -= len(jobs)
        for job, outcome in zip(jobs, outcomes, strict=True):
            if isinstance(outcome, Appended):
                self._recent.add(outcome)
                self._last_seq = outcome.seq
            if job.done.cancelled():
                continue
            if isinstance(outcome, Exception):
                job.done.set_exception(outcome)
            else:
                job.done.set_result(outcome)
        woken, self._committed = self._committed, asyncio.Event()
        woken.set()


def _append(log: Log, batch: Batch, kept: Batch, most: float) -> Appended:
    """kept: what of the batch is to be a row; most: the fill up to which it is taken. Raises SpoolFull."""
    data = kept.encode()
    if log.share(len(data)) > most:
        raise SpoolFull(f"{log.bounds.bytes} bytes, or what the disk has left, are full")
    if kept is not batch:
        _shed(log, batch, kept)
    return Appended(SpoolRow(log.append(kept.by_source(), data), kept), len(data))


def _shed(log: Log, batch: Batch, kept: Batch) -> None:
    for source, samples in less(batch.by_source(), kept.by_source()).items():
        log.change(["count", source, Fate.SHED.value, samples])
