"""Planned work through the interface: previewed, entered, approved by another, ended."""

import asyncio
from typing import Any

from api.wire import parse_time, rfc3339
from core.model.account import Role
from core.model.activity import Activity
from core.model.alarm import AlarmClass
from core.model.finding import FindingKind
from tests.api.hub_at_work import Hub, definition, heard

WORK = {"who": "crew 2", "work": "WO-2026-0117"}


def alarms(hub: Hub) -> None:
    """Low pressure of two zones, one of priority 1, a burst, and one that nobody may withhold."""
    low, managed = FindingKind.LIMIT_LOW, AlarmClass.HIGHLY_MANAGED
    rows = [
        definition("dma-01.p1:low", kind=low, tag="dma-01.p1", zone="dma-01"),
        definition("dma-01.p2:low", kind=low, tag="dma-01.p2", zone="dma-01", priority=1),
        definition("dma-01.p2:managed", kind=low, tag="dma-01.p2", zone="dma-01", alarm_class=managed),
        definition("dma-02.p1:low", kind=low, tag="dma-02.p1", zone="dma-02"),
        definition("dma-01:burst", kind=FindingKind.BURST, zone="dma-01"),
        definition("q-01.free_chlorine:low", kind=low, tag="q-01.free_chlorine", zone="dma-01"),
    ]
    hub.deps.definitions.update({row.id: row for row in rows})  # type: ignore[attr-defined]


def flushing(hub: Hub, hours: float = 2.0, **more: Any) -> dict[str, Any]:
    end = rfc3339(hub.deps.clock.now_ns() + round(hours * 3600) * 1_000_000_000)
    return {"kind": "flushing", "zones": ["dma-01"], "end": end, **WORK, **more}


async def test_a_preview_says_what_will_be_withheld_and_saves_nothing(hub: Hub) -> None:
    alarms(hub)
    await hub.raised("dma-01.p1:low", zone="dma-01", tag="dma-01.p1")
    async with hub.as_(Role.OPERATOR) as client:
        told = (await client.post("/api/v1/activities/preview", json=flushing(hub))).json()
        assert (await client.get("/api/v1/activities")).json()["items"] == []
    assert [(one["id"], one["active"]) for one in told["withheld"]] == [
        ("dma-01.p1:low", True),
        ("dma-01:burst", False),
    ]
    assert [one["id"] for one in told["to_approve"]] == ["dma-01.p2:low"]
    assert [one["id"] for one in told["never"]] == ["dma-01.p2:managed"]


async def test_work_is_entered_approved_extended_and_ended(hub: Hub) -> None:
    alarms(hub)
    async with hub.as_(Role.OPERATOR) as client, hub.as_(Role.DUTY_MANAGER) as boss:
        made = await client.post("/api/v1/activities", json=flushing(hub))
        assert (made.status_code, made.json()["state"], made.json()["by"]) == (201, "planned", "operator")
        id, seq = made.json()["id"], made.json()["seq"]
        one = f"/api/v1/activities/{id}"
        assert (await client.post(f"{one}/approve", json={"seq": seq})).status_code == 403
        approved = (await boss.post(f"{one}/approve", json={"seq": seq})).json()
        assert approved["approved_by"] == "duty_manager"
        listed = (await client.get(one)).json()
        assert [row["id"] for row in listed["withheld"]] == ["dma-01.p1:low", "dma-01.p2:low", "dma-01:burst"]
        assert (
            await client.post(f"{one}/extend", json={"seq": seq, "end": made.json()["end"]})
        ).status_code == 409
        later = rfc3339(parse_time(made.json()["end"]) + 3600 * 1_000_000_000)
        extended = (await client.post(f"{one}/extend", json={"seq": approved["seq"], "end": later})).json()
        assert (extended["end"], extended["approved_by"]) == (later, None)
        ended = (await client.delete(one)).json()
        assert ended["ended_by"] == "operator"
        assert (await client.delete(one)).json()["state"] == "ended"
        assert (await client.delete(one)).status_code == 409
        assert [x["id"] for x in (await client.get("/api/v1/activities?state=ended")).json()["items"]] == [id]


async def test_an_approval_is_another_persons(hub: Hub) -> None:
    alarms(hub)
    async with hub.as_(Role.DUTY_MANAGER) as boss:
        made = (await boss.post("/api/v1/activities", json=flushing(hub))).json()
        refused = await boss.post(f"/api/v1/activities/{made['id']}/approve", json={"seq": made["seq"]})
    assert (refused.status_code, refused.json()["reason"]) == (403, "second_person")


async def test_what_cannot_be_is_refused_by_its_field_in_both_languages(hub: Hub) -> None:
    async with hub.as_(Role.ENGINEER) as client:
        for broken, field in (
            ({"zones": ["nowhere"]}, "zones"),
            ({"zones": []}, "zones"),
            ({"rows": ["low"]}, "rows"),
            ({"grace_s": 1e6}, "grace_s"),
        ):
            for path in ("", "/preview"):
                answer = await client.post(f"/api/v1/activities{path}", json=flushing(hub) | broken)
                assert answer.status_code == 422
                assert answer.json()["detail"].startswith(f"body.{field}")
                assert set(answer.json()["why"]) == {"zh", "en"}
        assert (await client.post("/api/v1/activities", json=flushing(hub, hours=200))).status_code == 422
        assert (await client.post("/api/v1/activities", json=flushing(hub, work=" "))).status_code == 422
        assert (await client.get("/api/v1/activities/ACT-1")).status_code == 404


async def test_it_is_told_on_the_event_stream_and_to_the_wall_without_names(hub: Hub) -> None:
    alarms(hub)
    async with hub.as_(Role.OPERATOR) as client, hub.as_(Role.KIOSK) as wall:
        listening = asyncio.create_task(
            heard(wall, lambda messages: any(m.name == "activity" for m in messages), "?since=0")
        )
        made = (await client.post("/api/v1/activities", json=flushing(hub, note="ask the foreman"))).json()
        [message] = [m for m in await listening if m.name == "activity"]
        assert (message.data["subject"], message.data["data"]["state"]) == (made["id"], "planned")
        [shown] = (await wall.get("/api/v1/activities")).json()["items"]
    assert not {"by", "who", "note", "ended_by"} & shown.keys()


async def test_the_rules_that_hold_are_listed_with_since_when(hub: Hub) -> None:
    alarms(hub)
    since = hub.deps.clock.now_ns() - 60 * 1_000_000_000
    held = {"suppressed_by": ("comms:st-01",), "suppressed_ns": since}
    await hub.raised("dma-01.p1:low", zone="dma-01", **held)
    await hub.raised("dma-01.p2:low", zone="dma-01", **held)
    async with hub.as_(Role.VIEWER) as client:
        [rule] = (await client.get("/api/v1/suppression")).json()["items"]
    assert (rule["id"], rule["station"], rule["alarms"]) == ("comms:st-01", "st-01", 2)
    assert parse_time(rule["since"]) == since


def test_an_activity_ends_with_its_grace() -> None:
    one = Activity(id="", kind="test", start_ns=0, end_ns=10, by="", asked_ns=0, grace_s=1)  # type: ignore[arg-type]
    assert one.until_ns == 1_000_000_010
