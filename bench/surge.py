"""Alarm latency beside the citizens' server on an ordinary day and in a surge of twenty times the readers.

Hub and station on one core, portal and readers on the other; the two loads in turn, twenty changes each.
"""

import asyncio
import multiprocessing
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

import numpy as np

from bench import latency
from bench.figures import Figure
from bench.portal_site import PATHS, read, request, site

ORDINARY, TIMES = 50.0, 20
"""Requests a second, and how many times as many in the surge."""
READERS = 40
BLOCK = 20
"""Changes under one load before the other begins."""
WITHIN = 1.10
LOOK_S = 0.5
ENCODED = "Accept-Encoding: gzip"


def run(short: bool) -> list[Figure]:
    return asyncio.run(_measure(2 if short else 10))


async def _measure(blocks: int) -> list[Figure]:
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[0]})
    taken: dict[bool, list[float]] = {False: [], True: []}
    with tempfile.TemporaryDirectory(prefix="bench-surge-") as folder:
        async with site(Path(folder), cores[-1]) as (port, _):
            with _readers(port, cores[-1]) as (rate, answered):

                def before(n: int) -> None:
                    rate.value = ORDINARY * (TIMES if _surge(n) else 1)

                began = time.monotonic()
                every = await latency.each_change(2 * blocks * BLOCK, before)
                lasted, n = time.monotonic() - began, answered.value
    for k, one in enumerate(every):
        if k % BLOCK > 1:  # the first two of a block still see the load before
            taken[_surge(k)].append(one)
    return [
        *_compared(taken),
        Figure("answered meanwhile, both loads", n / lasted, "requests/s", None, "higher"),
    ]


def _surge(n: int) -> bool:
    return n // BLOCK % 2 == 1


def _compared(taken: dict[bool, list[float]]) -> Iterator[Figure]:
    for name, q in (("p50", 50), ("p95", 95)):
        quiet, surge = (float(np.percentile(taken[which], q)) for which in (False, True))
        yield Figure(f"alarm latency {name}, {ORDINARY:.0f} requests/s", quiet, "ms", None, "lower")
        yield Figure(f"alarm latency {name}, {ORDINARY * TIMES:,.0f} requests/s", surge, "ms", None, "lower")
        yield Figure(f"{name}: surge to ordinary", surge / quiet, "times", WITHIN, "lower")


@contextmanager
def _readers(port: int, core: int) -> "Iterator[tuple[Synchronized[float], Synchronized[int]]]":
    """A process of readers: the rate to ask at, and how many were answered."""
    context = multiprocessing.get_context("spawn")
    rate, answered = context.Value("d", ORDINARY), context.Value("q", 0)
    process = context.Process(target=_press, args=(port, core, rate, answered), daemon=True)
    process.start()
    try:
        yield rate, answered
    finally:
        process.terminate()
        process.join()


def _press(port: int, core: int, rate: "Synchronized[float]", answered: "Synchronized[int]") -> None:
    os.sched_setaffinity(0, {core})
    asyncio.run(_pressing(port, rate, answered))


async def _pressing(port: int, rate: "Synchronized[float]", answered: "Synchronized[int]") -> None:
    wanted = [request(path, ENCODED) for path in PATHS]
    while True:
        until, every_s = time.monotonic() + LOOK_S, READERS / rate.value
        took = await asyncio.gather(*(read(port, wanted, until, every_s) for _ in range(READERS)))
        answered.value += sum(map(len, took))
        await asyncio.sleep(max(0.0, until - time.monotonic()))
