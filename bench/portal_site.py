"""A citizens' server on a core of its own with a day to tell of, and readers on raw sockets."""

import asyncio
import os
import re
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from core.adapters.folder_snapshots import FolderSnapshots
from core.model.clock import REAL
from core.model.snapshot import Area, PublicNotice, PublicSnapshot, PublicStreet, Reading, ReadingState
from core.model.text import Text
from public_portal.signing import public_key_of, sealed

KEY = bytes(range(32))
NOTICES, AREAS = 3, 12
PATHS = ("/", "/area/dma-01", "/n/NTC-20261126-00001", "/api/v1/latest")
"""What readers ask for, in turn."""
STARTS_S = 30.0
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


@asynccontextmanager
async def site(
    folder: Path, core: int, snapshot: PublicSnapshot | None = None
) -> AsyncIterator[tuple[int, int]]:
    """Its port and its process id. snapshot: whose parts lie in `public` already; else the usual day."""
    FolderSnapshots(folder / "public").put(*sealed(snapshot or _snapshot(), KEY))
    (folder / "portal.pub").write_bytes(public_key_of(KEY))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    files = ("--snapshots", folder / "public", "--key", folder / "portal.pub", "--state", folder / "seen")
    command = (sys.executable, "-m", "hub.portal", *map(str, files), "--port", str(port))
    process = await asyncio.create_subprocess_exec(
        *command, preexec_fn=lambda: os.sched_setaffinity(0, {core})
    )
    try:
        await _ready(port)
        yield port, process.pid
    finally:
        process.terminate()
        async with asyncio.timeout(10):
            await process.wait()


async def _ready(port: int) -> None:
    async with asyncio.timeout(STARTS_S), httpx.AsyncClient() as client:
        while True:
            try:
                (await client.get(f"http://127.0.0.1:{port}/healthz")).raise_for_status()
                return
            except httpx.TransportError:
                await asyncio.sleep(0.1)


def request(path: str, *more: str) -> bytes:
    lines = (f"GET {path} HTTP/1.1", "Host: portal", "Accept-Language: zh-CN,zh;q=0.9,en;q=0.8", *more)
    return "\r\n".join((*lines, "", "")).encode()


async def answered(port: int, wanted: bytes) -> tuple[int, bytes]:
    """Bytes of the answer, and its head."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        return await _one(reader, writer, wanted)
    finally:
        writer.close()


async def read(port: int, wanted: list[bytes], until_s: float, every_s: float = 0.0) -> list[float]:
    """One reader on one connection: asks in turn until the time (monotonic) has come, each at least `every_s`
    after the last. Seconds that each answer took."""
    took: list[float] = []
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        due = time.monotonic()
        while due < until_s and time.monotonic() < until_s:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            began = time.monotonic()
            await _one(reader, writer, wanted[len(took) % len(wanted)])
            took.append(time.monotonic() - began)
            due += every_s
    finally:
        writer.close()
    return took


async def _one(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, wanted: bytes
) -> tuple[int, bytes]:
    writer.write(wanted)
    head = await reader.readuntil(b"\r\n\r\n")
    length = _LENGTH.search(head)
    if length and not head.startswith(b"HTTP/1.1 304"):
        await reader.readexactly(int(length[1]))
    if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 304")):
        raise ConnectionError(head[:60].decode())
    return len(head) + (int(length[1]) if length else 0), head


def cpu_s(pid: int) -> float:
    """CPU seconds of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _snapshot() -> PublicSnapshot:
    now_ns = time.time_ns()
    return PublicSnapshot(
        seq=1,
        made_ns=now_ns,
        clock=REAL,
        utility=Text("示例水务", "Example Water"),
        hotline="96000",
        areas=tuple(_area(n, now_ns) for n in range(1, AREAS + 1)),
        notices=tuple(_notice(n, now_ns) for n in range(1, NOTICES + 1)),
    )


def _area(n: int, now_ns: int) -> Area:
    figures = (("free_chlorine", "mg/L", 0.42), ("turbidity", "NTU", 0.14), ("ph", "pH", 7.3))
    readings = tuple(
        Reading(
            parameter=parameter,
            unit=unit,
            state=ReadingState.NORMAL,
            value=value,
            at_ns=now_ns,
            usual_low=value * 0.8,
            usual_high=value * 1.2,
        )
        for parameter, unit, value in figures
    )
    streets = tuple(Text(f"第{n}区{k}路", f"Road {n}-{k}") for k in range(8))
    return Area(
        id=f"dma-{n:02d}", name=Text(f"第{n}片区", f"District {n}"), readings=readings, streets=streets
    )


def _notice(n: int, now_ns: int) -> PublicNotice:
    hour_ns = 3600 * 1_000_000_000
    return PublicNotice(
        id=f"NTC-20261126-{n:05d}",
        version=1,
        kind="emergency_outage",
        area=f"dma-{n:02d}",
        title=Text(f"第{n}片区供水管道抢修停水公告", f"Emergency repair: District {n}"),
        body=Text(
            "一处供水管道发生故障，正在组织抢修。\n" * 4, "A main has failed and is being repaired.\n" * 4
        ),
        advice=Text("若家中仍有水，请储备必要的生活用水。", "If you still have water, store what you need."),
        starts_ns=now_ns - hour_ns,
        published_ns=now_ns - hour_ns // 2,
        streets=tuple(
            PublicStreet(name=Text(f"第{n}区{k}路", f"Road {n}-{k}"), numbers="2–88") for k in range(6)
        ),
        connections=420,
        eta_earliest_ns=now_ns + 3 * hour_ns,
        eta_latest_ns=now_ns + 6 * hour_ns,
        next_update_ns=now_ns + hour_ns,
    )
