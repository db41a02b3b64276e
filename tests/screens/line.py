"""A line between a browser and the hub that can be cut: real sockets, so that a stream dies as it would."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Line:
    """Listens on a port of its own while it is whole; cut, it refuses and its connections are gone."""

    def __init__(self, to_port: int) -> None:
        self._to = to_port
        self._open: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.port = 0

    def _run(self, work: "asyncio._CoroutineLike[None]") -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._join, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to)
        self._open |= {writer, far_writer}
        await asyncio.gather(self._carry(reader, far_writer), self._carry(far_reader, writer))

    async def _carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while content := await source.read(65536):
                sink.write(content)
                await sink.drain()
        sink.close()
        self._open.discard(sink)

    async def _cut(self) -> None:
        if self._server:
            self._server.close()
        for writer in list(self._open):
            writer.transport.abort()

    def cut(self) -> None:
        self._run(self._cut())

    def mend(self) -> None:
        self._run(self._listen())


@contextmanager
def line_to(port: int) -> Iterator[Line]:
    line = Line(port)
    line._thread.start()
    line.mend()
    try:
        yield line
    finally:
        line.cut()
        line._loop.call_soon_threadsafe(line._loop.stop)
        line._thread.join(5)
