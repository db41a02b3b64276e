"""The latest of 2,000 datastreams, asked of the citizens' server in one SensorThings question."""

import asyncio
import os
import tempfile
import time
from pathlib import Path

import httpx
import msgspec
import numpy as np

from bench.figures import Figure
from bench.portal_site import cpu_s, site
from core.adapters.folder_snapshots import FolderSnapshots
from core.model.clock import REAL
from core.model.published import Hour, HourState, PublishedDay, day_id, part_name
from core.model.shanghai import local
from core.model.snapshot import Area, PartRef, PublicSnapshot, Reading, ReadingState
from core.model.text import Text

AREAS = 125
MEASURED = {"free_chlorine": "mg/L", "total_chlorine": "mg/L", "turbidity": "NTU", "ph": "pH"}
STREAMS = AREAS * len(MEASURED) * 4
"""Hours and their states, now and its state."""
GOAL_MS = 200.0
ANEW, KEPT = 50, 200
"""Questions of each; more anew than these the server would make one client wait for."""
LATEST = {"$top": str(STREAMS), "$expand": "Observations($orderby=phenomenonTime desc;$top=1)"}
HOUR_NS = 3_600_000_000_000


def run(short: bool) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="bench-sensorthings-") as folder:
        return asyncio.run(_measure(Path(folder), 3 if short else 31))


async def _measure(folder: Path, days: int) -> list[Figure]:
    cores = sorted(os.sched_getaffinity(0))
    snapshot = _snapshot(FolderSnapshots(folder / "public"), days)
    if len(cores) > 1:
        os.sched_setaffinity(0, {cores[0]})
    async with (
        site(folder, cores[-1], snapshot) as (port, pid),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as client,
    ):
        first = await _asked(client, {"x": "first"})
        before = cpu_s(pid)
        anew = [await _asked(client, {"x": str(n)}) for n in range(ANEW)]
        used = 1000 * (cpu_s(pid) - before) / ANEW
        await _asked(client, {})
        kept = [await _asked(client, {}) for _ in range(KEPT)]
    return [
        Figure(f"latest of {STREAMS:,} datastreams, kept: p95", _p95(kept), "ms", GOAL_MS, "lower"),
        Figure(f"latest of {STREAMS:,}, worked out anew: p95", _p95(anew), "ms", GOAL_MS, "lower"),
        Figure("worked out anew: p50", float(np.median(anew)), "ms", None, "lower"),
        Figure("worked out anew: the server's CPU of each", used, "ms", GOAL_MS, "lower"),
        Figure(f"first after a start, {days} days of {AREAS} areas read", first, "ms", None, "lower"),
    ]


async def _asked(client: httpx.AsyncClient, more: dict[str, str]) -> float:
    """Milliseconds. Raises ConnectionError where an answer is not whole."""
    began = time.perf_counter()
    answer = await client.get("/v1.1/Datastreams", params=LATEST | more)
    took = time.perf_counter() - began
    told = answer.json()["value"] if answer.status_code == 200 else []
    if len(told) < STREAMS or any(len(one["Observations"]) != 1 for one in told):
        raise ConnectionError(f"{answer.status_code}: {answer.text[:200]}")
    return 1000 * took


def _p95(took: list[float]) -> float:
    return float(np.percentile(took, 95))


def _snapshot(store: FolderSnapshots, days: int) -> PublicSnapshot:
    """With that many days of every area in the part of its month."""
    now_ns = time.time_ns()
    end_ns = now_ns // HOUR_NS * HOUR_NS
    areas = tuple(_area(f"dma-{n:03d}", now_ns) for n in range(1, AREAS + 1))
    return PublicSnapshot(
        seq=1,
        made_ns=now_ns,
        clock=REAL,
        utility=Text("示例水务", "Example Water"),
        hotline="96000",
        areas=areas,
        notices=(),
        site="https://water.example.cn",
        parts=tuple(_part(store, area, end_ns, days) for area in areas),
    )


def _area(id: str, now_ns: int) -> Area:
    readings = tuple(
        Reading(parameter=name, unit=unit, state=ReadingState.NORMAL, value=0.42, at_ns=now_ns)
        for name, unit in MEASURED.items()
    )
    return Area(id=id, name=Text(f"片区{id}", f"District {id}"), readings=readings)


def _part(store: FolderSnapshots, area: Area, end_ns: int, days: int) -> PartRef:
    month = f"{local(end_ns):%Y-%m}"
    content = msgspec.json.encode(
        [
            _day(area.id, name, unit, f"{month}-{day + 1:02d}", end_ns - 24 * HOUR_NS * (days - day))
            for name, unit in MEASURED.items()
            for day in range(days)
        ]
    )
    return PartRef(name=part_name(area.id, month), sha256=store.put_part(content), size=len(content))


def _day(zone: str, parameter: str, unit: str, day: str, begin_ns: int) -> PublishedDay:
    starts = range(begin_ns, begin_ns + 24 * HOUR_NS, HOUR_NS)
    hours = (
        Hour(
            start_ns=at_ns,
            state=HourState.NORMAL,
            published_ns=at_ns + HOUR_NS * 3 // 2,
            n_valid=60,
            median=0.42,
            high15=0.45,
            low15=0.4,
        )
        for at_ns in starts
    )
    id = day_id(zone, parameter, day)
    return PublishedDay(id=id, zone=zone, parameter=parameter, unit=unit, day=day, hours=tuple(hours))
