"""A proxy before a real HTTP server that does what networks and load balancers do to requests.

Each connection carries one request, so that what happens to one is nobody else's.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlsplit

_PATIENCE_S = 60.0


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    body: bytes

    @property
    def write(self) -> bool:
        return self.path.startswith("/api/v2/write")


@dataclass(frozen=True)
class Act:
    """What to do in place of passing a request on and its answer back. status: answer this and pass nothing
    on; limit: pass it on, and of the answer only this many bytes before the connection breaks; delay_s: wait
    before anything else; hang: never answer."""

    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    message: str = "said by the proxy"
    limit: int | None = None
    delay_s: float = 0.0
    hang: bool = False


@dataclass(frozen=True)
class Seen:
    """at: monotonic seconds; act: None where the request passed untouched."""

    at: float
    request: Request
    act: Act | None


Rule = Callable[[Request], Act | None]


@dataclass
class HttpProxy:
    """rule: asked about each request; may be changed at any time."""

    target: str
    rule: Rule = lambda _: None
    seen: list[Seen] = field(default_factory=list)
    port: int = 0
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def writes(self) -> list[Seen]:
        return [seen for seen in self.seen if seen.request.write]

    async def up(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def down(self) -> None:
        """Nobody listens, and what is open breaks; `up` listens on the same port."""
        if self._server:
            self._server.close()
            self._server = None
        for writer in list(self._open):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            with suppress(OSError, asyncio.IncompleteReadError, TimeoutError):
                async with asyncio.timeout(_PATIENCE_S):
                    await self._one(reader, writer)
        finally:
            self._open.discard(writer)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        fields = dict(line.lower().split(": ", 1) for line in lines if ": " in line)
        body = await reader.readexactly(int(fields.get("content-length", 0)))
        method, path, _ = first.split(" ")
        request = Request(method, path, body)
        act = self.rule(request)
        self.seen.append(Seen(time.monotonic(), request, act))
        act = act or Act()
        await asyncio.sleep(_PATIENCE_S if act.hang else act.delay_s)
        if act.status:
            writer.write(_answer(act))
        else:
            writer.write((await self._passed(head, body))[: act.limit])
        await writer.drain()

    async def _passed(self, head: bytes, body: bytes) -> bytes:
        """The whole answer, with a connection that ends behind it."""
        to = urlsplit(self.target)
        reader, writer = await asyncio.open_connection(to.hostname, to.port)
        try:
            kept = [
                line
                for line in head.split(b"\r\n")
                if line and not line.lower().startswith((b"connection:", b"accept-encoding:"))
            ]
            writer.write(b"\r\n".join([*kept, b"Connection: close", b"", b""]) + body)
            return await reader.read()
        finally:
            writer.close()


def _answer(act: Act) -> bytes:
    status = act.status or 500
    content = b'{"code":"proxy","message":"%b"}' % act.message.encode()
    fields = (*act.headers, ("Content-Type", "application/json"), ("Content-Length", str(len(content))))
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *(f"{k}: {v}" for k, v in fields)]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + content


@asynccontextmanager
async def proxy(target: str, rule: Rule = lambda _: None) -> AsyncIterator[HttpProxy]:
    """Up in front of `target` until the block ends."""
    door = HttpProxy(target, rule)
    await door.up()
    try:
        yield door
    finally:
        await door.down()
