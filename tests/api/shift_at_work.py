"""A control room at the end of its day shift, with one of everything that it may have to hand on."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx

from core.model.account import Segment
from core.model.activity import Activity, ActivityKind
from core.model.alarm import Alarm, AlarmClass, JournalEntry, OutOfService, Shelf, State
from core.model.clock import Anchor
from core.model.duty import Duty, DutyState, DutyWay
from core.model.incident import Incident, IncidentKind, IncidentState
from core.model.maintenance import Maintenance, Scope
from core.model.notice import Notice, NoticeKind, NoticeState
from core.model.text import Text
from core.model.work_order import Milestone, WorkOrder, WorkOrderState
from core.runtime.clock import AnchoredClock
from tests.api.hub_at_work import Hub, S, definition, hub_at_work

EVENING = 1_795_347_000 * S
"""2026-11-22, 19:30 in Shanghai: the day shift's last half hour."""
MIN, HOUR = 60 * S, 3_600 * S
DAY, NIGHT = "2026-11-22-day", "2026-11-22-night"
PATH = f"/api/v1/shifts/{DAY}"
NAMED = Text("某事", "a matter")


class Clock(AnchoredClock):
    """The evening, and as much later as a test says."""

    later_ns = 0

    def now_ns(self) -> int:
        return super().now_ns() + self.later_ns


@asynccontextmanager
async def evening(path: Path) -> AsyncIterator[Hub]:
    """A hub whose day shift has half an hour to go."""
    rows = {"lost": definition("lost", alarm_class=AlarmClass.COMMUNICATION)}
    clock = Clock(Anchor(time.time_ns(), EVENING, 1.0))
    async with hub_at_work(path, clock=clock, definitions=rows) as hub:
        yield hub


async def put(hub: Hub, *records: object) -> None:
    async with hub.deps.ledger.begin() as tx:
        for record in records:
            await tx.put(record)  # type: ignore[arg-type]


def entry(alarm: str, event: str, before_ns: int, actor: str | None = None) -> JournalEntry:
    at_ns, unacked = EVENING - before_ns, State.UNACK
    return JournalEntry(
        alarm=alarm,
        occurrence=1,
        event=event,
        before=unacked,
        after=unacked,
        event_ns=at_ns,
        commit_ns=at_ns,
        actor=actor,
    )


def incident(id: str, state: IncidentState, before_ns: int, closed_ns: int | None = None) -> Incident:
    return Incident(
        id=id,
        kind=IncidentKind.BURST,
        state=state,
        opened_ns=EVENING - before_ns,
        closed_ns=closed_ns,
        zone="dma-01",
        title=NAMED,
    )


def order(id: str, state: WorkOrderState, before_ns: int, *steps: Milestone) -> WorkOrder:
    return WorkOrder(
        id=id,
        incident=None,
        kind="repair",
        state=state,
        priority=1,
        zone="dma-01",
        title=NAMED,
        place=NAMED,
        opened_ns=EVENING - before_ns,
        milestones=steps,
    )


def notice(id: str, state: NoticeState, **more: object) -> Notice:
    return Notice(
        id=id,
        incident=None,
        kind=NoticeKind.EMERGENCY_OUTAGE,
        state=state,
        zone="dma-01",
        title=NAMED,
        body=NAMED,
        advice=NAMED,
        author="hub",
        drafted_ns=EVENING - HOUR,
        starts_ns=EVENING - HOUR,
        **more,  # type: ignore[arg-type]
    )


async def furnish(hub: Hub) -> None:
    """What a shift may have to hand on, one of each; and what is over since before it."""
    shelf = Shelf(
        until_ns=EVENING + HOUR, once=False, by="operator", note="calibrating", since_ns=EVENING - HOUR
    )
    oos = OutOfService(
        permit="P-7", by="operator", approved_by="duty_manager", note="broken", since_ns=EVENING - HOUR
    )
    standing = {"active": True, "acked": False, "occurrence": 1, "raised_ns": EVENING - HOUR, "priority": 1}
    alarms = [
        Alarm(id="stands", **standing),  # type: ignore[arg-type]
        Alarm(id="shelved", shelf=shelf, **standing),  # type: ignore[arg-type]
        Alarm(id="aside", oos=oos, **standing),  # type: ignore[arg-type]
        Alarm(id="lost", **standing),  # type: ignore[arg-type]
        Alarm(id="over", occurrence=2),
        Alarm(id="quiet"),
        Alarm(id="held", suppressed_by=("comms",), suppressed_ns=EVENING - HOUR, **standing),  # type: ignore[arg-type]
        Alarm(id="nothing-held", suppressed_by=("comms",), suppressed_ns=EVENING - HOUR),
    ]
    arrived = Milestone(state=WorkOrderState.ARRIVED, at_ns=EVENING - HOUR, actor="crew")
    closed = Milestone(state=WorkOrderState.CLOSED, at_ns=EVENING - 30 * MIN, actor="dispatcher")
    long_ago = replace(closed, at_ns=EVENING - 40 * HOUR)
    duty = Duty(
        id="INC-1:A000001",
        incident="INC-1",
        account="A000001",
        segment=Segment.HOSPITAL,
        how=DutyWay.PHONE,
        state=DutyState.OPEN,
        supply="no_water",
        opened_ns=EVENING - HOUR,
        due_ns=EVENING - 30 * MIN,
    )
    await put(
        hub,
        *alarms,
        incident("INC-1", IncidentState.CONFIRMED, 30 * HOUR),
        incident("INC-2", IncidentState.MERGED, HOUR, EVENING - 30 * MIN),
        incident("INC-3", IncidentState.CLOSED, 40 * HOUR, EVENING - 39 * HOUR),
        order("WO-1", WorkOrderState.ARRIVED, 30 * HOUR, arrived),
        order("WO-2", WorkOrderState.CLOSED, 30 * HOUR, closed),
        order("WO-3", WorkOrderState.CLOSED, 41 * HOUR, long_ago),
        notice("NTC-1", NoticeState.DRAFT),
        notice("NTC-2", NoticeState.PUBLISHED, published_ns=EVENING - 50 * MIN, overdue_ns=EVENING - 5 * MIN),
        duty,
        Maintenance(
            id="MNT-1",
            scope=Scope.STATION,
            subject="st-01",
            author="operator",
            note="battery",
            since_ns=EVENING - HOUR,
            until_ns=EVENING + HOUR,
        ),
        Activity(
            id="ACT-1",
            kind=ActivityKind.FLUSHING,
            start_ns=EVENING + 3 * HOUR,
            end_ns=EVENING + 4 * HOUR,
            by="operator",
            asked_ns=EVENING - HOUR,
            zones=("dma-01",),
        ),
        Activity(
            id="ACT-2",
            kind=ActivityKind.FLUSHING,
            start_ns=EVENING + 40 * HOUR,
            end_ns=EVENING + 41 * HOUR,
            by="operator",
            asked_ns=EVENING - HOUR,
        ),
    )
    async with hub.deps.ledger.begin() as tx:
        await tx.journal_many(
            [
                entry("over", "raise", 20 * HOUR),
                entry("over", "raise", 3 * HOUR),
                entry("over", "clear", 2 * HOUR),
                entry("over", "raise", HOUR),
                entry("over", "ack", 50 * MIN, "operator"),
                entry("lost", "raise", 40 * MIN),
            ]
        )


async def log(client: httpx.AsyncClient, path: str = PATH) -> dict:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def ids(shown: dict, section: str) -> list[str]:
    return [line["id"] for line in shown["lines"] if line["section"] == section]


def one(shown: dict, id: str) -> dict:
    (line,) = [line for line in shown["lines"] if line["id"] == id]
    return line


async def sign(client: httpx.AsyncClient, path: str = PATH) -> httpx.Response:
    return await client.post(f"{path}/hand-over")


async def take(client: httpx.AsyncClient, sha256: str, path: str = PATH) -> httpx.Response:
    return await client.post(f"{path}/take-over", json={"sha256": sha256})
