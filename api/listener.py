"""One open event stream, from its queue to its socket."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.audience import Audience, frame
from api.permissions import Limit

QUEUE = 96
"""Frames that may wait for a slow reader: about twenty seconds of them, at four of values a second."""
SEND_S = 10.0
"""How long one write may take before the reader counts as gone."""

_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


@dataclass(slots=True, eq=False)
class Listener:
    """session: whose stream it is. after: the last ledger event its reader has. cut: why it ends, once it
    does; the reader then comes back with `?since=` and misses nothing."""

    session: str
    limit: Limit
    audience: Audience
    after: int = 0
    cut: str | None = None
    _waiting: deque[bytes] = field(default_factory=deque)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)

    def push(self, content: bytes) -> None:
        """Never waits: a reader who is too far behind is cut instead."""
        if self.cut is None:
            if len(self._waiting) >= QUEUE:
                self.end("slow")
                return
            self._waiting.append(content)
            self._wake.set()

    def end(self, why: str) -> None:
        if self.cut is None:
            self.cut = why
            self._waiting.clear()
            self._waiting.append(frame("cut", {"reason": why}))
            self._wake.set()

    async def next(self) -> bytes:
        """All that waits, at once; empty when the stream is over."""
        if not self._waiting and self.cut is None:
            await self._wake.wait()
        self._wake.clear()
        content = b"".join(self._waiting)
        self._waiting.clear()
        return content


class Stream(Response):
    """Writes `first`, then what the listener is given, until either side ends it; then calls `close`."""

    def __init__(self, listener: Listener, first: bytes, close: Callable[[Listener], None]) -> None:
        super().__init__()
        self._listener = listener
        self._first = first
        self._close = close

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        reader = asyncio.create_task(_until_gone(receive, self._listener), name="event stream reader")
        try:
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            await _write(send, b"retry: 1500\n\n" + self._first)
            while content := await self._listener.next():
                await _write(send, content)
            await _write(send, b"", more=False)
        except TimeoutError:
            self._listener.end("stuck")
        finally:
            reader.cancel()
            self._close(self._listener)


async def _write(send: Send, content: bytes, *, more: bool = True) -> None:
    async with asyncio.timeout(SEND_S):
        await send({"type": "http.response.body", "body": content, "more_body": more})


async def _until_gone(receive: Receive, listener: Listener) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.end("gone")
