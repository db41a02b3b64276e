"""An instrument out of service decides nothing: its alarm is kept, and opens nothing until it is back."""

from alarms import out_of_service
from core.model.alarm import State
from core.model.incident import Incident
from core.model.proposal import ProposalState
from tests.alarms.alarm_room import Room
from tests.alarms.alarm_town import NOON, one, pressure_low

GAUGE = "dma-01.p1"
LOW = f"{GAUGE}:low"
WHY = "gauge removed for repair"


async def take_out(room: Room) -> None:
    async with room.ledger.begin() as tx:
        asked = await out_of_service.propose(tx, LOW, "工作票-0042", WHY, "operator", NOON)
        await out_of_service.decide(tx, asked.id, 0, ProposalState.APPROVED, "boss", None, NOON)


async def incidents(room: Room) -> list[Incident]:
    async with room.ledger.read() as tx:
        return await tx.find(Incident)


async def rises(room: Room) -> None:
    async def active() -> bool:
        alarm = await room.alarm(LOW)
        return alarm is not None and alarm.active

    await room.feed(one(GAUGE, 10, 9.0))
    await room.until(active)


async def test_out_of_service_it_rises_and_opens_nothing_and_back_it_opens_one(room: Room) -> None:
    rows = [pressure_low(GAUGE)]
    async with room.working(rows):
        await room.feed(one(GAUGE, 0, 25.0))
        await room.reaches(LOW, State.NORM)
        await take_out(room)
        await rises(room)
        assert await room.is_in(LOW, State.OOSRV)
        assert await incidents(room) == []
    async with room.working(rows):
        async with room.ledger.begin() as tx:
            await out_of_service.return_to_service(tx, LOW, "operator", NOON)
        await room.until(lambda: _one(room), within_s=15)
    [incident] = await incidents(room)
    alarm = await room.alarm(LOW)
    assert alarm is not None
    assert (alarm.state, alarm.incident) == (State.UNACK, incident.id)
    assert [member.alarm for member in incident.members] == [LOW]


async def test_what_clears_while_it_is_out_of_service_opens_nothing_when_it_is_back(room: Room) -> None:
    async with room.working([pressure_low(GAUGE)]):
        await room.feed(one(GAUGE, 0, 25.0))
        await room.reaches(LOW, State.NORM)
        await take_out(room)
        await rises(room)
        await room.feed(one(GAUGE, 20, 25.0))
        async with room.ledger.begin() as tx:
            await out_of_service.return_to_service(tx, LOW, "operator", NOON)
        await room.reaches(LOW, State.RTNUN)
        await room.feed(one(GAUGE, 30, 9.0))
        await room.reaches(LOW, State.UNACK)
        await room.until(lambda: _one(room), within_s=15)
    assert len(await incidents(room)) == 1


async def _one(room: Room) -> bool:
    return len(await incidents(room)) == 1
