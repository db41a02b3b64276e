"""The embedded historian's ingest, bytes and queries, beside SQLite rows and a real InfluxDB (P7, P8)."""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bench.figures import Figure
from bench.historian_peers import DAY, HOURLY, LAST, MONTH, ROLLED, Ask, SqliteRows, median_ms
from bench.spool import TAGS, tick
from core.adapters.influx_historian import InfluxHistorian
from core.adapters.sqlite_historian import SqliteHistorian
from core.model.sample import Batch
from core.model.tag import Quantity, Tag
from core.model.text import Text
from core.ports.historian import Historian
from tests.servers import influxdb

_MINUTE, _HOUR, _DAY_NS = 60 * 10**9, 3600 * 10**9, 86_400 * 10**9
END = 1_795_000_000 * 10**9 // _DAY_NS * _DAY_NS
START = END - 30 * _DAY_NS
_P8 = {LAST: 100.0, DAY: 5.0, MONTH: 3.0, ROLLED: 20.0, HOURLY: 200.0}
"""How many times faster than InfluxDB each question is to be."""


def run(short: bool) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="bench-historian-") as name:
        folder = Path(name)
        with influxdb.ready(folder / "influx") as server:
            return asyncio.run(_measure(folder, 20 if short else 200, 110 if short else 600, server))


async def _measure(folder: Path, tags: int, ticks: int, server: influxdb.InfluxServer | None) -> list[Figure]:
    return [
        *await _ingest(folder, ticks, server),
        *await _load_and_ask(folder, tags, server),
    ]


async def _ingest(folder: Path, ticks: int, server: influxdb.InfluxServer | None) -> list[Figure]:
    """One batch of 10,000 tags a write, each durable; enough of them that folding is in the figure.
    The goal is on CPU time: wall time is mostly the disk's, once a write for either."""
    names = tuple(f"dma-{i // 8:04d}.p{i % 8}" for i in range(TAGS))
    ours = await SqliteHistorian.open(folder / "live.db", {})
    rows = SqliteRows(folder / "live-rows.db")

    async def plain(batch: Batch) -> None:
        rows.write(batch)

    mine = await _spent(lambda batch: ours.write([batch]), names, ticks)
    theirs = await _spent(plain, names, ticks // 3)
    figures = [
        Figure("durable ingest of 10,000 tags a write", 1e6 / mine.wall_us, "samples/s", None, "higher"),
        Figure("SQLite rows (tag, time)", 1e6 / theirs.wall_us, "samples/s", None, "higher"),
        Figure("CPU a sample", mine.cpu_us, "us", None, "lower"),
        Figure("CPU a sample, SQLite rows", theirs.cpu_us, "us", None, "lower"),
        Figure("CPU a sample, SQLite rows / ours", theirs.cpu_us / mine.cpu_us, "x", 20.0, "higher"),
    ]
    if server:
        server.bucket("ingest")
        peer = await InfluxHistorian.open(server.url, server.token, server.org, "ingest", {})
        wall_us = (await _spent(lambda batch: peer.write([batch]), names, ticks // 20)).wall_us
        figures.append(Figure("InfluxDB, our lines, four fields", 1e6 / wall_us, "samples/s", None, "higher"))
        figures.append(Figure("ingest / InfluxDB", wall_us / mine.wall_us, "x", 10.0, "higher"))
        await peer.close()
    await ours.close()
    rows.close()
    return figures


class _Spent(NamedTuple):
    """A sample's share, microseconds; CPU is this process's."""

    wall_us: float
    cpu_us: float


async def _spent(write: Callable[[Batch], Awaitable[object]], names: tuple[str, ...], ticks: int) -> _Spent:
    wall = cpu = 0.0
    for k in range(ticks):
        batch = tick(names, k)
        started, busy = time.perf_counter(), time.process_time()
        await write(batch)
        wall += time.perf_counter() - started
        cpu += time.process_time() - busy
    return _Spent(1e6 * wall / ticks / TAGS, 1e6 * cpu / ticks / TAGS)


async def _load_and_ask(folder: Path, tags: int, server: influxdb.InfluxServer | None) -> list[Figure]:
    """30 days of one-minute samples: a random walk in steps of 0.01."""
    names = [f"t{i}" for i in range(tags)]
    ours = await SqliteHistorian.open(folder / "month.db", {name: _tag(name) for name in names})
    rows = SqliteRows(folder / "month-rows.db")
    peer = None
    if server:
        server.bucket("month")
        peer = await InfluxHistorian.open(server.url, server.token, server.org, "month", {})
    took, total = 0.0, 0
    for batch in _month(names):
        started = time.perf_counter()
        await ours.write([batch])
        took += time.perf_counter() - started
        total += len(batch)
        rows.write(batch)
        if peer:
            await peer.write([batch])
    figures = [
        Figure("history loaded", total / took, "samples/s", None, "higher"),
        Figure("bytes a sample", _size(folder / "month.db") / total, "B", 3.0, "lower"),
        Figure("bytes a sample, SQLite rows", rows.bytes() / total, "B", None, "lower"),
    ]
    many = min(tags, 100)
    mine = _questions(ours, names, many)
    plain = rows.questions(tags, many, START, END)
    theirs = _questions(peer, names, many) if peer else {}
    for what, ask in mine.items():
        figures += await _compared(what, ask, plain[what], theirs.get(what))
    await ours.close()
    rows.close()
    if peer:
        await peer.close()
    return figures


async def _compared(what: str, ours: Ask, plain: Ask, theirs: Ask | None) -> list[Figure]:
    mine, rows = await median_ms(ours, 9), await median_ms(plain, 3)
    figures = [
        Figure(what, mine, "ms", None, "lower"),
        Figure(f"{what}: SQLite rows", rows, "ms", None, "lower"),
        Figure(f"{what}: SQLite rows / ours", rows / mine, "x", 1.0, "higher"),
    ]
    if theirs:
        peer = await median_ms(theirs, 3)
        figures.append(Figure(f"{what}: InfluxDB", peer, "ms", None, "lower"))
        figures.append(Figure(f"{what}: InfluxDB / ours", peer / mine, "x", _P8[what], "higher"))
    return figures


def _questions(store: Historian, names: list[str], many: int) -> dict[str, Ask]:
    async def hourly() -> object:
        return [await store.buckets(name, END - 7 * _DAY_NS, END, _HOUR) for name in names[:many]]

    return {
        LAST: lambda: store.last(names),
        DAY: lambda: store.read("t1", END - _DAY_NS, END),
        MONTH: lambda: store.buckets("t1", START, END, (END - START) // 500),
        ROLLED: lambda: store.buckets("t1", START, END, 2 * _HOUR),
        HOURLY: hourly,
    }


def _month(names: list[str]) -> Iterator[Batch]:
    """A batch for every ten tags."""
    t = np.arange(START, END, _MINUTE, dtype=np.int64)
    chance = np.random.default_rng(1)
    for first in range(0, len(names), 10):
        some = tuple(names[first : first + 10])
        n = len(some) * len(t)
        v = (3_000 + np.cumsum(chance.integers(-3, 4, (len(some), len(t))), axis=1)).ravel() / 100
        tag, times = np.repeat(np.arange(len(some), dtype=np.uint32), len(t)), np.tile(t, len(some))
        yield Batch("bench", some, tag, times, v, np.zeros(n, np.uint32), times, np.zeros(n, np.uint8))


def _size(path: Path) -> int:
    """The file and what is still in its log."""
    total = path.stat().st_size
    with suppress(FileNotFoundError):
        total = max(total, path.with_name(path.name + "-wal").stat().st_size)
    return total


def _tag(name: str) -> Tag:
    return Tag(id=name, quantity=Quantity.FLOW, unit="m3/h", name=Text(name, name), station="s", period_s=60)
