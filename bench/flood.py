"""A flood: 100,000 alarms raised in a minute, all of them journalled, and an operator who still acknowledges.

10,000 pressures in 50 districts, each with a low limit, fall and recover in turns: as many raises and as many
clears. The engine, its stores and the operator are those of a hub, in this process; its memory is counted.
"""

import asyncio
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil

from alarms.acts import Seen, acknowledge
from alarms.service import AlarmService
from bench.figures import Figure
from core.adapters.segment_spool.spool import SegmentSpool
from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.alarm import Alarm, AlarmClass, AlarmDefinition, State
from core.model.finding import FindingKind
from core.model.incident import Incident
from core.model.network import Network
from core.model.plant import Plant, Utility, Zone, ZoneKind
from core.model.sample import Batch, Names
from core.model.tag import Quantity, Tag
from core.model.text import Text
from core.runtime.clock import AnchoredClock

TAGS, ZONES, TURNS = 10_000, 50, 6
RAISES, WITHIN_S = 100_000, 60
ASK_S = 0.2
GOAL_S, GOAL_ACK_MS, GOAL_MB = 120.0, 1_000.0, 1_024.0
DEADLINE_S = 600.0


def run(short: bool) -> list[Figure]:
    raises, within_s = (RAISES // 5, WITHIN_S // 5) if short else (RAISES, WITHIN_S)
    with tempfile.TemporaryDirectory(prefix="bench-flood-") as folder:
        return asyncio.run(_flood(Path(folder), raises, within_s))


async def _flood(folder: Path, raises: int, within_s: int) -> list[Figure]:
    plant = _plant()
    ledger = await SqlLedger.open(folder / "ledger.db")
    spool = await SegmentSpool.open(folder / "spool")
    service = AlarmService(spool, ledger, None, plant, _rules(plant), None, AnchoredClock())
    working = asyncio.create_task(service.run())
    delays: list[float] = []
    operator = asyncio.create_task(_operate(ledger, delays))
    began, cpu_s = time.monotonic(), time.process_time()
    await _feed(spool, plant, raises, within_s)
    journalled = await _journalled(ledger, raises)
    took_s, used_s = time.monotonic() - began, time.process_time() - cpu_s
    for task in (operator, working):
        task.cancel()
    await asyncio.gather(operator, working, return_exceptions=True)
    entries = await ledger.verify_journal()
    async with ledger.read() as tx:
        incidents = len(await tx.find(Incident))
    rss_mb = psutil.Process().memory_info().rss / 2**20
    await spool.close()
    await ledger.close()
    return [
        Figure(f"{raises:,} raises in {within_s} s: journalled", journalled, "", raises, "higher"),
        Figure("all journalled after", took_s, "s", GOAL_S * within_s / WITHIN_S, "lower"),
        Figure("CPU a raise and its clear", 1e6 * used_s / raises, "us", None, "lower"),
        Figure("an acknowledgement meanwhile, p95", _p95(delays), "ms", GOAL_ACK_MS, "lower"),
        Figure("resident memory", rss_mb, "MB", GOAL_MB, "lower"),
        Figure("incidents that they are", incidents, "", ZONES, "lower"),
        Figure("journal's chain verified, entries", entries, "", None, "higher"),
    ]


async def _feed(spool: SegmentSpool, plant: Plant, raises: int, within_s: int) -> None:
    """Once a second a sixth of the tags is low; the others are well."""
    names = Names.one("bench", tuple(plant.tags))
    tag, zero = np.arange(TAGS, dtype=np.uint32), np.zeros(TAGS, np.uint32)
    began, turn = time.monotonic(), 0
    while turn * (TAGS // TURNS) < raises:
        low = (tag + turn * (TAGS // TURNS)) % TAGS < min(TAGS // TURNS, raises - turn * (TAGS // TURNS))
        t_ns = np.full(TAGS, time.time_ns(), np.int64)
        await spool.put(Batch(names, tag, t_ns, np.where(low, 5.0, 30.0), zero, t_ns, zero.astype(np.uint8)))
        turn += 1
        await asyncio.sleep(max(0.0, began + turn * within_s * (TAGS // TURNS) / raises - time.monotonic()))


async def _journalled(ledger: SqlLedger, raises: int) -> int:
    """Raises in the journal, once they are all there or the deadline has passed."""
    deadline = time.monotonic() + DEADLINE_S
    while True:
        async with ledger.read() as tx:
            n = sum(alarm.occurrence for alarm in await tx.find(Alarm))
        if n >= raises or time.monotonic() > deadline:
            return n
        await asyncio.sleep(1.0)


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


def _plant() -> Plant:
    tags = {}
    for i in range(TAGS):
        id, name = f"p{i:05d}", Text("压力", "Pressure")
        zone, station = f"dma-{i % ZONES:02d}", f"st-{i // 30:03d}"
        tags[id] = Tag(
            id=id, quantity=Quantity.PRESSURE, unit="m", name=name, station=station, period_s=1.0, zone=zone
        )
    zones = {
        f"dma-{n:02d}": Zone(id=f"dma-{n:02d}", name=Text(f"{n}区", f"District {n}"), kind=ZoneKind.DMA)
        for n in range(ZONES)
    }
    utility = Utility(id="bench", name=Text("测试", "Bench"), hotline="0")
    return Plant(
        utility=utility, zones=zones, tags=tags, streets={}, places={}, crews={}, network=Network({}, {})
    )


def _rules(plant: Plant) -> list[AlarmDefinition]:
    words = Text("测试", "bench")
    return [
        AlarmDefinition(
            id=f"{tag.id}:low",
            name=words,
            alarm_class=AlarmClass.PROCESS,
            priority=2,
            cause=words,
            consequence=words,
            action=words,
            response_min=15,
            kind=FindingKind.LIMIT_LOW,
            tag=tag.id,
            zone=tag.zone,
            setpoint=10.0,
        )
        for tag in plant.tags.values()
    ]
