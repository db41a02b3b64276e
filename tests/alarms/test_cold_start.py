"""The hub's very first scan finds fifty alarms that have stood for who knows how long (A-05)."""

from dataclasses import replace

from core.model.alarm import Alarm, State
from core.model.event import EventKind
from core.model.incident import Incident, IncidentKind
from core.model.sample import Batch, Sample
from tests.alarms.alarm_room import Room
from tests.alarms.alarm_town import SECOND, pressure_low
from tests.alarms.burst_town import GAUGES, plant

FIFTY = GAUGES[:50]


async def all_raised(room: Room) -> bool:
    async with room.ledger.read() as tx:
        return len(await tx.find(Alarm, active=True)) == len(FIFTY)


async def test_fifty_that_are_active_at_the_first_scan_are_fifty_unacknowledged_in_one_incident(
    room: Room,
) -> None:
    room = replace(room, plant=plant())
    now_ns = room.clock.now_ns()
    samples = [Sample(tag, now_ns + n * SECOND // 50, 9.0) for n, tag in enumerate(FIFTY)]
    async with room.working([pressure_low(tag) for tag in FIFTY]):
        await room.feed(Batch.of("modbus:st-0", samples))
        await room.until(lambda: all_raised(room))
    async with room.ledger.read() as tx:
        alarms = await tx.find(Alarm)
        [incident] = await tx.find(Incident)
    assert [alarm.state for alarm in alarms] == [State.UNACK] * 50
    assert {alarm.occurrence for alarm in alarms} == {1}
    assert {alarm.incident for alarm in alarms} == {incident.id}
    assert incident.kind is IncidentKind.LOW_PRESSURE
    assert {member.alarm for member in incident.members} == {f"{tag}:low" for tag in FIFTY}
    told = [event.subject for event in await room.ledger.events(0) if event.kind is EventKind.ALARM]
    assert sorted(told) == sorted(alarm.id for alarm in alarms), "each is told, and told once"
