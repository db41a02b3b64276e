"""What every driver's tests share: a place to put samples, tags, and a way to wait for something."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress

from core.model.sample import Batch, Sample
from core.model.tag import Quantity, Tag
from core.model.text import Text
from core.ports.source import Source


class Kept:
    """A Sink in memory: what was put, in order."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []

    async def put(self, batch: Batch) -> int:
        self.batches.append(batch)
        return len(self.batches)

    async def shed(self, samples: int) -> None:
        raise AssertionError("memory is never full")

    def samples(self, tag: str | None = None) -> list[Sample]:
        return [s for batch in self.batches for s in batch.samples() if tag in (None, s.tag)]

    def bad(self, tag: str | None = None) -> list[Sample]:
        return [s for s in self.samples(tag) if s.v is None]


def tags(ids: Iterable[str], **fields) -> dict[str, Tag]:
    known = {"quantity": Quantity.FLOW, "unit": "m3/h", "station": "st-01", "period_s": 1.0} | fields
    return {i: Tag(id=i, name=Text(i, i), **known) for i in ids}


async def eventually(true: Callable[[], object], within_s: float = 10.0) -> None:
    """Waits until `true()` is; fails after `within_s`."""
    async with asyncio.timeout(within_s):
        while not true():
            await asyncio.sleep(0.01)


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@asynccontextmanager
async def running(source: Source, sink: Kept, again_s: float | None = 0.2) -> AsyncIterator[asyncio.Task]:
    """The source at work; connected again `again_s` after each ConnectionError, as the supervisor does."""

    async def keep() -> None:
        while True:
            try:
                await source.run(sink)
            except ConnectionError:
                if again_s is None:
                    raise
                await asyncio.sleep(again_s)

    task = asyncio.create_task(keep())
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError, ConnectionError):
            await task
