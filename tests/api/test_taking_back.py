"""HL-12, HL-15: a call put with the wrong matter is taken back, and what was asked of the caller is kept."""

from dataclasses import replace
from hashlib import sha256
from ipaddress import ip_network

import pytest

from core.model.account import Role
from core.model.phone_call import PhoneCall
from core.model.report import Report
from response.hotline.telephony import Telephony
from tests.api.hub_at_work import hub_at_work
from tests.api.test_hotline_reports import TOKEN, a_burst, rings, tell

EXCHANGE = Telephony(token=sha256(TOKEN.encode()).digest(), allow=(ip_network("127.0.0.0/8"),))
INDOORS = [{"question": "neighbours", "yes": False}, {"question": "valve", "yes": True}]


@pytest.fixture
async def hub(tmp_path):
    async with hub_at_work(tmp_path, telephony=EXCHANGE) as hub:
        yield hub


async def test_hl_12_a_call_that_is_linked_says_so_and_is_taken_back(hub):
    await a_burst(hub)
    call = await rings(hub, 1, "c-back")
    async with hub.as_(Role.HOTLINE) as agent:
        assert (await agent.post("/api/v1/hotline/card", json={"call": call})).json()["linked"] is None
        kept = await tell(agent, account="A000001", call=call, tell=True)
        other = await tell(agent, account="A000002", tell=True)
        assert (kept["work_order"], other["reports"]) == ("WO-1", 2)
        card = (await agent.post("/api/v1/hotline/card", json={"call": call})).json()
        assert card["linked"] == {"report": kept["report"]["id"], "work_order": "WO-1"}
        path = f"/api/v1/hotline/reports/{kept['report']['id']}/take-back"
        for _ in range(2):
            assert (await agent.post(path)).json()["taken_back"] is True
        card = (await agent.post("/api/v1/hotline/card", json={"call": call})).json()
        assert (card["linked"], card["past"]["contacts"], card["orders"][0]["reports"]) == (None, [], 1)
        assert card["neighbours"]["n"] == 1
        anew = await tell(agent, account="A000001", call=call, tell=True)
        assert anew["report"]["id"] != kept["report"]["id"] and anew["reports"] == 2
    async with hub.deps.ledger.read() as tx:
        back = await tx.get(Report, kept["report"]["id"])
        (known,) = await tx.find(PhoneCall, call="c-back")
    assert (back.work_order, back.incident, back.wants_update) == (None, None, False)
    assert known.report == anew["report"]["id"]


async def test_hl_12_only_who_took_it_or_a_duty_manager_takes_it_back(hub):
    await a_burst(hub)
    async with hub.as_(Role.HOTLINE) as agent, hub.as_(Role.DUTY_MANAGER) as manager:
        of_manager = await tell(manager, account="A000001")
        of_agent = await tell(agent, account="A000002")
        refused = await agent.post(f"/api/v1/hotline/reports/{of_manager['report']['id']}/take-back")
        assert refused.status_code == 403
        done = await manager.post(f"/api/v1/hotline/reports/{of_agent['report']['id']}/take-back")
        assert done.status_code == 200
        assert (await agent.post("/api/v1/hotline/reports/RPT-none/take-back")).status_code == 404


async def test_hl_12_a_mistake_is_undone_within_the_hour_and_told_as_one(hub):
    """Once a call: the second press is answered with the first report; another account is refused."""
    await a_burst(hub)
    call = await rings(hub, 1, "c-once")
    async with hub.as_(Role.HOTLINE) as agent, hub.as_(Role.DUTY_MANAGER) as manager:
        first = await tell(agent, account="A000001", call=call, tell=True)
        again = await tell(agent, account="A000001", call=call, tell=True)
        assert (again["report"]["id"], again["tracking"]) == (first["report"]["id"], first["tracking"])
        body = {"symptom": "no_water", "account": "A000002", "call": call}
        other = await agent.post("/api/v1/hotline/reports", json=body)
        assert (other.status_code, other.json()["allowed"]) == (409, ["take_back"])
        path = f"/api/v1/hotline/reports/{first['report']['id']}/take-back"
        async with hub.deps.ledger.begin() as tx:
            report = await tx.get(Report, first["report"]["id"])
            await tx.put(replace(report, at_ns=report.at_ns - 3601 * 1_000_000_000))
        late = await agent.post(path)
        assert (late.status_code, late.json()["reason"]) == (409, "too_late")
        assert (await manager.post(path)).status_code == 200
    events = [e for e in await hub.deps.ledger.events(0) if e.subject == first["report"]["id"]]
    assert events[-1].data["taken_back"] == "mistake" and events[-1].data["work_order"] is None


async def test_hl_12_a_report_that_opened_an_order_is_not_taken_from_under_it(hub):
    async with hub.as_(Role.HOTLINE) as agent:
        kept = await tell(agent, account="A000001", symptom="wet_ground", order=True)
        refused = await agent.post(f"/api/v1/hotline/reports/{kept['report']['id']}/take-back")
    assert refused.status_code == 409
    assert (refused.json()["reason"], refused.json()["allowed"]) == ("opened_by_it", ["cancel"])


async def test_hl_15_what_the_caller_answered_stands_with_the_order(hub):
    await a_burst(hub)
    async with hub.as_(Role.HOTLINE) as agent, hub.as_(Role.DISPATCHER) as desk:
        kept = await tell(agent, account="A000001", triage=INDOORS)
        path = f"/api/v1/work-orders/{kept['work_order']}/reports"
        for who in (agent, desk):
            (shown,) = (await who.get(path)).json()["items"]
            assert [(one["question"], one["answer"]["zh"]) for one in shown["triage"]] == [
                ("neighbours", "否"),
                ("valve", "是"),
            ]
            assert shown["triage"][0]["words"]["en"].startswith("Have neighbours")
        for wrong in (INDOORS[1:], [{"question": "taps", "yes": True}], [*INDOORS, INDOORS[0]]):
            body = {"symptom": "no_water", "account": "A000002", "triage": wrong}
            refused = await agent.post("/api/v1/hotline/reports", json=body)
            assert refused.status_code == 409 and refused.json()["reason"] == "not_of_the_triage"
