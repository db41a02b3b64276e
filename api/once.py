"""A command sent twice is done once: Idempotency-Key (IETF draft-ietf-httpapi-idempotency-key-header).

That it was done, and what it was answered, stands in the ledger in the transaction of what it changed: no
lost connection and no `kill -9` makes two of one. The answer is sealed as persons are, for it may name one.
"""

import asyncio
import hmac
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from weakref import WeakValueDictionary

import msgspec
from fastapi import Response

from api.deps import Deps
from api.problems import REFUSALS, Problem
from core.model.audit import Acting
from core.model.command import KEPT_NS, Command
from core.ports.ledger import DoneBefore, Ledger
from core.ports.vault import Vault

LONGEST = 256 * 1024
"""Bytes of an answer that is kept."""
_UNKNOWN = (
    "this command was done, and what it was answered is not known any more: look at what stands before you "
    "give it another key"
)


class _Kept(msgspec.Struct, array_like=True):
    """asked: digest of the request's body, which may hold a telephone's number: in the clear it could be
    guessed from it."""

    asked: bytes
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Keyed:
    """A command under its key: its transactions go through `ledger`."""

    deps: Deps
    command: Command
    used: Ledger | None = None

    def ledger(self, acting: Acting) -> Ledger:
        self.used = self.deps.ledger.acting(acting, self.command)
        return self.used


class Once:
    """Turns of the commands that are under way, by id: the second of one waits for the first."""

    def __init__(self) -> None:
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def answer(
        self, deps: Deps, id: str, asked: bytes, act: Callable[[Keyed], Awaitable[Response]]
    ) -> Response:
        """The first one's answer. A command that failed may be tried again. Raises Problem 422 when the key
        came with other content before, 409 when it was done and its answer is not known."""
        async with self._turns.setdefault(id, asyncio.Lock()):
            try:
                if (known := await _known(deps, id)) is not None:
                    return _again(deps.vault, known, asked)
                command = Command(id=id, due_ns=deps.clock.now_ns() + KEPT_NS)
                return await _done(Keyed(deps, command), asked, act)
            except DoneBefore as before:
                if (known := await _known(deps, id)) is None:
                    raise Problem(409, "done_before", _UNKNOWN) from before
                return _again(deps.vault, known, asked)


async def _done(keyed: Keyed, asked: bytes, act: Callable[[Keyed], Awaitable[Response]]) -> Response:
    try:
        answer = await act(keyed)
    except BaseException as error:
        if keyed.used is not None:
            await keyed.used.told(None, stands=isinstance(error, REFUSALS))
        raise
    if keyed.used is not None:
        await keyed.used.told(_with(keyed, asked, answer))
    return answer


def _with(keyed: Keyed, asked: bytes, answer: Response) -> Command:
    """The command with its answer, where that is one to keep."""
    if len(answer.body) > LONGEST or "set-cookie" in answer.headers:
        return keyed.command
    kept = _Kept(sha256(asked).digest(), answer.status_code, dict(answer.headers), bytes(answer.body))
    content = zlib.compress(msgspec.msgpack.encode(kept), 1)
    key_id, sealed = keyed.deps.vault.closed(keyed.command.id, content)
    return replace(keyed.command, key_id=key_id, sealed=sealed)


def _again(vault: Vault, command: Command, asked: bytes) -> Response:
    content = vault.disclosed(command.id, command.key_id, command.sealed) if command.sealed else None
    if content is None:
        raise Problem(409, "done_before", _UNKNOWN)
    kept = msgspec.msgpack.decode(zlib.decompress(content), type=_Kept)
    if not hmac.compare_digest(kept.asked, sha256(asked).digest()):
        raise Problem(422, "key_reused", "this Idempotency-Key came with another command before")
    return Response(kept.body, kept.status, kept.headers)


async def _known(deps: Deps, id: str) -> Command | None:
    async with deps.ledger.read() as tx:
        return await tx.get(Command, id)
