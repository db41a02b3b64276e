"""What every smart meter's register showed at each full hour: the town writes it, the meters send it.

A memory-mapped ring of rows, one an hour of plant time, each with its hour written last. One writer, any
number of readers. Standard library only.
"""

import json
import mmap
import os
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from typing_extensions import Buffer

HOUR_NS = 3_600_000_000_000
HOURS_KEPT = 96
MAGIC = int.from_bytes(b"WHMETER1", "little")
_HEAD_WORDS = 8


class MeterBook:
    """Rows are addressed by hours since 1970-01-01 UTC; registers are m3, in the order of `meters`."""

    def __init__(self, folder: Path, access: int) -> None:
        """Raises FileNotFoundError, or ValueError for a book that is not whole."""
        names = (folder / "meters.json").read_bytes()
        self.meters: tuple[str, ...] = tuple(json.loads(names)["meters"])
        self._row_words = 1 + len(self.meters)
        size = 8 * (_HEAD_WORDS + HOURS_KEPT * self._row_words)
        file = folder / "meters.bin"
        descriptor = os.open(file, os.O_RDWR if access == mmap.ACCESS_WRITE else os.O_RDONLY)
        try:
            if os.fstat(descriptor).st_size != size:
                raise ValueError(f"{file} does not have the size its meters ask for")
            self._map = mmap.mmap(descriptor, size, access=access)
        finally:
            os.close(descriptor)
        self._words = memoryview(self._map).cast("q")
        self._floats = memoryview(self._map).cast("d")
        if (self._words[0], self._words[1]) != (MAGIC, zlib.crc32(names)):
            raise ValueError(f"{file} is not the book of these meters")

    @classmethod
    def write(cls, folder: Path, meters: Sequence[str]) -> Self:
        """The writer's book; continued when it is of the same meters, else begun anew."""
        folder.mkdir(parents=True, exist_ok=True)
        names = json.dumps({"meters": list(meters)}).encode()
        try:
            if (folder / "meters.json").read_bytes() == names:
                return cls(folder, mmap.ACCESS_WRITE)
        except (FileNotFoundError, ValueError):
            pass
        empty = bytes(8 * (_HEAD_WORDS - 2 + HOURS_KEPT * (1 + len(meters))))
        head = MAGIC.to_bytes(8, "little") + zlib.crc32(names).to_bytes(8, "little")
        for name, content in (("meters.bin", head + empty), ("meters.json", names)):
            fresh = folder / f"{name}.new"
            fresh.write_bytes(content)
            fresh.replace(folder / name)
        return cls(folder, mmap.ACCESS_WRITE)

    @classmethod
    def read(cls, folder: Path) -> Self:
        return cls(folder, mmap.ACCESS_READ)

    def _at(self, hour: int) -> int:
        return _HEAD_WORDS + hour % HOURS_KEPT * self._row_words

    def put(self, hour: int, m3: "Buffer") -> None:
        """The registers at `hour`, contiguous float64. Raises ValueError."""
        column = memoryview(m3).cast("B").cast("d")
        if len(column) != len(self.meters):
            raise ValueError(f"{len(self.meters)} meters, {len(column)} registers")
        at = self._at(hour)
        self._words[at] = 0
        self._floats[at + 1 : at + self._row_words] = column
        self._words[at] = hour

    def has(self, hour: int) -> bool:
        return self._words[self._at(hour)] == hour

    def get(self, hour: int, meter: int) -> float | None:
        """One register; None when the town has not written that hour, or long ago."""
        at = self._at(hour)
        value = self._floats[at + 1 + meter]
        return value if self._words[at] == hour else None
