"""The spool: the one durable log between the field and everything else (hop 1)."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from core.model.sample import Batch


class SpoolFull(Exception):
    """A bound is reached: push sources must not be acknowledged, polled samples are shed and counted."""


@dataclass(frozen=True, slots=True)
class SpoolRow:
    seq: int
    batch: Batch


@dataclass(frozen=True, slots=True)
class SpoolFacts:
    """Depth and conservation since the data folder began, in samples. depth: rows a cursor still needs."""

    last_seq: int
    depth: int
    bytes: int
    received: int
    corrupt: int
    shed: int
    cursors: dict[str, int]


class Sink(Protocol):
    """Where a source puts what it read."""

    async def put(self, batch: Batch) -> int:
        """Returns the batch's sequence once it is on disk (fsync); only then may the field be
        acknowledged. Raises SpoolFull; any other error means that nothing was stored."""
        ...


class Spool(Sink, Protocol):
    """Sequences are ascending integers from 1, without reuse. A reader never sees an uncommitted row."""

    async def read(self, after: int, limit: int = 500) -> list[SpoolRow]:
        """Rows with seq > after, ascending. Corrupt rows are counted and left out."""
        ...

    def follow(self, after: int, limit: int = 500) -> AsyncIterator[list[SpoolRow]]:
        """Non-empty lists of rows as they come, for ever; wakes within a millisecond of a commit."""
        ...

    async def advance(self, cursor: str, seq: int) -> None:
        """Everything up to `seq` is done as far as `cursor` goes. Rows below every cursor may be dropped."""
        ...

    async def cursor(self, name: str) -> int:
        """0 for a cursor never advanced. Asking registers it: rows it has not passed are kept."""
        ...

    async def facts(self) -> SpoolFacts: ...

    async def close(self) -> None: ...
