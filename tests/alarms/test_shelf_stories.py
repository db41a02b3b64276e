"""Shelves and their ends by the clock, in this life and in the next (A-07)."""

import time
from dataclasses import replace

import pytest

from alarms import acts
from alarms.acts import SHELF_MAX_MIN
from core.model.alarm import Alarm, AlarmDefinition, JournalEntry, State
from core.model.clock import Anchor
from core.runtime.clock import AnchoredClock
from tests.alarms.alarm_room import Room
from tests.alarms.alarm_town import SECOND, one, pressure_low

LOW = pressure_low("dma-01.p1")
WHY = "the gauge is being exchanged"
MINUTE = 60 * SECOND
SOON_NS = SECOND


def later(room: Room, ns: int) -> Room:
    """The same stores, so much plant time later: the hub was down meanwhile."""
    return replace(room, clock=AnchoredClock(Anchor(time.time_ns(), room.clock.now_ns() + ns, 1.0)))


async def shelved(room: Room, for_ns: int, row: AlarmDefinition = LOW, *, supervisor: bool = False) -> Alarm:
    now_ns = room.clock.now_ns()
    async with room.ledger.begin() as tx:
        until_ns = now_ns + for_ns
        done = await acts.shelve(tx, row, until_ns, WHY, "operator", now_ns, supervisor=supervisor)
    assert done.changed, done.refused
    return done.alarm


async def last(room: Room) -> JournalEntry:
    [entry] = await room.ledger.journal_of(LOW.id, 1)
    return entry


async def test_while_the_hub_runs_it_ends_within_a_second_of_its_moment_and_not_before(room: Room) -> None:
    async with room.working([LOW]):
        await room.feed(one("dma-01.p1", 0, 9.0))
        await room.reaches(LOW.id, State.UNACK)
        for for_s in (0.4, 0.9, 1.3):
            alarm = await shelved(room, round(for_s * SECOND), supervisor=True)
            assert alarm.shelf is not None
            await room.reaches(LOW.id, State.UNACK)
            entry = await last(room)
            assert (entry.event, entry.rows, entry.after) == ("shelf_expired", (16,), State.UNACK)
            assert 0 <= entry.commit_ns - alarm.shelf.until_ns <= SOON_NS


@pytest.mark.parametrize("priority", sorted(SHELF_MAX_MIN))
async def test_an_end_that_fell_in_a_downtime_is_kept_within_a_second_of_the_start(
    room: Room, priority: int
) -> None:
    """The longest shelf of each priority; one that is not over by then stays."""
    row = replace(LOW, priority=priority)
    longest_ns = round(SHELF_MAX_MIN[priority]) * MINUTE
    async with room.working([row]):
        await room.feed(one("dma-01.p1", 0, 9.0))
        await room.reaches(LOW.id, State.UNACK)
        await shelved(room, longest_ns, row)
    early = later(room, longest_ns - 2 * MINUTE)
    async with early.working([row]):
        await early.until(lambda: restarted(early))
        assert await early.is_in(LOW.id, State.SHLVD)
    after = later(early, 3 * MINUTE)
    began_ns = after.clock.now_ns()
    async with after.working([row]):
        await after.reaches(LOW.id, State.UNACK)
    entry = next(e for e in await room.ledger.journal_of(LOW.id) if e.event == "shelf_expired")
    assert entry.commit_ns - began_ns <= SOON_NS


async def restarted(room: Room) -> bool:
    return (await last(room)).event == "restart"


async def test_what_cleared_on_the_shelf_and_in_the_downtime_waits_to_be_acknowledged(room: Room) -> None:
    async with room.working([LOW]):
        await room.feed(one("dma-01.p1", 0, 9.0))
        await room.reaches(LOW.id, State.UNACK)
        await shelved(room, 10 * MINUTE)
    await room.feed(one("dma-01.p1", 60, 20.0))
    after = later(room, 11 * MINUTE)
    async with after.working([LOW]):
        await after.reaches(LOW.id, State.RTNUN)


async def test_a_third_time_again_takes_a_supervisor_also_across_restarts(room: Room) -> None:
    async with room.working([LOW]):
        await room.feed(one("dma-01.p1", 0, 9.0))
        await room.reaches(LOW.id, State.UNACK)
    for _ in range(3):
        await shelved(room, MINUTE)
        room = later(room, 2 * MINUTE)
        async with room.working([LOW]):
            await room.reaches(LOW.id, State.UNACK)
    now_ns = room.clock.now_ns()
    async with room.ledger.begin() as tx:
        again = await acts.shelve(tx, LOW, now_ns + MINUTE, WHY, "operator", now_ns)
    assert again.refused == "supervisor"
    assert (await shelved(room, MINUTE, supervisor=True)).shelves == 4
