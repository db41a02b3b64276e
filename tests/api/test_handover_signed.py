"""A shift's log is handed over by one and taken by another, and stands as it was signed."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.model.account import Role
from core.model.alarm import Alarm
from core.model.shift import Rota, ShiftHandover, ShiftHours
from tests.api.hub_at_work import Hub
from tests.api.shift_at_work import (
    DAY,
    EVENING,
    HOUR,
    MIN,
    NAMED,
    NIGHT,
    PATH,
    evening,
    furnish,
    ids,
    log,
    put,
    sign,
    take,
)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Hub]:
    async with evening(tmp_path) as hub:
        yield hub


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


async def test_a_note_that_was_taken_stands_in_the_log_that_was_signed_beside_it(desk: Hub):
    """Whoever was told that it stands must find it there: after the signature nobody adds any."""
    await furnish(desk)
    async with desk.as_(Role.OPERATOR) as client, desk.as_(Role.DISPATCHER) as other:
        notes = [other.post(f"{PATH}/notes", json={"text": f"n{n}"}) for n in range(24)]
        answers = await asyncio.gather(*notes[:12], sign(client), *notes[12:])
        shown = await log(client)
    assert answers[12].status_code == 200
    taken = {one.json()["text"] for one in answers if one.status_code == 201}
    assert taken and taken <= {line["text"] for line in shown["lines"] if line["section"] == "notes"}


async def test_what_stands_is_in_the_log_also_where_its_source_s_clock_is_ahead(desk: Hub):
    ahead = Alarm(id="ahead", active=True, acked=False, occurrence=1, raised_ns=EVENING + 4 * MIN)
    await put(desk, ahead)
    async with desk.as_(Role.OPERATOR) as client:
        await sign(client)
        assert ids(await log(client), "standing") == ["ahead"]


async def test_what_was_written_in_the_shift_beside_a_trend_of_long_ago_is_in_its_log(desk: Hub):
    async with desk.as_(Role.OPERATOR) as client:
        note = {"tags": ["dma-01.p1"], "start": "2026-09-01T11:00:00Z", "note": "was a valve"}
        assert (await client.post("/api/v1/annotations", json=note)).status_code == 201
        assert [line["text"] for line in (await log(client))["lines"]] == ["was a valve"]


async def test_a_note_written_after_the_hour_stays_where_nobody_signed(desk: Hub):
    async with desk.as_(Role.OPERATOR) as client:
        desk.deps.clock.later_ns = HOUR
        assert (await client.post(f"{PATH}/notes", json={"text": "late"})).status_code == 201
        desk.deps.clock.later_ns = 13 * HOUR
        shown = await log(client)
    assert shown["over"] and [line["text"] for line in shown["lines"]] == ["late"]


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
