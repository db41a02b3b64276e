"""X-05: what people do through the interface is in the audit, whatever route it went through."""

import json

from api.wire import rfc3339
from core.model.account import Role
from tests.api.hub_at_work import PASSWORD, Hub, S


async def entries(hub: Hub) -> list[dict]:
    return [json.loads(row.body) for row in reversed(await hub.deps.ledger.audit_before(None, 1000))]


async def commands(hub: Hub) -> list[dict]:
    return [entry for entry in await entries(hub) if "/session" not in entry["command"]]


async def test_a_command_is_told_with_actor_role_reason_before_and_after(hub: Hub) -> None:
    alarm = await hub.raised("dma-01.low")
    until = rfc3339(hub.deps.clock.now_ns() + 30 * 60 * S)
    async with hub.as_(Role.OPERATOR) as client:
        answer = await client.post(
            f"/api/v1/alarms/{alarm.id}/shelve",
            json={"until": until, "reason": "探头检修中，预计半小时后恢复"},
        )
        assert answer.status_code == 200, answer.text
    (entry,) = await commands(hub)
    assert (entry["who"], entry["role"], entry["channel"]) == ("operator", "operator", "web")
    assert entry["command"] == "POST /api/v1/alarms/{id}/shelve"
    assert (entry["subject"], entry["reason"]) == ({"id": alarm.id}, "探头检修中，预计半小时后恢复")
    (change,) = [one for one in entry["changes"] if one["kind"] == "alarm"]
    assert change["before"]["shelf"] is None and change["after"]["shelf"]
    assert await hub.deps.ledger.verify_audit() == len(await entries(hub))


async def test_signing_in_and_out_and_what_a_role_is_refused_are_told(hub: Hub) -> None:
    async with hub.as_(None) as client:
        await client.post("/api/v1/session", json={"user": "viewer", "password": PASSWORD + "!"})
        await client.post("/api/v1/session", json={"user": "viewer", "password": PASSWORD})
        refused = await client.post("/api/v1/hotline/card", json={"tel": "19900000007"})
        await client.delete("/api/v1/session")
    assert refused.status_code == 403
    told = [(entry["command"], entry["who"], entry.get("status")) for entry in await entries(hub)]
    assert told == [
        ("POST /api/v1/session", "viewer", 204),
        ("POST /api/v1/hotline/card", "viewer", 403),
        ("DELETE /api/v1/session", "viewer", 204),
    ]
    assert PASSWORD not in str(await entries(hub))


async def test_a_card_that_was_read_is_told_without_the_number(hub: Hub) -> None:
    async with hub.as_(Role.HOTLINE) as client:
        await client.post("/api/v1/hotline/card", json={"tel": "19900000007"})
    entry = (await commands(hub))[-1]
    assert [one["after"]["account"] for one in entry["changes"]] == ["A000007"]
    assert "19900000007" not in str(await entries(hub))


async def test_reading_leaves_no_entry_and_a_repeated_command_one(hub: Hub) -> None:
    async with hub.as_(Role.HOTLINE) as client:
        before = len(await entries(hub))
        await client.get("/api/v1/me")
        key = {"Idempotency-Key": "once"}
        for _ in range(3):
            await client.post("/api/v1/hotline/card", json={"tel": "19900000007"}, headers=key)
    assert len(await commands(hub)) == 1 and before == 1


async def test_a_command_that_fails_leaves_no_change_and_no_entry(hub: Hub) -> None:
    async with hub.as_(Role.DUTY_MANAGER) as client:
        assert (await client.post("/api/v1/notices/N-none/approve")).status_code == 404
    assert await commands(hub) == []
