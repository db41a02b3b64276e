"""ON-13: whether the fire service is told by the hub or has to be telephoned is said as it is."""

from pathlib import Path

import pytest

from core.model.account import Role
from core.model.call import Notification, Outcome, Why
from core.model.fire_duty import FireDuty, FireMatter, FireState
from core.model.message import MessageKind
from response.clocks.cn_default import CN_DEFAULT_DATA
from response.clocks.spec import ServiceTimesFile
from response.escalation.notebook import write
from response.escalation.spec import EscalationFile
from response.service_times import ServiceTimes
from tests.api.hub_at_work import T0, hub_at_work
from tests.api.test_calls import FILE


@pytest.mark.parametrize(
    ("tell", "escalation", "channel"),
    [(["duty-manager"], FILE, True), ([], FILE, False), (["duty-manager"], None, False)],
)
async def test_on_13_without_a_position_or_anybody_who_calls_a_person_telephones(
    tmp_path: Path, tell: list[str], escalation: EscalationFile | None, channel: bool
) -> None:
    data = {**CN_DEFAULT_DATA, "fire_service": {"tell": tell}}
    times = ServiceTimes(ServiceTimesFile.model_validate(data))
    async with (
        hub_at_work(tmp_path, times=times, escalation=escalation) as hub,
        hub.as_(Role.OPERATOR) as desk,
    ):
        said = (await desk.get("/api/v1/fire-service", params={"notice": "N-1"})).json()
        assert (said["channel"], said["items"]) == (channel, [])
        for wrong in ({}, {"notice": "N-1", "incident": "I-1"}):
            assert (await desk.get("/api/v1/fire-service", params=wrong)).status_code == 422


async def test_on_13_what_a_channel_took_is_not_confirmed_and_the_channel_has_a_name(tmp_path: Path) -> None:
    line = {"type": "folder", "id": "x-1", "folder": "x", "name": {"zh": "消防专线", "en": "Fire line"}}
    file = EscalationFile.model_validate(
        {**FILE.model_dump(mode="json"), "channels": [*FILE.model_dump(mode="json")["channels"], line]}
    )
    duty = FireDuty(
        id="fire:N-1:1",
        notice="N-1",
        n=1,
        matter=FireMatter.BACK,
        state=FireState.DONE,
        hydrants=(),
        starts_ns=T0,
        opened_ns=T0,
        due_ns=T0,
        told_ns=T0,
        done_ns=T0,
    )
    note = Notification(
        id="",
        call=duty.id,
        key=duty.id,
        kind=MessageKind.FIRE,
        outcome=Outcome.DELIVERED,
        reason=Why.FIRE_SERVICE,
        at_ns=T0,
        lead="N-1",
        channel="x-1",
    )
    async with hub_at_work(tmp_path, escalation=file) as hub, hub.as_(Role.OPERATOR) as desk:
        async with hub.deps.ledger.begin() as tx:
            await tx.put(duty)
            await write(tx, note)
        (item,) = (await desk.get("/api/v1/fire-service", params={"notice": "N-1"})).json()["items"]
        assert (item["state"], item["confirmed"]) == ("done", False)
        assert [one["channel_name"]["en"] for one in item["receipts"]] == ["Fire line"]
