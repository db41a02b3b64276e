"""E2E-2: a leak that no instrument sees. Four premises of one area ring up within half an hour; what they say
is a cluster, and somebody is sent to look."""

import csv
from typing import Any

import httpx

from tests.hub.running_demo import RunningDemo, items, until

ZONE = "dma-08"
PREMISES = 4
PATIENCE_S = 60.0
Json = dict[str, Any]


def ring_up(demo: RunningDemo, manager: httpx.Client) -> None:
    assert not _alarms(manager), "no instrument says a word"
    before = {order["id"] for order in items(manager, "/api/v1/work-orders")}
    agent = demo.signed_in("hotline")
    for n, caller in enumerate(_neighbours(demo)):
        _call(demo, agent, f"e2e-2-{n}", caller)
    cluster: Json = until(lambda: _cluster(agent), PATIENCE_S, "what four of them say is a cluster")
    assert (cluster["group"], cluster["window_s"], cluster["n"]) == ("supply", 1800, PREMISES)
    assert cluster["p"] < 1e-4
    (order,) = (one for one in items(manager, "/api/v1/work-orders") if one["id"] not in before)
    assert order["id"] == cluster["work_order"]
    assert (order["kind"], order["zone"], order["state"]) == ("investigate", ZONE, "reported")
    assert order["reports"] == PREMISES
    assert order["id"] in {one["id"] for one in manager.get("/api/v1/board").json()["items"]}
    until(
        lambda: _alarms(manager) == [f"calls:{ZONE}:supply"], PATIENCE_S, "the operator has one alarm of it"
    )
    incident = manager.get(f"/api/v1/incidents/{cluster['incident']}").json()
    assert (incident["kind"], incident["state"]) == ("low_pressure", "suspected")
    assert incident["notices"] == [], "the public is told nothing of a suspicion"
    _the_next_caller_is_put_with_them(demo, agent, order["id"])


def _call(demo: RunningDemo, agent: httpx.Client, id: str, caller: Json) -> None:
    """Rings, is answered, is told: as the exchange and the agent's page do it."""
    token = (demo.data / "telephony.token").read_text().strip()
    door = f"{demo.hub}/api/v1/cti/{token}"
    said = {"callId": id, "from": caller["phone"], "to": "96xxx", "direction": "in"}
    assert httpx.post(door, verify=False, json=said | {"event": "newCall"}).status_code == 200
    (call,) = agent.get("/api/v1/hotline/queue").json()["calls"]
    card = agent.post("/api/v1/hotline/card", json={"call": call["id"]}).json()
    assert (card["account"]["id"], card["verdict"]) == (caller["account"], "nothing_known")
    told = {"symptom": "low_pressure", "account": caller["account"], "call": call["id"], "tell": True}
    assert agent.post("/api/v1/hotline/reports", json=told).status_code == 201
    assert (
        httpx.post(door, verify=False, json=said | {"event": "hangup", "cause": "normalClearing"}).status_code
        == 200
    )


def _the_next_caller_is_put_with_them(demo: RunningDemo, agent: httpx.Client, order: str) -> None:
    fifth = _neighbours(demo, PREMISES + 1)[-1]["account"]
    card = agent.post("/api/v1/hotline/card", json={"account": fifth}).json()
    assert (card["neighbours"]["n"], card["neighbours"]["premises"]) == (PREMISES, PREMISES)
    told = {"symptom": "no_water", "account": fifth, "order": True}
    assert agent.post("/api/v1/hotline/reports", json=told).json()["work_order"] == order


def _neighbours(demo: RunningDemo, n: int = PREMISES) -> list[Json]:
    """Customers of the area, each of a building of its own."""
    utility = demo.data / "utility"
    with (utility / "accounts.csv").open(encoding="utf-8") as file:
        homes = {row["building"]: row["id"] for row in csv.DictReader(file) if row["zone"] == ZONE}
    with (utility / "customers.csv").open(encoding="utf-8") as file:
        rows = {row["account"]: row for row in csv.DictReader(file)}
    found = [rows[account] for account in homes.values() if account in rows]
    return list({row["phone"]: row for row in found}.values())[:n]


def _cluster(agent: httpx.Client) -> Json | None:
    found = agent.get("/api/v1/hotline/queue").json()["clusters"]
    whole = [one for one in found if one["zone"] == ZONE and one["premises"] == PREMISES]
    return next((one for one in whole if one["work_order"] and one["incident"]), None)


def _alarms(manager: httpx.Client) -> list[str]:
    """Of the water there; that a busy machine's instruments were late is another matter."""
    found = [one for one in items(manager, "/api/v1/alarms") if one["active"] and one["zone"] == ZONE]
    return [one["id"] for one in found if one["class"] not in ("instrument", "communication", "system")]
