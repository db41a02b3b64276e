"""The one-way hatch to the citizens' server."""

from collections.abc import Collection
from typing import Protocol


class SnapshotStore(Protocol):
    """Bytes in, bytes out; signing and meaning are the portal's own."""

    def put(self, content: bytes, signature: bytes) -> None:
        """Atomic: a reader sees the old pair or the new one, never a mixture."""
        ...

    def get(self) -> tuple[bytes, bytes] | None:
        """None before the first."""
        ...

    def version(self) -> object:
        """Cheap; differs when `get` would."""
        ...

    def put_part(self, content: bytes) -> str:
        """Kept under its SHA-256 (hexadecimal), which is the answer; one that lies there is left as it is."""
        ...

    def part(self, sha256: str) -> bytes | None:
        """What lies under that name, unchecked; None when nothing does."""
        ...

    def keep_parts(self, sha256s: Collection[str]) -> None:
        """Removes every other part."""
        ...
