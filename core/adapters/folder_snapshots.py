"""Snapshots in a folder: one file that holds signature and content, replaced as a whole."""

import hashlib
import re
import struct
from collections.abc import Collection
from pathlib import Path

from core.durable_file import replace_file

_HEAD = struct.Struct("<4sI")
_MAGIC = b"WHS1"
_SHA256 = re.compile("[0-9a-f]{64}")


class FolderSnapshots:
    """`core.ports.snapshots.SnapshotStore`. One writer; readers in any process, by read access alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / "snapshot"
        self._parts = folder / "parts"

    def put(self, content: bytes, signature: bytes) -> None:
        """On disk when it returns. Raises OSError; the old pair then still stands."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(self._path, _HEAD.pack(_MAGIC, len(signature)) + signature + content)

    def get(self) -> tuple[bytes, bytes] | None:
        """Content and signature. Raises ValueError when the file is not one of ours."""
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return None
        if len(data) < _HEAD.size or data[:4] != _MAGIC:
            raise ValueError(f"{self._path} is not a snapshot")
        _, length = _HEAD.unpack_from(data)
        content_at = _HEAD.size + length
        if len(data) < content_at:
            raise ValueError(f"{self._path} is cut short")
        return data[content_at:], data[_HEAD.size : content_at]

    def version(self) -> object:
        try:
            stat = self._path.stat()
        except FileNotFoundError:
            return None
        return stat.st_ino, stat.st_mtime_ns, stat.st_size

    def put_part(self, content: bytes) -> str:
        """On disk when it returns. Raises OSError."""
        sha256 = hashlib.sha256(content).hexdigest()
        if self.part(sha256) != content:
            self._parts.mkdir(parents=True, exist_ok=True)
            replace_file(self._parts / sha256, content)
        return sha256

    def part(self, sha256: str) -> bytes | None:
        if not _SHA256.fullmatch(sha256):
            return None
        try:
            return (self._parts / sha256).read_bytes()
        except FileNotFoundError:
            return None

    def keep_parts(self, sha256s: Collection[str]) -> None:
        if not self._parts.exists():
            return
        for path in self._parts.iterdir():
            if path.name not in sha256s:
                path.unlink(missing_ok=True)
