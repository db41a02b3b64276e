"""The board: what every instrument of the town shows now, shared by one writer with many processes.

A memory-mapped file with the columns source time (int64 ns), value (float64) and quality (uint32
StatusCode), twice, and a generation. The writer fills the columns that nobody reads and then raises the
generation, so that a reader sees one whole tick or the next one, never a mixture. This relies on stores
being seen in program order, which x86-64 promises (Intel SDM 3A, 9.2.3.2). Standard library only: seven
processes start with it.
"""

import json
import mmap
import os
import time
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    from typing_extensions import Buffer

MAGIC = int.from_bytes(b"WHBOARD1", "little")
HEAD_BYTES = 64
_MAGIC, _NAMES, _GENERATION, _WRITTEN = range(4)
TRIES = 1000


class BoardError(Exception):
    """There is no board here, it is not of this kind, or its writer never rests."""


class Snapshot(NamedTuple):
    """One tick, in the order of the board's tags. generation: 0 before the first."""

    generation: int
    t_ns: "memoryview[int]"
    v: "memoryview[float]"
    q: "memoryview[int]"


def _stride(n: int) -> int:
    """Bytes of one set of columns, a multiple of eight."""
    return (n * 20 + 7) // 8 * 8


def _fingerprint(names: bytes) -> int:
    return zlib.crc32(names)


class _Board:
    def __init__(self, tags: tuple[str, ...], names: bytes, file: Path, access: int) -> None:
        self.tags = tags
        self.slot = {tag: slot for slot, tag in enumerate(tags)}
        flags = os.O_RDWR if access == mmap.ACCESS_WRITE else os.O_RDONLY
        descriptor = os.open(file, flags)
        try:
            size = HEAD_BYTES + 2 * _stride(len(tags))
            if os.fstat(descriptor).st_size != size:
                raise BoardError(f"{file} does not have the size its names ask for")
            self._map = mmap.mmap(descriptor, size, access=access)
        finally:
            os.close(descriptor)
        self._bytes = memoryview(self._map)
        self._head = self._bytes[:HEAD_BYTES].cast("Q")
        if self._head[_MAGIC] != MAGIC or self._head[_NAMES] != _fingerprint(names):
            self.close()
            raise BoardError(f"{file} is not the board that board.json names")

    @property
    def generation(self) -> int:
        """Counts the ticks ever written here."""
        return self._head[_GENERATION]

    def close(self) -> None:
        self._head.release()
        self._bytes.release()
        self._map.close()


class BoardWriter(_Board):
    """The one writer. A board of the same tags is continued, any other replaced."""

    @classmethod
    def open(cls, folder: Path, tags: Sequence[str]) -> Self:
        folder.mkdir(parents=True, exist_ok=True)
        file, names_file = folder / "board.bin", folder / "board.json"
        names = json.dumps({"tags": list(tags)}, ensure_ascii=False).encode()
        try:
            return cls(tuple(tags), names, file, mmap.ACCESS_WRITE)
        except (FileNotFoundError, BoardError):
            pass
        head = b"".join(word.to_bytes(8, "little") for word in (MAGIC, _fingerprint(names), 0, 0))
        fresh = file.with_suffix(".new")
        fresh.write_bytes(head.ljust(HEAD_BYTES + 2 * _stride(len(tags)), b"\0"))
        fresh.replace(file)
        fresh = names_file.with_suffix(".new")
        fresh.write_bytes(names)
        fresh.replace(names_file)
        return cls(tuple(tags), names, file, mmap.ACCESS_WRITE)

    def write(self, t_ns: "Buffer", v: "Buffer", q: "Buffer") -> None:
        """One tick: contiguous columns of int64, float64 and uint32, one row a tag. Raises ValueError."""
        n = len(self.tags)
        columns = [memoryview(column).cast("B") for column in (t_ns, v, q)]
        if [column.nbytes for column in columns] != [8 * n, 8 * n, 4 * n]:
            raise ValueError(f"the board has {n} tags; the columns have another length or type")
        generation = self._head[_GENERATION] + 1
        at = HEAD_BYTES + (generation & 1) * _stride(n)
        for column in columns:
            self._bytes[at : at + column.nbytes] = column
            at += column.nbytes
        self._head[_WRITTEN] = time.time_ns()
        self._head[_GENERATION] = generation


class BoardReader(_Board):
    @classmethod
    def open(cls, folder: Path, wait_s: float = 10.0) -> Self:
        """Waits up to `wait_s` real seconds for a board with a first tick on it. Raises BoardError."""
        deadline = time.monotonic() + wait_s
        while True:
            try:
                names = (folder / "board.json").read_bytes()
                tags = tuple(json.loads(names)["tags"])
                board = cls(tags, names, folder / "board.bin", mmap.ACCESS_READ)
                if board.generation:
                    return board
                board.close()
                reason = "its first tick has not come"
            except (FileNotFoundError, BoardError) as error:
                reason = str(error)
            if time.monotonic() >= deadline:
                raise BoardError(f"no board of a running town in {folder}: {reason}")
            time.sleep(0.05)

    @property
    def age_s(self) -> float:
        """Real seconds since the last tick."""
        return (time.time_ns() - self._head[_WRITTEN]) / 1e9

    def snapshot(self) -> Snapshot:
        """The newest whole tick, copied. Raises BoardError when the writer laps it a thousand times."""
        n = len(self.tags)
        for _ in range(TRIES):
            generation = self._head[_GENERATION]
            at = HEAD_BYTES + (generation & 1) * _stride(n)
            copy = memoryview(bytes(self._bytes[at : at + 20 * n]))
            if self._head[_GENERATION] == generation:
                t_ns, v, q = copy[: 8 * n], copy[8 * n : 16 * n], copy[16 * n :]
                return Snapshot(generation, t_ns.cast("q"), v.cast("d"), q.cast("I"))
        raise BoardError("the board is written faster than it can be read")
