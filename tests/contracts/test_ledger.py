"""What every ledger promises (core.ports.ledger)."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from core.adapters.sql_ledger.ledger import SqlLedger
from core.adapters.sql_ledger.migrate import MIGRATIONS
from core.adapters.sql_ledger.tables import TABLES
from core.model.alarm import Alarm, OutOfService, Shelf, State
from core.model.event import Event, EventKind
from core.model.incident import Candidate, Incident, IncidentKind, IncidentState, Location, Member
from core.model.maintenance import Maintenance
from core.model.notice import Notice, NoticeKind, NoticeState, Status
from core.model.text import Text
from core.model.timer import Timer
from core.model.work_order import WorkOrder, WorkOrderState
from core.ports.ledger import Page

NOW = 1_795_000_000_000_000_000


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[SqlLedger]:
    ledger = await SqlLedger.open(tmp_path / "ledger.db")
    yield ledger
    await ledger.close()


def order(id: str, incident: str = "INC-1") -> WorkOrder:
    return WorkOrder(
        id=id,
        incident=incident,
        kind="burst",
        state=WorkOrderState.REPORTED,
        priority=1,
        zone="dma-01",
        title=Text("爆管抢修", "Burst repair"),
        place=Text("人民路", "Renmin Road"),
        opened_ns=NOW,
    )


def notice(id: str, incident: str = "INC-1") -> Notice:
    blank = Text("", "")
    return Notice(
        id=id,
        incident=incident,
        kind=NoticeKind.EMERGENCY_OUTAGE,
        state=NoticeState.DRAFT,
        zone="dma-01",
        title=blank,
        body=blank,
        advice=blank,
        author="hub",
        drafted_ns=NOW,
        starts_ns=NOW,
    )


async def test_a_record_comes_back_as_it_was(ledger: SqlLedger) -> None:
    incident = Incident(
        id="INC-1",
        kind=IncidentKind.BURST,
        state=IncidentState.CONFIRMED,
        opened_ns=NOW,
        zone="dma-01",
        title=Text("疑似爆管", "Suspected burst"),
        members=(Member(alarm="burst.dma-01", occurrence=1, raised_ns=NOW, why="first"),),
        location=Location(
            candidates=(Candidate(link="P1", share=0.5, x=1.0, y=2.0),), at_ns=NOW, radius_m=200.0, method="m"
        ),
        why=("burst_step_and_pressure_agree",),
        evidence={"step_m3h": 20.5, "window": "3 min"},
    )
    async with ledger.begin() as tx:
        await tx.put(incident)
        assert await tx.get(Incident, "INC-1") == incident
    async with ledger.read() as tx:
        assert await tx.find(Incident, zone="dma-01", state=IncidentState.CONFIRMED) == [incident]
        assert await tx.find(Incident, kind=(IncidentKind.BURST, IncidentKind.COMMUNICATION)) == [incident]
        assert await tx.find(Incident, zone="dma-02") == []


async def test_one_work_order_for_an_incident_however_often_it_is_asked_for(ledger: SqlLedger) -> None:
    async def open_one(n: int) -> bool:
        async with ledger.begin() as tx:
            return await tx.insert(order(f"WO-{n}"))

    assert sum(await asyncio.gather(*(open_one(n) for n in range(20)))) == 1


async def test_one_notice_for_an_incident_beside_those_of_exercises_that_are_over(ledger: SqlLedger) -> None:
    exercise = replace(notice("NTC-1"), status=Status.EXERCISE)
    async with ledger.begin() as tx:
        assert await tx.insert(exercise)
        assert not await tx.insert(notice("NTC-2")), "it still stands"
        await tx.put(replace(exercise, state=NoticeState.WITHDRAWN))
        assert await tx.insert(notice("NTC-2"))
        assert not await tx.insert(replace(notice("NTC-3"), status=Status.EXERCISE))
        await tx.put(replace(notice("NTC-2"), state=NoticeState.WITHDRAWN))
        assert not await tx.insert(notice("NTC-3")), "what was taken back in earnest is not drafted again"
        assert await tx.find(Notice, status=Status.ACTUAL, state=NoticeState.WITHDRAWN)


async def test_an_error_takes_everything_back_and_wakes_nobody(ledger: SqlLedger) -> None:
    with pytest.raises(RuntimeError):
        async with ledger.begin() as tx:
            await tx.put(order("WO-1"))
            await tx.emit(Event(kind=EventKind.WORK_ORDER, subject="WO-1", t_ns=NOW))
            raise RuntimeError
    async with ledger.read() as tx:
        assert await tx.get(WorkOrder, "WO-1") is None
    assert await ledger.last_event() == 0


async def test_a_follower_hears_each_event_once_and_in_order(ledger: SqlLedger) -> None:
    heard: list[int] = []

    async def follow() -> None:
        async for events in ledger.follow(0):
            heard.extend(event.id for event in events)

    follower = asyncio.create_task(follow())

    async def emit(n: int) -> None:
        async with ledger.begin() as tx:
            await tx.emit(Event(kind=EventKind.ALARM, subject=f"a{n}", t_ns=NOW, data={"n": n}))

    await asyncio.gather(*(emit(n) for n in range(50)))
    async with asyncio.timeout(30):
        while len(heard) < 50:
            await asyncio.sleep(0.01)
    follower.cancel()
    assert heard == list(range(1, 51))


async def test_pages_go_from_the_newest_to_the_oldest_without_a_gap(ledger: SqlLedger) -> None:
    async with ledger.begin() as tx:
        ids = [await tx.next_id("WO", NOW) for _ in range(7)]
        await tx.put_many(order(id, incident=id) for id in ids)
    seen: list[str] = []
    async with ledger.read() as tx:
        while page := await tx.find(WorkOrder, Page(3, seen[-1] if seen else None)):
            seen += [one.id for one in page]
    assert seen == sorted(ids, reverse=True)
    assert ids[0].endswith("-00001")


async def test_what_is_on_the_shelf_is_found_whatever_else_withholds_it(ledger: SqlLedger) -> None:
    shelf = Shelf(until_ns=9, once=False, by="li", note='"shelf":null', since_ns=1)
    oos = OutOfService(permit="P-1", by="li", approved_by="wu", note="new cell", since_ns=1)
    alarms = [
        Alarm(id="held", priority=3, suppressed_by=("comms:st-1",)),
        Alarm(id="out", priority=3, oos=oos, shelf=shelf),
        Alarm(id="plain", priority=3, active=True),
        Alarm(id="ruled", priority=3, suppressed_by=("comms:st-1",), shelf=shelf),
        Alarm(id="shelf", priority=3, active=True, shelf=shelf),
    ]
    async with ledger.begin() as tx:
        await tx.put_many(alarms)
        assert await tx.shelved() == [alarm for alarm in alarms if alarm.shelf]


async def test_ids_carry_the_shanghai_date(ledger: SqlLedger) -> None:
    just_after_midnight_in_shanghai = 1_795_104_060_000_000_000  # 2026-11-19T16:01Z
    async with ledger.begin() as tx:
        assert await tx.next_id("INC", just_after_midnight_in_shanghai) == "INC-20261120-00001"


async def test_cursors_and_snapshots_stand_across_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    first = await SqlLedger.open(path)
    async with first.begin() as tx:
        assert await tx.cursor("alarms") == 0
        await tx.set_cursor("alarms", 41)
        await tx.set_cursor("alarms", 42)
        await tx.keep("engine", b"\x00\x01")
        await tx.put(replace(Alarm(id="a"), active=True, acked=False))
    await first.close()
    second = await SqlLedger.open(path)
    async with second.read() as tx:
        assert await tx.cursor("alarms") == 42
        assert await tx.kept("engine") == b"\x00\x01"
        assert [alarm.state for alarm in await tx.find(Alarm, state=State.UNACK)] == [State.UNACK]
    await second.close()


async def test_the_migrations_make_exactly_the_columns_the_code_asks(
    ledger: SqlLedger, tmp_path: Path
) -> None:
    with sqlite3.connect(tmp_path / "ledger.db") as raw:
        made = {
            table.name: {name for _, name, *_ in raw.execute(f"PRAGMA table_info({table.name})")}
            for table in TABLES.values()
        }
    assert made == {table.name: set(table.columns) for table in TABLES.values()}


def test_a_revision_s_number_is_given_once():
    numbers = [file.stem.partition("_")[0] for file in MIGRATIONS.glob("[0-9]*.sql")]
    assert len(numbers) == len(set(numbers)), "of two with one number an older ledger may have had the first"


async def test_a_ledger_of_the_first_version_is_kept_and_gets_what_came_later(
    tmp_path: Path,
) -> None:
    path = tmp_path / "ledger.db"
    with sqlite3.connect(path) as raw:
        raw.executescript((MIGRATIONS / "0001_first_ledger.sql").read_text())
        raw.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        raw.execute("INSERT INTO alembic_version VALUES ('0001')")
        raw.execute("INSERT INTO alarm (id, body) VALUES ('a', '{\"id\": \"a\"}')")
        for told in (notice("NTC-1"), replace(notice("NTC-2", "INC-2"), status=Status.EXERCISE)):
            body = msgspec.json.encode(told).decode()
            raw.execute(
                "INSERT INTO notice (id, incident, body) VALUES (?, ?, ?)", (told.id, told.incident, body)
            )
        raw.execute("UPDATE notice SET body = json_remove(body, '$.status') WHERE id = 'NTC-1'")
    for _ in range(2):  # the second finds everything done
        ledger = await SqlLedger.open(path)
        async with ledger.read() as tx:
            assert await tx.find(Alarm) == [Alarm(id="a")]
            assert await tx.find(Maintenance) == []
            assert [one.id for one in await tx.find(Notice, status=Status.ACTUAL)] == ["NTC-1"]
            assert [one.id for one in await tx.find(Notice, status=Status.EXERCISE)] == ["NTC-2"]
        await ledger.close()


async def test_a_file_that_is_no_ledger_is_refused_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(b"somebody's letter, and not at all short of a page" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        await SqlLedger.open(path)
    assert path.read_bytes().startswith(b"somebody's letter")


async def test_what_is_cut_short_while_it_commits_leaves_no_half_transaction(ledger: SqlLedger) -> None:
    async def put(n: int) -> None:
        async with ledger.begin() as tx:
            await tx.put(order(f"WO-{n}", f"INC-{n}"))
            await tx.emit(Event(kind=EventKind.WORK_ORDER, subject=f"WO-{n}", t_ns=NOW))

    for n in range(60):
        task = asyncio.create_task(put(n))
        for _ in range(n % 12):
            await asyncio.sleep(0)
        await asyncio.sleep(n % 5 / 2_000)
        task.cancel()
        await asyncio.wait([task])
    async with ledger.begin() as tx:
        await tx.put(order("WO-last", "INC-last"))
    async with ledger.read() as tx:
        orders = {one.id for one in await tx.find(WorkOrder)}
    events = {event.subject for event in await ledger.events(0)}
    assert "WO-last" in orders
    assert 1 < len(orders) < 61, "neither all nor none were cut short"
    assert orders - {"WO-last"} == events


async def test_readers_see_one_moment_while_somebody_writes(ledger: SqlLedger) -> None:
    async with ledger.read() as view:
        assert await view.find(WorkOrder) == []
        async with ledger.begin() as tx:
            await tx.put(order("WO-1"))
        assert await view.find(WorkOrder) == []
    async with ledger.read() as view:
        assert [one.id for one in await view.find(WorkOrder)] == ["WO-1"]


def timer(n: int, due_ns: int, kind: str = "a") -> Timer:
    return Timer(id=f"t{n:02d}", kind=kind, subject=f"s{n % 2}", due_ns=due_ns)


async def test_what_is_due_comes_in_its_order_and_no_more_than_asked_for(ledger: SqlLedger) -> None:
    async with ledger.begin() as tx:
        await tx.put_many([timer(1, 30), timer(2, 10), timer(3, 20), timer(4, 5, "b"), timer(5, 41)])
    async with ledger.read() as tx:
        assert [t.id for t in await tx.due(Timer, 40, 9, kind="a")] == ["t02", "t03", "t01"]
        assert [t.id for t in await tx.due(Timer, 40, 2, kind=("a", "b"))] == ["t04", "t02"]
        with pytest.raises(KeyError):
            await tx.due(Timer, 40, 2, nothing="x")


async def test_records_are_counted_by_their_columns(ledger: SqlLedger) -> None:
    async with ledger.begin() as tx:
        await tx.put_many([timer(n, n, "ab"[n > 2]) for n in range(5)])
    async with ledger.read() as tx:
        assert await tx.count(Timer, ("kind",)) == {("a",): 3, ("b",): 2}
        assert await tx.count(Timer, ("kind", "subject"), kind="a") == {("a", "s0"): 2, ("a", "s1"): 1}
        assert await tx.count(Timer, ("kind",), subject="nobody") == {}
