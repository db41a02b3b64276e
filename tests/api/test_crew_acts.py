"""WO-19: what a phone did without a network is dealt with once, in order, and never lost: the state of the
order is the server's, what does not fit any more becomes a note."""

import time
from dataclasses import replace

import pytest

from api.wire import parse_time, rfc3339
from core.model.account import Role, User
from core.model.service_clock import CalendarKind, ClockName, ServiceClock
from core.model.work_order import WorkOrder, WorkOrderState
from response.clocks.book import as_it_stands
from response.orders.taking import apply
from tests.api.hub_at_work import Hub, S
from tests.api.test_photo_routes import order
from tests.phone_photos import photo

DESK = User(id="dispatcher", role=Role.DISPATCHER, password_hash="-")

AT, SENT = "2026-11-22T14:00:00Z", "2026-11-22T14:25:00Z"


def step(name: str, **more: object) -> dict[str, object]:
    return {"what": "step", "step": name, "at": AT, "sent": SENT, **more}


async def acts(hub: Hub, state: WorkOrderState, crew: str = "crew-1") -> str:
    await order(hub, crew=crew)
    async with hub.deps.ledger.begin() as tx:
        from dataclasses import replace

        from response.orders.events import put

        known = await tx.get(WorkOrder, "WO-1")
        assert known is not None
        await put(tx, replace(known, state=state), hub.deps.clock.now_ns())
    return "/api/v1/work-orders/WO-1/acts"


async def test_an_act_sent_twice_is_done_once_and_keeps_the_time_it_was_done(hub: Hub):
    url = await acts(hub, WorkOrderState.ASSIGNED)
    async with hub.as_(Role.CREW) as crew:
        before_ns = hub.deps.clock.now_ns()
        for _ in range(3):
            answer = await crew.put(f"{url}/a-1", json=step("depart"))
            assert (answer.status_code, answer.json()["state"]) == (200, "en_route")
        assert (await crew.put(f"{url}/a-2", json=step("arrive"))).json()["state"] == "arrived"
        assert (await crew.put(f"{url}/a-1", json=step("depart"))).json()["state"] == "arrived"
    async with hub.deps.ledger.read() as tx:
        known = await tx.get(WorkOrder, "WO-1")
    assert known is not None
    assert [one.state for one in known.milestones] == ["en_route", "arrived"]
    assert known.milestones[0].done_ns is not None
    assert (before_ns - known.milestones[0].done_ns) / 1e9 == pytest.approx(25 * 60, abs=20)


async def test_what_was_done_first_is_not_told_to_be_later_because_it_came_slowly(hub: Hub):
    url = await acts(hub, WorkOrderState.ASSIGNED)
    async with hub.as_(Role.CREW) as crew:
        await crew.put(f"{url}/a-1", json=step("depart") | {"sent": AT})
        await crew.put(f"{url}/a-2", json=step("arrive"))
    async with hub.deps.ledger.read() as tx:
        known = await tx.get(WorkOrder, "WO-1")
    assert known is not None
    first, second = (one.done_ns or 0 for one in known.milestones)
    assert first < second


async def test_the_state_is_the_servers_and_what_does_not_fit_becomes_a_note_once(hub: Hub):
    """The dispatcher ended it meanwhile, by telephone."""
    url = await acts(hub, WorkOrderState.REPAIRING)
    async with hub.as_(Role.DISPATCHER) as dispatcher:
        done = await dispatcher.post(
            "/api/v1/work-orders/WO-1/complete", json={"outcome": "repaired", "note": "电话告知"}
        )
        assert done.status_code == 200, done.text
    async with hub.as_(Role.CREW) as crew:
        for _ in range(2):
            answer = await crew.put(f"{url}/a-1", json=step("flush", note="浊度已降"))
            body = answer.json()
            assert (answer.status_code, body["reason"], body["kept"]) == (409, "illegal_step", True)
            assert (body["state"], set(body["why"])) == ("completed", {"zh", "en"})
        notes = (await crew.get("/api/v1/work-orders/WO-1/notes")).json()["items"]
    assert [note["side"] for note in notes] == ["sync"]
    zh, en = notes[0]["text"]["zh"], notes[0]["text"]["en"]
    assert "试压冲洗 · 浊度已降 — " in zh and "flush" not in zh.lower(), "each reader reads one language"
    assert "Test and flush · 浊度已降 — " in en and "试压" not in en
    assert zh.endswith(body["why"]["zh"]) and en.endswith(body["why"]["en"])


async def test_what_a_phone_kept_of_an_order_that_another_crew_has_now_is_not_lost(hub: Hub):
    url = await acts(hub, WorkOrderState.ASSIGNED)
    async with hub.as_(Role.DISPATCHER) as dispatcher:
        again = await dispatcher.post("/api/v1/work-orders/WO-1/assign", json={"crew": "crew-2"})
        assert again.status_code == 200
        async with hub.as_(Role.CREW) as crew:
            answer = await crew.put(f"{url}/a-1", json=step("depart"))
            assert (answer.status_code, answer.json()["reason"]) == (409, "not_own_order")
            note = {"text": "现场已围挡", "at": AT, "sent": SENT}
            assert (await crew.put("/api/v1/work-orders/WO-1/notes/n-1", json=note)).status_code == 201
            assert (await crew.get("/api/v1/crew/orders")).json()["items"] == []
        notes = (await dispatcher.get("/api/v1/work-orders/WO-1/notes")).json()["items"]
        assert {note["side"] for note in notes} == {"sync", "field"}
        assert (await dispatcher.get("/api/v1/work-orders/WO-1")).json()["state"] == "assigned"


async def test_an_order_that_was_never_this_crews_is_unknown_to_it(hub: Hub):
    url = await acts(hub, WorkOrderState.ASSIGNED, crew="crew-2")
    async with hub.as_(Role.CREW) as crew:
        assert (await crew.put(f"{url}/a-1", json=step("depart"))).status_code == 404


async def test_an_id_stands_for_one_act(hub: Hub):
    url = await acts(hub, WorkOrderState.ASSIGNED)
    async with hub.as_(Role.CREW) as crew:
        assert (await crew.put(f"{url}/a-1", json=step("depart"))).status_code == 200
        other = await crew.put(f"{url}/a-1", json=step("arrive"))
        assert (other.status_code, other.json()["reason"]) == (409, "id_taken")
        assert "kept" not in other.json()


async def test_a_valve_turned_stands_once_with_its_direction(hub: Hub):
    """WO-21 from the phone."""
    url = await acts(hub, WorkOrderState.ARRIVED)
    turned = {"what": "valve", "valve": "v-1", "turning": "close", "turns": 18.5, "closes": "anticlockwise"}
    async with hub.as_(Role.CREW) as crew:
        for _ in range(2):
            answer = await crew.put(f"{url}/v-1", json=turned | {"at": AT, "sent": SENT})
            assert answer.status_code == 200, answer.text
        (mine,) = (await crew.get("/api/v1/crew/orders")).json()["items"]
    (one,) = mine["turned"]
    assert (one["valve"], one["turns"], one["closes"]) == ("v-1", 18.5, "anticlockwise")


async def test_a_phone_is_told_all_it_needs_to_go_on_without_a_network(hub: Hub):
    await acts(hub, WorkOrderState.ASSIGNED)
    async with hub.as_(Role.CREW) as crew:
        answer = (await crew.get("/api/v1/crew/orders")).json()
    (mine,) = answer["items"]
    assert mine["allowed"][:2] == ["accept", "depart"]
    state = "assigned"
    for name in ("depart", "arrive", "isolate", "complete"):
        assert state in answer["steps"][name]["before"]
        state = answer["steps"][name]["after"]
    assert state == "completed" and "assign" not in answer["steps"]


async def test_a_part_is_taken_from_the_crew_s_vehicle_once_and_not_from_an_empty_one(hub: Hub):
    """WO-23 from the phone."""
    url = await acts(hub, WorkOrderState.REPAIRING)
    async with hub.deps.ledger.begin() as tx:
        from core.model.usage import Part, PartMove
        from response.orders.usage import move

        await tx.put(Part(id="clamp-400", name_zh="哈夫节 DN400", name_en="Clamp DN400", price=900.0))
        await move(tx, PartMove(id="", part="clamp-400", place="crew-1", quantity=2, by="store", at_ns=1))
    used = {"what": "part", "part": "clamp-400", "quantity": 2, "at": AT, "sent": SENT}
    async with hub.as_(Role.CREW) as crew:
        for _ in range(2):
            assert (await crew.put(f"{url}/p-1", json=used)).status_code == 200
        answer = (await crew.get("/api/v1/crew/orders")).json()
        (mine,) = answer["items"]
        assert [(one["part"], one["quantity"], one["cost"]) for one in mine["used"]] == [
            ("clamp-400", -2, 1800)
        ]
        assert answer["parts"] == []
        more = await crew.put(f"{url}/p-2", json=used)
        assert (more.status_code, more.json()["reason"], more.json()["kept"]) == (409, "not_in_stock", True)


async def sent_to_a_crew(hub: Hub, opened_min: int = 30, sent_min: int = 20) -> tuple[int, int]:
    """An order opened and given to crew-1 so many minutes ago; both times."""
    now_ns = hub.deps.clock.now_ns()
    opened_ns, sent_ns = (now_ns - minutes * 60 * S for minutes in (opened_min, sent_min))
    await order(hub, crew=None)
    async with hub.deps.ledger.begin() as tx:
        known = await tx.get(WorkOrder, "WO-1")
        assert known is not None
        await tx.put(replace(known, state=WorkOrderState.REPORTED, opened_ns=opened_ns))
        await apply(tx, "WO-1", "assign", DESK, sent_ns, crew="crew-1")
    return opened_ns, sent_ns


def ago(hours: float) -> str:
    return rfc3339(time.time_ns() - round(hours * 3600 * S))


async def test_a_phone_does_no_work_before_the_crew_had_the_order(hub: Hub):
    """WO-19, WO-08: the act counts, its time is the nearest that can be, the phone's own stands beside it,
    and no promise is kept by it."""
    _, sent_ns = await sent_to_a_crew(hub)
    async with hub.as_(Role.CREW) as crew, hub.as_(Role.DISPATCHER) as desk:
        said = ago(5)
        for name in ("accept", "depart", "arrive"):
            body = step(name, at=said, sent=ago(0))
            answer = await crew.put(f"/api/v1/work-orders/WO-1/acts/a-{name}", json=body)
            assert answer.status_code == 200, answer.text
        shown = (await desk.get("/api/v1/work-orders/WO-1")).json()["milestones"][1:]
    assert [one["state"] for one in shown] == ["accepted", "en_route", "arrived"]
    assert {one["claimed"] for one in shown} == {said}
    done = [parse_time(one["done"]) for one in shown]
    assert sent_ns <= done[0] < done[1] < done[2] <= hub.deps.clock.now_ns()
    async with hub.deps.ledger.read() as tx:
        known = await tx.get(WorkOrder, "WO-1")
        clock = ServiceClock(
            id="WO-1:arrive",
            order="WO-1",
            clock=ClockName.ARRIVE,
            calendar=CalendarKind.ALWAYS,
            start_ns=sent_ns,
            due_ns=sent_ns + 60 * S,
        )
        assert as_it_stands(clock, known).stopped_ns == known.milestones[-1].at_ns


@pytest.mark.parametrize("at", ["2020-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2200-01-01T00:00:00Z"])
async def test_a_valve_a_note_and_a_photo_are_of_the_orders_own_time(hub: Hub, at: str):
    """WO-19, WO-29: an outage does not begin before its order; both times are kept and marked."""
    _, sent_ns = await sent_to_a_crew(hub)
    sent, path = ago(0), "/api/v1/work-orders/WO-1"
    async with hub.as_(Role.CREW) as crew:
        valve = {"what": "valve", "valve": "v-1", "turning": "close", "turns": 12, "at": at, "sent": sent}
        assert (await crew.put(f"{path}/acts/v-1", json=valve)).status_code == 200
        note = {"text": "已关阀", "at": at, "sent": sent}
        assert (await crew.put(f"{path}/notes/n-1", json=note)).status_code == 201
        url = f"{path}/photos/p-1?stage=before&at={at}&sent={sent}"
        assert (await crew.put(url, content=photo())).status_code == 201
        (written,) = [n for n in (await crew.get(f"{path}/notes")).json()["items"] if n["id"] == "n-1"]
        (taken,) = (await crew.get(f"{path}/photos")).json()["items"]
        (order,) = (await crew.get("/api/v1/crew/orders")).json()["items"]
        assert order["acts"] == ["v-1"], "the phone knows by it that what it sent is in what it reads"
        (turned,) = order["turned"]
    for kept in (turned, written, taken):
        assert kept["claimed"] == at
        assert sent_ns <= parse_time(kept["done"]) <= hub.deps.clock.now_ns()


async def test_what_a_phone_says_that_can_be_stands_and_is_not_marked(hub: Hub):
    _, sent_ns = await sent_to_a_crew(hub)
    async with hub.as_(Role.CREW) as crew:
        body = step("accept", at=ago(0.25), sent=ago(0))
        answer = await crew.put("/api/v1/work-orders/WO-1/acts/a-1", json=body)
    last = answer.json()["milestones"][-1]
    assert last["claimed"] is None and sent_ns < parse_time(last["done"]) < hub.deps.clock.now_ns()


@pytest.mark.parametrize("by_phone", [True, False])
async def test_valves_that_are_said_to_be_shut_in_one_word_are_of_the_orders_own_time_too(
    hub: Hub, by_phone: bool
):
    """WO-19, WO-29: 止水 by valves, sent by the phone's act or by the step itself."""
    _, sent_ns = await sent_to_a_crew(hub)
    path, at = "/api/v1/work-orders/WO-1", "2020-01-01T00:00:00Z"
    shut = {"stopped": "valves", "valves": ["v-1"]}
    async with hub.as_(Role.CREW) as crew:
        for name in ("depart", "arrive"):
            assert (await crew.post(f"{path}/{name}")).status_code == 200
        if by_phone:
            body = step("isolate", **shut) | {"at": at, "sent": ago(0)}
            answer = await crew.put(f"{path}/acts/a-1", json=body)
        else:
            answer = await crew.post(f"{path}/isolate", json=shut | {"done": at})
        assert answer.status_code == 200, answer.text
        (turned,) = (await crew.get("/api/v1/crew/orders")).json()["items"][0]["turned"]
    for kept in (turned, answer.json()["milestones"][-1]):
        assert kept["claimed"] == at
        assert sent_ns <= parse_time(kept["done"]) <= hub.deps.clock.now_ns()


@pytest.mark.parametrize("n", [True, False, "2"])
async def test_what_is_no_number_is_no_turns_and_no_quantity(hub: Hub, n: object):
    """`true` is not one turn."""
    url = await acts(hub, WorkOrderState.REPAIRING)
    when = {"at": AT, "sent": SENT}
    shut = {"valve": "v2", "turning": "close", "turns": n}
    taken = {"part": "clamp-400", "quantity": n}
    async with hub.as_(Role.CREW) as crew:
        for what, told in (("valve", shut), ("part", taken)):
            answer = await crew.put(f"{url}/{what}", json={"what": what, **told, **when})
            assert answer.status_code == 422, answer.text
            path = url.replace("acts", f"{what}s")
            closes = {"closes": "clockwise"} if what == "valve" else {}
            assert (await crew.post(path, json=told | closes)).status_code == 422
