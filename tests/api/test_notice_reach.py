"""What is being prepared is for those who prepare it; what is said keeps the utility's own times."""

from dataclasses import replace
from pathlib import Path

from api.wire import parse_time
from core.model.account import Role
from core.model.notice import NoticeKind, NoticeState
from core.model.service_clock import CalendarKind, ClockName, ServiceClock
from response.clocks.cn_default import CN_DEFAULT_DATA
from response.clocks.spec import ServiceTimesFile
from response.notices.acute import clock_id
from response.service_times import ServiceTimes
from tests.api.hub_at_work import hub_at_work
from tests.api.test_records import notice, put

MINUTE = 60 * 1_000_000_000


async def test_the_next_update_is_promised_by_the_utilitys_own_times(tmp_path: Path) -> None:
    """ON-07: published by somebody, as it was checked."""
    notices = {**CN_DEFAULT_DATA["notices"], "update": "20 min"}
    times = ServiceTimes(ServiceTimesFile.model_validate({**CN_DEFAULT_DATA, "notices": notices}))
    async with hub_at_work(tmp_path, times=times) as hub, hub.as_(Role.DUTY_MANAGER) as manager:
        draft = replace(notice("N-1", NoticeKind.EMERGENCY_OUTAGE), starts_ns=hub.deps.clock.now_ns())
        await put(hub, draft)
        assert (await manager.post("/api/v1/notices/N-1/approve")).status_code == 200
        said = (await manager.post("/api/v1/notices/N-1/publish")).json()
    assert parse_time(said["next_update"]) - parse_time(said["published"]) == 20 * MINUTE


async def test_a_regulator_sees_nothing_of_what_is_being_prepared(tmp_path: Path) -> None:
    """The permission matrix: published records. Not the next version, nor what is wrong with it."""
    words = {"zh": "第三方施工挖断", "en": "a digger broke it"}
    async with hub_at_work(tmp_path) as hub:
        told = replace(notice("N-1", NoticeKind.EMERGENCY_OUTAGE), state=NoticeState.PUBLISHED)
        await put(hub, told)
        async with hub.as_(Role.OPERATOR) as operator:
            begun = await operator.post("/api/v1/notices/N-1/updates", json={"reason": words})
            assert (begun.status_code, begun.json()["pending"]["reason"]) == (201, words)
            assert (await operator.get("/api/v1/notices/N-1/check")).status_code == 200
        async with hub.as_(Role.REGULATOR) as regulator:
            whole = await regulator.get("/api/v1/notices/N-1")
            listed = await regulator.get("/api/v1/notices")
            assert (whole.json()["pending"], whole.json()["allowed"]) == (None, [])
            assert [one["pending"] for one in listed.json()["items"]] == [None]
            assert "a digger" not in whole.text + listed.text
            assert (await regulator.get("/api/v1/notices/N-1/check")).status_code == 404


async def test_a_crew_reads_what_was_published_and_no_draft_and_no_delivery(tmp_path: Path) -> None:
    """The permission matrix gives a crew its own orders and their zones; notices it reads as citizens do."""
    async with hub_at_work(tmp_path) as hub, hub.as_(Role.CREW) as crew:
        await put(hub, replace(notice("N-1", NoticeKind.EMERGENCY_OUTAGE), state=NoticeState.PUBLISHED))
        await put(hub, notice("N-2", NoticeKind.BOIL))
        listed = await crew.get("/api/v1/notices")
        assert [one["id"] for one in listed.json()["items"]] == ["N-1"]
        assert (await crew.get("/api/v1/notices/N-1")).json()["allowed"] == []
        for refused in ("N-2", "N-2/check", "N-2/renderings", "N-2/poster", "N-1/check", "N-1/outside"):
            assert (await crew.get(f"/api/v1/notices/{refused}")).status_code == 404, refused
        assert (await crew.get("/api/v1/deliveries")).status_code == 403


async def test_on_12_each_of_the_list_has_its_own_time_to_be_told_by_and_a_regulator_sees_none(
    tmp_path: Path,
) -> None:
    async with hub_at_work(tmp_path) as hub:
        now_ns = hub.deps.clock.now_ns()
        for n, kind in enumerate((NoticeKind.BOIL, NoticeKind.DO_NOT_USE, NoticeKind.EMERGENCY_OUTAGE)):
            await put(hub, replace(notice(f"N-{n}", kind), state=NoticeState.PUBLISHED))
        clocks = [
            ServiceClock(
                id=clock_id(f"N-{n}"),
                order=f"N-{n}",
                clock=ClockName.PUBLIC_NOTICE,
                calendar=CalendarKind.ALWAYS,
                start_ns=now_ns,
                due_ns=now_ns + (n + 1) * MINUTE,
            )
            for n in range(2)
        ]
        for one in clocks:
            await put(hub, one)
        async with hub.as_(Role.OPERATOR) as operator:
            listed = {
                one["id"]: one["told_by"] for one in (await operator.get("/api/v1/notices")).json()["items"]
            }
            alone = (await operator.get("/api/v1/notices/N-1")).json()["told_by"]
        assert (listed["N-2"], listed["N-1"]) == (None, alone)
        due = [parse_time(listed[one.order]["due"]) for one in clocks]
        assert due == [one.due_ns for one in clocks]
        async with hub.as_(Role.REGULATOR) as regulator:
            seen = (await regulator.get("/api/v1/notices")).json()["items"]
        assert len(seen) == 3 and not any(one["told_by"] for one in seen)


async def test_where_the_hub_reckons_no_scope_there_is_none_to_take(tmp_path: Path) -> None:
    async with hub_at_work(tmp_path) as hub, hub.as_(Role.OPERATOR) as operator:
        await put(hub, notice("N-1", NoticeKind.EMERGENCY_OUTAGE))
        assert (await operator.get("/api/v1/notices/N-1/check")).json()["hub_scope"] is None
        seq = (await operator.get("/api/v1/notices/N-1")).json()["seq"]
        asked = await operator.put("/api/v1/notices/N-1", json={"seq": seq, "scope": {"hub": True}})
        assert (asked.status_code, asked.json()["reason"]) == (409, "not_reckoned")
