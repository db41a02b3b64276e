"""Where photos' bytes are kept, named by what they are: the SHA-256 of the original."""

from typing import Protocol


class PhotoStore(Protocol):
    async def put(self, sha256: str, original: bytes, shared: bytes) -> None:
        """On disk when it returns; what stands already stays. Raises PhotosFull, and nothing is kept."""
        ...

    async def original(self, sha256: str) -> bytes | None:
        """As it came; None when there is none."""
        ...

    async def shared(self, sha256: str) -> bytes | None:
        """The JPEG without metadata that was made of it."""
        ...


class PhotosFull(OSError):
    """No room: at its bound, or the disk's. Room made, the same photo is taken."""
