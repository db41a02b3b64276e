"""Snapshots in a folder: one file that holds signature and content, replaced as a whole."""

import os
import struct
from pathlib import Path

_HEAD = struct.Struct("<4sI")
_MAGIC = b"WHS1"


class FolderSnapshots:
    """`core.ports.snapshots.SnapshotStore`. One writer; readers in any process, by read access alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / "snapshot"

    def put(self, content: bytes, signature: bytes) -> None:
        """On disk when it returns. Raises OSError; the old pair then still stands."""
        self._folder.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        with fresh.open("wb") as file:
            file.write(_HEAD.pack(_MAGIC, len(signature)) + signature + content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

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
