"""ON-13: whether the fire service is told by the hub or has to be telephoned is said as it is."""

from pathlib import Path

import pytest

from core.model.account import Role
from response.clocks.cn_default import CN_DEFAULT_DATA
from response.clocks.spec import ServiceTimesFile
from response.escalation.spec import EscalationFile
from response.service_times import ServiceTimes
from tests.api.hub_at_work import hub_at_work
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
