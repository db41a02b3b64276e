"""Files that are whole on disk, or what they were before, whenever the process or the power ends.

A new content is written beside the file, synced, and renamed over it; then the folder is synced, for the name
is the folder's. A crash leaves a `.new` beside at most; the next write of that file takes its place. One
writer a file.
"""

import os
from pathlib import Path
from secrets import token_hex

OPEN, PRIVATE = 0o666, 0o600
"""Modes, less the umask: as other files are; for the hub alone."""


def replace_file(path: Path, content: bytes, mode: int = OPEN) -> None:
    """`path` is `content` from now on. Raises OSError, and then it is what it was."""
    fresh = path.with_name(f"{path.name}.new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode), "wb") as file:
        if mode != OPEN:
            os.fchmod(file.fileno(), mode)  # one that a crash has left has its own
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)


def create_file(path: Path, content: bytes, mode: int = OPEN) -> bool:
    """False, and nothing changed, where the file is there: of many writers one is first. Raises OSError."""
    fresh = path.with_name(f".{path.name}.{token_hex(8)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    try:
        with os.fdopen(os.open(fresh, flags, mode), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(fresh, path)
    except FileExistsError:
        return False
    finally:
        fresh.unlink(missing_ok=True)
        sync_folder(path.parent)
    return True


def adopt(fresh: Path, path: Path) -> None:
    """A file that another library has written and closed takes the place of `path`. Raises OSError."""
    file = os.open(fresh, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)
    fresh.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """What was named, renamed or removed in it is so on disk. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
