"""What every driver's tests share: a spool to put samples in, tags, servers, and a way to wait."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

from core.adapters.segment_spool.spool import SegmentSpool
from core.model.conservation import Fate
from core.model.sample import Batch, Sample
from core.model.tag import Quantity, Tag
from core.model.text import Text
from core.ports.source import Source
from core.ports.spool import Sink
from tests.nursery import Born, nursery


class Kept:
    """A real spool, and in memory what it has acknowledged, in order. `hold` keeps batches waiting before
    the disk, as a slow one would."""

    def __init__(self, spool: SegmentSpool) -> None:
        self.spool = spool
        self.batches: list[Batch] = []
        self.open = asyncio.Event()
        self.open.set()

    async def put(self, batch: Batch) -> int:
        await self.open.wait()
        seq = await self.spool.put(batch)
        self.batches.append(batch)
        return seq

    async def count(self, source: str, fate: Fate, samples: int) -> None:
        await self.spool.count(source, fate, samples)

    def samples(self, tag: str | None = None) -> list[Sample]:
        return [s for batch in self.batches for s in batch.samples() if tag in (None, s.tag)]

    def bad(self, tag: str | None = None) -> list[Sample]:
        return [s for s in self.samples(tag) if s.v is None]

    def last(self, tag: str) -> Sample | None:
        return next((s for s in reversed(self.samples(tag))), None)


def tags(ids: Iterable[str], **fields) -> dict[str, Tag]:
    known = {"quantity": Quantity.FLOW, "unit": "m3/h", "station": "st-01", "period_s": 1.0} | fields
    return {i: Tag(id=i, name=Text(i, i), **known) for i in ids}


async def eventually(true: Callable[[], object], within_s: float = 20.0) -> None:
    """Waits until `true()` is; fails after `within_s`."""
    async with asyncio.timeout(within_s):
        while not true():
            await asyncio.sleep(0.01)


async def slots_kept(period_s: float, for_s: float) -> int:
    """Waits so long; how many slots of a period any task of this event loop could have kept meanwhile on a
    machine that may be busy: those that were over when it was woken do not count, nor does a poll make up."""
    now_s = asyncio.get_running_loop().time
    began_s, slot, kept = now_s(), 1, 0
    while slot * period_s <= for_s:
        await asyncio.sleep(began_s + slot * period_s - now_s())
        kept += 1
        slot = max(slot, int((now_s() - began_s) / period_s)) + 1
    return kept


@asynccontextmanager
async def running(source: Source, sink: Sink, again_s: float = 0.2) -> AsyncIterator[asyncio.Task]:
    """The source at work; connected again `again_s` after each ConnectionError, as the supervisor does."""

    async def keep() -> None:
        while True:
            try:
                await source.run(sink)
            except ConnectionError:
                await asyncio.sleep(again_s)

    task = asyncio.create_task(keep())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait({task}, timeout=20)
        assert task.done(), "it goes on though it was told to stop"
        if not task.cancelled():
            await task


class Server:
    """A server of tests/servers in a process of its own; it obeys lines and answers each with one."""

    def __init__(self, module: str, *arguments: object) -> None:
        self._argv = [sys.executable, "-m", f"tests.servers.{module}", *map(str, arguments)]
        self._environment: dict[str, str] = {}
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(
            *self._argv, stdin=pipe, stdout=pipe, env=os.environ | self._environment
        )
        await self._answer()

    async def tell(self, line: str) -> None:
        self._process.stdin.write(f"{line}\n".encode())
        await self._answer()

    async def _answer(self) -> None:
        async with asyncio.timeout(60):
            assert await self._process.stdout.readline(), "the server has ended"

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    async def kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            async with asyncio.timeout(20):
                await self._process.wait()


class Forked(Server):
    """The same, of a module that begins servers as forks of itself (see `tests.forks`)."""

    def __init__(self, module: str, *arguments: object) -> None:
        super().__init__(module)
        self._module, self._message = f"tests.servers.{module}", " ".join(map(str, arguments))
        self._born: Born | None = None

    async def start(self) -> None:
        self._born = await asyncio.to_thread(lambda: nursery(self._module).born(self._message))
        await self._answer()

    async def tell(self, line: str) -> None:
        self._born.stdin.write(f"{line}\n")
        self._born.stdin.flush()
        await self._answer()

    async def _answer(self) -> None:
        async with asyncio.timeout(60):
            assert await asyncio.to_thread(self._born.stdout.readline), "the server has ended"

    def signal(self, number: int) -> None:
        self._born.send_signal(number)

    async def kill(self) -> None:
        if self._born is not None:
            born, self._born = self._born, None
            await asyncio.to_thread(born.end, signal.SIGKILL)


FORKED = {"opcua_plant", "modbus_station"}


@asynccontextmanager
async def serving(module: str, *arguments: object) -> AsyncIterator[Server]:
    server = (Forked if module in FORKED else Server)(module, *arguments)
    await server.start()
    try:
        yield server
    finally:
        await server.kill()


class Wire:
    """A TCP proxy that keeps every byte: what left for the server, what came back, by connection."""

    def __init__(self, port: int) -> None:
        self._to = port
        self.port = 0
        self.sent: list[bytearray] = []
        self.received: list[bytearray] = []
        self.writers: list[asyncio.StreamWriter] = []

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Wire"]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            back, forth = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            writer.close()
            return
        self.writers += [writer, forth]
        sent, received = bytearray(), bytearray()
        self.sent.append(sent)
        self.received.append(received)
        await asyncio.gather(_copy(reader, forth, sent), _copy(back, writer, received))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, kept: bytearray) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            kept += data
            writer.write(data)
            await writer.drain()
    writer.close()
