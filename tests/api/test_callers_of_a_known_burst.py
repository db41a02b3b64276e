"""HL-12, HL-32, X-01 through the interface: whoever rings up of a burst that is known is put with it, however
late, and whatever was taken back and put down anew: nothing second opens beside it."""

import pytest

from alarms.call_alarms import definitions
from alarms.incidents import Correlator
from alarms.journal import Stamp
from alarms.transaction import record
from core.model.account import Role
from core.model.finding import Finding, FindingKind, Verb
from tests.api.callers_at_work import callers_heard, until
from tests.api.hub_at_work import S, definition, hub_at_work, plant
from tests.api.later import Later

BURST, CALLS = "dma-01:burst", "calls:dma-01:supply"
ROWS = definitions(plant()) | {BURST: definition(BURST, kind=FindingKind.BURST, zone="dma-01")}


@pytest.fixture
async def hub(tmp_path):
    async with hub_at_work(tmp_path, definitions=ROWS, clock=Later()) as hub, callers_heard(hub, ROWS):
        yield hub


async def breaks(hub) -> None:
    t_ns = hub.deps.clock.now_ns()
    evidence = {"pressure_agrees": "yes", "reason": "step"}
    finding = Finding(
        alarm=BURST,
        kind=FindingKind.BURST,
        verb=Verb.RAISE,
        t_ns=t_ns,
        tags=(),
        zone="dma-01",
        evidence=evidence,
    )
    async with hub.deps.ledger.begin() as tx:
        await record(tx, [(finding, Stamp(t_ns, t_ns))], ROWS, Correlator(hub.deps.plant, ROWS))


async def call(agent, n: int) -> dict:
    body = {"symptom": "low_pressure", "account": f"A{n:06d}", "tell": True}
    answer = await agent.post("/api/v1/hotline/reports", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.mark.parametrize("late_min", [10, 64, 600])
async def test_a_call_taken_back_and_linked_again_among_others_opens_nothing_beside_the_burst(
    hub, late_min: int
):
    await breaks(hub)
    async with hub.as_(Role.HOTLINE) as agent, hub.as_(Role.DUTY_MANAGER) as desk:

        async def drafted() -> object:
            return (await desk.get("/api/v1/notices")).json()["items"]

        await until(drafted)
        hub.deps.clock.ahead_ns += late_min * 60 * S
        first = await call(agent, 1)
        path = f"/api/v1/hotline/reports/{first['report']['id']}/take-back"
        assert (await agent.post(path)).status_code == 200
        again = await call(agent, 1)
        assert again["work_order"] == first["work_order"] is not None
        for n in range(2, 9):
            assert (await call(agent, n))["work_order"] == first["work_order"]

        async def heard() -> object:
            found = (await desk.get("/api/v1/alarms")).json()["items"]
            return next((one for one in found if one["id"] == CALLS), None)

        calls = await until(heard)
        incidents = (await desk.get("/api/v1/incidents")).json()["items"]
        orders = (await desk.get("/api/v1/work-orders")).json()["items"]
    assert [(one["kind"], one["state"]) for one in incidents] == [("burst", "confirmed")]
    assert calls["incident"] == incidents[0]["id"]
    assert [(one["id"], one["reports"]) for one in orders] == [(first["work_order"], 8)]
