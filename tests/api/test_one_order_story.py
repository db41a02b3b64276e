"""WO-01, HL-32, X-01 through the interface: callers, gauges and people tell of one matter: one order, and
each shows the others."""

import pytest

from alarms.call_alarms import definitions
from alarms.incidents import Correlator
from alarms.journal import Stamp
from alarms.transaction import record
from core.model.account import Role
from core.model.finding import Finding, FindingKind, Verb
from tests.api.callers_at_work import callers_heard, until
from tests.api.hub_at_work import definition, hub_at_work, plant

ROWS = definitions(plant()) | {
    "dma-01:burst": definition("dma-01:burst", kind=FindingKind.BURST, zone="dma-01"),
    "dma-01.p1:low": definition("dma-01.p1:low", kind=FindingKind.LIMIT_LOW, zone="dma-01", tag="dma-01.p1"),
}


@pytest.fixture
async def hub(tmp_path):
    async with hub_at_work(tmp_path, definitions=ROWS) as hub, callers_heard(hub, ROWS):
        yield hub


async def sees(hub, alarm: str, **evidence: str) -> None:
    """An instrument's alarm, as the engine hands it to the correlator."""
    now_ns, row = hub.deps.clock.now_ns(), ROWS[alarm]
    tags = (row.tag,) if row.tag else ()
    finding = Finding(
        alarm=alarm,
        kind=row.kind,
        verb=Verb.RAISE,
        t_ns=now_ns,
        tags=tags,
        zone="dma-01",
        evidence=dict(evidence),
    )
    async with hub.deps.ledger.begin() as tx:
        await record(tx, [(finding, Stamp(now_ns, now_ns))], ROWS, Correlator(hub.deps.plant, ROWS))


async def test_callers_first_then_a_burst_are_one_order_that_all_of_them_name(hub):
    async with hub.as_(Role.HOTLINE) as agent, hub.as_(Role.DUTY_MANAGER) as desk:

        async def tell(first: int, last: int) -> None:
            for n in range(first, last):
                body = {"symptom": "low_pressure", "account": f"A{n:06d}", "tell": True, "order": True}
                assert (await agent.post("/api/v1/hotline/reports", json=body)).status_code == 201

        async def standing() -> list[dict]:
            found = (await desk.get("/api/v1/work-orders")).json()["items"]
            return [one for one in found if one["state"] != "merged"]

        async def bound() -> object:
            found = await standing()
            known = len(found) == 1 and found[0]["reports"] == 4 and found[0]["incident"]
            return found[0] if known else None

        await tell(1, 5)
        look = await until(bound)
        assert look["kind"] == "investigate"
        assigned = await desk.post(f"/api/v1/work-orders/{look['id']}/assign", json={"crew": "crew-1"})
        assert assigned.status_code == 200
        await sees(hub, "dma-01:burst", pressure_agrees="yes", reason="step")

        async def raised() -> object:
            found = await standing()
            return found if [one["kind"] for one in found] == ["burst"] else None

        ((order,),) = (await until(raised),)
        await tell(5, 15)
        (order,) = await standing()
        incident = (await desk.get(f"/api/v1/incidents/{order['incident']}")).json()
        reports = (await desk.get(f"/api/v1/work-orders/{order['id']}/reports")).json()["items"]
    assert (order["id"], order["state"], order["crew"]) == (look["id"], "assigned", "crew-1")
    assert (order["reports"], len(reports)) == (14, 14)
    assert [one["id"] for one in incident["work_orders"]] == [order["id"]]
    assert [one["work_order"] for one in incident["clusters"]] == [order["id"]]
    assert incident["no_order"] is None
    assert [one["state"] for one in incident["notices"]] == ["draft"]


async def test_low_pressure_that_a_person_confirmed_is_looked_into(hub):
    await sees(hub, "dma-01.p1:low")
    async with hub.as_(Role.OPERATOR) as desk:
        (incident,) = (await desk.get("/api/v1/incidents")).json()["items"]
        path = f"/api/v1/incidents/{incident['id']}"
        before = (await desk.get(path)).json()
        assert (before["no_order"], before["work_orders"]) == ("not_confirmed", [])
        assert (await desk.post(f"{path}/confirm", json={"seq": incident["seq"]})).status_code == 200

        async def opened() -> object:
            return (await desk.get(path)).json()["work_orders"]

        (order,) = await until(opened)
    assert (order["kind"], order["priority"], order["zone"]) == ("investigate", 2, "dma-01")
    assert "水压偏低" in order["title"]["zh"]
    assert (order["accounts_affected"], order["accounts_weak"]) == (0, 20), "they have weak water, not none"
    assert [one["clock"] for one in order["clocks"]] == ["arrive"]
