"""The historian: every sample ever stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from core.model.conservation import Tally
from core.model.sample import Batch, Floats, Int64s, Sample, Series


@dataclass(frozen=True, slots=True)
class Written:
    """The last write that carried a mark, and what became of it."""

    mark: str
    tally: Tally


@dataclass(frozen=True, slots=True, eq=False)
class Buckets:
    """Aggregates over equal windows. t_ns: each window's start. n counts Good and Uncertain samples;
    low, high and mean are NaN where n is 0."""

    t_ns: Int64s
    n: Int64s
    low: Floats
    high: Floats
    mean: Floats


class Hold(StrEnum):
    """Why a store takes nothing now. The last three want a person; the others pass by themselves."""

    AWAY = "away"
    """No answer, or an error of its own for everything."""
    BUSY = "busy"
    """It asks to be spared for a while."""
    TOKEN = "token"
    """It does not know the hub's token, or not the right to write."""
    BUCKET = "bucket"
    """The bucket or the organisation is not there."""
    DISK = "disk"
    """Its disk is full, or broken."""


class HistorianUnavailable(ConnectionError):
    """The store cannot be reached or refuses everything (token, bucket); the batch must be offered again,
    not before `retry_s` seconds where the store said so."""

    def __init__(self, message: str, cause: Hold = Hold.AWAY, retry_s: float = 0.0) -> None:
        super().__init__(message)
        self.cause, self.retry_s = cause, retry_s


class Historian(Protocol):
    """Writes are idempotent by (tag, source time); the last value stands. Times are UTC ns."""

    async def write(self, batches: Sequence[Batch], *, mark: str | None = None) -> Tally:
        """Durable when it returns; what became of each sample, by its batch's source: stored, duplicate
        (replaced, or was replaced by, one of an equal tag and source time) or quarantined. Raises
        HistorianUnavailable; never loses part of what it was given silently: what it refuses for good is in
        the Quarantine it was opened with, one Refusal a batch and reason. mark: kept in the same
        transaction, so that a restarted recorder can tell whether this write was made."""
        ...

    async def written(self) -> Written | None:
        """The last write with a `mark`; None where the store cannot commit it together with samples."""
        ...

    async def read(self, tag: str, start_ns: int, end_ns: int) -> Series:
        """Raw samples with start <= t < end."""
        ...

    async def buckets(self, tag: str, start_ns: int, end_ns: int, width_ns: int) -> Buckets:
        """Windows [start + k x width, start + (k + 1) x width), empty ones too; the last ends at end.
        Fast when start and width are whole hours (or minutes, for tags faster than 10 s)."""
        ...

    async def buckets_of(
        self, tags: Sequence[str], start_ns: int, end_ns: int, width_ns: int
    ) -> list[Buckets]:
        """`buckets` of each tag in one question: a hundred cost little more than a few."""
        ...

    async def at(self, tags: Sequence[str], t_ns: int, within_ns: int) -> dict[str, Sample]:
        """By tag the newest sample with t - within < its time <= t, of those that have one: value, time and
        status alone."""
        ...

    async def last(self, tags: Sequence[str]) -> Batch:
        """The newest stored sample of each tag that has one."""
        ...

    async def close(self) -> None: ...
