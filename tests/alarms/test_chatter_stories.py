"""An alarm that comes and goes, as an operator meets it (1.4, A-06)."""

import time
from dataclasses import replace

from alarms.acts import Seen, acknowledge, shelve
from alarms.incidents import Correlator
from alarms.journal import Stamp, replayed
from alarms.transaction import fresh, record
from alarms.upkeep import Upkeep
from core.model.alarm import Alarm, JournalEntry, State
from core.model.clock import Anchor
from core.model.event import EventKind
from core.model.finding import Finding, FindingKind, Verb
from core.model.flood import ONE_POSITION, Flood
from core.model.incident import Incident, IncidentState
from core.runtime.clock import AnchoredClock
from tests.alarms.alarm_room import Room
from tests.alarms.alarm_town import NOON, SECOND, one, pressure_low
from tests.faults.forms import form

LOW = pressure_low("dma-01.p1")
ROWS = {LOW.id: LOW}
MINUTE = 60 * SECOND
SLOW = form(200, 1_000)


async def swing(room: Room, times: int, every_s: float, start_ns: int = NOON, seq: int = 0) -> int:
    """Raises and clears in turns, half a period apart; the time of the last clear."""
    t_ns = start_ns
    async with room.ledger.begin() as tx:
        for n in range(times):
            for verb, at in ((Verb.RAISE, n * every_s), (Verb.CLEAR, (n + 0.5) * every_s)):
                t_ns, seq = start_ns + round(at * SECOND), seq + 1
                finding = Finding(alarm=LOW.id, kind=FindingKind.LIMIT_LOW, verb=verb, t_ns=t_ns, tags=("t",))
                await record(tx, [(finding, Stamp(t_ns, seq))], ROWS, Correlator(room.plant, ROWS))
    return t_ns


async def standing(room: Room) -> Alarm:
    alarm = await room.alarm(LOW.id)
    assert alarm is not None
    return alarm


async def journal(room: Room) -> list[JournalEntry]:
    return list(reversed(await room.ledger.journal_of(LOW.id, 9_999)))


def told(entries: list[JournalEntry]) -> int:
    return sum(e.after is State.UNACK and e.before is not State.UNACK for e in entries)


def upkeep_at(room: Room, now_ns: int) -> Upkeep:
    clock = AnchoredClock(Anchor(time.time_ns(), now_ns, 1.0))
    return Upkeep(room.ledger, ROWS, ONE_POSITION, clock)


async def test_a_thousand_cycles_that_nobody_answers_are_one_chain_counted_and_unacknowledged(
    room: Room,
) -> None:
    await swing(room, 1_000, 2.0)
    alarm, entries = await standing(room), await journal(room)
    assert (alarm.state, alarm.raises, alarm.occurrence, alarm.acked_by) == (State.UNACK, 1_000, 3, None)
    assert sum(e.event == "raise" for e in entries) == sum(e.event == "clear" for e in entries) == 1_000
    assert told(entries) == 3
    assert replayed(fresh(LOW), entries) == alarm
    assert await room.ledger.verify_journal() == 2_000


async def test_slow_cycles_that_nobody_answers_are_counted_as_one_chain_too(room: Room) -> None:
    await swing(room, SLOW, 600.0)
    alarm, entries = await standing(room), await journal(room)
    assert (alarm.state, alarm.raises, alarm.occurrence) == (State.RTNUN, SLOW, SLOW)
    assert alarm.chatter is None
    assert told(entries) == SLOW
    assert not any(entry.event == "ack" for entry in entries)


async def test_a_chattering_alarm_can_be_answered_while_it_swings_and_is_not_told_again(room: Room) -> None:
    await swing(room, 5, 10.0)
    seen = await standing(room)
    assert seen.chatter is not None
    last_ns = await swing(room, 20, 10.0, NOON + MINUTE, 100)
    async with room.ledger.begin() as tx:
        await acknowledge(tx, LOW.id, Seen(seen.occurrence, seen.seq), "operator", last_ns)
    await swing(room, 20, 10.0, last_ns + 5 * SECOND, 200)
    alarm = await standing(room)
    assert (alarm.state, alarm.raises, told(await journal(room))) == (State.ACKED, 45, 3)


async def test_five_quiet_minutes_end_it_when_the_next_one_comes_and_that_is_news(room: Room) -> None:
    last_ns = await swing(room, 5, 10.0)
    await swing(room, 1, 2.0, last_ns + 5 * MINUTE, 100)
    alarm, entries = await standing(room), await journal(room)
    assert (alarm.chatter, alarm.state, alarm.occurrence, alarm.raises) == (None, State.RTNUN, 4, 6)
    assert [entry.event for entry in entries][-3:] == ["quiet", "raise", "clear"]
    assert replayed(fresh(LOW), entries) == alarm


async def test_five_quiet_minutes_end_it_when_nothing_comes_and_the_incident_is_restored(room: Room) -> None:
    early = upkeep_at(room, NOON)
    await early.start()
    last_ns = await swing(room, 5, 10.0)
    before = upkeep_at(room, last_ns + 5 * MINUTE - 2 * SECOND)
    await before.start()
    await before.look()
    assert (await standing(room)).chatter is not None
    async with room.ledger.read() as tx:
        assert (await tx.find(Incident))[0].state is IncidentState.SUSPECTED
    after = upkeep_at(room, last_ns + 5 * MINUTE)
    await after.start()
    await after.look()
    alarm = await standing(room)
    assert (alarm.state, alarm.cleared_ns, alarm.chatter) == (State.RTNUN, last_ns, None)
    async with room.ledger.read() as tx:
        assert (await tx.find(Incident))[0].state is IncidentState.RESTORED
    assert replayed(fresh(LOW), await journal(room)) == alarm


async def test_a_one_shot_shelf_ends_when_the_chatter_does(room: Room) -> None:
    early = upkeep_at(room, NOON)
    await early.start()
    last_ns = await swing(room, 5, 10.0)
    async with room.ledger.begin() as tx:
        why = "known since this morning"
        await shelve(tx, LOW, last_ns + 60 * MINUTE, why, "operator", last_ns, once=True)
    later = upkeep_at(room, last_ns + 6 * MINUTE)
    await later.start()
    await later.look()
    alarm = await standing(room)
    assert (alarm.shelf, alarm.state, alarm.chatter) == (None, State.RTNUN, None)


async def test_a_flood_is_told_once_it_begins_and_once_it_is_over(room: Room) -> None:
    rows = {f"dma-0{1 + n % 2}.a{n}:low": replace(LOW, id=f"a{n}:low", tag=f"t{n}") for n in range(40)}
    rows = {row.id: row for row in rows.values()}

    def watching(now_ns: int) -> Upkeep:
        clock = AnchoredClock(Anchor(time.time_ns(), now_ns, 1.0))
        return Upkeep(room.ledger, rows, ONE_POSITION, clock)

    upkeep = watching(NOON + 40 * SECOND)
    await upkeep.start()
    for n, id in enumerate(rows):
        t_ns = NOON + n * SECOND
        finding = Finding(alarm=id, kind=FindingKind.LIMIT_LOW, verb=Verb.RAISE, t_ns=t_ns, tags=("t",))
        async with room.ledger.begin() as tx:
            await record(tx, [(finding, Stamp(t_ns, n + 1))], rows, Correlator(room.plant, rows))
        if n == 9:
            await upkeep.look()
            assert not await floods(room)
    await upkeep.look()
    [flood] = await floods(room)
    assert (flood.began_ns, flood.ended_ns, flood.annunciated) == (NOON + 10 * SECOND, None, 40)
    assert (flood.position, flood.zones) == ("control-room", (("dma-01", 40),))
    later = watching(NOON + 12 * MINUTE)
    await later.start()
    await later.look()
    [flood] = await floods(room)
    assert flood.ended_ns == NOON + 35 * SECOND + 10 * MINUTE
    events = [e for e in await room.ledger.events(0) if e.kind is EventKind.FLOOD]
    assert [event.data["ended_ns"] for event in events] == [None, flood.ended_ns]


async def floods(room: Room) -> list[Flood]:
    async with room.ledger.read() as tx:
        return await tx.find(Flood)


async def test_the_room_at_work_holds_a_swinging_gauge(room: Room) -> None:
    async with room.working([LOW]):
        for n in range(6):
            await room.feed(one("dma-01.p1", 2 * n, 9.0), one("dma-01.p1", 2 * n + 1, 20.0))

        async def six() -> bool:
            alarm = await room.alarm(LOW.id)
            return alarm is not None and alarm.raises == 6

        await room.until(six)
    async with room.working([LOW]):
        await room.feed(one("dma-01.p1", 320, 9.0), one("dma-01.p1", 321, 20.0))
        await room.reaches(LOW.id, State.RTNUN)
    alarm = await standing(room)
    assert (alarm.occurrence, alarm.raises, told(await journal(room))) == (4, 7, 4)
