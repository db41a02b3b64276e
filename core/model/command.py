"""A command that came with a key (Idempotency-Key) and was done, and what it was answered."""

from dataclasses import dataclass
from hashlib import sha256

HOUR_NS = 3_600 * 10**9
KEPT_NS = 72 * HOUR_NS
"""How long a key is known, plant time: longer than a week-end, and no archive of answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """id: see `command_id`. due_ns: until then it is known. sealed: its answer and a digest of what it asked
    for, under the vault's key `key_id`; empty where the answer was not known when the transaction ended."""

    id: str
    due_ns: int
    key_id: str = ""
    sealed: bytes = b""


def command_id(user: str, path: str, key: str) -> str:
    """One user's key on one path: two users' keys have nothing to do with each other. A digest, for a key may
    be anything that somebody typed."""
    return sha256("\n".join((user, path, key)).encode("utf-8", "surrogatepass")).hexdigest()
