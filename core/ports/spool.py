"""The spool: the one durable log between the field and everything else (hop 1)."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from core.model.sample import Batch

RECORDER = "recorder"
"""The cursor whose samples are conserved: received = stored + duplicate + quarantined + corrupt + shed +
what is behind it, at any moment at which nothing is in flight."""


class SpoolFull(Exception):
    """A bound is reached: push sources must not be acknowledged, polled samples are shed and counted."""


@dataclass(frozen=True, slots=True)
class SpoolRow:
    seq: int
    batch: Batch


@dataclass(frozen=True, slots=True)
class SpoolFacts:
    """Depth and conservation since the data folder began, in samples.

    depth: what the slowest cursor has yet to pass; behind: the same for each cursor; corrupt: lost to a
    failed checksum before the recorder had it; stored, duplicate, quarantined: what the recorder said.
    spool: this log's own name, made with its folder.
    """

    last_seq: int
    depth: int
    bytes: int
    received: int
    corrupt: int
    shed: int
    cursors: dict[str, int]
    behind: dict[str, int]
    stored: int
    duplicate: int
    quarantined: int
    spool: str


class Sink(Protocol):
    """Where a source puts what it read."""

    async def put(self, batch: Batch) -> int:
        """Returns the batch's sequence once it is on disk (fsync); only then may the field be
        acknowledged. Raises SpoolFull; any other error means that nothing was stored."""
        ...

    async def shed(self, samples: int) -> None:
        """Counts polled samples that a full spool refused and that nobody can offer again."""
        ...


class Spool(Sink, Protocol):
    """Sequences are ascending integers from 1, without reuse. A reader never sees an uncommitted row."""

    async def read(self, after: int, limit: int = 500) -> list[SpoolRow]:
        """Rows with seq > after, ascending. Corrupt rows are counted and left out."""
        ...

    def follow(self, after: int, limit: int = 500) -> AsyncIterator[list[SpoolRow]]:
        """Non-empty lists of rows as they come, for ever; wakes within a millisecond of a commit."""
        ...

    async def advance(self, cursor: str, seq: int, counts: Mapping[str, int] | None = None) -> None:
        """Everything up to `seq` is done as far as `cursor` goes; it never moves back. Rows below every
        cursor may be dropped. counts: added to the facts in the same transaction."""
        ...

    async def cursor(self, name: str) -> int:
        """0 for a cursor never advanced. Asking registers it: rows it has not passed are kept."""
        ...

    async def facts(self) -> SpoolFacts: ...

    async def close(self) -> None: ...
