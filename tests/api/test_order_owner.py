"""WO-12: whoever touched it first stays named; a hand-over is accepted within ten minutes or comes back."""

from dataclasses import replace

import pytest

from core.model.account import Role
from core.model.service_clock import CalendarKind, ClockName, ServiceClock
from core.model.timer import Timer
from core.model.work_order import Origin, WorkOrder
from response.orders.owner import ACCEPT_NS, HANDOVER, bounced
from tests.api.hub_at_work import T0, Hub, S
from tests.api.test_records import order, put

PATH = "/api/v1/work-orders/WO-1"


async def test_the_first_person_stays_the_first_whoever_has_it_later(hub: Hub):
    await put(hub, order())
    async with hub.as_(Role.DISPATCHER) as desk, hub.as_(Role.DUTY_MANAGER) as manager:
        sent = (await desk.post(f"{PATH}/assign", json={"crew": "crew-1"})).json()
        assert (sent["first_owner"], sent["owner"]) == ("dispatcher", "dispatcher")
        offered = (await desk.post(f"{PATH}/handover", json={"to": "duty_manager"})).json()
        assert (offered["owner"], offered["handover"]["to"]) == ("dispatcher", "duty_manager")
        twice = await desk.post(f"{PATH}/handover", json={"to": "hotline"})
        assert (twice.status_code, twice.json()["reason"]) == (409, "offered")
        assert (await desk.post(f"{PATH}/take-over")).status_code == 403
        taken = (await manager.post(f"{PATH}/take-over")).json()
    assert (taken["first_owner"], taken["owner"], taken["handover"]) == ("dispatcher", "duty_manager", None)
    async with hub.deps.ledger.read() as tx:
        assert await tx.find(Timer, kind=HANDOVER) == []


async def test_whoever_assigns_second_is_told_before_a_crew_is_taken_off(hub: Hub):
    await put(hub, order())
    async with hub.as_(Role.DISPATCHER) as quick, hub.as_(Role.DUTY_MANAGER) as slow:
        body = {"crew": "crew-1", "seen": ""}
        assert (await quick.post(f"{PATH}/assign", json=body)).status_code == 200
        late = await slow.post(f"{PATH}/assign", json={"crew": "crew-2", "seen": "", "note": "nearer"})
        assert (late.status_code, late.json()["reason"]) == (409, "crew_changed")
        assert hub.deps.plant.crews["crew-1"].name.zh in late.json()["why"]["zh"]
        assert (await slow.get(PATH)).json()["crew"] == "crew-1"
        again = await slow.post(f"{PATH}/assign", json={"crew": "crew-2", "seen": "crew-1", "note": "nearer"})
        assert (again.status_code, again.json()["crew"]) == (200, "crew-2")


async def test_an_offer_that_nobody_accepts_comes_back_after_ten_minutes(hub: Hub):
    await put(hub, replace(order(), first_owner="hotline", owner="hotline"))
    async with hub.as_(Role.HOTLINE) as agent:
        answer = await agent.post(f"{PATH}/handover", json={"to": "dispatcher"})
        assert answer.status_code == 200, answer.text
    async with hub.deps.ledger.begin() as tx:
        (timer,) = await tx.find(Timer, kind=HANDOVER)
        standing = await tx.get(WorkOrder, "WO-1")
        assert timer.due_ns == standing.handover.at_ns + ACCEPT_NS
        assert await bounced(tx, "WO-1", timer.due_ns - 1) is None
        back = await bounced(tx, "WO-1", timer.due_ns)
    assert (back.owner, back.handover, back.first_owner) == ("hotline", None, "hotline")
    assert "10" in str(back.milestones[-1].note)


async def test_it_may_be_sent_back_and_goes_to_nobody_who_cannot_answer_for_it(hub: Hub):
    await put(hub, replace(order(), first_owner="operator", owner="operator"))
    async with hub.as_(Role.OPERATOR) as operator, hub.as_(Role.HOTLINE) as agent:
        for to in ("viewer", "nobody", "operator"):
            refused = await operator.post(f"{PATH}/handover", json={"to": to})
            assert (refused.status_code, refused.json()["reason"]) == (409, "to_nobody"), to
        assert (await agent.post(f"{PATH}/handover", json={"to": "dispatcher"})).status_code == 403
        assert (await operator.post(f"{PATH}/handover", json={"to": "hotline"})).status_code == 200
        back = (await agent.post(f"{PATH}/send-back")).json()
    assert (back["owner"], back["handover"]) == ("operator", None)


TOLD = f"{PATH}/clocks/inform/told"
SAID = {"note": "已电话告知来电人"}


@pytest.mark.parametrize(
    ("first", "origin", "role", "status"),
    [
        ("hotline", Origin.REPORT, Role.HOTLINE, 200),
        ("dispatcher", Origin.REPORT, Role.HOTLINE, 200),
        ("dispatcher", Origin.PERSON, Role.HOTLINE, 403),
        ("hotline", Origin.PERSON, Role.HOTLINE, 200),
        ("operator", Origin.PERSON, Role.OPERATOR, 200),
        ("hotline", Origin.REPORT, Role.OPERATOR, 403),
        ("quality_officer", Origin.PERSON, Role.QUALITY_OFFICER, 200),
        ("hotline", Origin.REPORT, Role.DISPATCHER, 200),
        ("hotline", Origin.REPORT, Role.DUTY_MANAGER, 200),
        ("hotline", Origin.REPORT, Role.CREW, 200),
        ("viewer", Origin.REPORT, Role.VIEWER, 403),
    ],
)
async def test_the_first_owner_or_the_hotline_says_that_the_caller_was_told(
    hub: Hub, first: str, origin: Origin, role: Role, status: int
):
    """WO-12: the duty is the first owner's; who moves the order may as before, a crew of its own."""
    clock = ServiceClock(
        id="WO-1:inform",
        order="WO-1",
        clock=ClockName.INFORM,
        calendar=CalendarKind.ALWAYS,
        start_ns=T0,
        due_ns=T0 + 3600 * S,
    )
    await put(hub, replace(order(crew="crew-1"), first_owner=first, origin=origin), clock)
    async with hub.as_(role) as who:
        answer = await who.post(TOLD, json=SAID)
        assert answer.status_code == status, answer.text
        if status == 200:
            assert answer.json()["note"] == SAID["note"]
            stands = (await who.get(PATH)).json()["milestones"][-1]["note"]
            assert stands == {
                "zh": "已告知来电人：已电话告知来电人",
                "en": "the caller was told: 已电话告知来电人",
            }


async def test_a_crew_says_so_of_its_own_order_alone(hub: Hub):
    await put(hub, replace(order(crew="crew-2"), first_owner="hotline", origin=Origin.REPORT))
    async with hub.as_(Role.CREW) as crew:
        assert (await crew.post(TOLD, json=SAID)).status_code == 404
