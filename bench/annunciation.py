"""From a sample to its alarm on the event stream, at 5,000 samples/s with 20,000 alarms configured (A-26).

100 stations of 50 pressures are read once a second each, evenly spread: a batch of 50 each 10 ms. Of every
nineteenth batch one value is below its limit, which has no delay; it is well again a second later, and an
operator acknowledges what is heard. The time is from the moment at which the sample is received and handed
to the spool until its event comes out of the ledger's event stream, which the API tells on as it comes. It
includes the spool's durable write, the judgement, and the transaction of alarm, journal, incident and event;
field, HTTP and browser it does not: those are in `latency`. Spool, engine and ledger are a hub's, in a
process of their own with feeder and operator, whose CPU counts too.
"""

import asyncio
import gc
import multiprocessing
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import psutil

from alarms.acts import Seen, acknowledge
from alarms.service import AlarmService
from bench.figures import Figure
from bench.small_plant import plant_with, row_with
from core.adapters.segment_spool.spool import SegmentSpool
from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.alarm import Alarm, AlarmClass, AlarmDefinition, State
from core.model.event import Event, EventKind
from core.model.finding import FindingKind
from core.model.plant import Plant, Zone, ZoneKind
from core.model.sample import Batch, Names
from core.model.tag import Quantity, Tag
from core.model.text import Text
from core.runtime.clock import AnchoredClock

STATIONS, POINTS, PERIOD_S = 100, 50, 1.0
KINDS = (FindingKind.LIMIT_LOW, FindingKind.LIMIT_HIGH, FindingKind.STALE, FindingKind.BAD_QUALITY)
ALARMS = STATIONS * POINTS * len(KINDS)
LOW_EACH = 19
"""Batches; no divisor of the stations, so that all have their turn."""
NORMAL_M, LOW_M = 30.0, 5.0
LIMITS_M = {FindingKind.LIMIT_LOW: 14.0, FindingKind.LIMIT_HIGH: 60.0}
WARM_S, DEADLINE_S = 2, 120.0
GOAL_P99_MS, GOAL_P95_MS = 300.0, 1_000.0


@dataclass(slots=True)
class Heard:
    """received: of each alarm that is to come, its sample's moment (monotonic seconds)."""

    received: dict[str, float] = field(default_factory=dict)
    delays_ms: list[float] = field(default_factory=list)
    durable_ms: list[float] = field(default_factory=list)
    samples: int = 0
    cpu_s: float = 0.0
    took_s: float = 0.0
    warm_mb: float = 0.0
    rss_mb: float = 0.0


def run(short: bool) -> list[Figure]:
    with_alarms, without = _apart(ALARMS, 10 if short else 42), _apart(0, 1)
    p50, p95, p99 = np.percentile(with_alarms.delays_ms, [50, 95, 99]).tolist()
    durable_p50, durable_p99 = np.percentile(with_alarms.durable_ms, [50, 99]).tolist()
    n, rate = len(with_alarms.delays_ms), with_alarms.samples / with_alarms.took_s
    missing = len(with_alarms.received)
    of_10_000 = (with_alarms.warm_mb - without.warm_mb) * 10_000 / ALARMS
    return [
        Figure(f"sample to event stream, p50 of {n}", p50, "ms", None, "lower"),
        Figure("sample to event stream, p95", p95, "ms", GOAL_P95_MS, "lower"),
        Figure("sample to event stream, p99", p99, "ms", GOAL_P99_MS, "lower"),
        Figure("of which in the spool, durable, p50", durable_p50, "ms", None, "lower"),
        Figure("of which in the spool, durable, p99", durable_p99, "ms", None, "lower"),
        Figure("alarms that were not heard", missing, "", 0, "lower"),
        Figure(f"samples, {ALARMS:,} alarms configured", rate, "1/s", 4_950, "higher"),
        Figure("CPU share of a core", 100 * with_alarms.cpu_s / with_alarms.took_s, "%", None, "lower"),
        Figure("CPU a sample", 1e6 * with_alarms.cpu_s / with_alarms.samples, "us", None, "lower"),
        Figure("resident memory at the end", with_alarms.rss_mb, "MB", None, "lower"),
        Figure("resident memory for each 10,000 alarms configured", of_10_000, "MB", None, "lower"),
    ]


def _apart(alarms: int, seconds: int) -> Heard:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_measured, (alarms, seconds))


def _measured(alarms: int, seconds: int) -> Heard:
    with tempfile.TemporaryDirectory(prefix="bench-annunciation-") as folder:
        return asyncio.run(_listened(Path(folder), alarms, seconds))


async def _listened(folder: Path, alarms: int, seconds: int) -> Heard:
    plant = plant_of()
    ledger = await SqlLedger.open(folder / "ledger.db")
    spool = await SegmentSpool.open(folder / "spool")
    rows = rules_of(plant)[:alarms]
    service = AlarmService(spool, ledger, None, plant, rows, None, AnchoredClock())
    working = asyncio.create_task(service.run())
    await _registered(folder / "ledger.db", alarms)
    gc.freeze()  # as the hub does when it has read its configuration
    heard = Heard()
    operator = asyncio.create_task(_operate(ledger, heard))
    await _fed(spool, plant, WARM_S, 0, Heard())
    heard.warm_mb = _rss_mb()
    began, cpu_s = time.monotonic(), time.process_time()
    await _fed(spool, plant, seconds, WARM_S, heard, raises=bool(alarms))
    heard.took_s, heard.cpu_s = time.monotonic() - began, time.process_time() - cpu_s
    await asyncio.sleep(PERIOD_S)  # what came last is heard, or counted as missing
    heard.rss_mb = _rss_mb()
    for task in (operator, working):
        task.cancel()
    for ended in await asyncio.gather(operator, working, return_exceptions=True):
        if isinstance(ended, Exception):
            raise ended
    await spool.close()
    await ledger.close()
    return heard


async def _registered(file: Path, n: int) -> None:
    """Every alarm is in the ledger, as in a hub that has run for a while. They are counted only: read, they
    would stay in the memory that is measured."""
    async with asyncio.timeout(DEADLINE_S):
        while True:
            if await asyncio.to_thread(_alarms_in, file) >= n:
                return
            await asyncio.sleep(0.5)


def _alarms_in(file: Path) -> int:
    with closing(sqlite3.connect(file)) as db:
        n: int = db.execute("SELECT count(*) FROM alarm").fetchone()[0]
        return n


async def _fed(
    spool: SegmentSpool, plant: Plant, rounds: int, first: int, heard: Heard, *, raises: bool = False
) -> None:
    """Every station by itself, as they are polled: none waits for another's write."""
    began = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for n in range(STATIONS):
            tags = tuple(plant.tags)[n * POINTS : (n + 1) * POINTS]
            due = [began + (k + n / STATIONS) * PERIOD_S for k in range(rounds)]
            low = [raises and ((first + k) * STATIONS + n) % LOW_EACH == 0 for k in range(rounds)]
            group.create_task(_station(spool, tags, list(zip(due, low, strict=True)), heard))


async def _station(
    spool: SegmentSpool, tags: tuple[str, ...], polls: Sequence[tuple[float, bool]], heard: Heard
) -> None:
    """polls: when (monotonic seconds), and whether a value is low; each time it is the next one."""
    names, turn = Names.one("bench", tags), 0
    tag, zero = np.arange(POINTS, dtype=np.uint32), np.zeros(POINTS, np.uint32)
    for due, low in polls:
        await asyncio.sleep(due - time.monotonic())
        v, t_ns = np.full(POINTS, NORMAL_M), np.full(POINTS, time.time_ns(), np.int64)
        began = time.monotonic()
        if low:
            v[turn % POINTS] = LOW_M
            heard.received[f"{tags[turn % POINTS]}:{FindingKind.LIMIT_LOW.value}"] = began
            turn += 1
        await spool.put(Batch(names, tag, t_ns, v, zero, t_ns, zero.astype(np.uint8)))
        heard.durable_ms.append(1e3 * (time.monotonic() - began))
        heard.samples += POINTS


async def _operate(ledger: SqlLedger, heard: Heard) -> None:
    """Hears of each alarm and acknowledges it at once."""
    async for events in ledger.follow(await ledger.last_event()):
        now = time.monotonic()
        new = [event for event in events if event.subject in heard.received and _calls(event)]
        heard.delays_ms += [1e3 * (now - heard.received.pop(event.subject)) for event in new]
        for event in new:
            async with ledger.begin() as tx:
                alarm = await tx.get(Alarm, event.subject)
                assert alarm is not None
                await acknowledge(tx, alarm.id, Seen(alarm.occurrence, alarm.seq), "operator", time.time_ns())


def _rss_mb() -> float:
    return float(psutil.Process().memory_info().rss) / 2**20


def _calls(event: Event) -> bool:
    return event.kind is EventKind.ALARM and event.data["state"] == State.UNACK.value


def plant_of() -> Plant:
    tags: dict[str, Tag] = {}
    zones: dict[str, Zone] = {}
    pressure, unit = Text("压力", "Pressure"), "m"
    for n in range(STATIONS):
        zone, station = f"dma-{n:02d}", f"st-{n:02d}"
        zones[zone] = Zone(id=zone, name=Text(f"{n}区", f"District {n}"), kind=ZoneKind.DMA)
        one = Tag(
            id="",
            quantity=Quantity.PRESSURE,
            unit=unit,
            name=pressure,
            station=station,
            period_s=1,
            zone=zone,
        )
        ids = [f"{station}.p{i:02d}" for i in range(POINTS)]
        tags |= {id: replace(one, id=id) for id in ids}
    return plant_with(tags, zones)


def rules_of(plant: Plant) -> list[AlarmDefinition]:
    return [
        row_with(
            f"{tag.id}:{kind.value}",
            kind,
            tag=tag.id,
            zone=tag.zone,
            setpoint=LIMITS_M.get(kind, 0.0),
            alarm_class=AlarmClass.PROCESS if kind in LIMITS_M else AlarmClass.INSTRUMENT,
            priority=2 if kind in LIMITS_M else 4,
        )
        for tag in plant.tags.values()
        for kind in KINDS
    ]
