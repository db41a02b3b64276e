"""The whole path, Modbus to event stream, with rules for every tag: CPU a sample, memory, start (P11-P14).

A real `waterhub run` collects from 500 devices of 30 float32 (1,000 for the growth), stores every sample,
judges it by seven conditions and tells it to one reader of the event stream. The CPU is the hub process's
own, all threads; the devices and the reader are other processes, or this one. At the end the field's own
count of replies must be the hub's count of samples, and every received sample stored.
"""

import asyncio
import json
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np
import psutil

from alarms.transaction import fresh
from api.session import create_user
from bench.figures import Figure
from bench.path_field import Field, field_at_work, free_port
from bench.path_peers import beside
from bench.path_plant import VALUES, tag_of, write_plant
from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.account import Role
from core.model.conservation import Fate
from hub.check import read
from hub.stores import ledger_file

USER, PASSWORD = "bench", "bench-of-one-run"
DEADLINE_S = 120.0
SETTLE_S = 10.0
GOAL_RATE, GOAL_GROWTH = 400_000.0, 1.1


@dataclass(frozen=True, slots=True)
class Load:
    """devices of 30 values each, read every period_s; few_rules, every_driver: see `write_plant`."""

    devices: int
    period_s: float
    few_rules: bool = False
    every_driver: bool = False

    @property
    def rate(self) -> float:
        """Samples a second that are due."""
        return self.devices * VALUES / self.period_s

    @property
    def name(self) -> str:
        return f"{self.devices * VALUES:,} tags at {self.rate:,.0f}/s"


@dataclass(slots=True)
class Outcome:
    """cpu_s, samples: of the hub within the measured time. fates: /metrics' waterhub_samples at the end, when
    the lost devices have given one Bad sample for each tag. offered: samples in all replies that the field
    gave. delays_ms: from a dip in the field to its alarm event."""

    cpu_s: float = 0.0
    samples: float = 0.0
    lasted_s: float = 0.0
    start_s: float = 0.0
    start_cpu_s: float = 0.0
    rss_mb: float = 0.0
    offered: int = 0
    fates: Counter[str] = field(default_factory=Counter)
    delays_ms: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Samples a core-second."""
        return self.samples / self.cpu_s

    @property
    def lost(self) -> float:
        """Samples of the field that the hub cannot account for; negative: that it has invented."""
        fates = (*Fate, "spooled")
        return self.offered + self.fates["bad"] - sum(self.fates[fate] for fate in fates)


def run(short: bool) -> list[Figure]:
    seconds = 15.0 if short else 60.0
    slow, large, full = (
        measured(load, seconds) for load in (Load(500, 1.0), Load(1000, 0.25), Load(500, 0.25))
    )
    growth = (large.cpu_s / large.samples) / (full.cpu_s / full.samples)
    figures = [*_figures(Load(500, 1.0), slow, None), *_figures(Load(500, 0.25), full, GOAL_RATE)]
    figures += [*_figures(Load(1000, 0.25), large, None), *beside(full.rate, seconds)]
    return [*figures, Figure("CPU a sample, 30,000 tags / 15,000", growth, "x", GOAL_GROWTH, "lower")]


def _figures(load: Load, seen: Outcome, goal: float | None) -> list[Figure]:
    due = load.rate * seen.lasted_s
    p50, p99 = np.percentile(seen.delays_ms or [float("nan")], [50, 99]).tolist()
    return [
        Figure(f"{load.name}: samples", seen.rate, "/core-s", goal, "higher"),
        Figure(f"{load.name}: CPU", 100 * seen.cpu_s / seen.lasted_s, "% of a core", None, "lower"),
        Figure(f"{load.name}: of the samples due", 100 * seen.samples / due, "%", 99.0, "higher"),
        Figure(f"{load.name}: unaccounted samples", abs(seen.lost), "", 0.0, "lower"),
        Figure(f"{load.name}: resident memory", seen.rss_mb, "MB", None, "lower"),
        Figure(f"{load.name}: start to first samples and API", seen.start_s, "s", None, "lower"),
        Figure(f"{load.name}: dip to alarm event, p50", p50, "ms", None, "lower"),
        Figure(f"{load.name}: dip to alarm event, p99", p99, "ms", None, "lower"),
    ]


def measured(load: Load, seconds: float, watch: Callable[[int], None] | None = None) -> Outcome:
    """watch: told the hub's process id when the measured time begins (for a profiler)."""
    with tempfile.TemporaryDirectory(prefix="bench-path-") as folder:
        return asyncio.run(_measure(Path(folder), load, seconds, watch))


async def _measure(folder: Path, load: Load, seconds: float, watch: Callable[[int], None] | None) -> Outcome:
    seen = Outcome()
    async with field_at_work(folder, load.devices) as devices:
        port = free_port()
        write_plant(
            folder / "plant",
            folder / "data",
            devices.port,
            load.devices,
            load.period_s,
            port,
            few_rules=load.few_rules,
            every_driver=load.every_driver,
        )
        await _run_before(folder / "plant", folder / "data")
        async with hub_at_work(folder / "plant", port) as (hub, client):
            seen.start_s = await _first_samples(hub, client)
            seen.start_cpu_s = _cpu_s(hub)
            reader = asyncio.create_task(_read(client, devices, seen.delays_ms))
            await asyncio.sleep(SETTLE_S)
            seen.delays_ms.clear()
            if watch:
                watch(hub.pid)
            before, used, started = await _counted(client), _cpu_s(hub), time.monotonic()
            await asyncio.sleep(seconds)
            seen.cpu_s, seen.lasted_s = _cpu_s(hub) - used, time.monotonic() - started
            after = await _counted(client)
            seen.samples = after["received"] - before["received"]
            seen.rss_mb = hub.memory_info().rss / 2**20
            reader.cancel()
            seen.offered = VALUES * await devices.silenced()
            seen.fates = await _at_rest(client)
    return seen


@asynccontextmanager
async def hub_at_work(config: Path, port: int) -> AsyncIterator[tuple[psutil.Process, httpx.AsyncClient]]:
    """`waterhub run`, and someone signed in."""
    with (config / "log").open("wb") as log:
        command = (sys.executable, "-m", "hub", "run", str(config))
        hub = await asyncio.create_subprocess_exec(*command, stdout=log, stderr=log)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            yield psutil.Process(hub.pid), client
        if hub.returncode is not None:
            raise RuntimeError((config / "log").read_text(errors="replace")[-2_000:])
    finally:
        if hub.returncode is None:
            hub.terminate()
            async with asyncio.timeout(30):
                await hub.wait()


async def _first_samples(hub: psutil.Process, client: httpx.AsyncClient) -> float:
    """Seconds from the process's beginning until the API answers and samples are in the spool."""
    async with asyncio.timeout(DEADLINE_S):
        while True:
            try:
                if (await _counted(client))["received"]:
                    break
            except httpx.TransportError:
                if not hub.is_running() or hub.status() == psutil.STATUS_ZOMBIE:
                    break
            await asyncio.sleep(0.05)
    took_s = time.time() - hub.create_time()
    (await client.post("/api/v1/session", json={"user": USER, "password": PASSWORD})).raise_for_status()
    return took_s


async def _counted(client: httpx.AsyncClient) -> Counter[str]:
    """waterhub_samples by fate, with `spooled`, and `bad`: of all sources."""
    counts: Counter[str] = Counter()
    text = (await client.get("/metrics")).text
    for fate, n in re.findall(
        r'^waterhub_samples_total{fate="(\w+)",source="modbus:[^"]+"} (\S+)', text, re.M
    ):
        counts[fate] += int(float(n))
    for n in re.findall(r"^waterhub_samples_spooled{[^}]+} (\S+)", text, re.M):
        counts["spooled"] += int(float(n))
    for n in re.findall(r'^waterhub_source_total{source="modbus:[^"]+",what="bad"} (\S+)', text, re.M):
        counts["bad"] += int(float(n))
    return counts


async def _at_rest(client: httpx.AsyncClient) -> Counter[str]:
    """The counts once everything is stored and nothing more comes."""
    async with asyncio.timeout(DEADLINE_S):
        before = await _counted(client)
        while True:
            await asyncio.sleep(1.0)
            counts = await _counted(client)
            if counts["spooled"] == 0 and counts["received"] == before["received"]:
                return counts
            before = counts


async def _read(client: httpx.AsyncClient, field: Field, delays_ms: list[float]) -> None:
    """One screen: takes every frame, and notes how long after its dip each low alarm came."""
    low = {f"{tag_of(device, 1)}:low": device for device in range(field.devices)}
    async with client.stream("GET", "/api/v1/events", timeout=None) as stream:
        rest = b""
        async for piece in stream.aiter_raw():
            arrived_ns = time.time_ns()
            *frames, rest = (rest + piece).split(b"\n\n")
            for data in (frame.partition(b"data: ")[2] for frame in frames if b"event: alarm\n" in frame):
                event = json.loads(data)
                if event["subject"] in low and event["data"]["state"] == "UNACK":
                    delays_ms.append((arrived_ns - field.dips[low[event["subject"]]]) / 1e6)


async def _run_before(plant: Path, data: Path) -> None:
    """The ledger of a hub that has run before: someone may sign in, and every alarm has its row."""
    data.mkdir(parents=True, exist_ok=True)
    definitions = (await asyncio.to_thread(read, plant)).definitions
    ledger = await SqlLedger.open(ledger_file(data))
    async with ledger.begin() as tx:
        await create_user(tx, USER, Role.ENGINEER, PASSWORD)
        await tx.put_many([fresh(row) for row in definitions])
    await ledger.close()


def _cpu_s(process: psutil.Process) -> float:
    used = process.cpu_times()
    return float(used.user + used.system)
