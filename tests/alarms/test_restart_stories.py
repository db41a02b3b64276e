"""Row 26: at each start what stands is held against the journal, and mended from it by name."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import cast

from alarms import acts
from alarms.audit import audit
from alarms.definitions import by_id
from alarms.hub_alarms import REPAIRED
from alarms.journal import digest
from alarms.restart import verify
from alarms.transaction import fresh
from core.model.alarm import Alarm, JournalEntry, State
from core.model.event import EventKind
from core.ports.ledger import Ledger, Tx
from tests.alarms.alarm_room import Room
from tests.alarms.alarm_town import one, pressure_low

LOW = "dma-01.p1:low"
ROWS = [pressure_low("dma-01.p1"), pressure_low("dma-01.p2")]
BY_ID = by_id(ROWS)


async def raised(room: Room) -> Alarm:
    async with room.working(ROWS):
        await room.feed(one("dma-01.p1", 0, 9.0))
        await room.reaches(LOW, State.UNACK)
    return await stands(room)


async def stands(room: Room, id: str = LOW) -> Alarm:
    alarm = await room.alarm(id)
    assert alarm is not None
    return alarm


async def written(room: Room, alarm: Alarm) -> None:
    """As a hand does that changes a record and knows of no journal."""
    async with room.ledger.begin() as tx:
        await tx.put(alarm)


async def restarts(room: Room, id: str = LOW) -> list[JournalEntry]:
    return [entry for entry in await room.ledger.journal_of(id) if entry.event == "restart"]


async def test_each_start_is_journalled_once_for_what_stands_with_its_digest_and_changes_nothing(
    room: Room,
) -> None:
    before = await raised(room)
    for n in (1, 2, 3):
        assert await verify(room.ledger, BY_ID, room.clock) == 1
        [entry, *_] = found = await restarts(room)
        assert len(found) == n
        assert (entry.note, entry.facts, entry.rows) == (digest([before]), before, (26,))
    assert await stands(room) == before
    assert await restarts(room, "dma-01.p2:low") == []
    assert await room.alarm(REPAIRED) is None


async def test_a_shelf_that_ends_while_what_stands_is_read_is_the_last_that_the_journal_tells(
    room: Room,
) -> None:
    """Shelves end while the hub starts: what is normal by then does not stand."""
    now_ns = room.clock.now_ns()
    async with room.ledger.begin() as tx:
        await tx.put(fresh(ROWS[0]))
        await acts.shelve(tx, ROWS[0], now_ns + 1, "known since morning", "operator", now_ns)
    reading = EndsShelvesMeanwhile(room.ledger, now_ns + 1)
    assert await verify(cast(Ledger, reading), BY_ID, room.clock) == 1
    assert [entry.event for entry in await room.ledger.journal_of(LOW)] == ["shelf_expired", "shelve"]


class EndsShelvesMeanwhile:
    """The ledger; between a reader and the writer after it shelves end."""

    def __init__(self, ledger: Ledger, now_ns: int) -> None:
        self._ledger, self._now_ns = ledger, now_ns
        self.begin = ledger.begin

    @contextlib.asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        async with self._ledger.read() as tx:
            yield tx
        async with self._ledger.begin() as tx:
            await acts.expire_shelves(tx, self._now_ns)


async def test_the_service_does_it_before_anything_new_is_judged(room: Room) -> None:
    await raised(room)
    await room.feed(one("dma-01.p1", 1, 20.0))
    async with room.working(ROWS):
        await room.reaches(LOW, State.RTNUN)
    events = [entry.event for entry in await room.ledger.journal_of(LOW)]
    assert events == ["clear", "restart", "raise"]


async def test_who_saw_an_alarm_before_the_restart_may_acknowledge_it_after(room: Room) -> None:
    before = await raised(room)
    await verify(room.ledger, BY_ID, room.clock)
    async with room.ledger.begin() as tx:
        seen = acts.Seen(before.occurrence, before.seq)
        done = await acts.acknowledge(tx, LOW, seen, "operator", room.clock.now_ns())
    assert done.alarm.state is State.ACKED


async def test_a_state_that_a_hand_changed_is_mended_and_an_alarm_names_it(room: Room) -> None:
    before = await raised(room)
    await verify(room.ledger, BY_ID, room.clock)
    await written(room, replace(before, acked=True, acked_by="nobody"))
    last = await room.ledger.last_event()
    await verify(room.ledger, BY_ID, room.clock)
    assert await stands(room) == before
    told = await stands(room, REPAIRED)
    assert told.state is State.LTCH_UNACK
    [cleared, raise_] = await room.ledger.journal_of(REPAIRED)
    assert (raise_.note, cleared.event) == (f"{LOW} (acked, acked_by)", "clear")
    events = await room.ledger.events(last)
    assert [(e.kind, e.subject) for e in events] == [(EventKind.ALARM, LOW), (EventKind.ALARM, REPAIRED)]


async def test_an_alarm_that_was_lost_or_set_back_to_normal_stands_again(room: Room) -> None:
    before = await raised(room)
    async with room.ledger.begin() as tx:
        await tx.delete(Alarm, LOW)
    await verify(room.ledger, BY_ID, room.clock)
    assert await stands(room) == before
    await written(room, replace(before, active=False, acked=True))
    await verify(room.ledger, BY_ID, room.clock)
    assert await stands(room) == before
    assert (await stands(room, REPAIRED)).occurrence == 2


async def test_an_alarm_that_the_journal_never_raised_is_normal_again(room: Room) -> None:
    async with room.working(ROWS):
        await room.until(lambda: known(room))
    before = await stands(room)
    await written(room, replace(before, active=True, acked=False, seq=1, occurrence=1))
    await verify(room.ledger, BY_ID, room.clock)
    assert await stands(room) == before


async def known(room: Room) -> bool:
    return await room.alarm(LOW) is not None


async def test_of_many_that_differ_the_first_are_named_and_the_others_counted(room: Room) -> None:
    async with room.ledger.begin() as tx:
        await tx.put_many([Alarm(id=f"a{n:03}", active=True, acked=False) for n in range(300)])
    assert await verify(room.ledger, BY_ID, room.clock) == 300
    [_, entry] = await room.ledger.journal_of(REPAIRED)
    assert entry.note is not None
    assert entry.note.startswith("a000 (active, acked); a001")
    assert entry.note.endswith("a009 (active, acked) + 290")
    async with room.ledger.read() as tx:
        assert await tx.standing() == [REPAIRED]
    assert await room.ledger.verify_journal() == 302


async def test_put_aside_before_it_was_ever_raised_and_worse_later_it_is_still_as_the_journal_tells(
    room: Room,
) -> None:
    """Its priority then was its row's, whatever it is now."""
    row = replace(ROWS[0], priority=3, escalate_at=5.0)
    async with room.ledger.begin() as tx:
        await tx.put(fresh(row))
        await acts.suppress(tx, LOW, "isolation", True, room.clock.now_ns())
    async with room.working([row]):
        await room.until(lambda: began(room))
        async with room.ledger.begin() as tx:
            await acts.suppress(tx, LOW, "isolation", False, room.clock.now_ns())
        await room.feed(one("dma-01.p1", 0, 9.0), one("dma-01.p1", 1, 3.0))
        await room.until(lambda: worse(room))
    assert (await audit(room.ledger)).differing == ()


async def began(room: Room) -> bool:
    return bool(await restarts(room))


async def worse(room: Room) -> bool:
    return (await stands(room)).priority == 2
