"""A peer at work: what it delivers, counted where that comes out, and the CPU of its whole process tree."""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.path_field import Field, field_at_work
from bench.path_plant import VALUES

HOME = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "waterhub" / "peers"
FIRST_S, SETTLE_S = 60.0, 8.0


class NotInstalled(Exception):
    """Says what is missing and how to get it."""


@dataclass(frozen=True, slots=True)
class Running:
    """process: the root of its tree. delivered: values so far, counted at its output."""

    process: psutil.Process
    delivered: Callable[[], Awaitable[int]]

    def tree(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]

    def cpu_s(self) -> float:
        """User and kernel time of the tree, and of those of its children that have ended."""
        ended = self.process.cpu_times()
        alive = [process.cpu_times() for process in self.tree()]
        return float(sum(t.user + t.system for t in alive) + ended.children_user + ended.children_system)

    def rss_mb(self) -> float:
        return float(sum(process.memory_info().rss for process in self.tree()) / 2**20)


@dataclass(frozen=True, slots=True)
class Peer:
    """devices of 30 float32, each read every period_s: a load that it holds on two cores with room for the
    field and what it delivers to."""

    name: str
    devices: int
    period_s: float
    running: Callable[[Path, Field, float], AbstractAsyncContextManager[Running]]


@dataclass(frozen=True, slots=True)
class Taken:
    """due: values that the load asks for in the measured time. start_s, start_cpu_s: from the process's
    beginning until its first value was delivered."""

    values: int
    cpu_s: float
    lasted_s: float
    due: float
    rss_mb: float
    start_s: float
    start_cpu_s: float

    @property
    def rate(self) -> float:
        """Values a core-second."""
        return self.values / self.cpu_s


async def taken(
    peer: Peer, seconds: float, devices: int | None = None, period_s: float | None = None
) -> Taken | None:
    """None, and one line that says why, where the peer is not installed."""
    devices, period_s = devices or peer.devices, period_s or peer.period_s
    with tempfile.TemporaryDirectory(prefix="bench-peer-") as name:
        folder = Path(name)
        async with field_at_work(folder, devices) as field:
            try:
                async with peer.running(folder, field, period_s) as running:
                    return await _measured(running, seconds, devices * VALUES / period_s)
            except NotInstalled as missing:
                print(f"{peer.name} is left out: {missing}", file=sys.stderr, flush=True)
                return None


async def _measured(running: Running, seconds: float, rate: float) -> Taken:
    async with asyncio.timeout(FIRST_S):
        while not await running.delivered():  # noqa: ASYNC110 a peer tells its progress by a count alone
            await asyncio.sleep(0.05)
    start_s, start_cpu_s = time.time() - running.process.create_time(), running.cpu_s()
    await asyncio.sleep(SETTLE_S)
    before = await _reading(running)
    await asyncio.sleep(seconds)
    values, cpu_s, lasted_s = (now - then for now, then in zip(await _reading(running), before, strict=True))
    return Taken(int(values), cpu_s, lasted_s, rate * lasted_s, running.rss_mb(), start_s, start_cpu_s)


async def _reading(running: Running) -> tuple[float, float, float]:
    """Values, and CPU and clock in the middle of the counting, which may take a while."""
    used, began = running.cpu_s(), time.monotonic()
    values = await running.delivered()
    return values, (used + running.cpu_s()) / 2, (began + time.monotonic()) / 2


@asynccontextmanager
async def program(
    folder: Path, *command: str | Path, env: Mapping[str, str] | None = None
) -> AsyncIterator[psutil.Process]:
    """A process with its output in `folder`, ended with the block; raises RuntimeError with the end of that
    output if it ended before."""
    with (folder / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder, env=env
        )
    try:
        yield psutil.Process(process.pid)
    except (TimeoutError, psutil.Error, OSError) as error:
        raise RuntimeError(
            f"{command[0]}: {(folder / 'log').read_text(errors='replace')[-2_000:]}"
        ) from error
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                async with asyncio.timeout(5):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()
