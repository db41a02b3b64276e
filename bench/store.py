"""The embedded historian's ingest and bytes, beside SQLite rows, DuckDB and a real InfluxDB (P7)."""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bench.figures import Figure
from bench.spool import TAGS, tick
from bench.store_peers import DuckRows, SqliteRows
from core.adapters.influx_historian import InfluxHistorian
from core.adapters.sqlite_historian import SqliteHistorian
from core.adapters.sqlite_historian_store import Limits
from core.model.sample import Batch, Names
from tests.servers import influxdb

S = 10**9
_WALK_TAGS = 1_000


def run(short: bool) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="bench-store-") as name:
        folder = Path(name)
        with influxdb.ready(folder / "influx") as server:
            return asyncio.run(_measure(folder, short, server))


async def _measure(folder: Path, short: bool, server: influxdb.InfluxServer | None) -> list[Figure]:
    return [
        *await _ingest(folder, 220 if short else 600, server),
        *await _hours(folder, 2 if short else 6),
    ]


async def _ingest(folder: Path, ticks: int, server: influxdb.InfluxServer | None) -> list[Figure]:
    """One batch of 10,000 tags a write, each durable, as many rows for each; enough of them that folding is
    in the figure. The goal is on CPU time: wall time is mostly the disk's, once a write for each."""
    names = Names.one("bench", tuple(f"dma-{i // 8:04d}.p{i % 8}" for i in range(TAGS)))
    ours = await SqliteHistorian.open(folder / "live.db", {})
    rows, duck = SqliteRows(folder / "live-rows.db"), DuckRows(folder / "live.duckdb")
    mine = await _spent(lambda batch: ours.write([batch]), names, ticks)
    plain = await _spent(lambda batch: _at_once(rows.write, batch), names, ticks)
    ducks = await _spent(lambda batch: _at_once(duck.write, batch), names, ticks // 4)
    await ours.close()
    rows.close()
    duck.close()
    figures = [
        Figure("durable ingest of 10,000 tags a write", 1e6 / mine.wall_us, "samples/s", 500_000, "higher"),
        Figure("a write, p50", mine.p50_ms, "ms", None, "lower"),
        Figure("a write, p99", mine.p99_ms, "ms", None, "lower"),
        Figure("SQLite rows (tag, time)", 1e6 / plain.wall_us, "samples/s", None, "higher"),
        Figure("DuckDB, from Arrow", 1e6 / ducks.wall_us, "samples/s", None, "higher"),
        Figure("ingest / DuckDB", ducks.wall_us / mine.wall_us, "x", 2.0, "higher"),
        Figure("CPU a sample", mine.cpu_us, "us", None, "lower"),
        Figure("CPU a sample, SQLite rows", plain.cpu_us, "us", None, "lower"),
        Figure("CPU a sample, DuckDB", ducks.cpu_us, "us", None, "lower"),
        Figure("CPU a sample, SQLite rows / ours", plain.cpu_us / mine.cpu_us, "x", 20.0, "higher"),
        Figure("CPU a sample, DuckDB / ours", ducks.cpu_us / mine.cpu_us, "x", 2.0, "higher"),
    ]
    if server:
        figures += await _influx(server, names, ticks // 20, mine.wall_us)
    return figures


async def _influx(server: influxdb.InfluxServer, names: Names, ticks: int, mine_us: float) -> list[Figure]:
    server.bucket("ingest")
    peer = await InfluxHistorian.open(server.url, server.token, server.org, "ingest", {})
    wall_us = (await _spent(lambda batch: peer.write([batch]), names, ticks)).wall_us
    await peer.close()
    return [
        Figure("InfluxDB, our lines, four fields", 1e6 / wall_us, "samples/s", None, "higher"),
        Figure("ingest / InfluxDB", wall_us / mine_us, "x", 10.0, "higher"),
    ]


async def _hours(folder: Path, hours: int) -> list[Figure]:
    """1,000 tags each second, folded each minute and sealed each hour, as a plant's day would be: the whole
    life of a sample. A random walk in steps of 0.01."""
    limits = Limits(fresh_rows=60 * _WALK_TAGS - 1)
    store = await SqliteHistorian.open(folder / "day.db", {}, limits=limits)
    chance = np.random.default_rng(1)
    names = Names.one("bench", tuple(f"dma-{i // 8:03d}.p{i % 8}" for i in range(_WALK_TAGS)))
    level = np.full(_WALK_TAGS, 3_000)
    start = 1_795_000_000 * S // (3600 * S) * 3600 * S
    tag, zero = np.tile(np.arange(_WALK_TAGS, dtype=np.uint32), 10), np.zeros(10 * _WALK_TAGS, np.uint32)
    spent, took = 0.0, []
    for k in range(hours * 360):
        walk = level + chance.integers(-2, 3, (10, _WALK_TAGS)).cumsum(axis=0)
        level = walk[-1]
        t = np.repeat(start + (10 * k + np.arange(10)) * S, _WALK_TAGS)
        batch = Batch(names, tag, t, walk.ravel() / 100, zero, t + 5_000_000, zero.astype("u1"))
        began, busy = time.perf_counter(), time.process_time()
        await store.write([batch])
        took.append(1e3 * (time.perf_counter() - began))
        spent += time.process_time() - busy
    await store.close()
    samples = hours * 3600 * _WALK_TAGS
    size = sum(path.stat().st_size for path in folder.glob("day.db*"))
    return [
        Figure("CPU a sample, folded and sealed", 1e6 * spent / samples, "us", None, "lower"),
        Figure("a write while hours are sealed, p99", float(np.quantile(took, 0.99)), "ms", None, "lower"),
        Figure("bytes a sample, open hour and roll-ups included", size / samples, "B", 3.0, "lower"),
    ]


class _Spent(NamedTuple):
    """A sample's share, microseconds; CPU is this process's. A write's time, milliseconds."""

    wall_us: float
    cpu_us: float
    p50_ms: float
    p99_ms: float


async def _at_once(write: Callable[[Batch], None], batch: Batch) -> None:
    write(batch)


async def _spent(write: Callable[[Batch], Awaitable[object]], names: Names, ticks: int) -> _Spent:
    took, cpu = [], 0.0
    for k in range(ticks):
        batch = tick(names, k)
        started, busy = time.perf_counter(), time.process_time()
        await write(batch)
        took.append(time.perf_counter() - started)
        cpu += time.process_time() - busy
    share = 1e6 / ticks / TAGS
    p50, p99 = np.quantile(took, (0.5, 0.99)) * 1e3
    return _Spent(share * sum(took), share * cpu, float(p50), float(p99))
