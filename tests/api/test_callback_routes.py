"""WO-27 over HTTP: call-backs are put down on the list, with whole marks, and read of their order."""

from dataclasses import replace

import pytest

from api.wire import rfc3339
from core.model.account import Role
from core.model.callback import Callback, CallbackAttempt, CallbackOutcome, CallbackReason
from core.model.work_order import Milestone, WorkOrderState
from tests.api.hub_at_work import T0, Hub
from tests.api.test_order_opening import report
from tests.api.test_records import order, put


async def test_wo_27_a_sentence_on_the_order_is_no_call_back_of_who_is_on_the_list(hub: Hub):
    """By day it is the list's, at night nobody's; the order stays as it was."""
    done = Milestone(state=WorkOrderState.COMPLETED, at_ns=T0, actor="crew")
    finished = replace(
        order(crew="crew-1"), kind="leak", state=WorkOrderState.COMPLETED, reports=1, milestones=(done,)
    )
    await put(hub, finished, report(work_order="WO-1"))
    async with hub.as_(Role.DISPATCHER) as desk:
        path = "/api/v1/work-orders/WO-1"
        round_it = await desk.post(f"{path}/callback", json={"note": "都满意"})
        assert round_it.status_code == 409, round_it.text
        assert round_it.json()["reason"] in ("on_the_list", "not_at_night")
        assert (await desk.get(path)).json()["state"] == "completed"
        assert len((await desk.get("/api/v1/callbacks")).json()["waiting"]) == 1


@pytest.mark.parametrize("mark", [True, "5", 5.5, 0, 6])
async def test_a_mark_is_a_whole_number_from_5_to_1(hub: Hub, mark: object):
    """WO-27: `true` is no mark of 1."""
    async with hub.as_(Role.HOTLINE) as agent:
        said = {"outcome": "answered", "mark": mark}
        answer = await agent.post("/api/v1/callbacks/WO-1:RPT-001/calls", json=said)
    assert answer.status_code == 422, answer.text


async def test_wo_27_what_was_put_down_with_a_mark_is_read_of_its_order_by_who_calls_back(hub: Hub):
    said = CallbackAttempt(at_ns=T0, by="agent", outcome=CallbackOutcome.ANSWERED, mark=5, note="水压正常了")
    one = Callback(
        id="WO-1:RPT-001",
        order="WO-1",
        report="RPT-001",
        reason=CallbackReason.SAMPLE,
        day="2026-11-22",
        made_ns=T0,
        open=False,
        attempts=(said,),
        outcome=said.outcome,
        mark=5,
    )
    other = replace(one, id="WO-2:RPT-002", order="WO-2", attempts=())
    await put(hub, order(), report(work_order="WO-1"), one, other)
    path = "/api/v1/callbacks?order=WO-1"
    for role in (Role.HOTLINE, Role.DISPATCHER, Role.DUTY_MANAGER):
        async with hub.as_(role) as client:
            (shown,) = (await client.get(path)).json()["items"]
        (told,) = shown["attempts"]
        assert (told["note"], told["mark"], told["by"]) == ("水压正常了", 5, "agent")
        assert told["at"] == rfc3339(T0)
    for role in (Role.VIEWER, Role.CREW, Role.OPERATOR):
        async with hub.as_(role) as client:
            assert (await client.get(path)).status_code == 403
