"""WO-21: an entry of a valve that a thumb made is taken back by its crew: it counts nowhere, and stays to be
read."""

from dataclasses import replace
from typing import Any

import pytest

from core.model.account import Role, User
from core.model.valve_operation import ValveOperation
from core.model.work_order import WorkOrder, WorkOrderState
from response.orders.events import put
from tests.api.hub_at_work import Hub
from tests.api.test_crew_acts import SENT, acts

ORDER = "/api/v1/work-orders/WO-1"
TIMES = {"at": SENT, "sent": SENT}


def turned(turning: str, turns: float, valve: str = "v-017") -> dict[str, object]:
    return {"what": "valve", "valve": valve, "turning": turning, "turns": turns, **TIMES}


def undo(entry: str, valve: str = "v-017") -> dict[str, object]:
    return {"what": "undo", "valve": valve, "entry": entry, **TIMES}


async def log(client: Any) -> dict[str, Any]:
    answer: dict[str, Any] = (await client.get(f"{ORDER}/valves")).json()
    return answer


@pytest.fixture
async def url(hub: Hub) -> str:
    return await acts(hub, WorkOrderState.REPAIRING)


async def test_the_slip_counts_nowhere_and_stays_in_the_log_with_who_and_when(hub: Hub, url: str):
    async with hub.as_(Role.CREW) as crew:
        assert (await crew.put(f"{url}/a-1", json=turned("close", 140))).json()["off_balance"] != []
        answer = await crew.put(f"{url}/a-2", json=undo("a-1"))
        assert (answer.status_code, answer.json()["off_balance"]) == (200, [])
        after = await log(crew)
        assert after["shut"] == []
        (entry,) = after["items"]
        assert (entry["turns"], entry["taken_back_by"]) == (140, "crew")
        assert entry["taken_back"] is not None
        said = answer.json()["milestones"][-1]
        assert (said["beside"], said["note"]["zh"]) == ("noted", "误记已撤回：v-017 关 140 圈")
        assert said["note"]["en"] == "put down by a slip, taken back: v-017 shut, 140 turns"
        (mine,) = (await crew.get("/api/v1/crew/orders")).json()["items"]
        assert [one["taken_back_by"] for one in mine["turned"]] == ["crew"]
        await crew.put(f"{url}/a-3", json=turned("close", 14))
        assert (await log(crew))["shut"] == [{"valve": "v-017", "turns": 14}]


async def test_a_double_tap_and_an_act_sent_again_take_back_one_entry(hub: Hub, url: str):
    async with hub.as_(Role.CREW) as crew:
        await crew.put(f"{url}/a-1", json=turned("close", 10))
        await crew.put(f"{url}/a-2", json=turned("close", 4))
        for act in ("a-3", "a-3", "a-4"):
            assert (await crew.put(f"{url}/{act}", json=undo("a-2"))).status_code == 200
        after = await log(crew)
        assert after["shut"] == [{"valve": "v-017", "turns": 10}]
        assert [one["taken_back_by"] for one in after["items"]] == [None, "crew"]
        notes = [one for one in (await crew.get(ORDER)).json()["milestones"] if one["beside"] == "noted"]
        assert len(notes) == 1
        by_its_number = after["items"][0]["id"]
        assert (await crew.put(f"{url}/a-5", json=undo(by_its_number))).status_code == 200
        assert (await log(crew))["shut"] == []


async def test_only_the_last_of_the_valve_is_taken_back_and_a_refusal_is_kept_as_a_note(hub: Hub, url: str):
    async with hub.as_(Role.CREW) as crew:
        await crew.put(f"{url}/a-1", json=turned("close", 10))
        await crew.put(f"{url}/a-2", json=turned("open", 10))
        answer = await crew.put(f"{url}/a-3", json=undo("a-1"))
        refused = answer.json()
        assert (answer.status_code, refused["reason"], refused["kept"]) == (409, "not_the_last", True)
        other = await crew.put(f"{url}/a-4", json=undo("a-1", "v-018"))
        assert (other.status_code, other.json()["reason"]) == (409, "no_such_entry")
        (note, _) = (await crew.get("/api/v1/crew/orders")).json()["items"][0]["notes"]
        assert "撤回误记 · v-017" in note["text"]["zh"] and "Undo this entry · v-017" in note["text"]["en"]
        assert all(one["taken_back"] is None for one in (await log(crew))["items"])


async def test_a_crew_takes_back_its_own_whoever_of_it_did_and_nobody_elses(hub: Hub, url: str):
    async with hub.deps.ledger.begin() as tx:
        await tx.put(User(id="mate", role=Role.CREW, password_hash="-", crew="crew-1"))
        await tx.put(User(id="other", role=Role.CREW, password_hash="-", crew="crew-2"))
        await tx.put(User(id="desk", role=Role.DISPATCHER, password_hash="-"))
    async with hub.as_(Role.CREW) as crew:
        for n, (operator, may) in enumerate((("mate", True), ("other", False), ("desk", False))):
            valve = f"v-{n}"
            await crew.put(f"{url}/a-{n}", json=turned("close", 10, valve))
            await _as_of(hub, valve, operator)
            (mine,) = (await crew.get("/api/v1/crew/orders")).json()["items"]
            assert next(one["own"] for one in mine["turned"] if one["valve"] == valve) is may
            answer = await crew.put(f"{url}/b-{n}", json=undo(f"a-{n}", valve))
            assert answer.status_code == (200 if may else 409), answer.text
            assert may or answer.json()["reason"] == "not_yours"


async def test_what_is_closed_stays_as_it_was_closed(hub: Hub, url: str):
    async with hub.as_(Role.CREW) as crew:
        await crew.put(f"{url}/a-1", json=turned("close", 10))
        async with hub.deps.ledger.begin() as tx:
            known = await tx.get(WorkOrder, "WO-1")
            assert known is not None
            await put(tx, replace(known, state=WorkOrderState.CLOSED), hub.deps.clock.now_ns())
        answer = await crew.put(f"{url}/a-2", json=undo("a-1"))
        assert (answer.status_code, answer.json()["reason"]) == (409, "over")


async def test_the_desk_takes_back_what_a_crew_says_by_telephone(hub: Hub, url: str):
    async with hub.as_(Role.CREW) as crew:
        await crew.put(f"{url}/a-1", json=turned("close", 140))
    async with hub.as_(Role.DISPATCHER) as desk:
        (entry,) = (await log(desk))["items"]
        path = f"{ORDER}/valves/{entry['id']}/take-back"
        for _ in range(2):
            answer = await desk.post(path, json={})
            assert (answer.status_code, answer.json()["off_balance"]) == (200, [])
        (after,) = (await log(desk))["items"]
        assert after["taken_back_by"] == "dispatcher"
        assert (await desk.post(f"{ORDER}/valves/VOP-0/take-back", json={})).status_code == 404
    async with hub.as_(Role.VIEWER) as viewer:
        assert (await viewer.post(path, json={})).status_code == 403


async def _as_of(hub: Hub, valve: str, operator: str) -> None:
    async with hub.deps.ledger.begin() as tx:
        (one,) = await tx.find(ValveOperation, valve=valve)
        await tx.put(replace(one, operator=operator))
