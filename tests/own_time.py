"""How long something takes, without what the machine, busy with others, made it wait for a core."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

PATIENCE_S = 60.0


def without_core(pid: int | str = "self") -> float:
    """Seconds its first thread has been ready to run and did not (Linux, scheduler/sched-stats.rst); 0 when
    it is not there."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
    except (FileNotFoundError, ProcessLookupError):
        return 0.0


@asynccontextmanager
async def within(limit_s: float) -> AsyncIterator[None]:
    """A limit that the product states, of what runs in the test's own event loop."""
    began = time.monotonic() - without_core()
    async with asyncio.timeout(PATIENCE_S):
        yield
    took = time.monotonic() - without_core() - began
    assert took < limit_s, f"it took {took:.2f} s"
