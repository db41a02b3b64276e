"""X-05: what people do through the interface is in the audit, whatever route it went through."""

import asyncio
import json

from api.audit_check import AuditCheck
from api.wire import rfc3339
from core.model.account import Role
from core.model.audit import Anchor
from core.model.report import Report
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
        changed = {"password": PASSWORD + "!", "new_password": "another-password"}
        assert (await client.post("/api/v1/me/password", json=changed)).status_code == 401
        await client.delete("/api/v1/session")
    assert refused.status_code == 403
    told = [(entry["command"], entry["who"], entry.get("status")) for entry in await entries(hub)]
    assert told == [
        ("POST /api/v1/session", "viewer", 401),
        ("POST /api/v1/session", "viewer", 204),
        ("POST /api/v1/hotline/card", "viewer", 403),
        ("POST /api/v1/me/password", "viewer", 401),
        ("DELETE /api/v1/session", "viewer", 204),
    ]
    assert PASSWORD not in str(await entries(hub))


async def test_a_failed_sign_in_names_whom_there_is_and_what_was_typed_never(hub: Hub) -> None:
    async with hub.as_(None) as client:
        typed = {"user": PASSWORD, "password": PASSWORD}
        assert (await client.post("/api/v1/session", json=typed)).status_code == 401
        assert (await client.post("/api/v1/hotline/card", json={"tel": "1"})).status_code == 401
    told = [(entry["who"], entry["role"], entry["status"]) for entry in await entries(hub)]
    assert told == [("nobody", "nobody", 401)], "who asks without a session tries no password"
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


async def test_twenty_at_once_with_one_key_are_one_report_and_one_entry(hub: Hub) -> None:
    """X-02."""
    async with hub.as_(Role.HOTLINE) as client:
        body = {"symptom": "no_water", "account": "A000007", "text": "没水"}
        key = {"Idempotency-Key": "k"}
        path = "/api/v1/hotline/reports"
        answers = await asyncio.gather(*(client.post(path, json=body, headers=key) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["report"]["id"] for answer in answers}) == 1
    async with hub.deps.ledger.read() as tx:
        assert len(await tx.find(Report)) == 1
    (entry,) = await commands(hub)
    (report,) = [change["after"] for change in entry["changes"] if change["kind"] == "report"]
    assert (report["symptom"], report["text"], report["account"]) == ("no_water", "***", "***")


async def test_the_audit_is_read_by_those_who_answer_for_it_and_checked_by_more(hub: Hub) -> None:
    async with hub.as_(Role.HOTLINE) as client:
        await client.post("/api/v1/hotline/card", json={"tel": "19900000007"})
        assert (await client.get("/api/v1/audit")).status_code == 403
    async with hub.as_(Role.DUTY_MANAGER) as client:
        page = (await client.get("/api/v1/audit", params={"limit": 1, "who": "hotline"})).json()
        (entry,) = page["items"]
        assert (entry["who"], entry["command"]) == ("hotline", "POST /api/v1/hotline/card")
        rest = (await client.get("/api/v1/audit", params={"before": page["next"]})).json()
        assert [one["seq"] for one in rest["items"]] == list(range(entry["seq"] - 1, 0, -1))
        beyond = await client.get("/api/v1/audit", params={"before": 2**63})
        assert beyond.status_code == 422
    check = AuditCheck(hub.deps.ledger, lambda: [Anchor(99, "0" * 64, "2026-11-22T00:00:00Z")])
    assert "had 99" in (await check.now()).why
    assert (await AuditCheck(hub.deps.ledger, lambda: None).now()).why is None
