"""A command sent twice is done once: Idempotency-Key (IETF draft-ietf-httpapi-idempotency-key-header).

Kept in memory, for what a shaky connection sends again within minutes. Across a restart the works' own
guards hold: a repeated command then names a state that is over, and is refused.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from fastapi import Response

from api.problems import Problem

KEPT = 1_000


@dataclass(slots=True)
class _Command:
    body: bytes
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    answer: Response | None = None


class Once:
    """The last KEPT commands that came with a key, by session, path and key."""

    def __init__(self) -> None:
        self._commands: OrderedDict[tuple[str, str, str], _Command] = OrderedDict()

    async def answer(
        self, key: tuple[str, str, str], body: bytes, act: Callable[[], Awaitable[Response]]
    ) -> Response:
        """The first one's answer, also for one that comes while it is still under way. A command that
        failed may be tried again. Raises Problem 422 when the key came with other content before."""
        command = self._commands.setdefault(key, _Command(body))
        self._commands.move_to_end(key)
        while len(self._commands) > KEPT:
            self._commands.popitem(last=False)
        if command.body != body:
            raise Problem(422, "key_reused", "this Idempotency-Key came with another command before")
        async with command.turn:
            if command.answer is None:
                command.answer = await act()
            first = command.answer
        return Response(first.body, first.status_code, dict(first.headers))
