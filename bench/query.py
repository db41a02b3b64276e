"""The embedded historian's queries over 30 days, beside SQLite, DuckDB, InfluxDB and VictoriaMetrics (P8)."""

import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import numpy as np

from bench.figures import Figure
from bench.peers.running import NotInstalled
from bench.peers.victoria import Victoria, victoria
from bench.store_peers import DAY, HOURLY, LAST, MONTH, ROLLED, Ask, DuckRows, SqliteRows, median_ms
from core.adapters.influx_historian import InfluxHistorian
from core.adapters.influx_historian_setup import make_ready
from core.adapters.sqlite_historian import SqliteHistorian
from core.model.retention import Keep
from core.model.sample import Batch, Names
from core.model.tag import Quantity, Tag
from core.model.text import Text
from core.ports.historian import Historian
from tests.servers import influxdb

_MINUTE, _HOUR, _DAY_NS = 60 * 10**9, 3600 * 10**9, 86_400 * 10**9
_GOALS: dict[str, dict[str, float | None]] = {
    "SQLite rows": dict.fromkeys((LAST, DAY, MONTH, ROLLED, HOURLY), 1.0),
    "DuckDB sorted": {},
    "InfluxDB": {LAST: 100.0, DAY: 5.0, MONTH: 3.0, ROLLED: 20.0, HOURLY: 200.0},
    "VictoriaMetrics": {DAY: 1.0, HOURLY: 20.0},
}
"""How many times faster than each peer, InfluxDB reading samples, a question is to be (P8)."""
Peers = dict[str, dict[str, Ask]]
_MOST_MS = {LAST: None, DAY: 10.0, MONTH: 30.0, ROLLED: 30.0, HOURLY: 50.0}
_TO_DISK = (
    "--storage-cache-snapshot-write-cold-duration=3s",
    "--storage-compact-full-write-cold-duration=5s",
)
"""InfluxDB writes to disk and compacts soon, so that its bytes are those that stay."""


def run(short: bool) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="bench-query-") as name:
        folder = Path(name)
        with influxdb.ready(folder / "influx", *_TO_DISK) as server:
            return asyncio.run(_load_and_ask(folder, 100 if short else 1_000, server))


async def _load_and_ask(folder: Path, tags: int, server: influxdb.InfluxServer | None) -> list[Figure]:
    """30 days of one-minute samples that end yesterday, so that InfluxDB's roll-ups are made."""
    end = time.time_ns() // _DAY_NS * _DAY_NS - _DAY_NS
    span = end - 30 * _DAY_NS, end
    names = [f"t{i}" for i in range(tags)]
    many = min(tags, 100)
    async with AsyncExitStack() as open_until:
        ours = await SqliteHistorian.open(folder / "month.db", {name: _tag(name) for name in names})
        rows, duck = SqliteRows(folder / "rows.db"), DuckRows(folder / "month.duckdb")
        victoria = await _victoria(open_until, folder)
        bucket, influx = "", None
        if server:
            bucket = server.bucket("month")
            influx = await InfluxHistorian.open(server.url, server.token, server.org, "month", {})
        took, total = 0.0, 0
        for first, batch in _month(names, *span):
            began = time.perf_counter()
            await ours.write([batch])
            took += time.perf_counter() - began
            total += len(batch)
            rows.write(batch, first)
            duck.write(batch, first)
            for peer in (influx, victoria):
                if peer:
                    await peer.write([batch])
        duck.sort()
        mine = _size(folder / "month.db") / total
        figures = [
            Figure("history loaded", total / took, "samples/s", None, "higher"),
            Figure("bytes a sample", mine, "B", 3.0, "lower"),
            Figure("bytes a sample, SQLite rows", rows.bytes() / total, "B", None, "lower"),
            Figure("bytes a sample, DuckDB sorted", duck.bytes() / total, "B", None, "lower"),
        ]
        peers: Peers = {
            "SQLite rows": rows.questions(tags, many, *span),
            "DuckDB sorted": duck.questions(tags, many, *span),
        }
        if influx:
            size = await _settled_size(folder / "influx" / "engine", bucket) / total
            figures.append(Figure("bytes a sample, InfluxDB", size, "B", None, "lower"))
            figures.append(Figure("bytes a sample, InfluxDB / ours", size / mine, "x", 4.0, "higher"))
            peers["InfluxDB"] = _questions(influx, names, many, *span)
        if victoria:
            size = await victoria.bytes() / total
            figures.append(Figure("bytes a sample, VictoriaMetrics, values alone", size, "B", None, "lower"))
            figures.append(Figure("bytes a sample, ours / VictoriaMetrics", mine / size, "x", 2.0, "lower"))
            peers["VictoriaMetrics"] = victoria.questions(names, many, *span)
        for what, ask in _questions(ours, names, many, *span).items():
            figures += await _compared(what, ask, {name: asks[what] for name, asks in peers.items()})
        if influx and server:
            figures += await _rolled_up(server, influx, names, many, *span)
            await influx.close()
        await ours.close()
        rows.close()
        duck.close()
        return figures


async def _victoria(open_until: AsyncExitStack, folder: Path) -> Victoria | None:
    try:
        return await open_until.enter_async_context(victoria(folder / "victoria"))
    except NotInstalled as missing:
        print(f"left out: {missing}", file=sys.stderr, flush=True)
        return None


async def _compared(what: str, ours: Ask, peers: dict[str, Ask]) -> list[Figure]:
    mine = await median_ms(ours, 9)
    figures = [Figure(what, mine, "ms", _MOST_MS[what], "lower")]
    for name, ask in peers.items():
        theirs = await median_ms(ask, 5)
        figures.append(Figure(f"{what}: {name}", theirs, "ms", None, "lower"))
        goal = _GOALS[name].get(what)
        figures.append(Figure(f"{what}: {name} / ours", theirs / mine, "x", goal, "higher"))
    return figures


async def _settled_size(engine: Path, bucket: str) -> int:
    """Samples of an InfluxDB bucket, without its index of series, when nothing has moved for ten seconds."""
    size, since = -1, time.monotonic()
    while time.monotonic() - since < 10:
        await asyncio.sleep(0.5)
        data, log = (engine / part / bucket for part in ("data", "wal"))
        now = sum(path.stat().st_size for path in (*data.rglob("*.tsm"), *log.rglob("*.wal")))
        if now != size:
            size, since = now, time.monotonic()
    return size


async def _rolled_up(
    server: influxdb.InfluxServer, peer: Historian, names: list[str], many: int, start: int, end: int
) -> list[Figure]:
    """InfluxDB again, from the roll-ups that `waterhub migrate` makes: what the hub does with it."""
    await make_ready(server.url, server.token, server.org, "month", Keep(0, 0, 0))
    again = await InfluxHistorian.open(server.url, server.token, server.org, "month", {})
    asks = _questions(again, names, many, start, end)
    figures = [
        Figure(f"{what}: InfluxDB from roll-ups", await median_ms(asks[what], 5), "ms", None, "lower")
        for what in (ROLLED, HOURLY)
    ]
    await again.close()
    return figures


def _questions(store: Historian, names: list[str], many: int, start: int, end: int) -> dict[str, Ask]:
    async def hourly() -> object:
        return await store.buckets_of(names[:many], end - 7 * _DAY_NS, end, _HOUR)

    return {
        LAST: lambda: store.last(names),
        DAY: lambda: store.read("t1", end - _DAY_NS, end),
        MONTH: lambda: store.buckets("t1", start, end, (end - start) // 500),
        ROLLED: lambda: store.buckets("t1", start, end, 2 * _HOUR),
        HOURLY: hourly,
    }


def _month(names: list[str], start: int, end: int) -> Iterator[tuple[int, Batch]]:
    """A batch for every ten tags, with the place of its first: a random walk in steps of 0.01."""
    t = np.arange(start, end, _MINUTE, dtype=np.int64)
    chance = np.random.default_rng(1)
    for first in range(0, len(names), 10):
        some = Names.one("bench", tuple(names[first : first + 10]))
        many = len(some.tags)
        n = many * len(t)
        v = (3_000 + np.cumsum(chance.integers(-3, 4, (many, len(t))), axis=1)).ravel() / 100
        tag, times = np.repeat(np.arange(many, dtype=np.uint32), len(t)), np.tile(t, many)
        yield first, Batch(some, tag, times, v, np.zeros(n, np.uint32), times, np.zeros(n, np.uint8))


def _size(path: Path) -> int:
    """The file and what is still in its log."""
    total = path.stat().st_size
    with suppress(FileNotFoundError):
        total = max(total, path.with_name(path.name + "-wal").stat().st_size)
    return total


def _tag(name: str) -> Tag:
    return Tag(id=name, quantity=Quantity.FLOW, unit="m3/h", name=Text(name, name), station="s", period_s=60)
