"""A-23: what the hub did by itself is shown, and taken back by a person with a reason, in one transaction."""

from dataclasses import replace

import pytest

from core.model.account import Role
from core.model.incident import IncidentState
from core.model.notice import Notice, NoticeKind, NoticeState
from core.model.work_order import Milestone, WorkOrder, WorkOrderState
from tests.api.hub_at_work import T0, Hub
from tests.api.test_records import incident, notice, order, put

WHY = "the fire brigade used a hydrant"
PATH = "/api/v1/incidents/INC-1/undo"


@pytest.fixture
async def believed(hub: Hub) -> Hub:
    """A burst that the hub confirmed, with its order and its draft."""
    opened = Milestone(state=WorkOrderState.REPORTED, at_ns=T0, actor="hub")
    sure = replace(
        incident(), state=IncidentState.CONFIRMED, confirmed_ns=T0, why=("burst_step_and_pressure_agree",)
    )
    draft = notice("N-1", NoticeKind.EMERGENCY_OUTAGE)
    await hub.raised("dma-01.low", zone="dma-01", incident="INC-1")
    await put(hub, sure, replace(order(), milestones=(opened,)), draft)
    return hub


async def of(hub: Hub) -> tuple[WorkOrderState, NoticeState]:
    async with hub.deps.ledger.read() as tx:
        [one], [draft] = await tx.find(WorkOrder), await tx.find(Notice)
    return one.state, draft.state


async def test_the_hub_s_acts_are_listed_and_an_incident_is_taken_back_with_all_that_followed(
    believed: Hub,
) -> None:
    async with believed.as_(Role.OPERATOR) as operator:
        whole = (await operator.get("/api/v1/incidents/INC-1")).json()
        assert [one["what"] for one in whole["undoable"]] == ["incident", "work_order", "notice"]
        done = await operator.post(PATH, json={"seq": 0, "what": "incident", "reason": WHY})
        assert (done.status_code, done.json()["state"], done.json()["held"]) == (200, "suspected", True)
        assert (await operator.get("/api/v1/incidents/INC-1")).json()["undoable"] == []
    assert await of(believed) == (WorkOrderState.CANCELLED, NoticeState.WITHDRAWN)


@pytest.mark.parametrize(
    ("what", "left"),
    [
        ("work_order", (WorkOrderState.CANCELLED, NoticeState.DRAFT)),
        ("notice", (WorkOrderState.REPORTED, NoticeState.WITHDRAWN)),
    ],
)
async def test_an_order_or_a_draft_is_taken_back_alone(
    believed: Hub, what: str, left: tuple[WorkOrderState, NoticeState]
) -> None:
    async with believed.as_(Role.DUTY_MANAGER) as manager:
        done = await manager.post(PATH, json={"seq": 0, "what": what, "reason": WHY})
    assert (done.status_code, done.json()["state"]) == (200, "confirmed")
    assert done.json()["why"][-1].startswith(f"{what}_undone_by_")
    assert await of(believed) == left


async def test_refused_it_leaves_everything_as_it_was(believed: Hub) -> None:
    async with believed.as_(Role.OPERATOR) as operator:
        stale = await operator.post(PATH, json={"seq": 7, "what": "incident", "reason": WHY})
        short = await operator.post(PATH, json={"seq": 0, "what": "incident", "reason": "wrong"})
        assert (stale.status_code, short.status_code) == (409, 422)
    async with believed.as_(Role.QUALITY_OFFICER) as quality:
        answer = await quality.post(PATH, json={"seq": 0, "what": "incident", "reason": WHY})
        assert answer.status_code == 403
    assert await of(believed) == (WorkOrderState.REPORTED, NoticeState.DRAFT)
