"""The one-way hatch to the citizens' server."""

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
