"""Maintenance of sensors through the interface."""

from api.wire import rfc3339
from core.model.account import Role
from tests.api.hub_at_work import Hub

WISH = {"scope": "tag", "subject": "dma-01.p1", "note": "new sensor cell"}


async def test_maintenance_begins_is_seen_and_ends(hub: Hub):
    now_ns = hub.deps.clock.now_ns()
    async with hub.as_(Role.ENGINEER) as client:
        made = await client.post("/api/v1/maintenance", json=WISH | {"until": _in(now_ns, 3600)})
        assert (made.status_code, made.json()["author"]) == (201, "engineer")
        listed = (await client.get("/api/v1/maintenance")).json()["items"]
        assert [one["subject"] for one in listed] == ["dma-01.p1"]
        ended = await client.delete(f"/api/v1/maintenance/{made.json()['id']}")
        assert ended.json()["ended_by"] == "engineer"
        assert (await client.delete(f"/api/v1/maintenance/{made.json()['id']}")).status_code == 409
        assert (await client.get("/api/v1/maintenance")).json()["items"] == []
        assert len((await client.get("/api/v1/maintenance?active=false")).json()["items"]) == 1


async def test_an_unknown_sensor_and_a_fortnight_are_refused(hub: Hub):
    now_ns = hub.deps.clock.now_ns()
    async with hub.as_(Role.OPERATOR) as client:
        unknown = await client.post(
            "/api/v1/maintenance", json=WISH | {"subject": "nowhere", "until": _in(now_ns, 60)}
        )
        assert unknown.status_code == 404
        long = await client.post("/api/v1/maintenance", json=WISH | {"until": _in(now_ns, 14 * 86_400)})
        assert (long.status_code, "within 7 days" in long.json()["detail"]) == (422, True)


async def test_a_wall_names_nobody(hub: Hub):
    now_ns = hub.deps.clock.now_ns()
    async with hub.as_(Role.ENGINEER) as client:
        await client.post("/api/v1/maintenance", json=WISH | {"until": _in(now_ns, 3600)})
    async with hub.as_(Role.KIOSK) as client:
        (one,) = (await client.get("/api/v1/maintenance")).json()["items"]
    assert "author" not in one
    assert "note" not in one


def _in(now_ns: int, seconds: int) -> str:
    return rfc3339(now_ns + seconds * 1_000_000_000)
