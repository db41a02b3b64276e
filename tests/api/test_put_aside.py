"""What is put aside, as its lists show it: shelved, suppressed by design, out of service, each with its age;
and what leaves a list is judged anew (A-08)."""

import httpx

from alarms import acts
from alarms.states import AlarmEvent, Cause
from api.wire import rfc3339
from core.model.account import Role
from core.model.alarm import Alarm, AlarmClass
from tests.api.hub_at_work import Hub, definition

IDS = ("shelf", "rule", "out")
WHY = "the gauge is being exchanged"
MINUTE_NS = 60_000_000_000


async def raised(hub: Hub, id: str) -> None:
    now_ns = hub.deps.clock.now_ns()
    async with hub.deps.ledger.begin() as tx:
        await tx.put(Alarm(id=id, zone="dma-01", priority=2))
        await acts.act(tx, id, AlarmEvent.RAISE, Cause(t_ns=now_ns, priority=2), now_ns)


async def cleared(hub: Hub, id: str) -> None:
    now_ns = hub.deps.clock.now_ns()
    async with hub.deps.ledger.begin() as tx:
        await acts.act(tx, id, AlarmEvent.CLEAR, Cause(t_ns=now_ns), now_ns)


async def put_aside(hub: Hub, operator: httpx.AsyncClient, boss: httpx.AsyncClient) -> None:
    until = rfc3339(hub.deps.clock.now_ns() + 30 * MINUTE_NS)
    answer = await operator.post("/api/v1/alarms/shelf/shelve", json={"until": until, "reason": WHY})
    assert answer.status_code == 200
    async with hub.deps.ledger.begin() as tx:
        await acts.suppress(tx, "rule", "pump off", True, hub.deps.clock.now_ns())
    asked = await operator.post("/api/v1/alarms/out/out-of-service", json={"permit": "P-7", "reason": WHY})
    id, seq = asked.json()["id"], asked.json()["seq"]
    assert (await boss.post(f"/api/v1/proposals/{id}/approve", json={"seq": seq})).status_code == 200


async def let_go(hub: Hub, operator: httpx.AsyncClient) -> None:
    assert (await operator.post("/api/v1/alarms/shelf/unshelve")).status_code == 200
    async with hub.deps.ledger.begin() as tx:
        await acts.suppress(tx, "rule", "pump off", False, hub.deps.clock.now_ns())
    assert (await operator.post("/api/v1/alarms/out/return-to-service")).status_code == 200


async def states(client: httpx.AsyncClient, query: str = "") -> dict[str, str]:
    items = (await client.get(f"/api/v1/alarms{query}")).json()["items"]
    return {item["id"]: item["state"] for item in items}


async def test_each_list_says_what_is_on_it_why_and_since_when(hub: Hub) -> None:
    hub.deps.definitions.update({id: definition(id) for id in IDS})  # type: ignore[attr-defined]
    for id in IDS:
        await raised(hub, id)
    before = rfc3339(hub.deps.clock.now_ns())
    async with hub.as_(Role.OPERATOR) as operator, hub.as_(Role.DUTY_MANAGER) as boss:
        await put_aside(hub, operator, boss)
        after = rfc3339(hub.deps.clock.now_ns())
        lists = {
            state: (await operator.get(f"/api/v1/alarms?state={state}")).json()["items"]
            for state in ("SHLVD", "DSUPR", "OOSRV")
        }
        [shelved], [suppressed], [out] = lists.values()
        assert (shelved["id"], shelved["shelf"]["note"], shelved["shelf"]["by"]) == ("shelf", WHY, "operator")
        assert (suppressed["id"], suppressed["suppressed_by"]) == ("rule", ["pump off"])
        assert (out["id"], out["oos"]["permit"], out["oos"]["approved_by"]) == ("out", "P-7", "duty_manager")
        for since in (shelved["shelf"]["since"], suppressed["suppressed"], out["oos"]["since"]):
            assert before <= since <= after
        assert await states(operator, "?state=SHLVD&state=DSUPR&state=OOSRV") == {
            "shelf": "SHLVD",
            "rule": "DSUPR",
            "out": "OOSRV",
        }
        await let_go(hub, operator)
        assert await states(operator) == {"shelf": "ACKED", "rule": "UNACK", "out": "UNACK"}
        assert await states(operator, "?state=SHLVD&state=DSUPR&state=OOSRV") == {}


async def test_what_cleared_while_it_was_put_aside_waits_to_be_acknowledged(hub: Hub) -> None:
    hub.deps.definitions.update({id: definition(id) for id in IDS})  # type: ignore[attr-defined]
    for id in IDS:
        await raised(hub, id)
    async with hub.as_(Role.OPERATOR) as operator, hub.as_(Role.DUTY_MANAGER) as boss:
        await put_aside(hub, operator, boss)
        for id in IDS:
            await cleared(hub, id)
        assert set((await states(operator)).values()) == {"SHLVD", "DSUPR", "OOSRV"}
        await let_go(hub, operator)
        assert set((await states(operator)).values()) == {"RTNUN"}


async def test_the_longest_shelf_is_told_by_priority_by_row_and_never_for_what_is_highly_managed(
    hub: Hub,
) -> None:
    rows = {
        "p1": definition("p1", priority=1),
        "p3": definition("p3", priority=3),
        "own": definition("own", priority=3, shelve_max_min=10.0),
        "never": definition("never", alarm_class=AlarmClass.HIGHLY_MANAGED),
    }
    hub.deps.definitions.update(rows)  # type: ignore[attr-defined]
    for id in rows:
        await raised(hub, id)
    async with hub.as_(Role.OPERATOR) as operator:
        items = (await operator.get("/api/v1/alarms")).json()["items"]
    assert {item["id"]: item["shelve_max_min"] for item in items} == {
        "p1": 60,
        "p3": 720,
        "own": 10,
        "never": 0,
    }
