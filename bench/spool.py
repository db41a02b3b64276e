"""The spool's durable commit beside write + fdatasync (P7), its rate alone and with the store behind it."""

import asyncio
import os
import tempfile
import time
from pathlib import Path

import numpy as np

from bench.figures import Figure
from core.adapters.segment_spool.spool import SegmentSpool
from core.adapters.sqlite_historian import SqliteHistorian
from core.model.sample import Batch, Names, Sample
from core.ports.spool import RECORDER
from core.runtime.conservation import assert_conserved
from core.runtime.recorder import Recorder

TAGS = 10_000
_START_NS = 1_795_000_000 * 10**9


def run(short: bool) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="bench-spool-") as folder:
        return asyncio.run(_measure(Path(folder), 60 if short else 400))


def tick(names: Names, k: int) -> Batch:
    """One second of every tag."""
    n = len(names.tags)
    t = np.full(n, _START_NS + k * 10**9, np.int64)
    v = np.random.default_rng(k).integers(0, 5_000, n) / 100
    zero = np.zeros(n, np.uint32)
    return Batch(names, np.arange(n, dtype=np.uint32), t, v, zero, t, zero.astype(np.uint8))


async def _measure(folder: Path, rounds: int) -> list[Figure]:
    names = Names.one("bench", tuple(f"dma-{i // 8:04d}.p{i % 8}" for i in range(TAGS)))
    spool = await SegmentSpool.open(folder / "spool")
    await spool.cursor("recorder")
    raw, ours, small = [], [], []
    with (folder / "raw").open("wb", buffering=0) as file:
        for k in range(rounds):
            batch = tick(names, k)
            raw.append(_synced(file.fileno(), batch.encode()))
            ours.append(await _timed(spool, batch))
            small.append(await _timed(spool, Batch.of("bench", [Sample("a", k, 1.0)] * 10)))
            await spool.advance("recorder", 2 * k)
    rate = await _rate(spool, names, rounds)
    await spool.close()
    opened = await _opening(folder / "spool")
    through = await _through(folder, names, rounds)
    ratio = float(np.median(ours) / np.median(raw))
    return [
        Figure("write + fdatasync of the bytes, p50", float(np.median(raw)), "ms", None, "lower"),
        Figure("write + fdatasync of the bytes, p99", float(np.quantile(raw, 0.99)), "ms", None, "lower"),
        Figure("put of 10,000 tags, p50", float(np.median(ours)), "ms", None, "lower"),
        Figure("put / write + fdatasync, p50", ratio, "x", 2.0, "lower"),
        Figure("put of 10,000 tags, p99", float(np.quantile(ours, 0.99)), "ms", 25.0, "lower"),
        Figure("put of 10 samples, p50", float(np.median(small)), "ms", 20.0, "lower"),
        Figure("put of 10 samples, p99", float(np.quantile(small, 0.99)), "ms", None, "lower"),
        Figure("four sources at once, durable", rate, "samples/s", None, "higher"),
        Figure("four sources through spool and embedded historian", through, "samples/s", 500_000, "higher"),
        Figure("opening it after a kill", opened, "ms", 1_500.0, "lower"),
    ]


def _synced(file: int, data: bytes) -> float:
    """Milliseconds."""
    started = time.perf_counter()
    os.write(file, data)
    os.fdatasync(file)
    return 1e3 * (time.perf_counter() - started)


async def _timed(spool: SegmentSpool, batch: Batch) -> float:
    started = time.perf_counter()
    await spool.put(batch)
    return 1e3 * (time.perf_counter() - started)


async def _opening(folder: Path) -> float:
    """Milliseconds; the newest file is read through."""
    started = time.perf_counter()
    spool = await SegmentSpool.open(folder)
    took = 1e3 * (time.perf_counter() - started)
    await spool.close()
    return took


async def _through(folder: Path, names: Names, rounds: int) -> float:
    """Samples a second, from the first put until the last is in the historian's books."""
    spool = await SegmentSpool.open(folder / "through")
    historian = await SqliteHistorian.open(folder / "historian.db", {})
    recording = asyncio.create_task(Recorder(spool, historian).run())
    await spool.cursor(RECORDER)
    own = [Names.one(f"bench-{i}", tuple(f"s{i}.{tag}" for tag in names.tags)) for i in range(4)]
    batches = [[tick(its, k) for k in range(rounds // 4)] for its in own]

    async def source(mine: list[Batch]) -> None:
        for batch in mine:
            await spool.put(batch)

    started = time.perf_counter()
    await asyncio.gather(*map(source, batches))
    while await spool.cursor(RECORDER) < rounds // 4 * 4:  # noqa: ASYNC110  (nobody tells)
        await asyncio.sleep(0.002)
    took = time.perf_counter() - started
    assert_conserved(await spool.facts())
    recording.cancel()
    await asyncio.gather(recording, return_exceptions=True)
    await spool.close()
    await historian.close()
    return rounds // 4 * 4 * len(names.tags) / took


async def _rate(spool: SegmentSpool, names: Names, rounds: int) -> float:
    """Samples a second, durable."""
    batches = [tick(names, k) for k in range(8)]

    async def source(first: int) -> None:
        for k in range(rounds // 4):
            await spool.advance("recorder", await spool.put(batches[(first + k) % 8]))

    started = time.perf_counter()
    await asyncio.gather(*(source(i) for i in range(4)))
    return rounds // 4 * 4 * TAGS / (time.perf_counter() - started)
