"""Photos in a folder: two files for each, below the first two digits of the original's SHA-256."""

import asyncio
import errno
import re
import shutil
from pathlib import Path

from core.durable_file import PRIVATE, replace_file
from core.ports.photos import PhotosFull

_SHA256 = re.compile(r"[0-9a-f]{64}")
_ORIGINAL, _SHARED, _FRESH = ".original", ".shared.jpg", ".new"


class FolderPhotos:
    """`core.ports.photos.PhotoStore`. max_bytes: of all files together; min_free_share: of the disk, which is
    left alone. One writer."""

    def __init__(self, folder: Path, max_bytes: int, min_free_share: float = 0.05) -> None:
        self._folder, self._max_bytes, self._min_free_share = folder, max_bytes, min_free_share
        self._turn = asyncio.Lock()
        self._used: int | None = None

    async def put(self, sha256: str, original: bytes, shared: bytes) -> None:
        async with self._turn:
            await asyncio.shield(asyncio.to_thread(self._put, sha256, original, shared))

    async def original(self, sha256: str) -> bytes | None:
        return await asyncio.to_thread(_read, self._file(sha256, _ORIGINAL))

    async def shared(self, sha256: str) -> bytes | None:
        return await asyncio.to_thread(_read, self._file(sha256, _SHARED))

    def _file(self, sha256: str, kind: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise ValueError(f"{sha256!r} is no SHA-256")
        return self._folder / sha256[:2] / f"{sha256}{kind}"

    def _put(self, sha256: str, original: bytes, shared: bytes) -> None:
        """The original last: where it stands, its copy does too."""
        target = self._file(sha256, _ORIGINAL)
        if target.exists():
            return
        need = len(original) + len(shared)
        self._make_sure_of(need)
        try:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            replace_file(self._file(sha256, _SHARED), shared, PRIVATE)
            replace_file(target, original, PRIVATE)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise PhotosFull(f"the disk of {self._folder} is full") from error
            raise
        self._used = (self._used or 0) + need

    def _make_sure_of(self, need: int) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._used is None:
            self._used = self._swept()
        if self._used + need > self._max_bytes:
            raise PhotosFull(f"{self._folder} holds {self._used} of {self._max_bytes} bytes")
        disk = shutil.disk_usage(self._folder)
        if disk.free - need < disk.total * self._min_free_share:
            raise PhotosFull(f"the disk of {self._folder} has {disk.free} bytes left")

    def _swept(self) -> int:
        """Bytes of what stands, once what a kill left half written is gone."""
        used = 0
        for file in self._folder.glob("*/*"):
            if file.suffix == _FRESH:
                file.unlink()
            else:
                used += file.stat().st_size
        return used


def _read(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
