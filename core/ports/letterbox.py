"""The letterbox that stands with the citizens' server: the hub goes there, nothing comes from there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Waiting:
    """letters: sealed, by the name they lie under, the oldest first. n: how many lie there; most: how many
    may. refused: citizens' letters that were not taken in since the server started, by reason."""

    letters: Sequence[tuple[str, bytes]]
    n: int
    most: int
    refused: dict[str, int]


class Letterbox(Protocol):
    async def waiting(self, most: int) -> Waiting:
        """So many at most; they lie there until they are taken. Raises LetterboxUnavailable."""
        ...

    async def taken(self, names: Sequence[str]) -> None:
        """They are gone; idempotent. Raises LetterboxUnavailable."""
        ...

    async def close(self) -> None: ...


class LetterboxUnavailable(OSError):
    """Away, or it does not know the hub. Letters stay where they are."""
