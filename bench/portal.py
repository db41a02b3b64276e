"""Requests that one core of the citizens' server answers from what is kept, and beside it made anew."""

import asyncio
import os
import re
import tempfile
import time
from pathlib import Path

import numpy as np

from bench.figures import Figure
from bench.portal_site import PATHS, answered, cpu_s, read, request, site

GOAL_A_S = 2_000.0
READERS = 16
"""Connections that stay open, each asking again at once."""
_ETAG = re.compile(rb'etag: ("[^"]+")', re.IGNORECASE)
GZIP = "Accept-Encoding: gzip, br"


def run(short: bool) -> list[Figure]:
    return asyncio.run(_measure(2.0 if short else 10.0))


async def _measure(lasts_s: float) -> list[Figure]:
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) > 1:
        os.sched_setaffinity(0, {cores[0]})
    with tempfile.TemporaryDirectory(prefix="bench-portal-") as folder:
        async with site(Path(folder), cores[-1]) as (port, pid):
            kept = [request(path, GZIP) for path in PATHS]
            known = [await _known(port, path) for path in PATHS]
            anew = [request(f"{path}?x={n}") for n, path in enumerate(PATHS)]
            figures = [
                *await _load(port, pid, kept, lasts_s, "kept, compressed", GOAL_A_S),
                *await _load(port, pid, known, lasts_s, "kept, reader has it (304)", GOAL_A_S),
                *await _load(port, pid, anew, lasts_s, "made anew for each", None),
            ]
            sizes = [(await answered(port, wanted))[0] for wanted in kept]
    return [*figures, Figure("home page as it travels, with its head", sizes[0] / 1000, "kB", 20.0, "lower")]


async def _known(port: int, path: str) -> bytes:
    _, head = await answered(port, request(path, GZIP))
    etag = _ETAG.search(head)
    if etag is None:
        raise ConnectionError(f"{path} has no ETag")
    return request(path, GZIP, f"If-None-Match: {etag[1].decode()}")


async def _load(
    port: int, pid: int, wanted: list[bytes], lasts_s: float, name: str, goal: float | None
) -> list[Figure]:
    before, began = cpu_s(pid), time.monotonic()
    until = began + lasts_s
    every = await asyncio.gather(*(read(port, wanted, until) for _ in range(READERS)))
    took = [one_s for own in every for one_s in own]
    lasted, used = time.monotonic() - began, cpu_s(pid) - before
    return [
        Figure(f"{name}: a core-second", len(took) / used, "requests", goal, "higher"),
        Figure(f"{name}: seen by {READERS} readers", len(took) / lasted, "requests/s", None, "higher"),
        Figure(f"{name}: p99", 1000 * float(np.percentile(took, 99)), "ms", None, "lower"),
    ]
