"""What is done on an order: valves (WO-21), parts and hours (WO-23), what goes on around it (WO-20)."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.adapters.sqlite_historian import SqliteHistorian
from core.model.account import Role
from core.model.network import IsolationValve
from core.model.sample import Batch, Sample
from core.model.usage import Labour, Work
from core.model.work_order import WorkOrder, WorkOrderState
from core.ports.historian import Buckets, HistorianUnavailable
from response.orders.usage import hours
from tests.api.hub_at_work import T0, Hub, hub_at_work, plant
from tests.api.test_records import order, put

PATH = "/api/v1/work-orders/WO-1"
MIN, HOUR = 60_000_000_000, 3_600_000_000_000


@pytest.fixture
async def repair(hub: Hub) -> Hub:
    """Under repair by the first crew, at the middle of p2."""
    under = replace(
        order(crew="crew-1"),
        kind="burst",
        state=WorkOrderState.REPAIRING,
        valves=("v2",),
        x=150.0,
        y=5.0,
        diameter_mm=200.0,
    )
    for n, (link, node) in enumerate((("p1", "tank"), ("p2", "j1"), ("p3", "j1")), 1):
        hub.deps.plant.network.valves[f"v{n}"] = IsolationValve(f"v{n}", link, node)
    await put(hub, under, replace(under, id="WO-2", crew="crew-2", kind="leak"))
    return hub


SENT = "2026-11-22T14:30:00Z"


def turned(valve: str, turning: str, turns: float, **more: object) -> dict:
    return {"valve": valve, "turning": turning, "turns": turns, "closes": "clockwise", **more}


async def test_valves_shut_are_told_until_they_are_opened_again(repair: Hub):
    async with repair.as_(Role.CREW) as crew:
        shut = await crew.post(f"{PATH}/valves", json=turned("v2", "close", 22))
        assert (shut.status_code, shut.json()["shut"]) == (201, ["v2"])
        assert shut.json()["work_order"]["discoloured"] is None
        assert (await crew.post(f"{PATH}/valves", json=turned("v3", "close", 1))).json()["shut"] == [
            "v2",
            "v3",
        ]
        half = await crew.post(f"{PATH}/valves", json=turned("v2", "open", 12))
        assert half.json()["shut"] == ["v2", "v3"]
        assert half.json()["work_order"]["discoloured"] is not None, "opening stirs the main up"
        log = (await crew.get(f"{PATH}/valves")).json()
        assert log["shut"] == [{"valve": "v2", "turns": 10.0}, {"valve": "v3", "turns": 1.0}]
        assert log["to_shut"] == ["v2"]
        assert [one["operator"] for one in log["items"]] == ["crew"] * 3
        await crew.post(f"{PATH}/valves", json=turned("v3", "open", 1))
        whole = await crew.post(f"{PATH}/valves", json=turned("v2", "open", 10))
        assert whole.json()["shut"] == []
        assert (await crew.post(f"{PATH}/valves", json=turned("v9", "close", 5))).status_code == 404
        assert (await crew.post(f"{PATH}/valves", json=turned("v2", "close", 0))).status_code == 422
        other = await crew.post("/api/v1/work-orders/WO-2/valves", json=turned("v2", "close", 5))
        assert other.status_code == 404, "another crew's order"


async def test_opening_asks_for_turns_only_where_the_shutting_was_counted(repair: Hub):
    """There is nothing to balance where nobody counted."""
    async with repair.as_(Role.CREW) as crew:
        uncounted = {"what": "valve", **turned("v2", "close", 0), "at": SENT, "sent": SENT}
        assert (await crew.put(f"{PATH}/acts/a-1", json=uncounted)).status_code == 200
        await crew.post(f"{PATH}/valves", json=turned("v3", "close", 9))
        bare = {"turning": "open", "closes": "clockwise"}
        whole = await crew.post(f"{PATH}/valves", json={"valve": "v2", **bare})
        assert (whole.status_code, whole.json()["shut"]) == (201, ["v3"]), whole.text
        assert [one["valve"] for one in whole.json()["work_order"]["off_balance"]] == ["v3"]
        refused = await crew.post(f"{PATH}/valves", json={"valve": "v3", **bare})
        assert (refused.status_code, refused.json()["reason"]) == (409, "turns_required")
        assert "9" in refused.json()["why"]["zh"]
        shut = await crew.post(f"{PATH}/valves", json={"valve": "v2", **bare, "turning": "close"})
        assert shut.status_code == 422


async def test_what_a_phone_kept_counts_when_it_was_done(repair: Hub):
    """The closing is sent after the opening that came later: the order of the hands decides."""
    async with repair.as_(Role.CREW) as crew:
        opened = turned("v2", "open", 20, at="2026-11-22T14:25:00Z", sent=SENT)
        closed = turned("v2", "close", 20, at="2026-11-22T14:05:00Z", sent=SENT)
        await crew.post(f"{PATH}/valves", json=opened)
        assert (await crew.post(f"{PATH}/valves", json=closed)).json()["shut"] == []


async def test_parts_come_from_a_vehicle_that_has_them(repair: Hub):
    own = {"name_zh": "抢修卡箍 DN200", "name_en": "clamp DN200", "price": 480, "from_mm": 190, "to_mm": 225}
    async with repair.as_(Role.CREW) as crew, repair.as_(Role.DISPATCHER) as desk:
        assert (await crew.put("/api/v1/parts/clamp-200", json=own)).status_code == 403
        assert (await desk.put("/api/v1/parts/clamp-200", json=own)).status_code == 200
        none = await crew.post(f"{PATH}/parts", json={"part": "clamp-200", "quantity": 1})
        assert (none.status_code, none.json()["reason"]) == (409, "not_in_stock")
        stocked = {"part": "clamp-200", "quantity": 5, "place": "store-1"}
        assert (await desk.post("/api/v1/stock", json=stocked)).status_code == 201
        moved = {**stocked, "quantity": 2, "to": "crew-1"}
        assert (await desk.post("/api/v1/stock", json=moved)).status_code == 201
        used = await crew.post(f"{PATH}/parts", json={"part": "clamp-200", "quantity": 1})
        assert (used.status_code, used.json()["place"], used.json()["cost"]) == (201, "crew-1", 480.0)
        for place, left in (("store-1", 3.0), ("crew-1", 1.0)):
            rows = (await desk.get(f"/api/v1/stock?place={place}")).json()["items"]
            assert {row["id"]: row["quantity"] for row in rows if row["quantity"]} == {"clamp-200": left}
            assert len(rows) > 5, "every article is listed"
        assert (await crew.post(f"{PATH}/parts", json={"part": "nothing", "quantity": 1})).status_code == 404
        usage = (await desk.get(f"{PATH}/usage")).json()
    assert usage["cost"]["parts"] == 480.0


def test_overlapping_hours_of_one_person_count_once():
    def row(n: int, who: str, start: int, end: int) -> Labour:
        return Labour(
            id=f"L{n}",
            work_order="WO-1",
            work=Work.LABOUR,
            who=who,
            start_ns=T0 + start * MIN,
            end_ns=T0 + end * MIN,
            by="crew",
            at_ns=T0,
        )

    rows = [row(1, "用户1", 0, 60), row(2, "用户1", 30, 90), row(3, "用户1", 120, 180), row(4, "挖机", 0, 60)]
    assert hours(rows) == {"用户1": 2.5, "挖机": 1.0}
    assert hours(reversed(rows))["用户1"] == 2.5


async def test_hours_and_what_was_found_make_the_statistics(repair: Hub):
    async with repair.as_(Role.CREW) as crew, repair.as_(Role.VIEWER) as viewer:
        at = {"who": "用户000123", "start": "2026-11-22T14:00:00Z", "end": "2026-11-22T16:00:00Z", "rate": 60}
        assert (await crew.post(f"{PATH}/labour", json=at)).status_code == 201
        again = {**at, "start": "2026-11-22T15:00:00Z", "end": "2026-11-22T17:00:00Z"}
        assert (await crew.post(f"{PATH}/labour", json=again)).status_code == 201
        backwards = await crew.post(f"{PATH}/labour", json={**at, "end": at["start"]})
        assert (backwards.status_code, backwards.json()["reason"]) == (409, "no_time")
        found = {"mode": "joint", "material": "ductile_iron", "cause": "ground_movement", "depth_m": 1.2}
        said = await crew.put(f"{PATH}/failure", json=found)
        assert (said.json()["diameter_mm"], said.json()["zone"]) == (200.0, "dma-01")
        await crew.put(f"{PATH}/failure", json={**found, "mode": "corrosion_hole"})
        assert (await crew.put(f"{PATH}/failure", json={**found, "mode": "magic"})).status_code == 422
        usage = (await viewer.get(f"{PATH}/usage")).json()
        counted = (await viewer.get("/api/v1/failures?zone=dma-01")).json()
        assert (await viewer.get("/api/v1/failures?zone=dma-02")).json()["n"] == 0
    assert (usage["cost"]["hours"], usage["cost"]["labour"]) == ({"用户000123": 3.0}, 180.0)
    assert usage["failure"]["mode"] == "corrosion_hole", "said again, it replaces what was said"
    assert (counted["n"], counted["by"]["mode"]) == (1, {"corrosion_hole": 1})


async def test_an_order_shows_its_area_now_and_what_changed_since(repair: Hub):
    now_ns = repair.deps.clock.now_ns()
    opened_ns = now_ns - HOUR
    async with repair.deps.ledger.begin() as tx:
        await tx.put(replace(await tx.get(WorkOrder, "WO-1"), opened_ns=opened_ns))
    past = [Sample(tag="dma-01.p1", t_ns=opened_ns - n * 10 * MIN, v=31.0) for n in range(1, 6)]
    await repair.deps.historian.write([Batch.of("test", past)])
    repair.sees(Sample(tag="dma-01.p1", t_ns=now_ns, v=12.5))
    async with repair.as_(Role.DISPATCHER) as desk, repair.as_(Role.HOTLINE) as agent:
        seen = (await desk.get(f"{PATH}/context")).json()
        agent_sees = (await agent.get(f"{PATH}/context")).json()
    gauge = next(one for one in seen["sensors"] if one["tag"] == "dma-01.p1")
    assert (gauge["value"], gauge["before"], gauge["delta"]) == (12.5, 31.0, -18.5)
    assert any(mean == 31.0 for mean in gauge["line"])
    assert seen["history"] is True
    assert seen["step_s"] * len(gauge["line"]) <= 6 * 3600 + 300
    assert next((one["valve"], one["isolating"]) for one in seen["valves"]) == ("v2", True)
    assert {one["quantity"] for one in agent_sees["sensors"]} == {"pressure", "free_chlorine"}


class Away(SqliteHistorian):
    """The store as it is when its server does not answer."""

    async def buckets_of(self, *_: object) -> list[Buckets]:
        raise HistorianUnavailable("no answer")


async def test_with_the_historian_down_it_says_so_and_shows_what_is_now(tmp_path: Path):
    (tmp_path / "away").mkdir()
    away = await Away.open(tmp_path / "away" / "historian.db", plant().tags)
    async with hub_at_work(tmp_path, historian=away) as hub:
        await put(hub, replace(order(crew="crew-1"), opened_ns=hub.deps.clock.now_ns() - HOUR))
        hub.sees(Sample(tag="dma-01.p1", t_ns=hub.deps.clock.now_ns(), v=12.5))
        async with hub.as_(Role.CREW) as crew:
            seen = (await crew.get(f"{PATH}/context")).json()
    await away.close()
    gauge = next(one for one in seen["sensors"] if one["tag"] == "dma-01.p1")
    assert (seen["history"], gauge["value"], gauge["delta"], gauge["line"]) == (False, 12.5, None, [])
