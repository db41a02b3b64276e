"""The engine's snapshot in the ledger, in parts: of megabytes only what has changed is written.

Large columns (a week of a district, a window's ring) stand still for most of a minute, while alarms change at
any moment and take the snapshot with them. Each large column is a part of its own, the rest is the head; the
head names every part with its CRC-32.
"""

import zlib
from typing import Any, NamedTuple

import msgspec

from alarms.detectors.detector import State
from core.ports.ledger import Tx

NAME = "alarms.engine"
LARGE = 8_192
"""Bytes from which a column is a part of its own."""
_PART = "\0part"


class _Part(NamedTuple):
    """A large column as the ledger has it, without its megabytes: this process's hash of it, and its CRC."""

    hash: int
    crc: int


class Kept:
    """What of the snapshot the ledger has. A new one for each life of the service: it then writes all."""

    def __init__(self) -> None:
        self._parts: dict[str, _Part] = {}

    async def write(self, tx: Tx, state: State) -> None:
        """In the caller's transaction, which is expected to stand; otherwise begin anew."""
        parts, changed = self._parts.copy(), dict[str, bytes]()
        head = _apart(state, NAME, parts, changed)
        for name, content in changed.items():
            await tx.keep(name, content)
        self._parts = parts
        await tx.keep(NAME, msgspec.msgpack.encode(head))


async def read(tx: Tx) -> State | None:
    """None when there is no snapshot, or its parts are not those that its head names."""
    content = await tx.kept(NAME)
    if content is None:
        return None
    head: State = msgspec.msgpack.decode(content)
    names = _named(head)
    parts = {name: await tx.kept(name) for name in names}
    if any(part is None or zlib.crc32(part) != names[name] for name, part in parts.items()):
        return None
    whole: State = _together(head, parts)
    return whole


def _apart(value: Any, path: str, parts: dict[str, _Part], changed: dict[str, bytes]) -> Any:
    """The same, with large columns named in their place. parts: what is known of them, brought up to date."""
    if isinstance(value, bytes) and len(value) >= LARGE:
        known = parts.get(path)
        if known is None or known.hash != hash(value):
            known = parts[path] = _Part(hash(value), zlib.crc32(value))
            changed[path] = value
        return {_PART: [path, known.crc]}
    if isinstance(value, dict):
        return {key: _apart(one, f"{path}/{key}", parts, changed) for key, one in value.items()}
    if isinstance(value, list):
        return [_apart(one, f"{path}/{n}", parts, changed) for n, one in enumerate(value)]
    return value


def _named(value: Any) -> dict[str, int]:
    if isinstance(value, dict):
        if _PART in value:
            path, crc = value[_PART]
            return {path: crc}
        return {name: crc for one in value.values() for name, crc in _named(one).items()}
    if isinstance(value, list):
        return {name: crc for one in value for name, crc in _named(one).items()}
    return {}


def _together(value: Any, parts: dict[str, Any]) -> Any:
    if isinstance(value, dict):
        if _PART in value:
            return parts[value[_PART][0]]
        return {key: _together(one, parts) for key, one in value.items()}
    if isinstance(value, list):
        return [_together(one, parts) for one in value]
    return value
