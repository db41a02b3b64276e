"""The real path from a sample put to a sample in a real InfluxDB, as a hub runs it."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from core.adapters.influx_historian import InfluxHistorian
from core.adapters.segment_spool.spool import SegmentSpool
from core.adapters.sqlite_quarantine import SqliteQuarantine
from core.model.conservation import Fate
from core.model.sample import Batch, Names
from core.ports.spool import RECORDER, SpoolFacts
from core.runtime.conservation import assert_conserved
from core.runtime.health import Health
from core.runtime.recorder import Recorder
from core.runtime.supervisor import Supervisor

S = 10**9


def tags(n: int) -> tuple[str, ...]:
    return tuple(f"dma-{i // 8:03d}.p{i % 8}" for i in range(n))


def tick(names: tuple[str, ...], t_ns: int, source: str = "modbus:rtu-01") -> Batch:
    """One sample of each tag; a value tells its tag and time, so that a wrong one is seen."""
    n = len(names)
    t = np.full(n, t_ns, np.int64)
    v = np.arange(n) + (t_ns // S % 10_000) / 10_000
    zero = np.zeros(n, np.uint32)
    return Batch(
        Names.one(source, names), np.arange(n, dtype=np.uint32), t, v, zero, t, zero.astype(np.uint8)
    )


@dataclass
class House:
    spool: SegmentSpool
    historian: InfluxHistorian
    quarantine: SqliteQuarantine
    health: Health
    names: tuple[str, ...]
    put: set[int] = field(default_factory=set)
    """Times at which every tag has a sample that was acknowledged."""
    enough: bool = False
    """No more is fed: a batch that is under way is not cut off, as nobody would know what became of it."""

    async def feed(self, seconds: float, every_s: float = 1.0) -> None:
        """A batch of all tags each `every_s`, at the present time, as a poll gives it."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends and not self.enough:
            due = time.monotonic() + every_s
            await self.tick()
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    async def tick(self) -> int:
        t_ns = time.time_ns()
        await self.spool.put(tick(self.names, t_ns))
        self.put.add(t_ns)
        return t_ns

    async def facts(self) -> SpoolFacts:
        """Conserved whatever is going on."""
        facts = await self.spool.facts()
        assert_conserved(facts)
        return facts

    async def drained(self, within_s: float) -> float:
        """Seconds until nothing is behind the recorder."""
        started = time.monotonic()
        while (await self.facts()).behind[RECORDER]:
            assert time.monotonic() - started < within_s, f"not drained: {self.health.standing()}"
            await asyncio.sleep(0.05)
        return time.monotonic() - started

    async def trouble(self, words: str, within_s: float = 20.0) -> str:
        """What the health board tells of it, once that holds `words`."""
        try:
            return await until(lambda: _holds(self.health, words), within_s)
        except TimeoutError:
            raise AssertionError(f"{words!r} is not in {self.health.standing()}") from None

    async def all_there(self, tags: int = 5) -> SpoolFacts:
        """Every acknowledged sample is stored with its value, none twice, none invented."""
        facts = await self.facts()
        assert facts.behind[RECORDER] == 0
        assert facts.received == len(self.put) * len(self.names)
        assert facts.count(Fate.STORED) == facts.received - facts.count(Fate.QUARANTINED)
        for place in np.linspace(0, len(self.names) - 1, tags).astype(int).tolist():
            series = await self.historian.read(self.names[place], min(self.put), max(self.put) + 1)
            assert set(series.t_ns.tolist()) == self.put
            assert len(series) == len(self.put)
            expected = place + (series.t_ns // S % 10_000) / 10_000
            assert np.array_equal(series.v, expected)
        return facts


async def _holds(health: Health, words: str) -> str | None:
    """Only an alarm or a warning that people are shown counts as told."""
    return next((one.detail for one in health.standing() if words in one.detail), None)


async def until(ask: Callable[[], Awaitable[str | None]], within_s: float) -> str:
    async with asyncio.timeout(within_s):
        while not (told := await ask()):
            await asyncio.sleep(0.05)
    return told


@asynccontextmanager
async def house(
    folder: Path,
    url: str,
    token: str,
    org: str,
    bucket: str,
    names: tuple[str, ...],
    token_file: Path | None = None,
) -> AsyncIterator[House]:
    spool = await SegmentSpool.open(folder / "spool")
    await spool.cursor(RECORDER)
    quarantine = await SqliteQuarantine.open(folder / "quarantine.db")
    historian = await InfluxHistorian.open(
        url, token, org, bucket, {}, quarantine=quarantine, token_file=token_file
    )
    supervisor = Supervisor()
    health = Health()
    supervisor.add("recorder", Recorder(spool, historian, health=health).run)
    running = asyncio.create_task(supervisor.run())
    try:
        yield House(spool, historian, quarantine, health, names)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await historian.close()
        await quarantine.close()
        await spool.close()
