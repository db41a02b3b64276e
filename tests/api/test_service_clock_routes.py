"""Clocks and the board through the interface: both counts, pauses with evidence, own orders only (WO-09)."""

from dataclasses import replace

import pytest

from core.model.account import Role
from core.model.text import Text
from core.model.work_order import Milestone, WorkOrder, WorkOrderState
from response.clocks.book import sync
from response.service_times import CN_DEFAULT
from tests.api.hub_at_work import Hub

S = 1_000_000_000
HOUR = 3600 * S


@pytest.fixture
async def order(hub: Hub) -> WorkOrder:
    """A burst of priority 1 that came an hour ago; crew 1 has it."""
    opened_ns = hub.deps.clock.now_ns() - HOUR
    it = WorkOrder(
        id="WO-20261122-00001",
        incident=None,
        kind="burst",
        state=WorkOrderState.ASSIGNED,
        priority=1,
        zone="dma-01",
        title=Text("疑似爆管抢修", "Suspected burst, repair"),
        place=Text("人民路", "Renmin Road"),
        opened_ns=opened_ns,
        clocks=CN_DEFAULT.clocks("burst", opened_ns, 200.0, "dma-01", 1),
        crew="crew-1",
        milestones=(
            Milestone(state=WorkOrderState.REPORTED, at_ns=opened_ns, actor="hub"),
            Milestone(state=WorkOrderState.ASSIGNED, at_ns=opened_ns + 60 * S, actor="dispatcher"),
        ),
        diameter_mm=200.0,
    )
    other = replace(it, id="WO-20261122-00002", crew="crew-2", priority=3)
    over = replace(it, id="WO-20261122-00003", state=WorkOrderState.CLOSED)
    async with hub.deps.ledger.begin() as tx:
        await tx.put_many([it, other, over])
        for one in (it, other):
            await sync(tx, CN_DEFAULT, one)
    return it


async def test_the_board_shows_what_is_not_over_the_most_urgent_first(hub, order):
    async with hub.as_(Role.DISPATCHER) as client:
        said = (await client.get("/api/v1/board")).json()
    assert [item["id"][-1] for item in said["items"]] == ["1", "2"]
    card = said["items"][0]
    assert {c["clock"] for c in card["clocks"]} == {"accept", "arrive", "stop_water", "repair"}
    accept = next(c for c in card["clocks"] if c["clock"] == "accept")
    assert (accept["state"], accept["met"], accept["met_paused"]) == ("overdue", False, False)
    assert (card["next"], card["zone_name"]["en"]) == ("accept", "East")
    assert "assign" in card["allowed"]
    assert not any(item["unassigned"] for item in said["items"])
    assert card["idle"]["owner"] == "crew-1"
    assert card["idle"]["for_s"] > card["idle"]["allowed_s"] > 0


async def test_the_board_says_of_which_orders_a_crew_is_to_be_named(hub, order):
    """Whoever asks: also one who may not name it. What is done needs nobody any more."""
    waiting = replace(order, crew=None, state=WorkOrderState.REPORTED)
    done = replace(waiting, id="WO-20261122-00004", state=WorkOrderState.COMPLETED)
    async with hub.deps.ledger.begin() as tx:
        await tx.put_many([waiting, done])
    async with hub.as_(Role.VIEWER) as client:
        said = (await client.get("/api/v1/board")).json()
    unassigned = {item["id"][-1]: item["unassigned"] for item in said["items"]}
    assert unassigned == {"1": True, "2": False, "4": False}


async def test_a_crew_sees_and_holds_its_own_alone(hub, order):
    async with hub.as_(Role.CREW) as client:
        said = (await client.get("/api/v1/board")).json()
        other = await client.get("/api/v1/work-orders/WO-20261122-00002/clocks")
        body = {"reason": "await_permit", "evidence": "占道许可 2026-118"}
        foreign = await client.post("/api/v1/work-orders/WO-20261122-00002/clocks/pause", json=body)
    assert [item["id"] for item in said["items"]] == [order.id]
    assert (other.status_code, foreign.status_code) == (404, 404)


async def test_wo_09_a_pause_is_told_with_and_without_and_ends(hub, order):
    url = f"/api/v1/work-orders/{order.id}/clocks"
    async with hub.as_(Role.DISPATCHER) as client:
        bare = await client.post(f"{url}/pause", json={"reason": "await_permit", "evidence": " "})
        wrong = await client.post(f"{url}/pause", json={"reason": "coffee", "evidence": "x"})
        body = {"reason": "await_permit", "evidence": "占道许可 2026-118"}
        made = await client.post(f"{url}/pause", json=body, headers={"Idempotency-Key": "k1"})
        again = await client.post(f"{url}/pause", json=body, headers={"Idempotency-Key": "k1"})
        twice = await client.post(f"{url}/pause", json=body)
        shown = (await client.get(url)).json()
        ended = await client.post(f"{url}/resume")
        none = await client.post(f"{url}/resume")
    assert (bare.status_code, bare.json()["reason"]) == (409, "evidence_required")
    assert wrong.status_code == 422
    assert (made.status_code, again.json()) == (201, made.json())
    assert (twice.status_code, twice.json()["allowed"]) == (409, ["resume"])
    states = {c["clock"]: c["state"] for c in shown["items"]}
    assert states["repair"] == "paused"
    assert "paused" not in (states["accept"], states["arrive"], states["stop_water"])
    assert shown["pauses"][0]["evidence"] == "占道许可 2026-118"
    assert (ended.status_code, none.status_code) == (200, 409)


async def test_what_was_done_to_a_clock_stands_on_the_order_in_both_languages(hub, order):
    """No name of ours (`await_permit`) is read by anybody."""
    path = f"/api/v1/work-orders/{order.id}"
    async with hub.as_(Role.DISPATCHER) as client:
        body = {"reason": "await_permit", "evidence": "占道许可 2026-118"}
        await client.post(f"{path}/clocks/pause", json=body)
        await client.post(f"{path}/clocks/resume")
        notes = [one["note"] for one in (await client.get(path)).json()["milestones"]][-2:]
    assert notes == [
        {
            "zh": "暂停计时：等待占道审批（占道许可 2026-118）",
            "en": "clock paused: waiting for a permit (占道许可 2026-118)",
        },
        {"zh": "恢复计时：等待占道审批", "en": "clock resumed: waiting for a permit"},
    ]


async def test_wo_10_taking_a_clock_on_is_said_and_done_once(hub, order):
    url = f"/api/v1/work-orders/{order.id}/clocks"
    async with hub.as_(Role.DUTY_MANAGER) as client:
        first = await client.post(f"{url}/arrive/ack")
        second = await client.post(f"{url}/arrive/ack")
        unknown = await client.post(f"{url}/lunch/ack")
        not_by_word = await client.post(f"{url}/arrive/told", json={"note": "x"})
    assert first.json()["acked_by"] == "duty_manager"
    assert second.json() == first.json()
    assert unknown.status_code == 404
    assert not_by_word.json()["reason"] == "not_by_word"


async def test_wo_11_the_figures_tell_idle_orders_by_department_and_person(hub, order):
    async with hub.as_(Role.DUTY_MANAGER) as manager:
        rows = (await manager.get("/api/v1/service-figures")).json()["idle"]
    lain = {(row["owner"], row["person"]): row for row in rows}
    assert set(lain) == {("crew-1", "dispatcher"), ("crew-2", "dispatcher")}, "a minute at the desk is none"
    assert all(row["spells"] == 1 and 0.9 < row["hours"] < 1.1 for row in lain.values())
