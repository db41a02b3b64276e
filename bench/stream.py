"""The event stream to many screens: one encoding for all, beside one `json.dumps` for each.

Two servers of their own process, in turn: the hub's own application with real stores, and a naive one of
the same framework that builds and encodes every reader's message anew. Each tells 1,000 changed values to
200 readers about once a second; CPU is the server process's own, the delay is from the value's arrival in
the live table to the last byte of the frame at a reader. Readers share the machine with the server.
"""

import asyncio
import json
import multiprocessing
import os
import re
import resource
import socket
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import httpx
import numpy as np
import uvicorn
import uvloop
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

from api.app import build
from api.deps import Deps
from api.serve import serve
from api.session import create_user
from api.wire import parse_time, rfc3339
from bench.figures import Figure
from bench.small_plant import plant_with
from core.adapters.sealed_vault import SealedVault
from core.adapters.segment_spool.spool import SegmentSpool
from core.adapters.sql_ledger.ledger import SqlLedger
from core.adapters.sqlite_directory import SqliteDirectory
from core.adapters.sqlite_historian import SqliteHistorian
from core.adapters.vault_keys import KeyRing
from core.model.account import Role
from core.model.sample import Batch, Sample
from core.model.tag import Quantity, Tag
from core.model.text import Text
from core.runtime.clock import AnchoredClock
from core.runtime.live import LiveTable
from response.hotline.search.finder import Finder

TAGS, READERS = 1_000, 200
EVERY_S = 1.1
"""A little more than the stream's own second, so that the delay is not its rest."""
USER, PASSWORD = "bench", "bench-of-one-run"
GOAL_RATIO, GOAL_P99_MS = 20.0, 50.0

_STAMP = re.compile(rb'"t":\[?"([^"]+)"')

Serve = Callable[[Connection], Coroutine[None, None, None]]


@dataclass(frozen=True, slots=True)
class Load:
    """cpu_s: of the server. delays_ms: one for each frame at each reader."""

    cpu_s: float
    lasted_s: float
    delays_ms: list[float]

    @property
    def cpu_share(self) -> float:
        """Of one core."""
        return self.cpu_s / self.lasted_s

    @property
    def us_a_frame(self) -> float:
        """CPU for one frame to one reader: also of a server that cannot keep up."""
        return 1e6 * self.cpu_s / len(self.delays_ms)


def run(short: bool) -> list[Figure]:
    seconds = 8.0 if short else 30.0
    ours, naive = (measured(server, seconds) for server in (serve_hub, serve_naively))
    p50, p99 = np.percentile(ours.delays_ms, [50, 99])
    _, naive_p99 = np.percentile(naive.delays_ms, [50, 99])
    what = f"{READERS} readers x {TAGS} values"
    return [
        Figure(f"event stream, {what}: CPU", 100 * ours.cpu_share, "% of a core", None, "lower"),
        Figure("json.dumps for each reader: CPU", 100 * naive.cpu_share, "% of a core", None, "lower"),
        Figure("CPU a frame, naive / ours", naive.us_a_frame / ours.us_a_frame, "x", GOAL_RATIO, "higher"),
        Figure("value to reader, p50", float(p50), "ms", None, "lower"),
        Figure("value to reader, p99", float(p99), "ms", GOAL_P99_MS, "lower"),
        Figure("value to reader, p99, naive", float(naive_p99), "ms", None, "lower"),
    ]


def measured(server: Serve, seconds: float) -> Load:
    """Starts the server in a process of its own, listens, and asks it what it used."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_process, args=(server, there), daemon=True)
    process.start()
    try:
        port, cookie = here.recv()
        return asyncio.run(_listen(here, port, cookie, seconds))
    finally:
        here.send("stop")
        process.join(10)
        process.kill()


def _process(server: Serve, pipe: Connection) -> None:
    uvloop.run(server(pipe))


async def _commands(pipe: Connection) -> None:
    """Answers "cpu" with the CPU seconds used so far; returns at "stop"."""
    while (await asyncio.to_thread(pipe.recv)) != "stop":
        used = resource.getrusage(resource.RUSAGE_SELF)
        pipe.send(used.ru_utime + used.ru_stime)


async def _listen(pipe: Connection, port: int, cookie: str, seconds: float) -> Load:
    delays_ms: list[float] = []
    readers = [asyncio.create_task(_read(port, cookie, delays_ms)) for _ in range(READERS)]
    await asyncio.sleep(3.0)
    delays_ms.clear()
    pipe.send("cpu")
    before, started = pipe.recv(), time.monotonic()
    await asyncio.sleep(seconds)
    pipe.send("cpu")
    used, lasted_s = pipe.recv() - before, time.monotonic() - started
    for reader in readers:
        reader.cancel()
    await asyncio.gather(*readers, return_exceptions=True)
    return Load(used, lasted_s, delays_ms)


async def _read(port: int, cookie: str, delays_ms: list[float]) -> None:
    """One screen: notes when each frame of values is whole, against the source time of its first value."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    request = f"GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: waterhub={cookie}\r\n\r\n"
    writer.write(request.encode())
    while True:
        frame = await reader.readuntil(b"\n\n")
        arrived_ns = time.time_ns()
        if b"event: values" in frame and (found := _STAMP.search(frame)):
            delays_ms.append((arrived_ns - parse_time(found[1].decode())) / 1e6)


def _samples(n: int) -> list[Sample]:
    now_ns = time.time_ns()
    return [Sample(f"dma-{i % 12:02d}.p{i:04d}", now_ns, 20 + (n + i) % 97 / 7) for i in range(TAGS)]


async def serve_hub(pipe: Connection) -> None:
    tags = {
        id: Tag(
            id=id,
            quantity=Quantity.PRESSURE,
            unit="m",
            name=Text("压力", "pressure"),
            station="s",
            period_s=1,
        )
        for id in (sample.tag for sample in _samples(0))
    }
    plant = plant_with(tags, {})
    with tempfile.TemporaryDirectory() as name:
        folder, live = Path(name), LiveTable()
        ledger = await SqlLedger.open(folder / "ledger.db")
        spool = await SegmentSpool.open(folder / "spool")
        historian = await SqliteHistorian.open(folder / "historian.db", tags)
        async with ledger.begin() as tx:
            await create_user(tx, USER, Role.VIEWER, PASSWORD)
        vault, clock = SealedVault(KeyRing.open(folder / "keys")), AnchoredClock()
        app = build(
            Deps(
                ledger=ledger,
                vault=vault,
                finder=Finder(ledger, vault, plant, SqliteDirectory(folder / "directory.db"), clock),
                historian=historian,
                spool=spool,
                live=live,
                plant=plant,
                clock=clock,
                secure_cookies=False,
            )
        )
        ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        serving = asyncio.create_task(serve(app, "127.0.0.1", 0, ready=ready.set_result))
        feeding = asyncio.create_task(_feed(live))
        pipe.send((await ready, await _signed_in(await ready)))
        await _commands(pipe)
        for task in (feeding, serving):
            task.cancel()
        await asyncio.wait([feeding, serving])
        for store in (historian, spool, ledger):
            await store.close()


async def _feed(live: LiveTable) -> None:
    n = 0
    while True:
        live.update(Batch.of("bench", _samples(n)))
        n += 1
        await asyncio.sleep(EVERY_S)


async def _signed_in(port: int) -> str:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        answer = await client.post("/api/v1/session", json={"user": USER, "password": PASSWORD})
        answer.raise_for_status()
        return client.cookies["waterhub"]


async def serve_naively(pipe: Connection) -> None:
    """What one writes first: a generator for each reader, a dict for each value, json.dumps each time."""
    latest: list[Sample] = []
    changed = asyncio.Condition()

    async def feed() -> None:
        n = 0
        while True:
            async with changed:
                latest[:] = _samples(n)
                changed.notify_all()
            n += 1
            await asyncio.sleep(EVERY_S)

    async def told() -> AsyncIterator[str]:
        while True:
            async with changed:
                await changed.wait()
            values = [{"tag": s.tag, "t": rfc3339(s.t_ns), "v": s.v, "q": s.q} for s in latest]
            yield f"event: values\ndata: {json.dumps(values, separators=(',', ':'))}\n\n"

    async def events() -> StreamingResponse:
        return StreamingResponse(told(), media_type="text/event-stream")

    app = FastAPI(openapi_url=None)
    app.add_api_route("/api/v1/events", events)
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    async with asyncio.TaskGroup() as group:
        group.create_task(server.serve(sockets=[listener]))
        group.create_task(feed())
        pipe.send((listener.getsockname()[1], ""))
        await _commands(pipe)
        os._exit(0)  # it has no way to stop while streams are open
