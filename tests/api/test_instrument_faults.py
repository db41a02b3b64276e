"""WQ-07 at the desk's door: evidence of a known kind, and another person."""

from core.model.account import Role
from core.model.published import Hour, HourState, PublishedDay, day_id
from tests.api.hub_at_work import T0, Hub, S

PATH = "/api/v1/instrument-faults"
WISH = {
    "zone": "dma-01",
    "parameter": "free_chlorine",
    "start": "2026-11-22T13:10:00Z",
    "end": "2026-11-22T13:20:00Z",
    "evidence": "calibration_record",
    "reference": "校准记录 2026-118",
    "reason": "校准后读数复原",
}
START_NS = (T0 // (3600 * S) - 1) * 3600 * S


async def test_wq_07_one_proposes_by_evidence_and_the_other_approves_on_record(hub: Hub):
    hour = Hour(start_ns=START_NS, state=HourState.WATCH, published_ns=T0, n_valid=60, median=0.9)
    day = PublishedDay(
        id=day_id("dma-01", "free_chlorine", "2026-11-22"),
        zone="dma-01",
        parameter="free_chlorine",
        unit="mg/L",
        day="2026-11-22",
        hours=(hour,),
    )
    async with hub.deps.ledger.begin() as tx:
        await tx.put(day)
    async with hub.as_(Role.QUALITY_OFFICER) as officer, hub.as_(Role.DUTY_MANAGER) as manager:
        assert (await officer.post(PATH, json=WISH | {"evidence": "hearsay"})).status_code == 422
        assert (await officer.post(PATH, json=WISH | {"reference": " "})).status_code == 422
        made = await officer.post(PATH, json=WISH)
        assert made.status_code == 201, made.text
        path, seen = f"{PATH}/{made.json()['id']}", {"seq": made.json()["seq"]}
        own = await officer.post(f"{path}/approve", json=seen)
        assert (own.status_code, own.json()["reason"]) == (403, "same_person")
        done = await manager.post(f"{path}/approve", json=seen)
        assert (done.status_code, done.json()["state"]) == (200, "approved"), done.text
        (one,) = (await manager.get(f"{PATH}?state=approved")).json()["items"]
        assert (one["by"], one["decided_by"]) == ("quality_officer", "duty_manager")
        assert (one["evidence"], one["permit"]) == ("calibration_record", WISH["reference"])
        assert (await manager.get("/api/v1/proposals")).json()["items"] == []
        entries = (await manager.get("/api/v1/audit")).json()["items"]
    assert entries[0]["command"] == "POST /api/v1/instrument-faults/{id}/approve"
    assert {change["kind"] for change in entries[0]["changes"]} == {"proposal", "published_day"}
    async with hub.deps.ledger.read() as tx:
        (hour,) = (await tx.get(PublishedDay, day.id)).hours
    assert (hour.state, hour.version) == (HourState.INSTRUMENT_FAULT, 2)
