"""An order that opens by itself: whoever is on call has it, and is rung with its priority (WO-01, WO-12)."""

from dataclasses import replace

import pytest

from core.model.call import CallState, Outcome, Why
from core.model.passing_on import OnCall
from core.model.text import Text
from core.model.work_order import WorkOrder, WorkOrderState
from hub.calls import rota_of
from response.orders.events import put
from response.orders.taking import apply
from response.service import ResponseService
from response.service_times import CN_DEFAULT
from tests.response import little_town as town
from tests.response.little_town import report
from tests.response.on_duty import Duty, definition

BIG = replace(
    town.burst(),
    id="INC-20261122-00001",
)


def large(duty: Duty) -> ResponseService:
    """Of a town whose mains are large: what breaks there is of priority 1."""
    plant = town.plant()
    for id, link in list(plant.network.links.items()):
        plant.network.links[id] = replace(link, diameter_mm=600.0)  # type: ignore[index]
    rota = rota_of(duty.file, duty.rows)
    return ResponseService(duty.ledger, plant, duty.clock, CN_DEFAULT, rota=rota)


async def order_of(duty: Duty) -> WorkOrder:
    async with duty.ledger.read() as tx:
        (order,) = await tx.find(WorkOrder)
    return order


async def opened(duty: Duty) -> WorkOrder:
    await large(duty).handle([await report(duty.ledger, BIG)])
    return await order_of(duty)


async def test_whoever_the_rota_has_on_duty_answers_for_it_from_its_first_line(duty: Duty) -> None:
    order = await opened(duty)
    on = order.on_call
    assert on is not None
    assert (on.position, on.contact, on.at_ns) == ("duty-manager", "phone-b", order.opened_ns)
    assert (order.priority, order.state) == (1, WorkOrderState.REPORTED)
    assert (order.crew, order.owner, order.first_owner) == (None, None, None), "nobody has touched it yet"
    note = order.milestones[0].note
    assert isinstance(note, Text), "a reader reads one language"
    assert ("值班长" in note.zh, "Duty manager" in note.zh) == (True, False)
    assert ("值班长" in note.en, "Duty manager" in note.en) == (False, True)


async def test_the_phone_rings_at_once_with_the_order_s_priority_though_its_alarm_has_less(
    duty: Duty,
) -> None:
    async with duty.working():
        await duty.raised("a", priority=2, incident=BIG.id)
        await duty.turn(2)
        await duty.quiet()
        assert duty.sms.got == [], "an alarm waits for others"
        order = await opened(duty)
        await duty.quiet()
        assert duty.texts(duty.sms) == [("firing", "b@sms")]
        (note,) = await duty.log(outcome=Outcome.DELIVERED)
        assert (note.priority, note.reason, note.at_ns) == (1, Why.ORDER_OPENED, order.opened_ns)
        call = await duty.call(BIG.id)
        assert call and (call.priority, call.state) == (1, CallState.CALLING)
        said = duty.sms.bodies[0]["commonAnnotations"]
        assert f"工单 {order.id}：由值班长负责，等待派工" in said["description_zh"]
        assert f"Order {order.id}: Duty manager answers for it" in said["description"]
        await duty.turn(5 * 60)
        await duty.quiet()
        assert duty.texts(duty.sms)[1:] == [("firing", "crew@sms")], "and goes up the ladder of priority 1"
        await duty.acked("a")
        await duty.quiet()
    call = await duty.call(BIG.id)
    assert call and call.why is Why.ACKNOWLEDGED


@pytest.mark.parametrize("priority", [1, 3])
async def test_whatever_its_alarms_are_once_the_order_is_open_nobody_waits(duty: Duty, priority: int) -> None:
    await opened(duty)
    await duty.raised("a", priority=priority, incident=BIG.id)
    async with duty.working():
        await duty.quiet()
        assert duty.texts(duty.sms) == [("firing", "b@sms")]
        await duty.turn(60)
        await duty.raised("b", priority=priority, incident=BIG.id)
        await duty.quiet()
        assert len(duty.sms.got) == 1, "one that joins calls nobody sooner"


async def test_an_order_is_rung_while_the_hub_rests_from_its_look_at_alarms(
    duty: Duty, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a look at alarms that took long, and in a flood, the next one is put off."""
    monkeypatch.setattr("response.escalation.service.REST_S", 600.0)
    monkeypatch.setattr("response.escalation.service.LONGEST_REST_S", 600.0)
    async with duty.working():
        await duty.raised("a", priority=2, incident=BIG.id)

        async def begun() -> bool:
            return await duty.call(BIG.id) is not None

        await duty.until(begun)
        await opened(duty)

        async def rung() -> bool:
            return bool(duty.sms.got)

        await duty.until(rung)
    assert duty.texts(duty.sms) == [("firing", "b@sms")]


async def test_after_an_answer_an_alarm_that_joins_waits_as_ever(duty: Duty) -> None:
    async with duty.working():
        await duty.raised("a", priority=1, incident=BIG.id)
        await opened(duty)
        await duty.quiet()
        await duty.acked("a")
        await duty.turn(60)
        await duty.raised("b", priority=1, incident=BIG.id)
        await duty.quiet()
        call = await duty.call(BIG.id)
        assert call and call.why is Why.ANSWERED_LATELY
        assert [status for status, _ in duty.texts(duty.sms)] == ["firing", "resolved"]


async def test_an_order_that_is_made_less_urgent_takes_back_no_call(duty: Duty) -> None:
    async with duty.working():
        await duty.raised("a", priority=2, incident=BIG.id)
        order = await opened(duty)
        await duty.quiet()
        async with duty.ledger.begin() as tx:
            await put(tx, replace(order, priority=2), duty.clock.now_ns())
        await duty.quiet()
        call = await duty.call(BIG.id)
    assert call is not None and call.priority == 1, "what was begun is not taken back"


async def test_a_person_who_takes_a_step_has_it_then(duty: Duty) -> None:
    order = await opened(duty)
    dispatcher = next(one for one in town.users() if one.role == "dispatcher")
    async with duty.ledger.begin() as tx:
        taken = await apply(tx, order.id, "assign", dispatcher, duty.clock.now_ns(), crew="crew-1")
    assert (taken.owner, taken.first_owner) == (dispatcher.id, dispatcher.id)
    assert isinstance(taken.on_call, OnCall), "it stays known who had it"


async def test_with_nobody_on_duty_or_no_rota_it_says_so(duty: Duty) -> None:
    rows = {"dma-01:burst": definition("dma-01:burst", 1)}
    away = {"contact": None, "since": "2026-11-01T00:00:00+08:00", "until": "2026-12-01T00:00:00+08:00"}
    plain = duty.file.model_dump(mode="json", exclude_none=True)
    for position in plain["positions"]:
        position["instead"] = [away]
    nobody = type(duty.file).model_validate(plain)
    assert rota_of(nobody, rows)(BIG, 1, town.T0) is None
    assert rota_of(None, rows)(BIG, 1, town.T0) is None
