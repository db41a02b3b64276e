"""HL-02, HL-09, HL-12, HL-13, HL-42: what callers tell is kept once and put where it belongs."""

import asyncio
from dataclasses import replace
from hashlib import sha256
from ipaddress import ip_network

import pytest

from core.model.account import Account, Role
from core.model.incident import Candidate, Incident, IncidentKind, IncidentState, Location
from core.model.notice import Affected, Notice, NoticeKind, NoticeState
from core.model.phone_call import PhoneCall
from core.model.report import Channel, Report
from core.model.text import Text
from core.model.work_order import WorkOrder, WorkOrderState
from response.hotline.telephony import Telephony
from tests.api.hub_at_work import hub_at_work

TOKEN = "a-long-secret-of-the-exchange"
EXCHANGE = Telephony(token=sha256(TOKEN.encode()).digest(), allow=(ip_network("127.0.0.0/8"),))
BURST = Text("爆管", "Burst")
OWN_OF_A_CALLER = ("id", "channel", "at", "account", "person", "address")


@pytest.fixture
async def hub(tmp_path):
    async with hub_at_work(tmp_path, telephony=EXCHANGE) as hub:
        yield hub


async def a_burst(hub, reached=range(1, 11), state=NoticeState.PUBLISHED) -> None:
    """An incident with its order and its notice, which reaches these accounts."""
    now_ns = hub.deps.clock.now_ns()
    incident = Incident(
        id="INC-1",
        kind=IncidentKind.BURST,
        state=IncidentState.CONFIRMED,
        opened_ns=now_ns,
        confirmed_ns=now_ns,
        zone="dma-01",
        title=BURST,
        location=Location(
            candidates=(Candidate(link="p2", share=0.7, x=0, y=0),), at_ns=now_ns, radius_m=50, method="test"
        ),
    )
    order = WorkOrder(
        id="WO-1",
        incident="INC-1",
        kind="burst",
        state=WorkOrderState.REPORTED,
        priority=1,
        zone="dma-01",
        title=BURST,
        place=BURST,
        opened_ns=now_ns,
    )
    notice = Notice(
        id="NTC-1",
        incident="INC-1",
        kind=NoticeKind.EMERGENCY_OUTAGE,
        state=state,
        zone="dma-01",
        title=BURST,
        body=BURST,
        advice=BURST,
        author="hub",
        drafted_ns=now_ns,
        starts_ns=now_ns,
        eta_earliest_ns=now_ns + 3600 * 10**9,
        eta_latest_ns=now_ns + 4 * 3600 * 10**9,
        next_update_ns=now_ns + 1800 * 10**9,
    )
    async with hub.deps.ledger.begin() as tx:
        for record in (incident, order, notice):
            await tx.put(record)
        await tx.put_many(
            Affected(
                id=f"NTC-1.A{n:06d}",
                notice="NTC-1",
                account=f"A{n:06d}",
                supply="no_water",
                reason="in_isolation_segment",
            )
            for n in reached
        )


async def rings(hub, n: int, call: str) -> str:
    """The hub's id of a call from the n-th account's number."""
    async with hub.as_(None) as exchange:
        body = {"event": "newCall", "callId": call, "from": f"199{n:08d}", "direction": "in"}
        assert (await exchange.post(f"/api/v1/cti/{TOKEN}", json=body)).status_code == 200
    async with hub.deps.ledger.read() as tx:
        (known,) = await tx.find(PhoneCall, call=call)
    return known.id


async def tell(agent, status=201, **body):
    answer = await agent.post("/api/v1/hotline/reports", json={"symptom": "no_water", **body})
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_200_calls_in_one_burst_are_one_order_with_200_links(hub):
    await a_burst(hub)
    async with hub.as_(None) as exchange, hub.as_(Role.HOTLINE) as agent:
        for first in range(0, 200, 20):

            async def one(n: int) -> dict:
                body = {"event": "newCall", "callId": f"c-{n}", "from": f"199{1 + n % 10:08d}"}
                assert (await exchange.post(f"/api/v1/cti/{TOKEN}", json=body)).status_code == 200
                async with hub.deps.ledger.read() as tx:
                    (call,) = await tx.find(PhoneCall, call=f"c-{n}")
                card = (await agent.post("/api/v1/hotline/card", json={"call": call.id})).json()
                assert card["verdict"] == "known_outage"
                assert card["action"] in ("link", "case"), "who rang up before has a case"
                account = card["account"]["id"]
                return await tell(agent, account=account, call=call.id, tell=True)

            told = await asyncio.gather(*(one(n) for n in range(first, first + 20)))
            assert {one["place"]["why"] for one in told} == {"in_footprint"}
        orders = (await agent.get("/api/v1/work-orders")).json()["items"]
    assert [(order["id"], order["reports"], order["callers"]) for order in orders] == [("WO-1", 200, 200)]
    async with hub.deps.ledger.read() as tx:
        linked = await tx.find(Report, work_order="WO-1")
    assert len({report.id for report in linked}) == 200
    assert len({report.call for report in linked}) == 200


async def test_wo_12_whoever_took_the_first_report_answers_for_the_order(hub):
    await a_burst(hub)
    async with hub.as_(Role.HOTLINE) as agent, hub.as_(Role.DISPATCHER) as dispatcher:
        await tell(agent, account="A000001")
        assert (await dispatcher.post("/api/v1/work-orders/WO-1/assign", json={"crew": "crew-1"})).is_success
        order = (await dispatcher.get("/api/v1/work-orders/WO-1")).json()
        me = (await agent.get("/api/v1/me")).json()
    assert order["first_owner"] == me["user"]


async def test_a_call_whose_hang_up_was_never_told_does_not_ring_for_ever(hub):
    id = await rings(hub, 1, "c-lost")
    async with hub.as_(Role.HOTLINE) as agent:
        assert (await agent.get("/api/v1/hotline/queue")).json()["waiting"] == 1
        async with hub.deps.ledger.begin() as tx:
            call = await tx.get(PhoneCall, id)
            await tx.put(replace(call, began_ns=call.began_ns - 16 * 60 * 10**9))
        queue = (await agent.get("/api/v1/hotline/queue")).json()
    assert (queue["waiting"], queue["calls"]) == (0, [])


async def test_a_call_is_put_down_once_however_often_it_is_sent(hub):
    await a_burst(hub)
    call = await rings(hub, 3, "c-1")
    async with hub.as_(Role.HOTLINE) as agent:
        first, second = [await tell(agent, account="A000003", call=call) for _ in range(2)]
    assert first["report"]["id"] == second["report"]["id"]
    assert second["reports"] == 1


async def test_who_is_outside_what_is_known_speaks_for_a_larger_footprint(hub):
    await a_burst(hub)
    async with hub.deps.ledger.begin() as tx:
        for n in (15, 16, 17):
            account = await tx.get(Account, f"A{n:06d}")
            await tx.put(replace(account, node="j2"))
    async with hub.as_(Role.HOTLINE) as agent:
        for n in (15, 16, 17):
            told = await tell(agent, account=f"A{n:06d}")
            assert (told["place"]["why"], told["place"]["grows"]) == ("outside_footprint", True)
            assert told["work_order"] == "WO-1"
        notes = (await agent.get("/api/v1/work-orders/WO-1/notes")).json()["items"]
    assert len(notes) == 1 and "停水范围外" in notes[0]["text"]["zh"]


async def test_hl_12_a_straggler_of_the_area_that_was_restored_is_not_from_outside(hub):
    await a_burst(hub, state=NoticeState.RESTORED)
    async with hub.as_(Role.HOTLINE) as agent:
        inside = await tell(agent, account="A000003")
        outside = await tell(agent, account="A000015")
    assert (inside["place"]["why"], inside["place"]["grows"]) == ("in_footprint", False)
    assert inside["work_order"] == "WO-1"
    assert (outside["place"]["why"], outside["place"]["grows"]) == ("outside_footprint", True)


async def test_an_account_with_an_open_case_is_put_with_it(hub):
    async with hub.as_(Role.HOTLINE) as agent:
        first = await tell(agent, account="A000005", order=True)
        card = (await agent.post("/api/v1/hotline/card", json={"account": "A000005"})).json()
        again = await tell(agent, account="A000005", order=True)
    assert first["place"]["why"] == "new" and first["work_order"]
    assert (card["action"], card["past"]["case"]) == ("case", first["work_order"])
    assert (again["place"]["why"], again["work_order"]) == ("own_case", first["work_order"])


async def test_a_bill_is_no_leak(hub):
    await a_burst(hub)
    async with hub.as_(Role.HOTLINE) as agent:
        told = await tell(agent, account="A000003", symptom="other", order=True)
    assert (told["place"]["why"], told["work_order"]) == ("not_of_the_water", None)


async def test_a_new_number_is_bound_in_one_click_and_a_masked_one_never(hub):
    call = await rings(hub, 99_000_001, "c-1")
    async with hub.as_(None) as exchange:
        body = {"event": "newCall", "callId": "c-3", "from": "17012345678"}
        await exchange.post(f"/api/v1/cti/{TOKEN}", json=body)
    async with hub.deps.ledger.read() as tx:
        (masked,) = await tx.find(PhoneCall, call="c-3")
    async with hub.as_(Role.HOTLINE) as agent:
        card = (await agent.post("/api/v1/hotline/card", json={"call": call})).json()
        assert card["n_matches"] == 0 and card["caller"]["bindable"]
        bound = await agent.post("/api/v1/hotline/bind", json={"call": call, "account": "A000007"})
        assert bound.status_code == 200
        card = (await agent.post("/api/v1/hotline/card", json={"call": call})).json()
        assert card["account"]["id"] == "A000007" and card["caller"]["bound"]
        refused = await agent.post("/api/v1/hotline/bind", json={"call": masked.id, "account": "A000007"})
    assert refused.status_code == 409 and refused.json()["reason"] == "not_bindable"


async def test_an_estimate_that_is_not_published_is_in_no_sentence_to_be_read_out(hub):
    """HL-10."""
    await a_burst(hub, state=NoticeState.DRAFT)
    async with hub.as_(Role.HOTLINE) as agent:
        card = (await agent.post("/api/v1/hotline/card", json={"account": "A000003"})).json()
        assert card["back"]["when"] == "not_published" and card["back"]["latest"] is None
        said = " ".join(line["zh"] + line["en"] for line in card["script"]["say"])
        assert "预计" not in said and "expected back" not in said and "p2" not in said
        assert any("草稿" in line["zh"] for line in card["script"]["internal"])
        assert any("p2" in line["zh"] for line in card["script"]["internal"])


async def test_whether_the_agent_knew_before_the_caller_spoke_is_counted(hub):
    await a_burst(hub)
    call = await rings(hub, 3, "c-1")
    async with hub.as_(Role.HOTLINE) as agent, hub.as_(None) as exchange:
        await agent.post("/api/v1/hotline/card", json={"call": call})
        body = {"event": "answer", "callId": "c-1", "answeringNumber": "hotline"}
        await exchange.post(f"/api/v1/cti/{TOKEN}", json=body)
    async with hub.deps.ledger.read() as tx:
        (known,) = await tx.find(PhoneCall, call="c-1")
    assert (known.incident, known.knew_before) == ("INC-1", True)


async def test_wo28_the_agent_gets_the_number_by_which_the_caller_follows_it(hub):
    await a_burst(hub)
    call = await rings(hub, 1, "c-follow")
    async with hub.as_(Role.HOTLINE) as agent, hub.as_(Role.DISPATCHER) as desk:
        told = await tell(agent, account="A000001", call=call, tell=True)
        again = await tell(agent, account="A000001", call=call, tell=True)
        other = await tell(agent, account="A000002", tell=True)
        code = told["tracking"]["code"]
        assert again["tracking"]["code"] == code, "told twice, it is one report with one number"
        assert other["tracking"]["code"] != code
        token = code.replace("-", "")
        assert told["tracking"]["en"].endswith(f"/en/t/{token}") and told["tracking"]["zh"].endswith(
            f"/zh/t/{token}"
        )
        assert "token" not in told["report"]
        path = f"/api/v1/work-orders/{told['work_order']}/reports"
        shown = (await agent.get(path)).json()["items"]
        assert code in {one["tracking"]["code"] for one in shown}
        assert token not in (await desk.get(path)).text, "who needs the place needs no number"


async def test_hl_02_whatever_the_way_in_it_is_the_same_report(hub):
    await a_burst(hub)
    async with hub.as_(Role.HOTLINE) as agent:
        told = [
            await tell(agent, account=f"A{n:06d}", channel=channel.value, tell=True)
            for n, channel in enumerate(Channel, 1)
        ]
    assert {one["work_order"] for one in told} == {"WO-1"}
    assert [one["report"]["channel"] for one in told] == [channel.value for channel in Channel]
    alike = [
        {name: value for name, value in one["report"].items() if name not in OWN_OF_A_CALLER} for one in told
    ]
    assert all(one == alike[0] for one in alike)
