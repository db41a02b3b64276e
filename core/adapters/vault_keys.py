"""The keys of personal data: files of their own in the data folder, mode 0600, never in the ledger.

A key is 32 random bytes in `persons-NNNN.key`; the highest number seals, all of them open. A copy of the
ledger without this folder tells no name, no number and no link.
"""

import hmac
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.durable_file import PRIVATE, create_file, sync_folder

LENGTH = 32
INDEX_CHARACTERS = 32
"""128 bits in hexadecimal."""
PREFIX, SUFFIX = "persons-", ".key"


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """One file's key, and those derived from it for each purpose (HMAC-SHA256 as HKDF's expand step, RFC
    5869 2.3, of one block)."""

    id: str
    aead: AESGCM
    answers: AESGCM
    _index: dict[str, bytes]

    @classmethod
    def of(cls, id: str, secret: bytes) -> Self:
        derived = {name: _derived(secret, name) for name in ("account", "phone", "last4", "row")}
        return cls(id, AESGCM(_derived(secret, "seal")), AESGCM(_derived(secret, "answers")), derived)

    def index(self, purpose: str, value: str) -> str:
        """What stands in a column instead of `value`."""
        return hmac.digest(self._index[purpose], value.encode(), "sha256").hex()[:INDEX_CHARACTERS]


def _derived(secret: bytes, purpose: str) -> bytes:
    return hmac.digest(secret, f"waterhub persons {purpose}".encode() + b"\x01", "sha256")


@dataclass(slots=True, repr=False)
class KeyRing:
    """The keys of one folder, the sealing one last."""

    folder: Path
    _keys: dict[str, Key] = field(default_factory=dict)
    _seen_ns: int = 0

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Makes the first key where there is none. Raises OSError, ValueError for a file that is no key."""
        ring = cls(folder)
        if not ring._files():
            ring.add()
        ring.look()
        return ring

    @property
    def newest(self) -> Key:
        self.look()
        return self._keys[max(self._keys)]

    def __iter__(self) -> Iterator[Key]:
        self.look()
        return iter(tuple(self._keys.values()))

    def get(self, id: str) -> Key | None:
        self.look()
        return self._keys.get(id)

    def look(self) -> None:
        """Another process may have added a key, or taken one away: the folder's stamp says so."""
        stamp = self.folder.stat().st_mtime_ns
        if stamp != self._seen_ns:
            self.reload()
            self._seen_ns = stamp

    def reload(self) -> None:
        known: dict[str, Key] = {}
        for file in self._files():
            id = file.name.removeprefix(PREFIX).removesuffix(SUFFIX)
            if (key := self._keys.get(id)) is None:
                secret = file.read_bytes()
                if len(secret) != LENGTH:
                    raise ValueError(f"{file} is no key: it has {len(secret)} bytes, not {LENGTH}")
                key = Key.of(id, secret)
            known[id] = key
        if not known:
            raise ValueError(f"{self.folder} has no key of personal data any more: put it back")
        self._keys = known

    def add(self) -> str:
        """A new key, which seals from now on; its id. On the disk before anything is sealed with it."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        last = max((int(file.name[len(PREFIX) : -len(SUFFIX)]) for file in self._files()), default=0)
        id = f"{last + 1:04d}"
        file = self.folder / f"{PREFIX}{id}{SUFFIX}"
        create_file(file, secrets.token_bytes(LENGTH), PRIVATE)  # another process' key is as good
        self.reload()
        return id

    def drop(self, id: str) -> None:
        """Nothing may be sealed with it any more."""
        (self.folder / f"{PREFIX}{id}{SUFFIX}").unlink(missing_ok=True)
        sync_folder(self.folder)
        self._keys.pop(id, None)

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob(f"{PREFIX}[0-9][0-9][0-9][0-9]{SUFFIX}"))
