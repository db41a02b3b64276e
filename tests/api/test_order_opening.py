"""Orders that people open (WO-06), from reports that keep everything (WO-05), and how they end (WO-03)."""

import asyncio
from dataclasses import replace

from core.model.account import Role
from core.model.report import Attachment, Channel, Report, Symptom
from core.model.service import Service
from core.model.text import Text
from core.model.work_order import Milestone, WorkOrder, WorkOrderState
from tests.api.hub_at_work import T0, Hub
from tests.api.test_records import order, put

PHOTO = Attachment(name="wet.jpg", media_type="image/jpeg", sha256="ab" * 32, size=81_234, url="/r/1")
AUDIO = Attachment(name="call.wav", media_type="audio/wav", sha256="cd" * 32, size=912_000, url="/r/2")


def report(n: int = 1, **more: object) -> Report:
    told = Report(
        id=f"RPT-{n:03d}",
        channel=Channel.PHONE,
        at_ns=T0,
        symptom=Symptom.WET_GROUND,
        text="人行道冒水，约有一根手指粗",
        taken_by="hotline",
        account="A000007",
        call=f"call-{n}",
        address="人民路7号门口",
        attachments=(PHOTO, AUDIO),
        wants_update=True,
    )
    return replace(told, **more)


async def test_that_no_crew_is_named_is_the_same_for_whoever_looks(hub: Hub):
    await put(hub, replace(order("WO-1"), crew=None), replace(order("WO-2"), state=WorkOrderState.CLOSED))
    for role in (Role.HOTLINE, Role.DISPATCHER, Role.VIEWER):
        async with hub.as_(role) as one:
            found = (await one.get("/api/v1/work-orders")).json()["items"]
        assert {it["id"]: it["unassigned"] for it in found} == {"WO-1": True, "WO-2": False}


async def test_an_order_from_a_report_keeps_all_that_came_with_it(hub: Hub):
    await put(hub, report())
    async with (
        hub.as_(Role.HOTLINE) as agent,
        hub.as_(Role.DISPATCHER) as desk,
        hub.as_(Role.VIEWER) as viewer,
    ):
        made = await agent.post("/api/v1/work-orders", json={"service": "leak", "report": "RPT-001"})
        assert made.status_code == 201, made.text
        opened = made.json()
        assert (opened["origin"], opened["kind"], opened["zone"]) == ("report", "leak", "dma-01")
        assert (opened["reports"], opened["callers"]) == (1, 1)
        assert (opened["text"], opened["account"]) == ("人行道冒水，约有一根手指粗", "A000007")
        assert opened["first_owner"] == "hotline", "WO-12: whoever took the call"
        path = f"/api/v1/work-orders/{opened['id']}/reports"
        (whole,) = (await agent.get(path)).json()["items"]
        assert [one["sha256"] for one in whole["attachments"]] == [PHOTO.sha256, AUDIO.sha256]
        assert (whole["call"], whole["account"], whole["work_order"]) == ("call-1", "A000007", opened["id"])
        (where,) = (await desk.get(path)).json()["items"]
        assert where["address"] == "人民路7号门口"
        assert not {"account", "person", "call"} & where.keys()
        (what,) = (await viewer.get(path)).json()["items"]
        assert "address" not in what
        assert "人行道" not in (await viewer.get(f"/api/v1/work-orders/{opened['id']}")).text
        again = await agent.post("/api/v1/work-orders", json={"service": "leak", "report": "RPT-001"})
        assert (again.status_code, again.json()["reason"], again.json()["allowed"]) == (
            409,
            "in_use",
            [opened["id"]],
        )


async def test_two_hundred_calls_are_one_order_with_two_hundred_links(hub: Hub):
    await put(hub, order(), *(report(n, wants_update=n % 2 == 0) for n in range(200)))
    async with hub.as_(Role.HOTLINE) as agent:
        path = "/api/v1/work-orders/WO-1/reports"
        for at in range(0, 200, 20):
            sent = (agent.post(path, json={"report": f"RPT-{n:03d}"}) for n in range(at, at + 20))
            assert {answer.status_code for answer in await asyncio.gather(*sent)} == {200}
        twice = await agent.post(path, json={"report": "RPT-000"})
        assert (twice.json()["reports"], twice.json()["callers"]) == (200, 100)
        assert len((await agent.get(path)).json()["items"]) == 200
        assert len((await agent.get("/api/v1/work-orders")).json()["items"]) == 1


async def test_a_report_hangs_on_one_order(hub: Hub):
    await put(
        hub, order("WO-1"), order("WO-2"), replace(order("WO-3"), state=WorkOrderState.CLOSED), report()
    )
    async with hub.as_(Role.OPERATOR) as operator:
        body = {"report": "RPT-001"}
        over = await operator.post("/api/v1/work-orders/WO-3/reports", json=body)
        assert (over.status_code, over.json()["reason"], over.json()["allowed"]) == (409, "over", ["reopen"])
        assert (await operator.post("/api/v1/work-orders/WO-1/reports", json=body)).status_code == 200
        other = await operator.post("/api/v1/work-orders/WO-2/reports", json=body)
        assert (other.status_code, other.json()["reason"]) == (409, "linked_elsewhere")


async def test_an_order_by_hand_has_its_priority_with_reasons_and_its_clocks(hub: Hub):
    """WO-07: from the pipe's diameter; a person's own choice is told as such."""
    async with hub.as_(Role.OPERATOR) as operator:
        path = "/api/v1/work-orders"
        large = (await operator.post(path, json={"service": "leak", "pipe": "p1"})).json()
        assert (large["priority"], large["priority_reasons"]) == (1, ["large_main:400"])
        assert [one["clock"] for one in large["clocks"]]
        small = (await operator.post(path, json={"service": "leak", "street": "s-1"})).json()
        assert (small["priority"], small["priority_reasons"]) == (3, ["service:3"])
        assert (small["zone"], small["place"]["zh"]) == ("dma-01", "城东人民路")
        chosen = (await operator.post(path, json={"service": "leak", "zone": "dma-01", "priority": 2})).json()
        assert (chosen["priority"], chosen["priority_reasons"][0]) == (2, "set_by_person")
        for body, status in (
            ({"service": "nothing"}, 404),
            ({"service": "leak", "zone": "dma-99"}, 422),
            ({"service": "leak", "report": "RPT-9"}, 404),
            ({"service": "leak", "x": 1.0}, 422),
        ):
            assert (await operator.post(path, json=body)).status_code == status, body
    async with hub.as_(Role.CREW) as crew:
        assert (await crew.post(path, json={"service": "leak"})).status_code == 403


async def test_an_order_says_where(hub: Hub):
    """One press on an empty form sends nobody; a sentence may tell the place."""
    async with hub.as_(Role.DISPATCHER) as desk:
        path = "/api/v1/work-orders"
        empty = await desk.post(path, json={"service": "leak", "priority": 2})
        assert (empty.status_code, empty.json()["reason"]) == (409, "place_required")
        assert "地点" in empty.text
        assert (await desk.get(path)).json()["items"] == []
        told = await desk.post(path, json={"service": "leak", "text": "人民路路口冒水"})
        assert told.status_code == 201, told.text


async def test_an_incident_has_one_order_of_a_kind_whoever_opens_it(hub: Hub):
    await put(hub, replace(order(), kind="leak"))
    async with hub.as_(Role.DISPATCHER) as desk:
        body = {"service": "leak", "incident": "INC-1", "zone": "dma-01"}
        answer = await desk.post("/api/v1/work-orders", json=body)
        assert (answer.status_code, answer.json()["reason"], answer.json()["allowed"]) == (
            409,
            "order_stands",
            ["WO-1"],
        )


async def test_the_catalogue_is_the_utility_s_own(hub: Hub):
    """WO-06: a row of one's own stands for the default of its code; what is not active is not offered."""
    own = Service(id="leak", name=Text("漏水报修", "Leak report"), kind="leak", queue="east", priority=2)
    await put(hub, own, replace(own, id="meter", active=False))
    async with hub.as_(Role.HOTLINE) as agent:
        rows = {row["id"]: row for row in (await agent.get("/api/v1/services")).json()["items"]}
        assert (rows["leak"]["queue"], rows["leak"]["name"]["zh"]) == ("east", "漏水报修")
        assert "meter" not in rows
        assert rows["no_water"]["symptom"] == "no_water"
        assert [one["code"] for one in rows["no_water"]["form"]] == ["outlets", "neighbours"]
        made = await agent.post("/api/v1/work-orders", json={"service": "leak", "zone": "dma-01"})
        assert made.json()["priority"] == 2
        assert (await agent.post("/api/v1/work-orders", json={"service": "meter"})).status_code == 404


async def test_a_close_without_is_422_and_lists_all_that_is_missing(hub: Hub):
    """WO-03: the whole way of a person, from the refusal to the close."""
    done = Milestone(state=WorkOrderState.COMPLETED, at_ns=T0, actor="crew")
    finished = replace(
        order(crew="crew-1"),
        kind="burst",
        state=WorkOrderState.COMPLETED,
        reports=2,
        milestones=(done,),
    )
    await put(hub, finished)
    async with hub.as_(Role.DISPATCHER) as desk, hub.as_(Role.DUTY_MANAGER) as manager:
        path = "/api/v1/work-orders/WO-1"
        bare = await desk.post(f"{path}/close")
        assert (bare.status_code, bare.json()["reason"]) == (422, "incomplete")
        assert [one["item"] for one in bare.json()["missing"]] == ["outcome"]
        mended = await desk.post(f"{path}/close", json={"outcome": "repaired"})
        missing = mended.json()["missing"]
        assert [one["item"] for one in missing] == ["telemetry", "stopped", "photo_after", "callback"]
        assert all(set(one["why"]) == {"zh", "en"} for one in missing)
        assert (await desk.get(path)).json()["state"] == "completed"
        assert (await desk.post(f"{path}/callback", json={"note": "满意"})).status_code == 200
        not_found = {"outcome": "not_found", "note": "开挖两处未见漏点"}
        alone = await desk.post(f"{path}/close", json=not_found)
        assert [one["item"] for one in alone.json()["missing"]] == ["second_person"]
        other = await manager.post(f"{path}/close", json=not_found)
        assert [one["item"] for one in other.json()["missing"]] == ["second_person"]


async def test_an_order_ends_otherwise_than_repaired_with_a_second_person(hub: Hub):
    """The crew says that nothing was found; the desk, another person, agrees."""
    await put(hub, replace(order(crew="crew-1"), kind="burst", state=WorkOrderState.ARRIVED))
    async with hub.as_(Role.CREW) as crew, hub.as_(Role.DISPATCHER) as desk:
        path = "/api/v1/work-orders/WO-1"
        said = {"outcome": "not_found", "note": "听漏两遍无异常", "done": "2026-11-22T14:59:00Z"}
        done = await crew.post(f"{path}/complete", json=said)
        assert (done.status_code, done.json()["finding"]["outcome"]) == (200, "not_found")
        assert done.json()["milestones"][-1]["done"] == "2026-11-22T14:59:00Z"
        closed = await desk.post(f"{path}/close")
    assert (closed.status_code, closed.json()["state"], closed.json()["milestone"]) == (
        200,
        "closed",
        "appraised",
    )
    async with hub.deps.ledger.read() as tx:
        assert (await tx.get(WorkOrder, "WO-1")).finding.by == "crew"


async def test_an_appraisal_waits_for_the_call_back(hub: Hub):
    """WO-02, WO-03: 回访 comes before 考核 where somebody waits to be called."""
    done = Milestone(state=WorkOrderState.COMPLETED, at_ns=T0, actor="crew")
    reported = replace(
        order(crew="crew-1"), kind="leak", state=WorkOrderState.COMPLETED, reports=1, milestones=(done,)
    )
    await put(hub, reported, replace(reported, id="WO-2", incident=None, reports=0))
    async with hub.as_(Role.DISPATCHER) as desk:
        for path in ("/api/v1/work-orders/WO-1", "/api/v1/work-orders/WO-2"):
            assert (await desk.post(f"{path}/inspect")).status_code == 200
        early = await desk.post("/api/v1/work-orders/WO-1/appraise", json={"note": "不必了"})
        assert (early.status_code, early.json()["reason"]) == (409, "callback_first")
        assert "callback" in early.json()["allowed"] and "appraise" not in early.json()["allowed"]
        given_up = {"note": "三次无人接听"}
        assert (await desk.post("/api/v1/work-orders/WO-1/callback", json=given_up)).status_code == 200
        for path in ("/api/v1/work-orders/WO-1", "/api/v1/work-orders/WO-2"):
            after = await desk.post(f"{path}/appraise")
            assert (after.status_code, after.json()["state"]) == (200, "appraised"), after.text
        again = await desk.post("/api/v1/work-orders/WO-1/callback", json=given_up)
        assert (again.status_code, again.json()["reason"]) == (409, "illegal_step")


async def test_an_order_that_was_appraised_too_early_finds_a_way_out(hub: Hub):
    """WO-03: of ledgers in which the appraisal did not wait."""
    states = (WorkOrderState.COMPLETED, WorkOrderState.APPRAISED)
    await put(
        hub,
        replace(
            order(crew="crew-1"),
            kind="leak",
            state=WorkOrderState.APPRAISED,
            reports=1,
            milestones=tuple(Milestone(state=state, at_ns=T0, actor="crew") for state in states),
        ),
    )
    async with hub.as_(Role.DISPATCHER) as desk:
        path = "/api/v1/work-orders/WO-1"
        assert "callback" in (await desk.get(path)).json()["allowed"]
        assert (await desk.post(f"{path}/callback", json={"note": "满意"})).json()["state"] == "callback_done"
        assert (await desk.post(f"{path}/appraise")).json()["state"] == "appraised"
