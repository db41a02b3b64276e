"""Quarantine: what was refused, kept whole with its reason until somebody replays or discards it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing refused. at_ns: when, UTC ns; source: whose; reason: in a few words, countable
    (`future_time`, `unknown_meter`, `not_json`, `type_conflict`), detail: the rest of the sentence;
    content: the thing itself, enough to offer it again (`Batch.encode`, a topic and its payload);
    samples: how many received samples it stands for, 0 for a payload nobody could read."""

    at_ns: int
    source: str
    reason: str
    detail: str
    content: bytes
    samples: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """A refusal in quarantine under its number. replayed_ns: when it was offered again with success."""

    id: int
    refusal: Refusal
    replayed_ns: int | None = None


@dataclass(frozen=True, slots=True)
class QuarantineFacts:
    """kept: refusals there now, waiting: of them not replayed yet; bytes: their contents; dropped: gone by
    the bound on size, ever; counts: refusals ever kept, by (source, reason), samples: the same in samples."""

    kept: int
    waiting: int
    bytes: int
    dropped: int
    counts: dict[tuple[str, str], int]
    samples: dict[tuple[str, str], int]


class Quarantine(Protocol):
    """On this machine's own disk, so that it takes things while every other store is down. Bounded: beyond
    its size the oldest replayed, then the oldest, go, and are counted."""

    async def put(self, refusals: Sequence[Refusal]) -> None:
        """Durable when it returns. The same refusal twice (source, reason, content) is kept once. Raises
        OSError when the disk takes nothing: then nothing may be acknowledged."""
        ...

    async def newest(
        self, limit: int = 100, *, source: str | None = None, reason: str | None = None, before: int = 0
    ) -> list[Kept]:
        """The newest first; before: only ids below it (0 for all)."""
        ...

    async def get(self, ids: Sequence[int]) -> list[Kept]:
        """In ascending order; ids that are not there are left out."""
        ...

    async def replayed(self, ids: Sequence[int], at_ns: int) -> None: ...

    async def discard(self, ids: Sequence[int]) -> int:
        """Forgets them; how many were there. Their counts stay."""
        ...

    async def facts(self) -> QuarantineFacts: ...

    async def close(self) -> None: ...
