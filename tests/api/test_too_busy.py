"""More questions at one instant than the hub can answer in time."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from core.adapters.sql_ledger.ledger import READERS
from core.model.account import Role
from tests.api.hub_at_work import hub_at_work


async def test_who_waits_too_long_for_the_ledger_is_told_to_ask_again_and_the_next_is_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.adapters.sql_ledger.ledger.BUSY_S", 0.2)
    async with hub_at_work(tmp_path) as hub, hub.as_(Role.OPERATOR) as client:
        async with AsyncExitStack() as others:
            for _ in range(READERS):
                await others.enter_async_context(hub.deps.ledger.read())
            refused = await client.get("/api/v1/incidents")
        answered = await client.get("/api/v1/incidents")
    assert (refused.status_code, refused.json()["reason"]) == (503, "ledger_unavailable")
    assert refused.headers["retry-after"] == "5"
    assert answered.status_code == 200
