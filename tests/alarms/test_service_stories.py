"""From a sample in the spool to an alarm, its journal and its incident: stories."""

import asyncio

import pytest

from alarms.acts import Seen, acknowledge
from alarms.service import AlarmService
from core.model.alarm import State
from core.model.event import EventKind
from core.model.incident import Incident, IncidentKind, IncidentState
from core.model.quality import Status
from tests.alarms.alarm_room import Room
from tests.alarms.alarm_town import NOON, SECOND, one, pressure_low


async def test_pressure_falls_and_an_alarm_a_journal_row_and_an_incident_stand_together(room: Room) -> None:
    async with room.working([pressure_low("dma-01.p1")]):
        await room.feed(one("dma-01.p1", 0, 22.0), one("dma-01.p1", 1, 9.5))
        await room.reaches("dma-01.p1:low", State.UNACK)
    alarm = await room.alarm("dma-01.p1:low")
    assert alarm is not None
    assert (alarm.value, alarm.limit, alarm.raised_ns) == (9.5, 14.0, NOON + SECOND)
    async with room.ledger.read() as tx:
        [incident] = await tx.find(Incident)
    assert incident.kind is IncidentKind.LOW_PRESSURE
    assert incident.state is IncidentState.SUSPECTED
    assert [member.alarm for member in incident.members] == [alarm.id]
    assert alarm.incident == incident.id
    [entry] = await room.ledger.journal_of(alarm.id)
    assert (entry.before, entry.after, entry.spool_seq) == (State.NORM, State.UNACK, 2)
    kinds = {event.kind for event in await room.ledger.events(0)}
    assert kinds == {EventKind.ALARM, EventKind.INCIDENT}


async def test_lost_communication_is_never_low_pressure(room: Room) -> None:
    async with room.working([pressure_low("dma-01.p1")]):
        await room.feed(
            one("dma-01.p1", 0, 22.0),
            one("dma-01.p1", 1, None, Status.BAD_NO_COMMUNICATION),
            one("dma-01.p1", 2, 21.0),
            one("dma-01.p1", 3, 9.0),
        )
        await room.reaches("dma-01.p1:low", State.UNACK)
    [entry] = await room.ledger.journal_of("dma-01.p1:low")
    assert entry.event_ns == NOON + 3 * SECOND


async def test_a_restart_keeps_the_alarm_and_says_nothing_twice(room: Room) -> None:
    rows = [pressure_low("dma-01.p1")]
    async with room.working(rows):
        await room.feed(one("dma-01.p1", 0, 9.0))
        await room.reaches("dma-01.p1:low", State.UNACK)
    async with room.working(rows):
        await room.feed(one("dma-01.p1", 1, 8.0), one("dma-01.p1", 2, 20.0))
        await room.reaches("dma-01.p1:low", State.RTNUN)
    events = [entry.event for entry in await room.ledger.journal_of("dma-01.p1:low")]
    assert events == ["clear", "restart", "raise"]
    async with room.ledger.read() as tx:
        [incident] = await tx.find(Incident)
    assert incident.state is IncidentState.RESTORED


async def test_the_severity_follows_the_water_up_and_down_and_the_worst_is_kept(room: Room) -> None:
    """Row 12 while it is unacknowledged and after it was acknowledged, row 13 on the way back."""
    row = pressure_low("dma-01.p1", escalate_at=8.0, priority=3)

    async def now(state: State, priority: int) -> bool:
        alarm = await room.alarm(row.id)
        return alarm is not None and (alarm.state, alarm.priority) == (state, priority)

    async with room.working([row]):
        await room.feed(one("dma-01.p1", 0, 12.0))
        await room.until(lambda: now(State.UNACK, 3))
        await room.feed(one("dma-01.p1", 60, 7.0))
        await room.until(lambda: now(State.UNACK, 2))
        await room.feed(one("dma-01.p1", 120, 12.0))
        await room.until(lambda: now(State.UNACK, 3))
        standing = await room.alarm(row.id)
        assert standing is not None
        async with room.ledger.begin() as tx:
            seen = Seen(standing.occurrence, standing.seq)
            await acknowledge(tx, row.id, seen, "operator", room.clock.now_ns())
        await room.feed(one("dma-01.p1", 180, 7.0))
        await room.until(lambda: now(State.UNACK, 2))
    worst = await room.alarm(row.id)
    assert worst is not None
    assert (worst.worst, worst.occurrence) == (2, 1)
    told = [(e.event, e.rows) for e in reversed(await room.ledger.journal_of(row.id))]
    assert told == [
        ("raise", (1,)),
        ("escalate", (12,)),
        ("de_escalate", (13,)),
        ("ack", (2,)),
        ("escalate", (12,)),
    ]


@pytest.mark.parametrize("steps", range(12))
async def test_a_stop_that_comes_with_other_rows_ends_the_service(room: Room, steps: int) -> None:
    """steps: of the loop, between the change and the stop."""
    row, other = pressure_low("dma-01.p1"), pressure_low("dma-01.p2")
    service = AlarmService(room.spool, room.ledger, None, room.plant, [row], None, room.clock)
    task = asyncio.create_task(service.run())
    await room.feed(one("dma-01.p1", 0, 9.0))
    await room.reaches(row.id, State.UNACK)
    service.reconfigure([row, other])
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task}, timeout=30.0)
    assert task.cancelled(), "it goes on"
