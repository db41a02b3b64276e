"""Sealed letters on the citizens' server's own disk, until the hub has taken them: so many and no more."""

import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path

from core.durable_file import PRIVATE, create_file
from public_portal.letter_seal import SIZE

MOST = 1_000
"""Letters, of 4,156 bytes each."""
FETCHED_WITHIN_S = 600.0
"""Real seconds: when the hub has not come for so long, nobody would read what is left."""
_NAME = re.compile(r"[0-9]{12}-[0-9a-f]{64}")


class Letterbox:
    """folder: made at the first letter; what lies there is taken over. One server a folder."""

    def __init__(self, folder: Path, most: int = MOST, now_s: Callable[[], float] = time.monotonic) -> None:
        self._folder, self.most, self._now_s = folder, most, now_s
        self._lock = threading.Lock()
        lying = sorted(p.name for p in folder.iterdir()) if folder.exists() else []
        for left in (name for name in lying if name.startswith(".")):  # half written at a crash
            (folder / left).unlink(missing_ok=True)
        self._names = dict.fromkeys(name for name in lying if _NAME.fullmatch(name))
        self._last = int(next(reversed(self._names)).split("-")[0]) if self._names else 0
        self._fetched_s: float | None = None
        self.refused: Counter[str] = Counter()

    @property
    def n(self) -> int:
        return len(self._names)

    @property
    def full(self) -> bool:
        return len(self._names) >= self.most

    @property
    def facts(self) -> dict[str, object]:
        """For whoever watches the server."""
        return {"waiting": self.n, "most": self.most, "refused": dict(self.refused)}

    @property
    def fetched(self) -> bool:
        """The hub came for letters lately."""
        return self._fetched_s is not None and self._now_s() - self._fetched_s < FETCHED_WITHIN_S

    def put(self, letter: bytes) -> bool:
        """On disk when it returns; False, and counted, when there is no room. Raises OSError, counted."""
        with self._lock:
            if self.full:
                self.refused["full"] += 1
                return False
            self._last += 1
            name = f"{self._last:012d}-{sha256(letter).hexdigest()}"
            try:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                create_file(self._folder / name, letter, PRIVATE)
            except OSError:
                self.refused["disk"] += 1
                raise
            self._names[name] = None
            return True

    def waiting(self, most: int) -> list[tuple[str, bytes]]:
        """By name, the oldest first; the hub asks. Of a damaged one what can be read of it, so that the hub
        says so and takes it away."""
        with self._lock:
            self._fetched_s = self._now_s()
            return [(name, self._read(name)) for name in list(self._names)[:most]]

    def taken(self, names: Sequence[str]) -> None:
        """Raises OSError."""
        with self._lock:
            for name in names:
                if name in self._names:
                    (self._folder / name).unlink(missing_ok=True)
                    del self._names[name]

    def _read(self, name: str) -> bytes:
        try:
            with (self._folder / name).open("rb") as file:
                return file.read(SIZE + 1)
        except OSError:
            return b""
