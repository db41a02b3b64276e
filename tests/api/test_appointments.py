"""WO-18: appointment windows for jobs inside premises, evenings and weekends among them."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import datetime

from core.model.account import Role
from core.model.appointment import Appointment
from core.model.report import Report
from core.model.shanghai import SHANGHAI
from core.model.work_order import Milestone, WorkOrder, WorkOrderState
from response.orders.appointments import figures, slots
from response.service_times import CN_DEFAULT
from tests.api.hub_at_work import Hub

H = 3600 * 10**9
SLOTS = "/api/v1/appointments/slots"


async def open_slots(agent, kind: str = "evening") -> list[dict]:
    items = (await agent.get(SLOTS)).json()["items"]
    return [one for one in items if one["id"].endswith(f":{kind}")]


async def a_meter_order(agent, **more) -> dict:
    made = await agent.post("/api/v1/work-orders", json={"service": "meter", "account": "A000007", **more})
    assert made.status_code == 201, made.text
    return made.json()


async def book(agent, order: str, slot: str, **more):
    return await agent.post(f"/api/v1/work-orders/{order}/appointment", json={"slot": slot, **more})


async def test_working_days_have_evenings_and_days_of_rest_their_own_windows(hub: Hub):
    friday = int(datetime(2026, 11, 27, 13, 0, tzinfo=SHANGHAI).timestamp()) * 10**9
    async with hub.deps.ledger.read() as tx:
        found = await slots(tx, CN_DEFAULT, friday)
    ids = [one.id for one in found]
    assert ids[:4] == [
        "2026-11-27:evening",
        "2026-11-28:weekend",
        "2026-11-28:weekend-pm",
        "2026-11-29:weekend",
    ], "today's afternoon begins in less than two hours"
    assert "2026-11-30:morning" in ids and "2026-11-28:morning" not in ids
    assert all(one.left == one.capacity for one in found)


async def test_the_last_places_go_to_as_many_as_fit_when_20_book_at_once(hub: Hub):
    async with hub.as_(Role.HOTLINE) as agent:
        slot = (await open_slots(agent))[0]
        orders = [(await a_meter_order(agent))["id"] for _ in range(20)]
        told = await asyncio.gather(*(book(agent, order, slot["id"]) for order in orders))
        assert Counter(one.status_code for one in told) == {200: 4, 409: 16}
        refused = next(one.json() for one in told if one.status_code == 409)
        assert refused["reason"] == "full" and refused["allowed"], "with what is free"
        assert (await open_slots(agent))[0]["left"] == 0


async def test_a_visit_is_moved_and_cancelled_with_a_reason_and_its_place_is_free_again(hub: Hub):
    async with hub.as_(Role.HOTLINE) as agent:
        first, second = (await open_slots(agent))[:2]
        order = await a_meter_order(agent, slot=first["id"])
        assert order["visit"] == {"slot": first["id"], "start": first["start"], "end": first["end"]}
        assert (await book(agent, order["id"], first["id"])).status_code == 200, "idempotent"
        silent = await book(agent, order["id"], second["id"])
        assert (silent.status_code, silent.json()["reason"]) == (409, "reason_missing")
        moved = await book(agent, order["id"], second["id"], reason="客户加班")
        assert moved.json()["visit"]["slot"] == second["id"]
        assert "客户加班" in moved.json()["milestones"][-1]["note"]["zh"]
        assert [one["left"] for one in (await open_slots(agent))[:2]] == [4, 3]
        path = f"/api/v1/work-orders/{order['id']}/appointment/cancel"
        assert (await agent.post(path, json={})).status_code == 422
        assert (await agent.post(path, json={"reason": "已自行解决"})).json()["visit"] is None
        assert (await open_slots(agent))[1]["left"] == 4
        counted = (await agent.get("/api/v1/appointments/figures")).json()
        assert (counted["moved"], counted["cancelled"]) == (1, 1)
    async with hub.deps.ledger.read() as tx:
        rows = await tx.find(Appointment, order=order["id"])
    assert [(row.state.value, row.reason) for row in rows] == [
        ("moved", "客户加班"),
        ("cancelled", "已自行解决"),
    ]


async def test_only_what_somebody_has_to_come_in_for_and_only_until_the_crew_is_there(hub: Hub):
    async with hub.as_(Role.DISPATCHER) as desk:
        slot = (await open_slots(desk))[0]["id"]
        leak = (await desk.post("/api/v1/work-orders", json={"service": "leak", "zone": "dma-01"})).json()
        assert (await book(desk, leak["id"], slot)).json()["reason"] == "not_visited"
        order = await a_meter_order(desk)
        assert (await book(desk, order["id"], "2031-01-01:evening")).status_code == 404
        assert (await book(desk, "WO-NONE", slot)).status_code == 404
        refused = await desk.post(
            "/api/v1/work-orders", json={"service": "leak", "zone": "dma-01", "slot": slot}
        )
        assert refused.status_code == 409
        n = len((await desk.get("/api/v1/work-orders")).json()["items"])
        assert n == 2, "an order whose visit cannot be booked is not opened"
        await came(hub, order["id"], 0)
        assert (await book(desk, order["id"], slot)).json()["reason"] == "already_there"


async def came(hub: Hub, id: str, at_ns: int) -> None:
    async with hub.deps.ledger.begin() as tx:
        order = await tx.get(WorkOrder, id)
        arrived = Milestone(state=WorkOrderState.ARRIVED, at_ns=at_ns, actor="crew")
        await tx.put(replace(order, state=WorkOrderState.ARRIVED, milestones=(*order.milestones, arrived)))


async def test_missed_windows_are_counted_and_those_of_a_late_crew_too(hub: Hub):
    async with hub.as_(Role.HOTLINE) as agent:
        slot = (await open_slots(agent))[0]["id"]
        ids = [(await a_meter_order(agent, slot=slot))["id"] for _ in range(3)]
    async with hub.deps.ledger.read() as tx:
        end_ns = (await tx.get(WorkOrder, ids[0])).visit.end_ns
    await came(hub, ids[0], end_ns - H)
    await came(hub, ids[1], end_ns + H)
    async with hub.deps.ledger.read() as tx:
        before = await figures(tx, 0, end_ns - H // 2)
        after = await figures(tx, 0, end_ns + 1)
    assert (before["kept"], before["missed"], before["to_come"]) == (1, 1, 1)
    assert (after["kept"], after["missed"], after["to_come"]) == (1, 2, 0)


async def test_it_is_booked_with_the_report_and_shown_to_the_crew(hub: Hub):
    async with hub.as_(Role.HOTLINE) as agent, hub.as_(Role.DISPATCHER) as desk, hub.as_(Role.CREW) as crew:
        asked = (await agent.get(SLOTS)).json()
        assert "low_pressure" in asked["symptoms"] and "burst_visible" not in asked["symptoms"]
        slot = (await open_slots(agent))[0]
        body = {
            "symptom": "low_pressure",
            "account": "A000007",
            "apart": True,
            "order": True,
            "slot": slot["id"],
        }
        told = (await agent.post("/api/v1/hotline/reports", json=body)).json()
        assert told["visit"]["start"] == slot["start"]
        path = f"/api/v1/work-orders/{told['work_order']}"
        given = await desk.post(f"{path}/assign", json={"crew": "crew-1"})
        assert given.status_code == 200, given.text
        shown = {one["id"]: one for one in (await crew.get("/api/v1/crew/orders")).json()["items"]}
        assert shown[told["work_order"]]["visit"]["slot"] == slot["id"]
        burst = {
            "symptom": "burst_visible",
            "account": "A000007",
            "apart": True,
            "order": True,
            "slot": slot["id"],
        }
        noted = await agent.post("/api/v1/hotline/reports", json=burst)
        assert (noted.status_code, noted.json()["visit"]) == (201, None), (
            "a report is never lost for a window"
        )
    async with hub.deps.ledger.read() as tx:
        assert (await tx.get(Report, told["report"]["id"])).token
