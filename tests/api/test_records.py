"""Alarms, incidents, orders, notices and the hotline, through the works' own rules."""

import asyncio
from dataclasses import replace

from api.wire import rfc3339
from core.model.account import AccessRecord, Role
from core.model.incident import Candidate, Incident, IncidentKind, IncidentState, Location, Member
from core.model.notice import Affected, AuthorityReport, Notice, NoticeKind, NoticeState, Progress, Supply
from core.model.text import Text
from core.model.work_order import WorkOrder, WorkOrderState
from tests.api.hub_at_work import T0, Hub

TEXT = Text("爆管", "burst")


def incident(
    kind: IncidentKind = IncidentKind.BURST, state: IncidentState = IncidentState.SUSPECTED
) -> Incident:
    likely = Candidate(link="p2", share=0.7, x=150.0, y=5.0, street="s-1")
    place = Location(candidates=(likely,), at_ns=T0, radius_m=120.0, method="sensitivity")
    return Incident(
        id="INC-1",
        kind=kind,
        state=state,
        opened_ns=T0,
        zone="dma-01",
        title=TEXT,
        members=(Member(alarm="dma-01.low", occurrence=1, raised_ns=T0, why="first"),),
        location=place,
    )


def order(id: str = "WO-1", crew: str | None = None) -> WorkOrder:
    return WorkOrder(
        id=id,
        incident="INC-1",
        kind=f"repair-{id}",
        state=WorkOrderState.ASSIGNED if crew else WorkOrderState.REPORTED,
        priority=1,
        zone="dma-01",
        title=TEXT,
        place=TEXT,
        opened_ns=T0,
        crew=crew,
    )


def notice(id: str, kind: NoticeKind, state: NoticeState = NoticeState.DRAFT) -> Notice:
    return Notice(
        id=id,
        incident="INC-1",
        kind=kind,
        state=state,
        zone="dma-01",
        title=TEXT,
        body=TEXT,
        advice=TEXT,
        author="hub",
        drafted_ns=T0,
        starts_ns=T0,
        accounts_affected=12,
        progress=((Progress.REPORTED, T0),),
    )


async def put(hub: Hub, *records) -> None:
    async with hub.deps.ledger.begin() as tx:
        for record in records:
            await tx.put(record)


async def test_of_two_acknowledgements_one_counts_and_the_other_is_told(hub: Hub):
    await hub.raised("dma-01.low", zone="dma-01")
    async with hub.as_(Role.OPERATOR) as one, hub.as_(Role.DUTY_MANAGER) as two:
        path, seen = "/api/v1/alarms/dma-01.low/ack", {"occurrence": 1, "seq": 1}
        answers = await asyncio.gather(one.post(path, json=seen), two.post(path, json=seen))
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        assert (await one.post(path, json={"seq": 1})).status_code == 422
        assert (await one.post("/api/v1/alarms/other/ack", json=seen)).status_code == 404
        acked = (await one.get("/api/v1/alarms?state=ACKED")).json()["items"]
        assert (await one.get("/api/v1/alarms?state=UNACK&state=RTNUN")).json()["items"] == []
    assert [(a["id"], a["seq"], a["name"]["en"]) for a in acked] == [("dma-01.low", 2, "low pressure")]
    journal = await hub.deps.ledger.journal_of("dma-01.low")
    assert [(entry.event, entry.rows) for entry in journal] == [("ack", ()), ("ack", (2,))]


async def test_a_quality_officer_acknowledges_quality_alone(hub: Hub):
    await hub.raised("dma-01.low", zone="dma-01", tag="dma-01.p1")
    await hub.raised("q-01.chlorine", zone="dma-01", tag="q-01.free_chlorine")
    seen = {"occurrence": 1, "seq": 1}
    async with hub.as_(Role.QUALITY_OFFICER) as client:
        assert (await client.post("/api/v1/alarms/dma-01.low/ack", json=seen)).status_code == 403
        assert (await client.post("/api/v1/alarms/q-01.chlorine/ack", json=seen)).status_code == 200


async def test_an_incident_comes_with_all_that_hangs_on_it(hub: Hub):
    await hub.raised("dma-01.low", zone="dma-01", incident="INC-1")
    draft = notice("N-1", NoticeKind.EMERGENCY_OUTAGE)
    hit = [
        Affected(id=f"N-1.{n}", notice="N-1", account=f"A{n:06d}", supply="no_water", reason="segment")
        for n in (1, 2, 3)
    ]
    await put(hub, incident(), order(), draft, *hit)
    async with hub.as_(Role.VIEWER) as client:
        whole = (await client.get("/api/v1/incidents/INC-1")).json()
        listed = (await client.get("/api/v1/incidents?state=suspected")).json()
        assert (await client.get("/api/v1/incidents?state=closed")).json() == {"items": [], "next": None}
    assert [alarm["id"] for alarm in whole["alarms"]] == ["dma-01.low"]
    assert [one["id"] for one in whole["work_orders"]] == ["WO-1"]
    assert whole["notices"][0]["progress"] == [{"stage": "reported", "at": "2026-11-22T14:10:00Z"}]
    assert whole["location"]["candidates"][0]["link"] == "p2"
    assert whole["affected"] == {
        "accounts": 3,
        "by_supply": {"no_water": 3},
        "by_segment": {"hospital": 1},
    }
    assert [one["id"] for one in listed["items"]] == ["INC-1"]


async def test_an_incident_is_decided_once_by_whoever_saw_it_last(hub: Hub):
    await put(hub, incident())
    async with hub.as_(Role.OPERATOR) as operator, hub.as_(Role.QUALITY_OFFICER) as quality:
        assert (await quality.post("/api/v1/incidents/INC-1/confirm", json={"seq": 0})).status_code == 403
        done = await operator.post("/api/v1/incidents/INC-1/confirm", json={"seq": 0})
        assert (done.status_code, done.json()["state"]) == (200, "confirmed")
        assert (await operator.post("/api/v1/incidents/INC-1/close", json={"seq": 0})).status_code == 409
        seq = done.json()["seq"]
        closed = await operator.post("/api/v1/incidents/INC-1/false-alarm", json={"seq": seq})
        assert closed.json()["state"] == "false_alarm"
    async with hub.as_(Role.KIOSK) as kiosk:
        assert "operator" not in (await kiosk.get("/api/v1/incidents/INC-1")).text


async def test_a_crew_moves_its_own_order_and_sees_no_other(hub: Hub):
    await put(hub, incident(), order("WO-1", "crew-1"), order("WO-2", "crew-2"))
    async with hub.as_(Role.CREW) as crew:
        listed = (await crew.get("/api/v1/work-orders")).json()["items"]
        assert [(one["id"], one["allowed"]) for one in listed] == [
            ("WO-1", ["accept", "depart", "reject", "suspend"])
        ]
        assert (await crew.get("/api/v1/work-orders/WO-2")).status_code == 404
        assert (await crew.post("/api/v1/work-orders/WO-2/depart")).status_code == 404
        gone = await crew.post("/api/v1/work-orders/WO-1/depart")
        assert (gone.status_code, gone.json()["state"]) == (200, "en_route")
        too_soon = await crew.post("/api/v1/work-orders/WO-1/repair")
        assert too_soon.status_code == 409
        assert too_soon.json()["allowed"] == ["arrive", "reject", "suspend"]
        assert set(too_soon.json()["why"]) == {"zh", "en"}
        assert (await crew.post("/api/v1/work-orders/WO-1/cancel", json={"note": "x"})).status_code == 403


async def test_a_dispatcher_sends_a_crew_that_exists(hub: Hub):
    await put(hub, incident(), order())
    async with hub.as_(Role.DISPATCHER) as client:
        path = "/api/v1/work-orders/WO-1/assign"
        assert (await client.post(path, json={"crew": "crew-9"})).status_code == 422
        assert (await client.post(path)).json()["reason"] == "crew_required"
        assert (await client.post(path, json={"crew": "crew-2"})).json()["crew"] == "crew-2"
        assert (await client.post("/api/v1/work-orders/WO-1/explode")).status_code == 404


async def test_an_outage_notice_takes_one_duty_manager_and_a_quality_notice_two_persons(hub: Hub):
    now_ns = hub.deps.clock.now_ns()
    outage = replace(notice("N-1", NoticeKind.EMERGENCY_OUTAGE), starts_ns=now_ns)
    told = AuthorityReport(to=TEXT, at_ns=now_ns, by="op")
    await put(
        hub, outage, replace(notice("N-2", NoticeKind.WATER_QUALITY), reported=told, supply=Supply.QUALITY)
    )
    async with hub.as_(Role.DUTY_MANAGER) as duty, hub.as_(Role.QUALITY_OFFICER) as quality:
        assert (await quality.post("/api/v1/notices/N-1/approve")).status_code == 403
        assert (await duty.post("/api/v1/notices/N-1/publish")).status_code == 409
        assert (await duty.post("/api/v1/notices/N-1/approve")).json()["state"] == "approved"
        assert (await duty.post("/api/v1/notices/N-1/publish")).json()["state"] == "published"
        assert (await quality.post("/api/v1/notices/N-2/approve")).status_code == 200
        assert (await quality.post("/api/v1/notices/N-2/publish")).status_code == 403
        assert (await duty.post("/api/v1/notices/N-2/publish")).json()["published_by"] == "duty_manager"


async def test_a_regulator_reads_what_the_public_was_told(hub: Hub):
    told = notice("N-2", NoticeKind.WATER_QUALITY, NoticeState.PUBLISHED)
    await put(hub, notice("N-1", NoticeKind.EMERGENCY_OUTAGE), told)
    async with hub.as_(Role.REGULATOR) as client:
        assert [n["id"] for n in (await client.get("/api/v1/notices")).json()["items"]] == ["N-2"]
        assert (await client.get("/api/v1/notices?state=draft")).json()["items"] == []
        assert (await client.get("/api/v1/notices/N-1")).status_code == 404
        assert (await client.get("/api/v1/notices/N-2")).status_code == 200


async def test_lists_go_on_where_they_ended(hub: Hub):
    await put(hub, *(order(f"WO-{n:03d}") for n in range(25)))
    seen, after = [], ""
    async with hub.as_(Role.VIEWER) as client:
        while True:
            page = (await client.get(f"/api/v1/work-orders?limit=10{after}")).json()
            seen += [one["id"] for one in page["items"]]
            if page["next"] is None:
                break
            after = f"&after={page['next']}"
    assert seen == [f"WO-{n:03d}" for n in reversed(range(25))]


async def test_a_hotline_card_masks_the_number_and_is_on_record(hub: Hub):
    async with hub.as_(Role.HOTLINE) as client:
        path = "/api/v1/hotline/card"
        answer = await client.post(path, json={"tel": "19900000007"})
        both = await client.post(path, json={"tel": "19900000007", "account": "A000007"})
        assert (both.status_code, (await client.post(path, json={})).status_code) == (422, 422)
        assert "19900000007" not in both.text
    card = answer.json()
    assert card["account"]["id"] == "A000007"
    assert "19900000007" not in answer.text
    assert set(card["words"]) == {"zh", "en"}
    async with hub.deps.ledger.read() as tx:
        records = await tx.find(AccessRecord, account="A000007")
    assert [(record.user, record.purpose) for record in records] == [("hotline", "hotline:tel")]


async def test_a_command_sent_again_with_its_key_is_done_once(hub: Hub):
    await hub.raised("dma-01.low", zone="dma-01")
    path, seen = "/api/v1/alarms/dma-01.low/ack", {"occurrence": 1, "seq": 1}
    async with hub.as_(Role.OPERATOR) as client, hub.as_(Role.DISPATCHER) as other:
        key = {"Idempotency-Key": "8e03978e"}
        answers = await asyncio.gather(*(client.post(path, json=seen, headers=key) for _ in range(4)))
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.content for answer in answers}) == 1
        reused = await client.post(path, json=seen | {"seq": 2}, headers=key)
        assert (reused.status_code, reused.json()["reason"]) == (422, "key_reused")
        assert (await other.post(path, json=seen, headers=key)).status_code == 409
    journal = await hub.deps.ledger.journal_of("dma-01.low")
    assert [(entry.event, entry.rows) for entry in journal] == [("ack", ()), ("ack", (2,))]


async def test_a_crew_sees_of_an_incident_its_own_orders(hub: Hub):
    await put(hub, incident(), order("WO-1", "crew-1"), order("WO-2", "crew-2"))
    async with hub.as_(Role.CREW) as crew:
        whole = (await crew.get("/api/v1/incidents/INC-1")).json()
    assert [one["id"] for one in whole["work_orders"]] == ["WO-1"]


async def test_times_in_clocks_and_evidence_are_times_as_all_others(hub: Hub):
    clocks = (("arrive", T0 + 3_600_000_000_000), ("repair", T0 + 7_200_000_000_000))
    async with hub.deps.ledger.begin() as tx:
        await tx.put(replace(incident(), evidence={"onset_s": float(T0 // 1_000_000_000), "score": 9.3}))
        await tx.put(replace(order(), clocks=clocks))
    async with hub.as_(Role.OPERATOR) as client:
        found = (await client.get("/api/v1/incidents/INC-1")).json()
    assert found["evidence"] == {"onset": rfc3339(T0 // 1_000_000_000 * 1_000_000_000), "score": 9.3}
    assert found["work_orders"][0]["clocks"] == [
        {"clock": name, "due": rfc3339(due_ns)} for name, due_ns in clocks
    ]
