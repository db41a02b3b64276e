"""A shift's log fills itself, is handed over by one and taken by another, and stands as it was signed."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from core.model.account import Role, Segment
from core.model.activity import Activity, ActivityKind
from core.model.alarm import Alarm, AlarmClass, JournalEntry, OutOfService, Shelf, State
from core.model.clock import Anchor
from core.model.duty import Duty, DutyState, DutyWay
from core.model.incident import Incident, IncidentKind, IncidentState
from core.model.maintenance import Maintenance, Scope
from core.model.notice import Notice, NoticeKind, NoticeState
from core.model.shift import Rota, ShiftHandover, ShiftHours
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


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Hub]:
    rows = {"lost": definition("lost", alarm_class=AlarmClass.COMMUNICATION)}
    clock = Clock(Anchor(time.time_ns(), EVENING, 1.0))
    async with hub_at_work(tmp_path, clock=clock, definitions=rows) as hub:
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


async def test_the_log_names_everything_that_is_open_and_what_ended_in_the_shift(desk: Hub):
    await furnish(desk)
    async with desk.as_(Role.OPERATOR) as client:
        note = {"tags": ["dma-01.p1"], "start": "2026-11-22T11:00:00Z", "note": "valve exercised"}
        assert (await client.post("/api/v1/annotations", json=note)).status_code == 201
        assert (await client.post(f"{PATH}/notes", json={"text": "钥匙在二号柜"})).status_code == 201
        shown = await log(client)
    assert (shown["start"], shown["end"]) == ("2026-11-22T00:00:00Z", "2026-11-22T12:00:00Z")
    assert ids(shown, "standing") == ["stands"]
    assert ids(shown, "withheld") == ["aside", "held", "shelved"]
    assert ids(shown, "sources") == ["lost", "st-01"]
    assert ids(shown, "over") == ["over"]
    assert ids(shown, "incidents") == ["INC-1", "INC-2"]
    assert ids(shown, "orders") == ["WO-1", "WO-2"]
    assert ids(shown, "notices") == ["NTC-1", "NTC-2"]
    assert ids(shown, "duties") == ["INC-1"]
    assert ids(shown, "planned") == ["ACT-1"]
    assert [line["text"] for line in shown["lines"] if line["section"] == "notes"] == [
        "valve exercised",
        "钥匙在二号柜",
    ]
    assert [(said["what"], said["n"], said["by"]) for said in one(shown, "over")["said"]] == [
        ("cleared", 1, None),
        ("raised", 2, None),
        ("acked", 1, "operator"),
    ]
    assert [said["what"] for said in one(shown, "INC-2")["said"]] == ["opened", "merged"]
    assert [said["what"] for said in one(shown, "WO-2")["said"]] == ["closed"]
    assert one(shown, "NTC-2")["overdue"] and one(shown, "NTC-2")["open"]
    assert not one(shown, "WO-2")["open"] and one(shown, "WO-1")["open"]
    assert "A000001" not in json.dumps(shown), "a key customer is not named"


async def sign(client: httpx.AsyncClient, path: str = PATH) -> httpx.Response:
    return await client.post(f"{path}/hand-over")


async def take(client: httpx.AsyncClient, sha256: str, path: str = PATH) -> httpx.Response:
    return await client.post(f"{path}/take-over", json={"sha256": sha256})


async def test_what_was_signed_stands_whatever_comes_and_the_next_shift_goes_on_from_there(desk: Hub):
    await furnish(desk)
    async with desk.as_(Role.OPERATOR) as client:
        signed = (await sign(client)).json()
        before = await log(client)
        await put(desk, Alarm(id="later", active=True, acked=False, occurrence=1, raised_ns=EVENING))
        after = await log(client)
        following = await log(client, f"/api/v1/shifts/{NIGHT}")
        late = await client.post(f"{PATH}/notes", json={"text": "x"})
        again = (await client.post(f"/api/v1/shifts/{NIGHT}/notes", json={"text": "x"})).status_code
    assert signed["handed"]["by"] == "operator" and signed["intact"]
    assert after["lines"] == before["lines"] and after["sha256"] == signed["sha256"]
    assert "later" in ids(following, "standing") and following["from"] == signed["handed"]["at"]
    assert (late.status_code, late.json()["reason"], again) == (409, "handed_over", 201)


async def test_signed_twice_is_one_and_another_cannot_sign_for_it(desk: Hub):
    async with desk.as_(Role.OPERATOR) as client, desk.as_(Role.DISPATCHER) as other:
        first, second = await asyncio.gather(sign(client), sign(client))
        third = await sign(client)
        refused = await sign(other)
    assert first.status_code == 200 and first.json() == second.json() == third.json()
    assert (refused.status_code, refused.json()["reason"]) == (409, "handed_over")
    async with desk.deps.ledger.read() as tx:
        assert len(await tx.find(ShiftHandover)) == 1


async def test_it_is_taken_by_another_person_once_who_read_what_was_signed(desk: Hub):
    async with desk.as_(Role.OPERATOR) as client, desk.as_(Role.DUTY_MANAGER) as taker:
        early = await take(taker, "0" * 64)
        sha = (await sign(client)).json()["sha256"]
        own, wrong = await take(client, sha), await take(taker, "0" * 64)
        done = await take(taker, sha)
        again = await take(taker, sha)
        async with desk.as_(Role.DISPATCHER) as third:
            late = await take(third, sha)
    assert (early.status_code, early.json()["reason"]) == (409, "not_handed_over")
    assert (own.status_code, own.json()["reason"]) == (403, "second_person")
    assert (wrong.status_code, wrong.json()["reason"]) == (409, "another_log")
    assert done.json()["taken"]["by"] == "duty_manager" and done.json() == again.json()
    assert (late.status_code, late.json()["reason"]) == (409, "taken_over")


async def test_both_signatures_and_the_log_s_hash_stand_in_the_audit_and_a_log_changed_after_it_is_found(
    desk: Hub,
):
    async with desk.as_(Role.OPERATOR) as client, desk.as_(Role.DUTY_MANAGER) as taker:
        sha = (await sign(client)).json()["sha256"]
        await take(taker, sha)
        rows = await desk.deps.ledger.audit_before(None, 10)
        told = [(row.who, sha in row.body) for row in rows if "shift_handover" in row.body]
        assert told == [("duty_manager", False), ("operator", True)]
        async with desk.deps.ledger.read() as tx:
            (stands,) = await tx.find(ShiftHandover)
        assert await desk.deps.ledger.verify_told() == []
        await put(desk, replace(stands, log=stands.log.replace("from", "form")))
        assert not (await log(client))["intact"]


async def test_too_early_and_too_late_are_refused_and_a_late_one_goes_on_until_it_is_signed(desk: Hub):
    clock = desk.deps.clock
    async with desk.as_(Role.OPERATOR) as client:
        clock.later_ns = -3 * HOUR
        early = await sign(client)
        clock.later_ns = 45 * MIN
        shown = await log(client)
        assert shown["to"] == shown["at"] > shown["end"]
        late = await sign(client)
        clock.later_ns = 37 * HOUR
        gone = await sign(client, f"/api/v1/shifts/{NIGHT}")
        assert (await client.get("/api/v1/shifts/2026-11-22-noon")).status_code == 404
    assert (early.status_code, early.json()["reason"]) == (409, "too_early")
    assert late.status_code == 200
    assert (gone.status_code, gone.json()["reason"]) == (409, "too_late")


async def test_the_list_leads_to_the_one_that_waits(desk: Hub):
    async with desk.as_(Role.OPERATOR) as client, desk.as_(Role.DUTY_MANAGER) as taker:
        assert (await client.get("/api/v1/shifts")).json()["current"] == DAY
        sha = (await sign(client)).json()["sha256"]
        assert (await client.get("/api/v1/shifts")).json()["current"] == DAY
        await take(taker, sha)
        found = (await client.get("/api/v1/shifts?limit=3")).json()
    assert found["current"] == NIGHT
    assert [item["id"] for item in found["items"]] == [NIGHT, DAY, "2026-11-21-night"]
    assert [item["taken"] is not None for item in found["items"]] == [False, True, False]


@pytest.mark.parametrize("role", [Role.KIOSK, Role.REGULATOR, Role.CREW, Role.HOTLINE, None])
async def test_a_wall_the_public_s_side_and_those_outside_the_control_room_see_nothing(
    desk: Hub, role: Role | None
):
    async with desk.as_(role) as client:
        for path in ("/api/v1/shifts", PATH, "/handover"):
            answer = await client.get(path)
            assert answer.status_code in (401, 403), (path, answer.status_code)
            assert "lines" not in answer.text


async def test_what_was_signed_is_there_also_where_the_hours_are_others_since(desk: Hub):
    async with desk.as_(Role.OPERATOR) as client:
        assert (await sign(client)).status_code == 200
    one = (ShiftHours(id="whole", name=NAMED, from_min=0),)
    context = desk.app.state.context
    desk.app.state.context = replace(context, deps=replace(context.deps, rota=Rota(hours=one)))
    async with desk.as_(Role.OPERATOR) as client:
        shown = await log(client)
        assert (shown["start"], shown["intact"]) == ("2026-11-22T00:00:00Z", True)
        assert (await client.get(f"/api/v1/shifts/{NIGHT}")).status_code == 404


def test_hours_are_configured_and_every_moment_has_one_shift():
    three = tuple(
        ShiftHours(id=id, name=NAMED, from_min=hour * 60)
        for id, hour in (("early", 7), ("late", 15), ("night", 23))
    )
    rota = Rota(hours=three)
    shift = rota.at(EVENING)
    assert shift.id == "2026-11-22-late"
    for _ in range(8):
        following = rota.after(shift)
        assert (following.start_ns, rota.before(following)) == (shift.end_ns, shift)
        assert rota.named(following.id) == following
        shift = following
    assert Rota().at(EVENING + 6 * HOUR).id == NIGHT, "after midnight it is still the night of the day before"
    for nothing in ("2026-13-40-late", "2026-11-22-noon", "0001-01-01-late", "9999-12-31-late", "x"):
        assert rota.named(nothing) is None
