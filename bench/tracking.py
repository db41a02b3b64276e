"""What following reports by their numbers costs a snapshot, in a ledger of 100,000 reports (WO-28)."""

import asyncio
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from bench.figures import Figure
from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.event import Event, EventKind
from core.model.report import Channel, Report, Symptom
from core.model.text import Text
from core.model.tracking import fresh_token
from core.model.work_order import Milestone, WorkOrder, WorkOrderState
from public_portal.tracked import MOST, Tracking

REPORTS, FEWER = 100_000, 10_000
TIMES = 20
_NOW_NS = 1_790_000_000_000_000_000
_MINUTE_NS = 60_000_000_000


def run(short: bool) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="bench-tracking-") as folder:
        return asyncio.run(_measure(Path(folder), FEWER if short else REPORTS))


async def _measure(folder: Path, n: int) -> list[Figure]:
    ledger = await SqlLedger.open(folder / "ledger.db")
    for at in range(0, n, 10_000):
        async with ledger.begin() as tx:
            await tx.put_many([_report(k) for k in range(at, min(n, at + 10_000))])
            await tx.put_many([_order(k) for k in range(at, min(n, at + 10_000))])
    tracking = Tracking(ledger)
    began = time.process_time()
    await _told(ledger, tracking)
    first_s = time.process_time() - began
    spent = 0.0
    for k in range(TIMES):
        async with ledger.begin() as tx:
            changed = replace(_order(n - 1 - k), seq=k + 2, street=f"{k}")
            await tx.put(changed)
            await tx.emit(Event(kind=EventKind.WORK_ORDER, subject=changed.id, t_ns=_NOW_NS))
        began = time.process_time()
        rows = await _told(ledger, tracking)
        spent += time.process_time() - began
    await ledger.close()
    return [
        Figure("reports in the ledger", n, "", None, "higher"),
        Figure("of these told", rows, "", MOST, "higher"),
        Figure("CPU of the first snapshot's", 1000 * first_s, "ms", None, "lower"),
        Figure("CPU of one after an order's change", 1000 * spent / TIMES, "ms", None, "lower"),
    ]


async def _told(ledger: SqlLedger, tracking: Tracking) -> int:
    await tracking.look()
    async with ledger.read() as tx:
        return len(await tracking.told(tx, (), _NOW_NS))


def _report(k: int) -> Report:
    return Report(
        id=f"RPT-20260901-{k:06d}",
        channel=Channel.PHONE,
        at_ns=_NOW_NS - (REPORTS - k) * _MINUTE_NS,
        symptom=Symptom.NO_WATER,
        text="五楼没有水，楼下邻居也没有",
        street="长江路",
        address="长江路 88 号 3 幢 502",
        work_order=f"WO-20260901-{k:06d}",
        token=fresh_token(),
    )


def _order(k: int) -> WorkOrder:
    at_ns = _NOW_NS - (REPORTS - k) * _MINUTE_NS
    states = (WorkOrderState.REPORTED, WorkOrderState.ASSIGNED, WorkOrderState.ARRIVED)
    return WorkOrder(
        id=f"WO-20260901-{k:06d}",
        incident=None,
        kind="no_water",
        state=states[-1],
        priority=2,
        zone="dma-01",
        title=Text("无水", "No water"),
        place=Text("长江路 88 号", "88 Changjiang Road"),
        opened_ns=at_ns,
        due_ns=at_ns + 60 * _MINUTE_NS,
        clocks=(("arrival", at_ns + 60 * _MINUTE_NS),),
        crew="crew-1",
        milestones=tuple(
            Milestone(state=state, at_ns=at_ns + n * _MINUTE_NS, actor="hub")
            for n, state in enumerate(states)
        ),
        street="长江路",
    )
