"""ON-09, WO-03, WO-29, HL-32 through the interface: what callers said before the incident's instruments
were back does not hold up that it is over."""

from datetime import datetime

import pytest

from alarms.call_alarms import definitions
from alarms.incidents import Correlator
from alarms.journal import Stamp
from alarms.transaction import record
from core.model.account import Role
from core.model.finding import Finding, FindingKind, Verb
from response.hotline.cluster_service import ClusterService
from tests.api.callers_at_work import callers_heard, until
from tests.api.hub_at_work import S, definition, hub_at_work, plant
from tests.api.later import Later

MIN = 60 * S
BURST = "dma-01:burst"
CALLS = "calls:dma-01:supply"
ROWS = definitions(plant()) | {BURST: definition(BURST, kind=FindingKind.BURST, zone="dma-01")}


@pytest.fixture
async def hub(tmp_path):
    async with hub_at_work(tmp_path, definitions=ROWS, clock=Later()) as hub, callers_heard(hub, ROWS):
        yield hub


def at_ns(stamp: str) -> int:
    return int(datetime.fromisoformat(stamp).timestamp() * S)


async def sees(hub, verb: Verb, t_ns: int) -> None:
    evidence = {"pressure_agrees": "yes", "reason": "step"} if verb is Verb.RAISE else {}
    finding = Finding(
        alarm=BURST, kind=FindingKind.BURST, verb=verb, t_ns=t_ns, tags=(), zone="dma-01", evidence=evidence
    )
    async with hub.deps.ledger.begin() as tx:
        await record(tx, [(finding, Stamp(t_ns, t_ns))], ROWS, Correlator(hub.deps.plant, ROWS))


async def calls(agent, first: int, last: int) -> None:
    for n in range(first, last):
        body = {"symptom": "no_water", "account": f"A{n:06d}", "tell": True}
        assert (await agent.post("/api/v1/hotline/reports", json=body)).status_code == 201


async def joined(hub, desk) -> str:
    """The confirmed incident, once the callers' alarm is in it and all seven of them hang on its order: the
    test's clock leaps then, and who was not heard yet would be of long ago."""

    async def fused() -> object:
        (one,) = (await desk.get("/api/v1/incidents")).json()["items"]
        whole = (await desk.get(f"/api/v1/incidents/{one['id']}")).json()
        known = {alarm["id"] for alarm in whole["alarms"]} == {BURST, CALLS}
        sure = known and one["state"] == "confirmed"
        return whole["id"] if sure and [o["reports"] for o in whole["work_orders"]] == [7] else None

    return str(await until(fused))


async def looked(hub, minutes: int) -> None:
    """So much later, once the clusters were looked at."""
    hub.deps.clock.ahead_ns += minutes * MIN
    deps = hub.deps
    await ClusterService(deps.ledger, deps.plant, deps.clock, deps.times).end_due()


async def test_wo_03_calls_from_before_the_instruments_were_back_hold_nothing_up(hub):
    began_ns = hub.deps.clock.now_ns()
    await sees(hub, Verb.RAISE, began_ns)
    hub.deps.clock.ahead_ns += 21 * MIN
    async with hub.as_(Role.HOTLINE) as agent, hub.as_(Role.DUTY_MANAGER) as desk:
        first_ns = hub.deps.clock.now_ns()
        await calls(agent, 1, 8)
        path = f"/api/v1/incidents/{await joined(hub, desk)}"
        alarms = {one["id"]: one for one in (await desk.get(path)).json()["alarms"]}
        assert at_ns(alarms[CALLS]["raised"]) >= first_ns - S, (
            "stamped when it was found, not when the burst began"
        )
        hub.deps.clock.ahead_ns += MIN
        back_ns = hub.deps.clock.now_ns()
        await sees(hub, Verb.CLEAR, back_ns)
        await looked(hub, 14)
        assert (await desk.get(path)).json()["state"] == "confirmed"
        await looked(hub, 2)

        async def restored() -> object:
            whole = (await desk.get(path)).json()
            recovered = whole["work_orders"] and whole["work_orders"][0]["recovered"]
            return whole if whole["state"] == "restored" and recovered else None

        whole = await until(restored)
        assert abs(at_ns(whole["work_orders"][0]["recovered"]) - back_ns) < S, (
            "since then water is back (WO-29)"
        )
        hub.deps.clock.ahead_ns += MIN
        await calls(agent, 8, 9)
        await looked(hub, 1)
        assert (await desk.get(path)).json()["state"] == "restored", "one call alone is no cluster"
        await calls(agent, 9, 13)

        async def again() -> object:
            return (await desk.get(path)).json()["state"] == "confirmed"

        assert await until(again), "several are: there may be a second break"


async def test_hl_32_calls_after_the_instruments_were_back_hold_it_up_and_are_shown_with_their_number(hub):
    await sees(hub, Verb.RAISE, hub.deps.clock.now_ns())
    async with hub.as_(Role.HOTLINE) as agent, hub.as_(Role.DUTY_MANAGER) as desk:
        await calls(agent, 1, 8)
        path = f"/api/v1/incidents/{await joined(hub, desk)}"
        hub.deps.clock.ahead_ns += MIN
        await sees(hub, Verb.CLEAR, hub.deps.clock.now_ns())
        hub.deps.clock.ahead_ns += 5 * MIN
        await calls(agent, 8, 10)
        await looked(hub, 20)
        whole = (await desk.get(path)).json()
        assert (whole["state"], whole["calls_after_back"]) == ("confirmed", 2)
        await looked(hub, 121)

        async def restored() -> object:
            return (await desk.get(path)).json()["state"] == "restored"

        assert await until(restored)


async def _straggler(hub, agent, desk, **more) -> str:
    """A burst with its callers, its instruments back, and five minutes later one more call."""
    await sees(hub, Verb.RAISE, hub.deps.clock.now_ns())
    await calls(agent, 1, 8)
    path = f"/api/v1/incidents/{await joined(hub, desk)}"
    hub.deps.clock.ahead_ns += MIN
    await sees(hub, Verb.CLEAR, hub.deps.clock.now_ns())
    hub.deps.clock.ahead_ns += 5 * MIN
    body = {"symptom": "low_pressure", "account": "A000015", "tell": True, **more}
    assert (await agent.post("/api/v1/hotline/reports", json=body)).status_code == 201
    return path


async def test_hl_32_one_building_alone_after_the_instruments_are_back_gets_its_own_order_and_holds_nothing(
    hub,
):
    async with hub.as_(Role.HOTLINE) as agent, hub.as_(Role.DUTY_MANAGER) as desk:
        path = await _straggler(hub, agent, desk)
        (burst,) = (await desk.get(path)).json()["work_orders"]
        await looked(hub, 12)
        whole = (await desk.get(path)).json()
        assert (whole["state"], whole["calls_after_back"]) == ("confirmed", 1), "neighbours may join it yet"
        again = {"symptom": "low_pressure", "account": "A000015", "tell": True}
        assert (await agent.post("/api/v1/hotline/reports", json=again)).status_code == 201
        await looked(hub, 4)

        async def restored() -> object:
            return (await desk.get(path)).json()["state"] == "restored"

        assert await until(restored)
        orders = (await desk.get("/api/v1/work-orders")).json()["items"]
        (own,) = [one for one in orders if one["kind"] == "low_pressure"]
        assert (own["incident"], own["reports"], own["callers"]) == (None, 2, 2)
        left = next(one for one in orders if one["id"] == burst["id"])
        assert left["reports"] == 7, "whom the burst's end is told"
        notes = (await desk.get(f"/api/v1/work-orders/{own['id']}/notes")).json()["items"]
        assert "户内" in notes[0]["text"]["zh"]


async def test_hl_32_one_whose_neighbours_have_it_too_holds(hub):
    async with hub.as_(Role.HOTLINE) as agent, hub.as_(Role.DUTY_MANAGER) as desk:
        path = await _straggler(hub, agent, desk, neighbours=True)
        await looked(hub, 40)
        assert (await desk.get(path)).json()["calls_after_back"] == 1
