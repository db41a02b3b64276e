"""WO-19: what a phone did without a network is dealt with once, in order, and never lost: the state of the
order is the server's, what does not fit any more becomes a note."""

import pytest

from core.model.account import Role
from core.model.work_order import WorkOrder, WorkOrderState
from tests.api.hub_at_work import Hub
from tests.api.test_photo_routes import order

AT, SENT = "2026-11-22T14:00:00Z", "2026-11-22T14:25:00Z"


def step(name: str, **more: str) -> dict[str, str]:
    return {"what": "step", "step": name, "at": AT, "sent": SENT, **more}


async def acts(hub: Hub, state: WorkOrderState, crew: str = "crew-1") -> str:
    await order(hub, crew=crew)
    async with hub.deps.ledger.begin() as tx:
        from dataclasses import replace

        from response.orders.events import put

        known = await tx.get(WorkOrder, "WO-1")
        assert known is not None
        await put(tx, replace(known, state=state), hub.deps.clock.now_ns())
    return "/api/v1/work-orders/WO-1/acts"


async def test_an_act_sent_twice_is_done_once_and_keeps_the_time_it_was_done(hub: Hub):
    url = await acts(hub, WorkOrderState.ASSIGNED)
    async with hub.as_(Role.CREW) as crew:
        before_ns = hub.deps.clock.now_ns()
        for _ in range(3):
            answer = await crew.put(f"{url}/a-1", json=step("depart"))
            assert (answer.status_code, answer.json()["state"]) == (200, "en_route")
        assert (await crew.put(f"{url}/a-2", json=step("arrive"))).json()["state"] == "arrived"
        assert (await crew.put(f"{url}/a-1", json=step("depart"))).json()["state"] == "arrived"
    async with hub.deps.ledger.read() as tx:
        known = await tx.get(WorkOrder, "WO-1")
    assert known is not None
    assert [one.state for one in known.milestones] == ["en_route", "arrived"]
    assert known.milestones[0].done_ns is not None
    assert (before_ns - known.milestones[0].done_ns) / 1e9 == pytest.approx(25 * 60, abs=20)


async def test_what_was_done_first_is_not_told_to_be_later_because_it_came_slowly(hub: Hub):
    url = await acts(hub, WorkOrderState.ASSIGNED)
    async with hub.as_(Role.CREW) as crew:
        await crew.put(f"{url}/a-1", json=step("depart") | {"sent": AT})
        await crew.put(f"{url}/a-2", json=step("arrive"))
    async with hub.deps.ledger.read() as tx:
        known = await tx.get(WorkOrder, "WO-1")
    assert known is not None
    first, second = (one.done_ns or 0 for one in known.milestones)
    assert first < second


async def test_the_state_is_the_servers_and_what_does_not_fit_becomes_a_note_once(hub: Hub):
    """The dispatcher ended it meanwhile, by telephone."""
    url = await acts(hub, WorkOrderState.REPAIRING)
    async with hub.as_(Role.DISPATCHER) as dispatcher:
        done = await dispatcher.post(
            "/api/v1/work-orders/WO-1/complete", json={"outcome": "repaired", "note": "电话告知"}
        )
        assert done.status_code == 200, done.text
    async with hub.as_(Role.CREW) as crew:
        for _ in range(2):
            answer = await crew.put(f"{url}/a-1", json=step("flush", note="浊度已降"))
            body = answer.json()
            assert (answer.status_code, body["reason"], body["kept"]) == (409, "illegal_step", True)
            assert (body["state"], set(body["why"])) == ("completed", {"zh", "en"})
        notes = (await crew.get("/api/v1/work-orders/WO-1/notes")).json()["items"]
    assert [note["side"] for note in notes] == ["sync"]
    assert "浊度已降" in notes[0]["text"] and "flush" in notes[0]["text"]


async def test_what_a_phone_kept_of_an_order_that_another_crew_has_now_is_not_lost(hub: Hub):
    url = await acts(hub, WorkOrderState.ASSIGNED)
    async with hub.as_(Role.DISPATCHER) as dispatcher:
        again = await dispatcher.post("/api/v1/work-orders/WO-1/assign", json={"crew": "crew-2"})
        assert again.status_code == 200
        async with hub.as_(Role.CREW) as crew:
            answer = await crew.put(f"{url}/a-1", json=step("depart"))
            assert (answer.status_code, answer.json()["reason"]) == (409, "not_own_order")
            note = {"text": "现场已围挡", "at": AT, "sent": SENT}
            assert (await crew.put("/api/v1/work-orders/WO-1/notes/n-1", json=note)).status_code == 201
            assert (await crew.get("/api/v1/crew/orders")).json()["items"] == []
        notes = (await dispatcher.get("/api/v1/work-orders/WO-1/notes")).json()["items"]
        assert {note["side"] for note in notes} == {"sync", "field"}
        assert (await dispatcher.get("/api/v1/work-orders/WO-1")).json()["state"] == "assigned"


async def test_an_order_that_was_never_this_crews_is_unknown_to_it(hub: Hub):
    url = await acts(hub, WorkOrderState.ASSIGNED, crew="crew-2")
    async with hub.as_(Role.CREW) as crew:
        assert (await crew.put(f"{url}/a-1", json=step("depart"))).status_code == 404


async def test_an_id_stands_for_one_act(hub: Hub):
    url = await acts(hub, WorkOrderState.ASSIGNED)
    async with hub.as_(Role.CREW) as crew:
        assert (await crew.put(f"{url}/a-1", json=step("depart"))).status_code == 200
        other = await crew.put(f"{url}/a-1", json=step("arrive"))
        assert (other.status_code, other.json()["reason"]) == (409, "id_taken")
        assert "kept" not in other.json()


async def test_a_valve_turned_stands_once_with_its_direction(hub: Hub):
    """WO-21 from the phone."""
    url = await acts(hub, WorkOrderState.ARRIVED)
    turned = {"what": "valve", "valve": "v-1", "turning": "close", "turns": 18.5, "closes": "anticlockwise"}
    async with hub.as_(Role.CREW) as crew:
        for _ in range(2):
            answer = await crew.put(f"{url}/v-1", json=turned | {"at": AT, "sent": SENT})
            assert answer.status_code == 200, answer.text
        (mine,) = (await crew.get("/api/v1/crew/orders")).json()["items"]
    (one,) = mine["turned"]
    assert (one["valve"], one["turns"], one["closes"]) == ("v-1", 18.5, "anticlockwise")


async def test_a_phone_is_told_all_it_needs_to_go_on_without_a_network(hub: Hub):
    await acts(hub, WorkOrderState.ASSIGNED)
    async with hub.as_(Role.CREW) as crew:
        answer = (await crew.get("/api/v1/crew/orders")).json()
    (mine,) = answer["items"]
    assert mine["allowed"][:2] == ["accept", "depart"]
    state = "assigned"
    for name in ("depart", "arrive", "isolate", "complete"):
        assert state in answer["steps"][name]["before"]
        state = answer["steps"][name]["after"]
    assert state == "completed" and "assign" not in answer["steps"]


async def test_a_part_is_taken_from_the_crew_s_vehicle_once_and_not_from_an_empty_one(hub: Hub):
    """WO-23 from the phone."""
    url = await acts(hub, WorkOrderState.REPAIRING)
    async with hub.deps.ledger.begin() as tx:
        from core.model.usage import Part, PartMove
        from response.orders.usage import move

        await tx.put(Part(id="clamp-400", name_zh="哈夫节 DN400", name_en="Clamp DN400", price=900.0))
        await move(tx, PartMove(id="", part="clamp-400", place="crew-1", quantity=2, by="store", at_ns=1))
    used = {"what": "part", "part": "clamp-400", "quantity": 2, "at": AT, "sent": SENT}
    async with hub.as_(Role.CREW) as crew:
        for _ in range(2):
            assert (await crew.put(f"{url}/p-1", json=used)).status_code == 200
        answer = (await crew.get("/api/v1/crew/orders")).json()
        (mine,) = answer["items"]
        assert [(one["part"], one["quantity"], one["cost"]) for one in mine["used"]] == [
            ("clamp-400", -2, 1800)
        ]
        assert answer["parts"] == []
        more = await crew.put(f"{url}/p-2", json=used)
        assert (more.status_code, more.json()["reason"], more.json()["kept"]) == (409, "not_in_stock", True)
