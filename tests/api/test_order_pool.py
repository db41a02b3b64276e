"""WO-14: of fifty who grab at once one has it. WO-25: what is given back goes to its sender, and counts."""

import asyncio
from dataclasses import replace

import pytest

from core.model.account import Role, User
from core.model.flow_lock import Earned, GrabPoint
from core.model.timer import Timer
from core.model.work_order import WorkOrder, WorkOrderState
from response.orders.pool import WINDOW_NS, gini, timer, window_over
from tests.api.hub_at_work import T0, Hub
from tests.api.test_records import order, put


def planned(id: str = "WO-1", priority: int = 3) -> WorkOrder:
    return replace(order(id), incident=None, kind="leak", priority=priority, x=150.0, y=5.0)


async def pooled(hub: Hub, *orders: WorkOrder) -> None:
    await put(hub, *orders)
    async with hub.as_(Role.DISPATCHER) as desk:
        for one in orders:
            answer = await desk.post(f"/api/v1/work-orders/{one.id}/pool")
            assert (answer.status_code, answer.json()["state"]) == (200, "pooled")


async def test_of_fifty_grabs_at_once_one_is_given_and_49_are_refused(hub: Hub):
    await pooled(hub, planned())
    async with hub.deps.ledger.begin() as tx:
        first = await tx.get(User, "crew")
        await tx.put(replace(first, id="crew-b", crew="crew-2"))
    async with hub.as_(Role.CREW) as one, hub.as_("crew-b") as two:
        path = "/api/v1/work-orders/WO-1/grab"
        answers = await asyncio.gather(*((one, two)[n % 2].post(path) for n in range(50)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 49
    winner = next(answer.json() for answer in answers if answer.status_code == 200)
    assert {answer.json()["reason"] for answer in answers if answer.status_code == 409} == {"taken"}
    async with hub.deps.ledger.read() as tx:
        (taken,), points = await tx.find(WorkOrder), await tx.find(GrabPoint)
        assert await tx.find(Timer) == []
    assert (taken.state, taken.crew) == (WorkOrderState.ACCEPTED, winner["crew"])
    assert [(one.crew, one.points) for one in points] == [(taken.crew, 2)]


async def test_what_cannot_wait_never_lies_in_the_pool(hub: Hub):
    await put(hub, planned("WO-1", 1), planned("WO-2", 2))
    async with hub.as_(Role.DISPATCHER) as desk:
        for id in ("WO-1", "WO-2"):
            answer = await desk.post(f"/api/v1/work-orders/{id}/pool")
            assert (answer.status_code, answer.json()["reason"]) == (409, "illegal_step")


async def test_a_crew_sees_the_pool_with_what_speaks_against_it_and_its_points(hub: Hub):
    hub.deps.plant.crews["crew-1"] = replace(hub.deps.plant.crews["crew-1"], skills=("meters",))
    await pooled(hub, planned())
    async with hub.as_(Role.CREW) as crew, hub.as_(Role.DISPATCHER) as desk:
        mine = (await crew.get("/api/v1/pool")).json()
        assert [(one["id"], one["against"]) for one in mine["items"]] == [("WO-1", ["skill"])]
        assert mine["items"][0]["until"] is not None
        assert mine["crews"] == [{"crew": "crew-1", "taken": 0, "points": 0}]
        refused = await crew.post("/api/v1/work-orders/WO-1/grab")
        assert (refused.status_code, refused.json()["reason"]) == (409, "not_eligible")
        assert refused.json()["why"]["zh"] == "不符合抢单条件：技能不符"
        whole = (await desk.get("/api/v1/pool")).json()
        assert ([one["crew"] for one in whole["crews"]], whole["gini"]) == (["crew-1", "crew-2"], 0.0)


async def test_whoever_drops_what_they_took_loses_points_and_waits(hub: Hub):
    """WO-25: back to whoever sent it, with the crew, the reason and the count on the order."""
    await pooled(hub, planned("WO-1"), planned("WO-2"))
    async with hub.as_(Role.CREW) as crew, hub.as_(Role.DISPATCHER) as desk:
        assert (await crew.post("/api/v1/work-orders/WO-1/grab")).status_code == 200
        none = await crew.post("/api/v1/work-orders/WO-1/reject", json={"note": "太远"})
        assert (none.status_code, none.json()["reason"]) == (409, "reject_reason_required")
        back = await crew.post("/api/v1/work-orders/WO-1/reject", json={"reject": "not_our_asset"})
        assert (back.status_code, back.json()["state"]) == (200, "rejected")
        again = await crew.post("/api/v1/work-orders/WO-2/grab")
        assert again.json()["allowed"] == ["dropped_lately"]
        standing = (await desk.get("/api/v1/work-orders/WO-1")).json()
        points = (await desk.get("/api/v1/pool")).json()["crews"][0]
    assert points == {"crew": "crew-1", "taken": 1, "points": -1}
    assert (standing["owner"], standing["crew"]) == ("dispatcher", None)
    (rejection,) = standing["rejections"]
    assert (rejection["crew"], rejection["reason"], rejection["to"]) == (
        "crew-1",
        "not_our_asset",
        "dispatcher",
    )
    assert "assign" in standing["allowed"]


async def test_nobody_takes_more_than_some_in_a_row(hub: Hub):
    hub.deps.plant.crews["crew-1"] = replace(hub.deps.plant.crews["crew-1"], most_open=9)
    await pooled(hub, *(planned(f"WO-{n}") for n in range(1, 5)))
    async with hub.as_(Role.CREW) as crew:
        for n in range(1, 4):
            assert (await crew.post(f"/api/v1/work-orders/WO-{n}/grab")).status_code == 200
        fourth = await crew.post("/api/v1/work-orders/WO-4/grab")
    assert (fourth.status_code, fourth.json()["allowed"]) == (409, ["in_a_row"])


async def test_after_five_minutes_the_best_crew_is_sent_or_the_dispatcher_has_it_again(hub: Hub):
    crews = hub.deps.plant.crews
    crews["crew-1"] = replace(crews["crew-1"], depot="tank")
    crews["crew-2"] = replace(crews["crew-2"], depot="j2")
    await pooled(hub, planned("WO-1"), planned("WO-2"))
    now_ns = T0 + WINDOW_NS
    async with hub.deps.ledger.begin() as tx:
        due = await tx.get(Timer, timer("WO-1", T0).id)
        sent = await window_over(tx, hub.deps.plant, "WO-1", now_ns)
        for id in ("crew-1", "crew-2"):
            crews[id] = replace(crews[id], skills=("meters",))
        nobody = await window_over(tx, hub.deps.plant, "WO-2", now_ns)
        assert await window_over(tx, hub.deps.plant, "WO-1", now_ns) is None, "it is not in the pool any more"
    assert due is not None
    assert (sent.state, sent.crew) == (WorkOrderState.ASSIGNED, "crew-2"), "the nearer one"
    assert (nobody.state, nobody.crew) == (WorkOrderState.TRIAGED, None)


async def test_wo_14_nobody_takes_most_of_the_easy_ones_and_the_spread_is_told(hub: Hub):
    """Of six easy ones crew 1 had four, not in a row: its share is spent, and a harder one it may have."""
    crews = ("crew-1", "crew-1", "crew-2", "crew-1", "crew-1", "crew-2")
    await pooled(hub, planned("WO-1", 4), planned("WO-2", 3))
    async with hub.deps.ledger.begin() as tx:
        await tx.put_many(
            GrabPoint(
                id=f"PTS-{n}",
                crew=crew,
                work_order=f"W-{n}",
                why=Earned.GRABBED,
                points=1,
                easy=True,
                at_ns=T0,
            )
            for n, crew in enumerate(crews)
        )
    async with hub.as_(Role.CREW) as crew, hub.as_(Role.DISPATCHER) as desk:
        whole = (await desk.get("/api/v1/pool")).json()
        easy = await crew.post("/api/v1/work-orders/WO-1/grab")
        harder = await crew.post("/api/v1/work-orders/WO-2/grab")
    assert (easy.status_code, easy.json()["allowed"]) == (409, ["easy_share"])
    assert harder.status_code == 200
    assert whole["gini"] == round(gini([4, 2]), 3) == 0.167
    assert (gini([3, 3]), gini([0, 0, 4])) == (0.0, pytest.approx(2 / 3))
