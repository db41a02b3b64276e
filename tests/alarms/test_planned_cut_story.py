"""E2E-4, ON-34: a planned cut two days ahead, moved once and called off once, as the alarms have it. Low
pressure is withheld inside its envelope only, and everything else is heard."""

from dataclasses import replace

from alarms.suppression import ByDesign
from core.model.account import Role, User
from core.model.activity import ActivityState
from core.model.alarm import State
from core.model.notice import Notice, NoticeKind
from core.model.text import Text
from response.notices import decisions, drafts
from response.notices.drafts import Wish
from response.notices.scope import Scope
from tests.alarms.alarm_room import Room
from tests.alarms.alarm_town import NOON, one
from tests.alarms.planned_work import FAR, GAUGE, HOUR, LOW, OTHER, ROWS, is_now
from tests.alarms.test_incident_stories import chlorine_row
from tests.alarms.test_suppression_stories import annunciated, at_work, later

OPERATOR = User(id="op", role=Role.OPERATOR, password_hash="-")
MANAGER = User(id="boss", role=Role.DUTY_MANAGER, password_hash="-")
CHLORINE = chlorine_row("q-01")
ALL = [*ROWS, CHLORINE]
STARTS, ENDS = NOON + 50 * HOUR, NOON + 56 * HOUR
MOVED = 24 * HOUR


async def announced(room: Room) -> str:
    """Two days ahead, for the whole of dma-01."""
    wish = Wish(
        starts_ns=STARTS,
        estimated=True,
        eta_latest_ns=ENDS,
        reason=Text("管道改造", "mains renewal"),
        approval="水审〔2026〕7号",
        scope=Scope(zones=("dma-01",)),
    )
    async with room.ledger.begin() as tx:
        await tx.put_many([OPERATOR, MANAGER])
        draft = await drafts.draft(tx, room.plant, NoticeKind.PLANNED_OUTAGE, wish, OPERATOR, NOON)
    await said(room, draft.id, NOON)
    return draft.id


async def said(room: Room, id: str, at_ns: int) -> Notice:
    async with room.ledger.begin() as tx:
        await decisions.approve(tx, id, MANAGER, at_ns)
        return await decisions.publish(tx, id, MANAGER, at_ns)


async def moved(room: Room, id: str) -> None:
    wish = Wish(starts_ns=STARTS + MOVED, estimated=True, eta_latest_ns=ENDS + MOVED)
    async with room.ledger.begin() as tx:
        await drafts.update(tx, room.plant, id, wish, OPERATOR.id, NOON + HOUR)
    await said(room, id, NOON + HOUR)


async def hears(room: Room, at_ns: int, held: State) -> None:
    """At a time, what comes of low pressure inside; outside, and of chlorine inside, it is always heard."""
    room.clock = later((at_ns - NOON) / 1e9)
    n = at_ns // 1_000_000_000 - NOON // 1_000_000_000
    probe = f"{CHLORINE.tag}"
    async with room.running(at_work(room, ALL, ByDesign(), room.plant)):
        await room.feed(one(GAUGE, n, 9.0), one(OTHER, n, 9.0), one(probe, n, 0.01))
        await room.reaches(LOW, held)
        await room.reaches(FAR, State.UNACK)
        await room.reaches(CHLORINE.id, State.UNACK)


async def test_inside_its_envelope_only_low_pressure_is_withheld(room: Room) -> None:
    await announced(room)
    await hears(room, STARTS + HOUR, State.DSUPR)
    assert await annunciated(room, LOW) == []


async def test_moved_it_withholds_nothing_at_the_time_that_was_first_said(room: Room) -> None:
    id = await announced(room)
    await moved(room, id)
    await hears(room, STARTS + HOUR, State.UNACK)


async def test_moved_it_withholds_at_its_new_time_and_longer_than_said_is_heard(room: Room) -> None:
    """An extension that nobody published: past the end and its half hour the alarms are heard again."""
    id = await announced(room)
    await moved(room, id)
    await hears(room, STARTS + MOVED + HOUR, State.DSUPR)
    async with room.ledger.read() as tx:
        head = await tx.get(Notice, id)
    assert head is not None and head.envelope is not None
    room.clock = later((ENDS + MOVED + HOUR - NOON) / 1e9)
    async with room.running(at_work(room, ALL, ByDesign(), room.plant)):
        await room.reaches(LOW, State.UNACK)
        assert await is_now(room, head.envelope, ActivityState.OVERRUN)


async def test_called_off_it_withholds_nothing(room: Room) -> None:
    id = await announced(room)
    async with room.ledger.begin() as tx:
        await decisions.withdraw(tx, id, MANAGER, NOON + 2 * HOUR, reason="发布有误")
    await hears(room, STARTS + HOUR, State.UNACK)


async def test_an_exercise_withholds_nothing(room: Room) -> None:
    """ON-42."""
    id = await announced(room)
    async with room.ledger.begin() as tx:
        head = await tx.get(Notice, id)
        assert head is not None and head.envelope is not None
        await decisions.withdraw(tx, id, MANAGER, NOON, reason="发布有误")
        drill = replace(head, id="NTC-X", envelope=None, status="exercise", state="draft")
        await tx.put(drill)
    await said(room, "NTC-X", NOON)
    await hears(room, STARTS + HOUR, State.UNACK)
