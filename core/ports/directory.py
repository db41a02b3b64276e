"""The directory of addresses: derived from the accounts, and made anew from them at any time.

It holds premises, never people: no name and no telephone number.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Protocol

from core.model.address import Entry, Part, PlaceName

Names = Callable[[], Sequence[PlaceName]]


class Directory(Protocol):
    """Every method may be called from several tasks at once."""

    async def stamp(self) -> str | None:
        """What `rebuild` was last given; None for a directory that is not there or cannot be read."""
        ...

    async def rebuild(self, stamp: str, lots: AsyncIterator[Sequence[Entry]], names: Names) -> int:
        """Replaces the whole in one step; until then the old one answers. `names` is asked when all entries
        were taken. How many entries."""
        ...

    async def names(self) -> Sequence[PlaceName]: ...

    async def named(
        self, names: Sequence[int], numbers: Mapping[Part, str], limit: int, loose: str | None = None
    ) -> list[Entry]:
        """Entries of any of these names, also by a further one, with exactly these numbers, in the order of
        an address. loose: a number that is one of theirs, whatever it counts."""
        ...

    async def count(self, names: Sequence[int], numbers: Mapping[Part, str]) -> int: ...

    async def coded(self, code: str, limit: int) -> list[Entry]:
        """Whose account or meter number begins with `code`, whole matches first; capitals make no
        difference."""
        ...

    async def close(self) -> None: ...
