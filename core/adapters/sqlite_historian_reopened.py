"""The embedded historian of a running hub: a file that cannot be opened, or is taken away, stops nothing.

`SqliteHistorian` is one open file. SQLite goes on with a file that was moved away or deleted as if nothing
had happened; what was written then would be where nobody looks. Here each call sees that the file is still
the one that was opened. Samples wait in the spool until it is back, or another stands in its place: an
empty file begins a new past. A mark beside the file says that there was one, so that a hub that starts
without it waits too.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

from core.adapters.sqlite_historian import SqliteHistorian
from core.adapters.sqlite_historian_damage import Damaged
from core.durable_file import create_file
from core.model.conservation import Tally
from core.model.retention import Retention
from core.model.sample import Batch, Sample, Series
from core.model.tag import Tag
from core.ports.historian import Buckets, HistorianUnavailable, Hold, Written
from core.ports.quarantine import Quarantine
from core.runtime.logs import log

AGAIN_S = 1.0
"""Who waited for an opening that failed does not try another: a locked file takes half a minute each time."""


class ReopenedHistorian:
    """`core.ports.historian.Historian`; every call raises HistorianUnavailable while there is no file."""

    def __init__(
        self,
        path: Path,
        tags: Mapping[str, Tag],
        quarantine: Quarantine | None,
        retention: Retention,
        monotonic: Callable[[], float],
    ) -> None:
        self._path, self._tags, self._quarantine = path, tags, quarantine
        self._retention, self._monotonic = retention, monotonic
        self._inner: SqliteHistorian | None = None
        self._retired: list[SqliteHistorian] = []
        self._identity: tuple[int, int] | None = None
        self._turn = asyncio.Lock()
        self._failed_at, self._why = float("-inf"), ""

    @classmethod
    async def open(
        cls,
        path: Path,
        tags: Mapping[str, Tag],
        *,
        quarantine: Quarantine | None = None,
        retention: Retention = Retention(),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> Self:
        """Arguments as of `SqliteHistorian.open`. Without the file when it cannot be opened: the log says so,
        and then whoever asks."""
        made = cls(path, tags, quarantine, retention, monotonic)
        try:
            await made._standing()
        except HistorianUnavailable as error:
            log.warning("hub starts without its historian", error=str(error))
        return made

    async def write(self, batches: Sequence[Batch], *, mark: str | None = None) -> Tally:
        return await (await self._standing()).write(batches, mark=mark)

    async def written(self) -> Written | None:
        return await (await self._standing()).written()

    async def read(self, tag: str, start_ns: int, end_ns: int) -> Series:
        return await (await self._standing()).read(tag, start_ns, end_ns)

    async def buckets(self, tag: str, start_ns: int, end_ns: int, width_ns: int) -> Buckets:
        return await (await self._standing()).buckets(tag, start_ns, end_ns, width_ns)

    async def buckets_of(
        self, tags: Sequence[str], start_ns: int, end_ns: int, width_ns: int
    ) -> list[Buckets]:
        return await (await self._standing()).buckets_of(tags, start_ns, end_ns, width_ns)

    async def at(self, tags: Sequence[str], t_ns: int, within_ns: int) -> dict[str, Sample]:
        return await (await self._standing()).at(tags, t_ns, within_ns)

    async def last(self, tags: Sequence[str]) -> Batch:
        return await (await self._standing()).last(tags)

    async def close(self) -> None:
        for one in (*self._retired, *([self._inner] if self._inner else [])):
            await one.close()

    async def _standing(self) -> SqliteHistorian:
        """The historian of the file that stands at the path now."""
        found = _identity(self._path)
        if self._inner and found == self._identity:
            return self._inner
        async with self._turn:
            found = _identity(self._path)
            if self._inner and found == self._identity:
                return self._inner
            if found is None and has_begun(self._path):
                raise HistorianUnavailable(
                    f"{self._path} was taken away: put it back, or begin a new past with an empty file",
                    Hold.DISK,
                )
            if self._monotonic() - self._failed_at < AGAIN_S:
                raise HistorianUnavailable(self._why, Hold.DISK)
            return await self._opened()

    async def _opened(self) -> SqliteHistorian:
        if self._inner:
            log.warning("historian's file is another now", file=str(self._path))
            self._retired.append(self._inner)  # closed at the end: a call may be under way in it
            self._inner = None
        try:
            self._inner = await SqliteHistorian.open(
                self._path, self._tags, quarantine=self._quarantine, retention=self._retention
            )
            if not _mark(self._path).exists():
                create_file(_mark(self._path), b"")
        except (sqlite3.Error, OSError, Damaged) as error:
            self._failed_at = self._monotonic()
            self._why = f"{self._path} cannot be opened: {error}"
            raise HistorianUnavailable(self._why, Hold.DISK) from error
        self._identity = _identity(self._path)
        return self._inner


def has_begun(path: Path) -> bool:
    """Whether samples may have been stored at that path, be the file there or not."""
    return path.exists() or _mark(path).exists()


def _mark(path: Path) -> Path:
    return path.with_name(f"{path.name}.began")


def _identity(path: Path) -> tuple[int, int] | None:
    """Device and inode; None without the file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
