"""WO-21: by how many turns a valve is said to be shut and opened, by phone and desk."""

from core.model.account import Role
from core.model.work_order import WorkOrderState
from tests.api.hub_at_work import Hub
from tests.api.test_crew_acts import AT, SENT, acts


async def test_what_was_shut_in_several_goes_may_be_opened_in_one(hub: Hub):
    """A slip of 1000 turns and the true 18: the phone fills in what it adds up to."""
    url = await acts(hub, WorkOrderState.REPAIRING)
    async with hub.as_(Role.CREW) as crew:

        async def turned(act: str, turning: str, turns: float) -> int:
            body = {"what": "valve", "valve": "v-017", "turning": turning, "turns": turns}
            answer = await crew.put(f"{url}/{act}", json=body | {"at": AT, "sent": SENT})
            return int(answer.status_code)

        assert await turned("a-1", "close", 1018) == 422, "nobody shuts by so many at once"
        assert [await turned("a-2", "close", 1000), await turned("a-3", "close", 18)] == [200, 200]
        assert await turned("a-4", "open", 1018) == 200
        shut = (await crew.get("/api/v1/work-orders/WO-1/valves")).json()["shut"]
        desk = {"valve": "v-018", "turns": 1018, "closes": "clockwise"}
        for turning, code in (("close", 422), ("open", 201)):
            answer = await crew.post("/api/v1/work-orders/WO-1/valves", json=desk | {"turning": turning})
            assert answer.status_code == code
    assert shut == []
