"""Services at work while a test looks on."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Protocol


class Runs(Protocol):
    def run(self) -> Coroutine[object, object, None]: ...


@asynccontextmanager
async def running(*services: Runs) -> AsyncIterator[None]:
    """Cancelled in the end; one that ended by itself, or by an error, fails the test."""
    tasks = [asyncio.create_task(service.run()) for service in services]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(one, asyncio.CancelledError) for one in ended), ended
