"""A flood: 100,000 alarms raised in a minute, all journalled, and an operator who still acknowledges.

Pressures in 50 districts, each with a low limit, fall and recover in turns: as many raises and as many
clears. Of 50,000 each is raised twice, and every raise is annunciated; of 10,000 each is raised ten times,
and all but the first few are held as chatter. The engine, its stores and the operator are those of a hub, in
a process of its own for each; its memory is counted.
"""

import asyncio
import multiprocessing
import sqlite3
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil

from alarms.acts import Seen, acknowledge
from alarms.service import AlarmService
from bench.figures import Figure
from bench.small_plant import plant_with, row_with
from core.adapters.segment_spool.spool import SegmentSpool
from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.alarm import Alarm, AlarmDefinition, State
from core.model.finding import FindingKind
from core.model.flood import Flood
from core.model.incident import Incident
from core.model.plant import Plant, Zone, ZoneKind
from core.model.sample import Batch, Names
from core.model.tag import Quantity, Tag
from core.model.text import Text
from core.runtime.clock import AnchoredClock

ZONES = 50
RAISES, WITHIN_S = 100_000, 60
ASK_S = 0.2
GOAL_S, GOAL_ACK_MS, GOAL_MB = 120.0, 1_000.0, 1_024.0
DEADLINE_S = 300.0


@dataclass(frozen=True, slots=True)
class Surge:
    """tags: of which one part in `turns` is low at once, for a second each. raises: in all."""

    tags: int
    turns: int
    raises: int

    @property
    def low(self) -> int:
        return self.tags // self.turns

    @property
    def within_s(self) -> float:
        return self.raises * WITHIN_S / RAISES


def run(short: bool) -> list[Figure]:
    part = 5 if short else 1
    once, again = Surge(50_000 // part, 30 // part, RAISES // part), Surge(10_000 // part, 6, RAISES // part)
    return [
        *_apart(once, f"{once.raises:,} raises in {once.within_s:g} s, each annunciated"),
        *_apart(again, f"{again.raises:,} raises of {again.tags:,} alarms that chatter"),
    ]


def _apart(surge: Surge, name: str) -> list[Figure]:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_measured, (surge, name))


def _measured(surge: Surge, name: str) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="bench-flood-") as folder:
        return asyncio.run(_flood(Path(folder), surge, name))


async def _flood(folder: Path, surge: Surge, name: str) -> list[Figure]:
    plant = plant_of(surge.tags)
    ledger = await SqlLedger.open(folder / "ledger.db")
    spool = await SegmentSpool.open(folder / "spool")
    service = AlarmService(spool, ledger, None, plant, rules_of(plant), None, AnchoredClock())
    working = asyncio.create_task(service.run())
    await _registered(ledger, surge.tags)
    delays: list[float] = []
    operator = asyncio.create_task(_operate(ledger, delays))
    began, cpu_s = time.monotonic(), time.process_time()
    await feed(spool, plant, surge)
    journalled = await _journalled(folder / "ledger.db", surge.raises)
    took_s, used_s = time.monotonic() - began, time.process_time() - cpu_s
    await asyncio.sleep(1.5)
    for task in (operator, working):
        task.cancel()
    for ended in await asyncio.gather(operator, working, return_exceptions=True):
        if isinstance(ended, Exception):
            raise ended
    entries = await ledger.verify_journal()
    async with ledger.read() as tx:
        incidents, floods = len(await tx.find(Incident)), await tx.find(Flood)
    rss_mb = psutil.Process().memory_info().rss / 2**20
    await spool.close()
    await ledger.close()
    return [
        Figure(f"{name}: journalled", journalled, "", surge.raises, "higher"),
        Figure("all journalled after", took_s, "s", GOAL_S * surge.within_s / WITHIN_S, "lower"),
        Figure("CPU a raise and its clear", 1e6 * used_s / surge.raises, "us", None, "lower"),
        Figure("an acknowledgement meanwhile, p95", _p95(delays), "ms", GOAL_ACK_MS, "lower"),
        Figure("resident memory", rss_mb, "MB", GOAL_MB, "lower"),
        Figure("incidents that they are", incidents, "", ZONES, "lower"),
        Figure("floods that they are", len(floods), "", 1, "lower"),
        Figure("annunciated, as the flood's banner says", floods[0].annunciated, "", None, "lower"),
        Figure("journal's chain verified, entries", entries, "", None, "higher"),
    ]


async def _registered(ledger: SqlLedger, n: int) -> None:
    """Every alarm is in the ledger, as in a hub that has run for a while."""
    async with asyncio.timeout(DEADLINE_S):
        while True:
            async with ledger.read() as tx:
                if len(await tx.find(Alarm)) >= n:
                    return
            await asyncio.sleep(1.0)


async def feed(spool: SegmentSpool, plant: Plant, surge: Surge) -> None:
    """Once a second another part of the tags is low; the others are well."""
    n, raised, turn = surge.tags, 0, 0
    names = Names.one("bench", tuple(plant.tags))
    tag, zero = np.arange(n, dtype=np.uint32), np.zeros(n, np.uint32)
    began = time.monotonic()
    while raised < surge.raises:
        low = (tag + turn * surge.low) % n < min(surge.low, surge.raises - raised)
        t_ns = np.full(n, time.time_ns(), np.int64)
        await spool.put(Batch(names, tag, t_ns, np.where(low, 5.0, 30.0), zero, t_ns, zero.astype(np.uint8)))
        turn, raised = turn + 1, raised + int(low.sum())
        due_s = raised * surge.within_s / surge.raises
        await asyncio.sleep(max(0.0, began + due_s - time.monotonic()))


async def _journalled(file: Path, raises: int) -> int:
    """Raises in the journal, once they are all there or the deadline has passed."""
    deadline = time.monotonic() + DEADLINE_S
    while True:
        n = await asyncio.to_thread(raises_in, file)
        if n >= raises or time.monotonic() > deadline:
            return n
        await asyncio.sleep(1.0)


def raises_in(file: Path) -> int:
    db = sqlite3.connect(file)
    try:
        n: int = db.execute("SELECT count(*) FROM journal WHERE event = 'raise'").fetchone()[0]
        return n
    finally:
        db.close()


async def _operate(ledger: SqlLedger, delays: list[float]) -> None:
    """Acknowledges one alarm after the other, as seen a moment ago."""
    while True:
        await asyncio.sleep(ASK_S)
        async with ledger.read() as tx:
            waiting = await tx.find(Alarm, state=State.UNACK, zone="dma-00")
        if not waiting:
            continue
        began = time.monotonic()
        async with ledger.begin() as tx:
            alarm = waiting[0]
            seen = Seen(alarm.occurrence, alarm.seq)
            await acknowledge(tx, alarm.id, seen, "operator", time.time_ns())
        delays.append(1e3 * (time.monotonic() - began))


def _p95(delays: list[float]) -> float:
    return float(np.percentile(delays, 95)) if delays else float("nan")


def plant_of(n: int) -> Plant:
    tags = {}
    for i in range(n):
        id, name = f"p{i:05d}", Text("压力", "Pressure")
        zone, station = f"dma-{i % ZONES:02d}", f"st-{i // 30:03d}"
        tags[id] = Tag(
            id=id, quantity=Quantity.PRESSURE, unit="m", name=name, station=station, period_s=1.0, zone=zone
        )
    zones = {
        f"dma-{n:02d}": Zone(id=f"dma-{n:02d}", name=Text(f"{n}区", f"District {n}"), kind=ZoneKind.DMA)
        for n in range(ZONES)
    }
    return plant_with(tags, zones)


def rules_of(plant: Plant) -> list[AlarmDefinition]:
    return [
        row_with(f"{tag.id}:low", FindingKind.LIMIT_LOW, tag=tag.id, zone=tag.zone, setpoint=10.0)
        for tag in plant.tags.values()
    ]
