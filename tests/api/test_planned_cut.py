"""E2E-4 through the interface: a planned cut two days ahead with a school and dialysis inside is written,
approved, published, moved once and called off once; every version, file and calendar says the same."""

from dataclasses import replace

import icalendar

from api.wire import rfc3339
from core.model.account import Role, Segment
from core.model.activity import Activity, ActivityState
from core.model.shanghai import moment
from response.bulletins import bulletin_of
from response.notices import versions
from response.renderings.feed import Site
from response.renderings.ical import ical
from tests.api.hub_at_work import Hub, account

H = 3600 * 1_000_000_000
WORDS = {"zh": "管道改造", "en": "mains renewal"}
CARE = {501: Segment.SCHOOL, 502: Segment.DIALYSIS}


def estimate(end_ns: int) -> dict:
    return {"latest": rfc3339(end_ns)}


async def publish(hub: Hub, id: str) -> dict:
    async with hub.as_(Role.DUTY_MANAGER) as manager:
        assert (await manager.post(f"/api/v1/notices/{id}/approve")).status_code == 200
        answer = await manager.post(f"/api/v1/notices/{id}/publish")
        assert answer.status_code == 200, answer.text
        return answer.json()


async def calendar(hub: Hub, id: str) -> tuple[list[icalendar.Event], list]:
    """The event that each version makes, read back by an independent library."""
    async with hub.deps.ledger.read() as tx:
        said = await versions.published(tx, id)
    told = [bulletin_of(version, hub.deps.plant) for version in said]
    utility = hub.deps.plant.utility
    site = Site(base=utility.site, utility=utility.name, email=utility.sender)
    events = [icalendar.Calendar.from_ical(ical([b], site, "zh")).walk("VEVENT")[0] for b in told]
    return events, told


async def activity(hub: Hub) -> Activity:
    async with hub.deps.ledger.read() as tx:
        (one,) = await tx.find(Activity)
    return one


async def test_a_planned_cut_is_told_moved_and_called_off(hub: Hub) -> None:
    now_ns = hub.deps.clock.now_ns() // (60 * 10**9) * 60 * 10**9
    starts, ends = now_ns + 50 * H, now_ns + 56 * H
    async with hub.deps.ledger.begin() as tx:
        await tx.put_many(replace(account(n), segment=care) for n, care in CARE.items())
    async with hub.as_(Role.OPERATOR) as operator:
        written = await operator.post(
            "/api/v1/notices",
            json={
                "kind": "planned_outage",
                "scope": {"streets": ["s-1"]},
                "starts": rfc3339(starts),
                "estimate": estimate(ends),
                "reason": WORDS,
            },
        )
        assert written.status_code == 201, written.text
        id = written.json()["id"]
        assert {"school", "dialysis"} <= set(written.json()["segments"])
        checked = (await operator.get(f"/api/v1/notices/{id}/check")).json()
        assert [lack["item"] for lack in checked["lacks"]] == ["approval_missing"]
        seq = written.json()["seq"]
        edit = await operator.put(f"/api/v1/notices/{id}", json={"seq": seq, "approval": "水审〔2026〕7号"})
        assert edit.status_code == 200, edit.text
        assert (await publish(hub, id))["version"] == 1
        assert (await activity(hub)).start_ns == starts
        refused = await operator.put(f"/api/v1/notices/{id}", json={"seq": 9, "reason": WORDS})
        assert (refused.status_code, refused.headers["allow"]) == (405, "GET")
        assert "update" in refused.json()["allowed"]
        moved = {"starts": rfc3339(starts + 24 * H), "estimate": estimate(ends + 24 * H)}
        assert (await operator.post(f"/api/v1/notices/{id}/updates", json=moved)).status_code == 201
        assert (await publish(hub, id))["version"] == 2
    assert ((await activity(hub)).start_ns, (await activity(hub)).end_ns) == (starts + 24 * H, ends + 24 * H)
    async with hub.as_(Role.DUTY_MANAGER) as manager:
        off = (await manager.post(f"/api/v1/notices/{id}/withdraw", json={"reason": "施工取消"})).json()
        said = (await manager.get(f"/api/v1/notices/{id}/versions")).json()["items"]
    assert (off["state"], off["change"]) == ("withdrawn", "cancelled")
    assert (await activity(hub)).state is ActivityState.CANCELLED
    assert [one["change"] for one in said] == ["cancelled", "update", "first"]
    everybody = said[2]["difference"]["first"]
    assert said[1]["difference"] == {"first": 0, "released": 0, "updated": everybody, "silent": 0}
    assert said[0]["difference"]["released"] == everybody
    await says_the_same(hub, id, starts, ends)


async def says_the_same(hub: Hub, id: str, starts: int, ends: int) -> None:
    events, told = await calendar(hub, id)
    assert len({str(event["UID"]) for event in events}) == 1
    sequence = [int(event["SEQUENCE"]) for event in events]
    assert sequence == sorted(set(sequence)), "each version is later than the one before"
    assert str(events[-1]["STATUS"]) == "CANCELLED"
    at = [round(event["DTSTART"].dt.timestamp()) * 10**9 for event in events]
    assert at == [starts, starts + 24 * H, starts + 24 * H]
    assert round(events[1]["DTEND"].dt.timestamp()) * 10**9 == ends + 24 * H
    assert [len(b.references) for b in told] == [0, 1, 2]
    async with hub.deps.ledger.read() as tx:
        bodies = [version.content.body for version in await versions.published(tx, id)]
    assert moment(starts).zh in bodies[0].zh
    assert moment(starts + 24 * H).zh in bodies[1].zh
    lead, *rest = bodies[1].zh.split("\n")
    assert lead.startswith("原定") and moment(starts).zh in lead, "it says from when it was moved"
    assert not [line for line in rest if moment(starts).zh in line], "and nowhere else"
    assert "取消" in bodies[2].zh


async def test_two_notices_for_the_same_people_are_seen_and_put_together(hub: Hub) -> None:
    """ON-15."""
    wish = {"kind": "emergency_outage", "scope": {"streets": ["s-1"]}, "reason": WORDS}
    async with hub.as_(Role.OPERATOR) as operator, hub.as_(Role.DUTY_MANAGER) as manager:
        one, two = [(await operator.post("/api/v1/notices", json=wish)).json() for _ in range(2)]
        (other,) = (await operator.get(f"/api/v1/notices/{two['id']}/check")).json()["overlaps"]
        assert (other["notice"], other["shared"]) == (one["id"], one["accounts_affected"])
        merged = await manager.post(f"/api/v1/notices/{two['id']}/merge", json={"into": one["id"]})
        assert (merged.json()["state"], merged.json()["same_as"]) == ("withdrawn", one["id"])
        assert (await operator.get(f"/api/v1/notices/{one['id']}/check")).json()["overlaps"] == []
