"""`waterhub ledger verify` over a ledger as the hub makes it: alarms of an approved master database, what was
done to them, and the versions that came after."""

import time
from dataclasses import replace

from alarms import acts, master
from alarms.acts import Seen
from alarms.audit import audit
from alarms.cells import MATRIX_ROW, cells_of, matrix_cells
from alarms.definitions import Definitions
from alarms.matrix import MATRIX
from alarms.service import AlarmService
from alarms.spec import AlarmRow
from core.model.alarm import Alarm, State
from core.model.proposal import ProposalState
from tests.alarms.alarm_room import Room
from tests.alarms.alarm_rows import row
from tests.alarms.alarm_town import one

P1, P2 = "dma-01.p1:low", "dma-01.p2:low"
WHY = "the new pump holds three metres less"


def low(setpoint: float) -> dict[str, str]:
    return cells_of(AlarmRow.model_validate(row(setpoint=setpoint, latching=True)))


async def approved(room: Room) -> Definitions:
    """What runs, at its version; begun from the plant's files where nothing is approved yet."""
    async with room.ledger.begin() as tx:
        if not await master.latest(tx):
            await master.begin(tx, {"low": low(14), MATRIX_ROW: matrix_cells(MATRIX)}, room.clock.now_ns())
        running, wrong = master.definitions_of(await master.approved(tx), room.plant)
    assert not wrong
    return running


async def service(room: Room) -> AlarmService:
    return AlarmService(room.spool, room.ledger, None, room.plant, await approved(room), None, room.clock)


async def all_there(room: Room) -> bool:
    async with room.ledger.read() as tx:
        return len(await tx.find(Alarm)) == 6


async def lower(room: Room, setpoint: float) -> None:
    """Proposed by one, approved by another."""
    async with room.ledger.begin() as tx:
        now_ns = room.clock.now_ns()
        rows = {id: one.cells for id, one in (await master.approved(tx)).items()} | {"low": low(setpoint)}
        asked = await master.propose(tx, rows, room.plant, WHY, "li", now_ns)
        await master.decide(tx, asked.id, asked.seq, ProposalState.APPROVED, "wang", None, room.plant, now_ns)


async def test_alarms_that_nobody_has_raised_yet_hold_in_the_version_they_came_with(room: Room) -> None:
    async with room.running(await service(room)):
        await room.until(lambda: all_there(room))
    told = await audit(room.ledger)
    assert (told.entries, told.alarms, told.differing) == (0, 6, ())
    assert told.digest == told.replayed
    alarm = await room.alarm(P1)
    assert alarm is not None and alarm.config == "1"


async def test_after_acts_and_in_the_version_that_followed_every_alarm_holds(room: Room) -> None:
    async with room.running(await service(room)):
        await room.until(lambda: all_there(room))
        await room.feed(one("dma-01.p1", 0, 9.0))
        await room.reaches(P1, State.UNACK)
        alarm = await room.alarm(P1)
        assert alarm is not None
        async with room.ledger.begin() as tx:
            now_ns = room.clock.now_ns()
            await acts.acknowledge(tx, P1, Seen(alarm.occurrence, alarm.seq), "zhao", now_ns)
            await acts.suppress(tx, P2, "isolation", True, now_ns)
    await lower(room, 12)
    assert (await audit(room.ledger)).differing == ()
    async with room.running(await service(room)):
        await room.until(lambda: at_version(room, "2"))
    told = await audit(room.ledger)
    assert (told.differing, told.restarts) == ((), 2)
    assert told.digest == told.replayed


async def at_version(room: Room, config: str) -> bool:
    async with room.ledger.read() as tx:
        return {alarm.config for alarm in await tx.find(Alarm)} == {config}


async def test_a_fact_or_a_version_of_which_the_journal_says_otherwise_is_found(room: Room) -> None:
    async with room.running(await service(room)):
        await room.feed(one("dma-01.p1", 0, 9.0))
        await room.reaches(P1, State.UNACK)
        await room.until(lambda: all_there(room))
    for id, changed in ((P1, {"config": "7"}), (P2, {"raised_ns": time.time_ns()})):
        alarm = await room.alarm(id)
        assert alarm is not None
        async with room.ledger.begin() as tx:
            await tx.put(replace(alarm, **changed))
        assert (await audit(room.ledger)).differing == (id,)
        async with room.ledger.begin() as tx:
            await tx.put(alarm)
