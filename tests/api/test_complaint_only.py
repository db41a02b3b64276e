"""E2E-2 through the interface: four households ring up, no instrument says a word, somebody goes to look."""

import pytest

from alarms.call_alarms import definitions
from core.model.account import Role
from tests.api.callers_at_work import callers_heard, until
from tests.api.hub_at_work import hub_at_work, plant


@pytest.fixture
async def hub(tmp_path):
    rows = definitions(plant())
    async with hub_at_work(tmp_path, definitions=rows) as hub, callers_heard(hub, rows, answered=False):
        yield hub


async def test_four_households_make_one_order_one_alarm_and_one_suspected_incident(hub):
    async with hub.as_(Role.HOTLINE) as agent, hub.as_(Role.OPERATOR) as desk:
        for n in range(1, 5):
            body = {"symptom": "low_pressure", "account": f"A{n:06d}", "tell": True}
            assert (await agent.post("/api/v1/hotline/reports", json=body)).status_code == 201

        async def told() -> object:
            (cluster,) = (await agent.get("/api/v1/hotline/queue")).json()["clusters"] or [None]
            return cluster if cluster and cluster["incident"] and cluster["premises"] == 4 else None

        cluster = await until(told)
        orders = (await desk.get("/api/v1/work-orders")).json()["items"]
        alarms = (await desk.get("/api/v1/alarms")).json()["items"]
        incident = (await desk.get(f"/api/v1/incidents/{cluster['incident']}")).json()
        card = (await agent.post("/api/v1/hotline/card", json={"account": "A000009"})).json()
        fifth = await agent.post(
            "/api/v1/hotline/reports", json={"symptom": "no_water", "account": "A000009", "order": True}
        )
    assert [(one["kind"], one["state"], one["reports"]) for one in orders] == [("investigate", "reported", 4)]
    assert [(one["id"], one["active"]) for one in alarms] == [("calls:dma-01:supply", True)]
    assert (incident["kind"], incident["state"]) == ("low_pressure", "suspected")
    assert cluster["work_order"] == orders[0]["id"] and cluster["p"] < 1e-4
    assert (card["neighbours"]["n"], card["neighbours"]["premises"]) == (4, 4)
    assert fifth.json()["work_order"] == orders[0]["id"], "who rings up next is put with it"
