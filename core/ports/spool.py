"""The spool: the one durable log between the field and everything else (hop 1)."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Protocol

from core.model.conservation import Fate, Tally, summed, total
from core.model.passed import Stretch
from core.model.sample import Batch

RECORDER = "recorder"
"""The cursor of the first historian."""
TEE = "recorder-tee"
"""The cursor of the second."""


class SpoolFull(Exception):
    """A bound is reached: push sources must not be acknowledged, polled samples are shed and counted."""


@dataclass(frozen=True, slots=True)
class SpoolRow:
    seq: int
    batch: Batch


@dataclass(frozen=True, slots=True)
class CursorFacts:
    """One reader. seq: every row up to it is done; spooled: samples it has yet to pass, by source; tally:
    what it said became of the others; missed: received and gone before the reader was first known. Readers
    that are no recorder say nothing of fates."""

    seq: int
    spooled: dict[str, int]
    tally: Tally
    missed: dict[str, int] = field(default_factory=dict)

    @property
    def behind(self) -> int:
        return sum(self.spooled.values())


@dataclass(frozen=True, slots=True)
class SpoolFacts:
    """One consistent view of the log since the data folder began; counts are samples.

    spool: this log's own name, made with its folder; received: by source, whatever became of them; door:
    what became of those that never became a row (`Sink.count`); bytes: on disk; fill: the share that is
    taken of the room there is, by bytes, age or free disk, whichever is worst (1 is full); corrupt_files:
    damaged ones that are kept for an engineer.
    """

    spool: str
    last_seq: int
    bytes: int
    received_by: dict[str, int]
    door: Tally
    readers: dict[str, CursorFacts]
    fill: float = 0.0
    corrupt_files: int = 0

    def tally(self, cursor: str = RECORDER) -> Tally:
        """Everything that is no longer on its way to this recorder's historian, by source and fate."""
        reader = self.readers.get(cursor)
        return summed([self.door, reader.tally] if reader else [self.door])

    def count(self, fate: Fate, cursor: str = RECORDER) -> int:
        return total(self.tally(cursor), fate)

    @property
    def received(self) -> int:
        return sum(self.received_by.values())

    @property
    def cursors(self) -> dict[str, int]:
        return {name: reader.seq for name, reader in self.readers.items()}

    @property
    def behind(self) -> dict[str, int]:
        """Samples that each reader has yet to pass."""
        return {name: reader.behind for name, reader in self.readers.items()}

    @property
    def depth(self) -> int:
        """What the slowest reader has yet to pass; everything while there is none."""
        door = sum(sum(row.values()) for row in self.door.values())
        return max(self.behind.values(), default=self.received - door)


class Sink(Protocol):
    """Where a source puts what it read."""

    async def put(self, batch: Batch) -> int:
        """Returns the batch's sequence once it is on disk (fsync); only then may the field be
        acknowledged. Its sources are counted each by itself; it may be thinned or shed only when all of them
        poll. Raises SpoolFull; any other error means that nothing was stored."""
        ...

    async def count(self, source: str, fate: Fate, samples: int) -> None:
        """Counts samples as received whose way ends before the spool: polled ones that it refused and that
        nobody can offer again (`shed`), and refused ones, once they are in quarantine (`quarantined`)."""
        ...


class Spool(Sink, Protocol):
    """Sequences are ascending integers from 1, without reuse. A reader never sees an uncommitted row."""

    async def read(self, after: int, limit: int = 500) -> list[SpoolRow]:
        """Rows with seq > after, ascending. Corrupt rows are counted and left out."""
        ...

    def follow(self, after: int, limit: int = 500) -> AsyncIterator[list[SpoolRow]]:
        """Non-empty lists of rows as they come, for ever; wakes within a millisecond of a commit."""
        ...

    async def advance(
        self, cursor: str, seq: int, tally: Tally | None = None, *, after: int | None = None
    ) -> None:
        """Everything up to `seq`, or only the rows in (after, seq], is done as far as `cursor` goes; what is
        done stays so. Rows that every cursor has passed may be dropped. tally: what became of them, added in
        the same commit."""
        ...

    async def holes(self, cursor: str) -> list[Stretch]:
        """(after, upto): what it has not done yet, ascending, up to the newest row."""
        ...

    async def cursor(self, name: str) -> int:
        """Every row up to it is done; 0 for a cursor never advanced. Asking registers it: rows it has not
        passed are kept."""
        ...

    async def forget(self, cursor: str) -> None:
        """Keeps nothing for it any more; asked for again later it begins anew. Nothing when it is unknown."""
        ...

    async def facts(self) -> SpoolFacts: ...

    async def failure(self) -> OSError:
        """Waits for an error of the disk that is final: nothing is taken any more, and only a new process may
        go on."""
        ...

    async def close(self) -> None: ...
