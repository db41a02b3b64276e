"""Any past instant: what instruments read, which incidents and orders stood, and nothing learnt later."""

import pytest

from api.wire import rfc3339
from core.adapters.sqlite_historian import SqliteHistorian
from core.model.account import Role
from core.model.incident import Candidate, Incident, IncidentKind, IncidentState, Location, Member
from core.model.network import IsolationValve
from core.model.quality import Status
from core.model.sample import Batch, Sample
from core.model.text import Text
from core.model.valve_operation import Direction, Turning, ValveOperation
from core.model.work_order import Beside, Milestone, WorkOrder, WorkOrderState
from core.ports.historian import HistorianUnavailable
from tests.api.hub_at_work import T0, Hub, S, hub_at_work, plant

MIN, HOUR = 60 * S, 3600 * S
ID = "INC-20261122-00001"
TITLE = Text("爆管", "Burst")
PATH = "/api/v1"


def at(t_ns: int) -> str:
    return f"time={rfc3339(t_ns)}"


def incident(**more: object) -> Incident:
    settings: dict[str, object] = {
        "id": ID,
        "kind": IncidentKind.BURST,
        "state": IncidentState.CLOSED,
        "opened_ns": T0 - 3 * HOUR,
        "confirmed_ns": T0 - 2 * HOUR,
        "back_ns": T0 - HOUR,
        "closed_ns": T0 - 30 * MIN,
        "zone": "dma-01",
        "title": TITLE,
        "members": (
            Member(alarm="dma-01.low", occurrence=1, raised_ns=T0 - 3 * HOUR, why="same_zone"),
            Member(alarm="dma-01.burst", occurrence=1, raised_ns=T0 - 2 * HOUR, why="same_zone"),
        ),
        "location": Location(
            candidates=(Candidate(link="p2", share=0.8, x=150.0, y=5.0),),
            at_ns=T0 - 2 * HOUR,
            radius_m=80.0,
            method="sensitivity",
        ),
        "why": ("confirmed_by_operator",),
        **more,
    }
    return Incident(**settings)  # type: ignore[arg-type]


def order(**more: object) -> WorkOrder:
    s = WorkOrderState
    steps = (
        Milestone(state=s.REPORTED, at_ns=T0 - 2 * HOUR, actor="hub"),
        Milestone(state=s.ASSIGNED, at_ns=T0 - 100 * MIN, actor="dispatcher", crew="crew-1"),
        Milestone(state=s.ASSIGNED, at_ns=T0 - 95 * MIN, actor="dispatcher", beside=Beside.NOTED),
        Milestone(state=s.ARRIVED, at_ns=T0 - 60 * MIN, actor="crew"),
        Milestone(state=s.CLOSED, at_ns=T0 - 20 * MIN, actor="dispatcher"),
    )
    settings: dict[str, object] = {
        "id": "WO-20261122-00001",
        "incident": ID,
        "kind": "burst_repair",
        "state": s.CLOSED,
        "priority": 1,
        "zone": "dma-01",
        "title": TITLE,
        "place": Text("人民路", "Renmin Road"),
        "opened_ns": T0 - 2 * HOUR,
        "crew": "crew-1",
        "links": ("p2",),
        "milestones": steps,
        "x": 150.0,
        "y": 5.0,
        **more,
    }
    return WorkOrder(**settings)  # type: ignore[arg-type]


async def put(hub: Hub, *records: object) -> None:
    async with hub.deps.ledger.begin() as tx:
        for one in records:
            await tx.put(one)  # type: ignore[arg-type]


async def read(hub: Hub, path: str, role: Role = Role.OPERATOR) -> list[dict[str, object]]:
    async with hub.as_(role) as client:
        answer = await client.get(f"{PATH}/{path}")
        assert answer.status_code == 200, answer.text
        items: list[dict[str, object]] = answer.json()["items"]
        return items


async def test_instruments_say_what_they_read_at_that_instant_with_its_time_and_quality(hub: Hub):
    samples = [Sample("dma-01.p1", T0 - HOUR + n * MIN, 30.0 + n) for n in range(60)]
    samples += [
        Sample("dma-01.p2", T0 - 40 * MIN, 20.0),
        Sample("dma-01.p2", T0 - 31 * MIN, None, Status.BAD_TIMEOUT),
        Sample("dma-02.p1", T0 - 3 * HOUR, 25.0),
        Sample("meter.M000001", T0 - 35 * MIN, 1000.0),
    ]
    await hub.deps.historian.write([Batch.of("t", samples)])
    async with hub.as_(Role.OPERATOR) as client:
        told = (await client.get(f"{PATH}/tag-states?{at(T0 - 30 * MIN)}")).json()
    assert told["time"] == rfc3339(T0 - 30 * MIN)
    rows = dict(zip(told["tags"], zip(told["t"], told["v"], told["q"], strict=True), strict=True))
    assert rows == {
        "dma-01.p1": (rfc3339(T0 - 30 * MIN), 60.0, 0),
        "dma-01.p2": (rfc3339(T0 - 31 * MIN), None, int(Status.BAD_TIMEOUT)),
    }, "nothing from before the last hour, and no customer's meter"
    assert told["next"] is None


async def test_past_values_come_in_pages_of_a_zone_and_within_a_role_s_reach(hub: Hub):
    tags = list(plant().tags)
    await hub.deps.historian.write([Batch.of("t", [Sample(id, T0 - MIN, 1.0) for id in tags])])
    query = f"{PATH}/tag-states?{at(T0)}"
    async with hub.as_(Role.OPERATOR) as client:
        first = (await client.get(f"{query}&limit=2")).json()
        rest = (await client.get(f"{query}&after={first['next']}")).json()
        one = (await client.get(f"{query}&zone=dma-02")).json()
        missing = await client.get(f"{query}&after=nowhere")
    async with hub.as_(Role.HOTLINE) as client:
        agent = (await client.get(query)).json()
    assert first["tags"] == ["dma-01.inflow", "dma-01.p1"]
    assert rest["tags"] == ["dma-01.p2", "dma-02.p1", "q-01.free_chlorine"]
    assert one["tags"] == ["dma-02.p1"] and missing.status_code == 404
    assert "dma-01.inflow" not in agent["tags"] and "dma-01.p1" in agent["tags"]


@pytest.mark.parametrize("what", ["tag-states", "incident-states", "order-states", "valve-states"])
async def test_what_has_not_been_yet_and_no_time_are_refused(hub: Hub, what: str):
    async with hub.as_(Role.OPERATOR) as client:
        future = await client.get(f"{PATH}/{what}?{at(hub.deps.clock.now_ns() + HOUR)}")
        none = await client.get(f"{PATH}/{what}?time=yesterday")
        most = await client.get(f"{PATH}/{what}?{at(T0)}&limit=999999")
    assert (future.status_code, future.json()["reason"]) == (422, "future")
    assert (none.status_code, none.json()["reason"]) == (422, "invalid")
    assert most.status_code == (422 if what == "tag-states" else 200)


class Away(SqliteHistorian):
    async def at(self, *_: object) -> dict[str, Sample]:
        raise HistorianUnavailable("no answer")


async def test_without_its_historian_the_hub_says_so_and_shows_no_empty_past(tmp_path):
    (tmp_path / "away").mkdir()
    away = await Away.open(tmp_path / "away" / "historian.db", plant().tags)
    async with hub_at_work(tmp_path, historian=away) as hub, hub.as_(Role.OPERATOR) as client:
        answer = await client.get(f"{PATH}/tag-states?{at(T0)}")
    await away.close()
    assert answer.status_code == 503


async def test_an_incident_stands_as_far_as_it_had_come_and_tells_nothing_learnt_later(hub: Hub):
    await put(hub, incident())
    before = await read(hub, f"incident-states?{at(T0 - 3 * HOUR - 1)}")
    (new,) = await read(hub, f"incident-states?{at(T0 - 150 * MIN)}")
    (sure,) = await read(hub, f"incident-states?{at(T0 - 90 * MIN)}")
    (back,) = await read(hub, f"incident-states?{at(T0 - 45 * MIN)}")
    after = await read(hub, f"incident-states?{at(T0 - 30 * MIN)}")
    assert (before, after) == ([], [])
    assert [one["state"] for one in (new, sure, back)] == ["suspected", "confirmed", "restored"]
    assert (new["location"], new["confirmed"]) == (None, None)
    assert [one["alarm"] for one in new["members"]] == ["dma-01.low"]
    assert [one["alarm"] for one in sure["members"]] == ["dma-01.low", "dma-01.burst"]
    assert sure["location"]["candidates"][0]["link"] == "p2"
    assert not {"closed", "back", "why", "merged_into", "evidence"} & set(back)


async def test_an_incident_that_is_open_since_last_year_stands_and_one_long_closed_does_not(hub: Hub):
    year = 365 * 24 * HOUR
    old = {"confirmed_ns": None, "back_ns": None, "location": None, "members": ()}
    await put(
        hub,
        incident(
            id="INC-20251122-00001",
            opened_ns=T0 - year,
            state=IncidentState.SUSPECTED,
            closed_ns=None,
            **old,
        ),
        incident(id="INC-20251122-00002", opened_ns=T0 - year, closed_ns=T0 - year + HOUR, **old),
    )
    found = await read(hub, f"incident-states?{at(T0)}")
    assert [one["id"] for one in found] == ["INC-20251122-00001"]
    found = await read(hub, f"incident-states?{at(T0 - year + MIN)}")
    assert [one["id"] for one in found] == ["INC-20251122-00002", "INC-20251122-00001"]


async def test_an_order_stands_at_its_last_step_with_the_crew_it_had(hub: Hub):
    await put(hub, order(), order(id="WO-20261122-00002", incident=None, crew="crew-2", kind="leak"))
    path = "order-states?"
    assert await read(hub, f"{path}{at(T0 - 2 * HOUR - 1)}") == []
    told = [
        next(one for one in await read(hub, f"{path}{at(t)}") if one["id"] == "WO-20261122-00001")
        for t in (T0 - 2 * HOUR, T0 - 90 * MIN, T0 - 40 * MIN)
    ]
    assert [(one["state"], one["crew"]) for one in told] == [
        ("reported", None),
        ("assigned", "crew-1"),
        ("arrived", "crew-1"),
    ]
    assert (told[2]["x"], told[2]["links"], told[2]["since"]) == (150.0, ["p2"], rfc3339(T0 - 60 * MIN))
    assert not {"milestones", "finding", "owner", "text", "account"} & set(told[2])
    assert await read(hub, f"{path}{at(T0)}") == []


async def test_a_crew_reads_of_its_own_orders_alone_and_a_wall_of_none(hub: Hub):
    await put(hub, order(), order(id="WO-20261122-00002", incident=None, crew="crew-2", kind="leak"))
    found = await read(hub, f"order-states?{at(T0 - 40 * MIN)}", Role.CREW)
    assert [one["id"] for one in found] == ["WO-20261122-00001"]
    async with hub.as_(Role.KIOSK) as wall:
        assert (await wall.get(f"{PATH}/order-states?{at(T0)}")).status_code == 403


async def test_the_network_s_valves_are_told_with_where_they_stand(tmp_path):
    town = plant()
    town.network.valves["v-1"] = IsolationValve("v-1", "p2", "j1")
    async with hub_at_work(tmp_path, plant=town) as hub, hub.as_(Role.VIEWER) as client:
        told = (await client.get(f"{PATH}/valves")).json()
    assert told["items"] == [{"id": "v-1", "link": "p2", "node": "j1", "x": 100.0, "y": 0.0, "open": True}]


async def test_a_valve_stood_shut_from_its_closing_to_its_opening(hub: Hub):
    def turned(n: int, turning: Turning, at_ns: int, done_ns: int | None = None) -> ValveOperation:
        return ValveOperation(
            id=f"VOP-{n}",
            work_order="WO-20261122-00001",
            valve="v-1",
            turning=turning,
            turns=12.0,
            closes=Direction.CLOCKWISE,
            operator="crew",
            at_ns=at_ns,
            done_ns=done_ns,
        )

    done = T0 - 70 * MIN
    shutting = turned(1, Turning.CLOSE, T0 - 60 * MIN, done)
    await put(hub, order(), shutting, turned(2, Turning.OPEN, T0 - 30 * MIN))
    shut = {}
    for minutes in (71, 70, 31, 30):
        shut[minutes] = [v["valve"] for v in await read(hub, f"valve-states?{at(T0 - minutes * MIN)}")]
    assert shut == {71: [], 70: ["v-1"], 31: ["v-1"], 30: []}
    assert (await read(hub, f"valve-states?{at(T0 - 40 * MIN)}"))[0]["order"] == "WO-20261122-00001"
