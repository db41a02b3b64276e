"""WO-13, E2E-4: the school and the dialysis ward inside a planned cut are spoken to by a person: beforehand,
again when it is moved, and when it is called off, all through the interface."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from api.wire import rfc3339
from core.model.account import Role, Segment
from response.duties.service import DutyService
from tests.api.hub_at_work import Hub, account, hub_at_work
from tests.api.later import Later

H = 3600 * 1_000_000_000
WORDS = {"zh": "管道改造", "en": "mains renewal"}
SCHOOL, DIALYSIS = "A000501", "A000502"
CARE = {501: Segment.SCHOOL, 502: Segment.DIALYSIS}
Duties = list[dict]


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Hub]:
    async with hub_at_work(tmp_path, clock=Later()) as hub:
        yield hub


@pytest.fixture
async def desk(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    """An operator, while duties follow what is written and published."""
    async with hub.deps.ledger.begin() as tx:
        await tx.put_many(replace(account(n), segment=care) for n, care in CARE.items())
    service = DutyService(hub.deps.ledger, hub.deps.plant, hub.deps.clock, hub.deps.times)
    running = asyncio.create_task(service.run())
    async with hub.as_(Role.OPERATOR) as operator:
        yield operator
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


async def draft(desk: httpx.AsyncClient, hub: Hub, hours: int = 80) -> tuple[str, int]:
    starts = (hub.deps.clock.now_ns() // (60 * 10**9) * 60 * 10**9) + hours * H
    wish = {
        "kind": "planned_outage",
        "scope": {"streets": ["s-1"]},
        "starts": rfc3339(starts),
        "estimate": {"latest": rfc3339(starts + 6 * H)},
        "reason": WORDS,
        "approval": "水审〔2026〕7号",
    }
    written = await desk.post("/api/v1/notices", json=wish)
    assert written.status_code == 201, written.text
    return written.json()["id"], starts


async def publish(hub: Hub, id: str) -> None:
    async with hub.as_(Role.DUTY_MANAGER) as manager:
        assert (await manager.post(f"/api/v1/notices/{id}/approve")).status_code == 200
        answer = await manager.post(f"/api/v1/notices/{id}/publish")
        assert answer.status_code == 200, answer.text


async def move(desk: httpx.AsyncClient, hub: Hub, id: str, starts: int, **more: object) -> None:
    wish = {"starts": rfc3339(starts), "estimate": {"latest": rfc3339(starts + 6 * H)}, **more}
    assert (await desk.post(f"/api/v1/notices/{id}/updates", json=wish)).status_code == 201
    await publish(hub, id)


async def withdraw(hub: Hub, id: str) -> None:
    async with hub.as_(Role.DUTY_MANAGER) as manager:
        gone = await manager.post(f"/api/v1/notices/{id}/withdraw", json={"reason": "施工取消"})
        assert gone.status_code == 200, gone.text


async def duties(desk: httpx.AsyncClient, notice: str, like: Callable[[Duties], bool]) -> Duties:
    """Those of the notice, as soon as they are like that."""
    found: Duties = []
    try:
        async with asyncio.timeout(20):
            while True:
                found = (await desk.get("/api/v1/duties", params={"notice": notice})).json()["items"]
                if like(found):
                    return found
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"still {found}") from None


def open_about(about: str, *accounts: str) -> Callable[[Duties], bool]:
    def like(found: Duties) -> bool:
        standing = {one["account"] for one in found if one["state"] == "open" and one["about"] == about}
        return standing >= set(accounts) and len(standing) == sum(one["state"] == "open" for one in found)

    return like


def ns(at: str) -> int:
    return round(datetime.fromisoformat(at).timestamp()) * 10**9


async def heard(desk: httpx.AsyncClient, found: Duties, account: str) -> None:
    (one,) = [duty for duty in found if duty["account"] == account and duty["state"] == "open"]
    answer = await desk.post(
        f"/api/v1/duties/{one['id']}/attempts", json={"way": "phone", "answer": "reached"}
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "done"


async def test_wo_13_with_the_draft_they_are_to_be_told_as_long_before_as_they_need(desk, hub):
    id, starts = await draft(desk, hub)
    found = await duties(desk, id, open_about("planned", SCHOOL, DIALYSIS, "A000001"))
    by_account = {one["account"]: one for one in found}
    assert ns(by_account[SCHOOL]["due"]) == starts - 24 * H
    assert ns(by_account[DIALYSIS]["due"]) == starts - 48 * H
    assert (ns(by_account[SCHOOL]["starts"]), by_account[SCHOOL]["late"]) == (starts, False)
    assert by_account[SCHOOL]["address"] == "人民路501号"


async def test_wo_13_whoever_heard_of_it_hears_that_it_was_moved_and_that_it_is_off(desk, hub):
    id, starts = await draft(desk, hub)
    await heard(desk, await duties(desk, id, open_about("planned", SCHOOL, DIALYSIS)), SCHOOL)
    await publish(hub, id)
    await move(desk, hub, id, starts + 24 * H)

    def told_again(found: Duties) -> bool:
        waits = {one["account"]: one["about"] for one in found if one["state"] == "open"}
        return waits.get(SCHOOL) == "moved" and waits.get(DIALYSIS) == "planned"

    found = await duties(
        desk, id, lambda found: told_again(found) and ns(_now(found, DIALYSIS)["starts"]) > starts
    )
    again = _now(found, SCHOOL)
    assert ns(again["starts"]) == starts + 24 * H
    assert ns(again["due"]) == starts - 24 * H, "before they act upon the time that they know"
    assert [one["ended"] for one in found if one["account"] == DIALYSIS and one["state"] != "open"] == [
        "moved"
    ]
    await heard(desk, found, SCHOOL)
    await withdraw(hub, id)
    found = await duties(desk, id, open_about("called_off", SCHOOL, DIALYSIS, "A000001"))
    await heard(desk, found, SCHOOL)
    answer = await desk.post(
        f"/api/v1/duties/{_now(found, SCHOOL)['id']}/attempts", json={"way": "phone", "answer": "reached"}
    )
    assert (answer.status_code, answer.json()["reason"]) == (409, "duty_over")


async def test_wo_13_a_draft_that_is_dropped_is_told_only_to_who_had_heard_of_it(desk, hub):
    id, _ = await draft(desk, hub)
    await heard(desk, await duties(desk, id, open_about("planned", SCHOOL, DIALYSIS)), SCHOOL)
    await withdraw(hub, id)
    found = await duties(desk, id, open_about("called_off", SCHOOL))
    assert [one["account"] for one in found if one["state"] == "open"] == [SCHOOL]
    dropped = {one["account"]: one["ended"] for one in found if one["state"] == "dropped"}
    assert dropped == {DIALYSIS: "called_off", "A000001": "called_off"}


async def test_wo_13_a_larger_cut_reaches_further_and_a_smaller_one_tells_who_is_out_of_it(desk, hub):
    id, starts = await draft(desk, hub)
    await duties(desk, id, open_about("planned", SCHOOL, DIALYSIS))
    await publish(hub, id)
    await move(desk, hub, id, starts, scope={"streets": ["s-1"], "without": [SCHOOL]})
    found = await duties(desk, id, lambda found: _now(found, SCHOOL)["about"] == "called_off")
    assert _now(found, DIALYSIS)["about"] == "planned"
    await move(desk, hub, id, starts, scope={"streets": ["s-1"]})
    await duties(desk, id, lambda f: _now(f, SCHOOL)["about"] == "moved")


def _now(found: Duties, account: str) -> dict:
    return max((one for one in found if one["account"] == account), key=lambda one: one["number"])


async def test_wo_13_the_record_tells_who_was_never_reached_and_who_was_late(desk, hub):
    """A cut that begins within its lead and ends while nobody had called the dialysis ward."""
    id, _ = await draft(desk, hub, hours=30)
    await heard(desk, await duties(desk, id, open_about("planned", SCHOOL, DIALYSIS)), SCHOOL)
    await publish(hub, id)
    hub.deps.clock.ahead_ns += 31 * H
    async with hub.as_(Role.DUTY_MANAGER) as manager:
        over = await manager.post(f"/api/v1/notices/{id}/restore", json={"reason": "提前完工"})
        assert over.status_code == 200, over.text
        found = await duties(manager, id, open_about("water_back", DIALYSIS, "A000001"))
        missed = next(one for one in found if one["account"] == DIALYSIS and one["state"] == "not_reached")
        assert missed["ended"] == "water_back"
        kept = (await manager.get("/api/v1/duties", params={"state": "not_reached"})).json()["items"]
        assert {one["account"] for one in kept} == {DIALYSIS, "A000001"}
        figures = (await manager.get("/api/v1/service-figures")).json()["duties"]
    rows = {row["segment"]: row for row in figures if row["about"] == "planned"}
    assert (rows["school"]["in_time"], rows["school"]["met"]["hits"], rows["school"]["n"]) == (1, 1, 1)
    assert (rows["dialysis"]["not_reached"], rows["dialysis"]["met"]["hits"], rows["dialysis"]["n"]) == (
        1,
        0,
        1,
    )
