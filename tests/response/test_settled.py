"""WO-04, beside it: an incident that is over and of which nothing is left open is closed by the hub."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from core.model.account import Segment
from core.model.alarm import Alarm
from core.model.duty import Duty as Told
from core.model.duty import DutyState, DutyWay
from core.model.fire_duty import FireDuty, FireMatter, FireState
from core.model.incident import Incident, IncidentState
from core.model.notice import Notice, NoticeState
from core.model.outage import AuthorityReport, ReportState
from core.model.text import Text
from core.model.work_order import WorkOrder, WorkOrderState
from core.runtime.timetable import Timetable
from response.clocks.cn_default import CN_DEFAULT_DATA
from response.clocks.spec import ServiceTimesFile
from response.service import ResponseService
from response.service_times import ServiceTimes
from response.settled import NOTHING_LEFT, Settled, left_open
from tests.at_work import running
from tests.response import little_town as town
from tests.response.on_duty import Duty

TIMES = ServiceTimes(ServiceTimesFile.model_validate({**CN_DEFAULT_DATA, "close_restored": "12 h"}))
NEVER = ServiceTimes(ServiceTimesFile.model_validate({**CN_DEFAULT_DATA, "close_restored": None}))
OVER = town.burst(IncidentState.RESTORED)


@pytest.fixture
async def desk(duty: Duty) -> AsyncIterator[Duty]:
    settled = Settled(duty.ledger, duty.clock, TIMES)
    table = Timetable(duty.ledger, duty.clock, settled.work)
    response = ResponseService(duty.ledger, town.plant(), duty.clock, TIMES)
    duty._following = (settled.follower,)  # type: ignore[assignment]
    async with running(settled, table, response):
        yield duty


async def incident(desk: Duty) -> Incident:
    await desk.quiet()
    async with desk.ledger.read() as tx:
        found = await tx.get(Incident, "INC-1")
    assert found is not None
    return found


async def test_after_its_time_it_is_closed_with_the_reason(desk: Duty):
    await town.report(desk.ledger, OVER)
    await desk.turn(12 * 3600 - 60)
    assert (await incident(desk)).state is IncidentState.RESTORED
    await desk.turn(120)
    closed = await incident(desk)
    assert (closed.state, closed.why[-1]) == (IncidentState.CLOSED, NOTHING_LEFT)
    assert closed.closed_ns == desk.clock.now_ns() and closed.seq == OVER.seq + 1


async def test_its_order_and_its_notice_hold_it_open_until_people_have_ended_them(desk: Duty):
    await town.report(desk.ledger, town.burst())

    async def drafted() -> bool:
        async with desk.ledger.read() as tx:
            return bool(await tx.find(Notice)) and bool(await tx.find(WorkOrder))

    await desk.until(drafted)
    await town.report(desk.ledger, OVER)
    await desk.turn(13 * 3600)
    assert (await incident(desk)).state is IncidentState.RESTORED
    async with desk.ledger.begin() as tx:
        assert await left_open(tx, "INC-1") == "work_order"
        (order,), (notice,) = await tx.find(WorkOrder), await tx.find(Notice)
        await tx.put(replace(order, state=WorkOrderState.CLOSED))
        assert await left_open(tx, "INC-1") == "notice"
        await tx.put(replace(notice, state=NoticeState.WITHDRAWN))
    await desk.turn(3700)
    assert (await incident(desk)).state is IncidentState.CLOSED


async def test_one_that_goes_on_again_is_not_closed_and_has_its_whole_time_afterwards(desk: Duty):
    await town.report(desk.ledger, OVER)
    await desk.turn(11 * 3600)
    await town.report(desk.ledger, town.burst(IncidentState.SUSPECTED))
    await desk.turn(2 * 3600)
    assert (await incident(desk)).state is IncidentState.SUSPECTED
    await town.report(desk.ledger, OVER)
    await desk.turn(11 * 3600)
    assert (await incident(desk)).state is IncidentState.RESTORED
    await desk.turn(2 * 3600)
    assert (await incident(desk)).state is IncidentState.CLOSED


async def test_where_people_alone_close_nothing_falls_due(duty: Duty):
    settled = Settled(duty.ledger, duty.clock, NEVER)
    duty._following = (settled.follower,)  # type: ignore[assignment]
    async with running(settled):
        await town.report(duty.ledger, OVER)
        await duty.quiet()
        assert await duty.timers() == []


def _duty() -> Told:
    return Told(
        id="INC-1:A1",
        incident="INC-1",
        account="A1",
        segment=Segment.HOSPITAL,
        how=DutyWay.PHONE,
        state=DutyState.OPEN,
        supply="no_water",
        opened_ns=0,
        due_ns=0,
    )


def _fire() -> FireDuty:
    return FireDuty(
        id="fire:N:1",
        notice="N",
        n=1,
        matter=FireMatter.BACK,
        state=FireState.OPEN,
        hydrants=("h",),
        starts_ns=0,
        opened_ns=0,
        due_ns=0,
        incident="INC-1",
    )


def _report() -> AuthorityReport:
    return AuthorityReport(
        id="INC-1",
        state=ReportState.DRAFT,
        reasons=(),
        made_ns=0,
        due_ns=0,
        title=Text("报告", "Report"),
        body=Text("报告", "Report"),
    )


def _alarm() -> Alarm:
    return Alarm(id="a-1", priority=1, zone="dma-01", active=True, incident="INC-1")


@pytest.mark.parametrize(
    ("made", "why"),
    [(_alarm, "alarm"), (_duty, "duty"), (_fire, "fire_service"), (_report, "authority_report")],
)
async def test_whoever_is_still_to_be_told_holds_it_open(duty: Duty, made: Callable[[], object], why: str):
    async with duty.ledger.begin() as tx:
        assert await left_open(tx, "INC-1") is None
        await tx.put(made())  # type: ignore[type-var]
        assert await left_open(tx, "INC-1") == why
