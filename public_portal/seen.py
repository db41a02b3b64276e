"""The highest snapshot that was ever shown, in a small file: a server that starts anew takes no older one."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from core.durable_file import replace_file


class SeenDamaged(ValueError):
    """What lies there is not ours; whoever removes it lets any genuine snapshot in again."""


@dataclass(frozen=True, slots=True)
class Highest:
    """sha256: of the snapshot's content, hexadecimal."""

    seq: int
    sha256: str


class Seen:
    """path: None where nothing outlives the process. public_key: what is remembered counts under this key
    only, since a hub with a new one may count from the beginning. Raises SeenDamaged."""

    def __init__(self, path: Path | None, public_key: bytes) -> None:
        self._path = path
        self._key = hashlib.sha256(public_key).hexdigest()
        self.failing: str | None = None
        """Why the last one could not be written down: the next start would not know of it."""
        self.highest = self._read()

    @property
    def kept(self) -> bool:
        """The next start will know."""
        return self._path is not None and self.failing is None

    def taken(self, seq: int, content: bytes) -> None:
        """On disk when it returns, unless `failing` says why not; what is new is shown all the same."""
        fresh = Highest(seq, hashlib.sha256(content).hexdigest())
        if fresh == self.highest and self.failing is None:
            return
        self.highest = fresh
        if self._path is None:
            return
        try:
            self._write(self._path, fresh)
            self.failing = None
        except OSError as error:
            self.failing = f"{self._path}: {error.strerror}"

    def same(self, content: bytes) -> bool:
        return self.highest is not None and hashlib.sha256(content).hexdigest() == self.highest.sha256

    def _read(self) -> Highest | None:
        if self._path is None:
            return None
        try:
            lying = json.loads(self._path.read_bytes())
            found = Highest(int(lying["seq"]), str(lying["sha256"]))
            return found if lying["key"] == self._key else None
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SeenDamaged(
                f"{self._path} does not say which snapshot was the highest: put it back from a backup, or "
                "remove it once you know that the snapshot in the store is the newest"
            ) from error

    def _write(self, path: Path, fresh: Highest) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        content = {"key": self._key, "seq": fresh.seq, "sha256": fresh.sha256}
        replace_file(path, json.dumps(content).encode())
