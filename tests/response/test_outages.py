"""What an outage cost, from what was seen first until water was back (WO-29), and the report (WO-34)."""

from dataclasses import replace

import pytest

from core.model.account import Role
from core.model.clock import Anchor
from core.model.incident import IncidentState
from core.model.notice import Notice
from core.model.outage import AuthorityReport, Outage, OutageStart, ReportState
from core.model.report import Channel, Report
from core.model.usage import Cause, Failure, FailureMode, Material
from core.model.valve_operation import Direction, Turning, ValveOperation
from core.model.work_order import WorkOrder
from core.runtime.clock import AnchoredClock
from response.clocks.cn_default import CN_DEFAULT_DATA
from response.clocks.figures import lost
from response.clocks.spec import ServiceTimesFile
from response.notices import decisions
from response.orders.taking import apply
from response.outage_report import decided
from response.outages import OutageService, as_of
from response.refused import Refused
from response.service_times import CN_DEFAULT, ServiceTimes
from tests.response import little_town as town

SMALL = ServiceTimes(
    ServiceTimesFile.model_validate(
        {**CN_DEFAULT_DATA, "report": {"connections": 20, "outage": "48 h", "within": "2 h"}}
    )
)


async def seen(ledger, plant, clock, service, incident, times=CN_DEFAULT) -> None:
    """The incident's event through the response, then through the outages."""
    event = await town.report(ledger, incident)
    await service.handle([event])
    outages = OutageService(ledger, plant, clock, times)
    async with ledger.begin() as tx:
        await outages.handle(tx, [incident.id])


async def outage(ledger) -> Outage:
    async with ledger.read() as tx:
        (found,) = await tx.find(Outage)
    return found


async def shut(ledger, at_ns: int, turning: Turning = Turning.CLOSE, *, parted: bool = True) -> None:
    """v2, by the crew; parted: it has said that the main is parted from the rest."""
    async with ledger.begin() as tx:
        (order,) = await tx.find(WorkOrder)
        turned = ValveOperation(
            id=f"{order.id}.{turning}",
            work_order=order.id,
            valve="v2",
            turning=turning,
            turns=20.0,
            closes=Direction.CLOCKWISE,
            operator="crew",
            at_ns=town.T0,
            done_ns=at_ns,
        )
        await tx.put(turned)
    for step in ("assign", "depart", "arrive", "isolate") if parted else ():
        async with ledger.begin() as tx:
            crew = "crew-1" if step == "assign" else None
            await apply(tx, order.id, step, town.user(Role.DUTY_MANAGER), town.T0, crew=crew)


async def test_wo_29_begins_with_the_telemetry_and_counts_minutes_from_when_water_was_off(
    ledger, plant, still_clock, service
):
    """While it is only suspected nobody is known to be off: those who may be are named, no minute counts."""
    hit = replace(town.burst(radius_m=150.0), evidence={"onset_s": float(town.T0 // town.S - 1800)})
    await seen(ledger, plant, still_clock, service, hit)
    found = await outage(ledger)
    assert (found.start, found.no_water, found.restored_ns) == (OutageStart.TELEMETRY, 25, None)
    assert (found.low_pressure > 0, found.off_ns) == (True, None)
    assert as_of(found, town.T0 + town.HOUR).customer_minutes == found.low_minutes == 0
    await shut(ledger, town.T0 + 20 * town.MIN)
    async with ledger.begin() as tx:
        (order,) = await tx.find(WorkOrder)
        await OutageService(ledger, plant, still_clock, CN_DEFAULT).handle(tx, [order.id])
    found = await outage(ledger)
    assert (found.off_ns, found.no_water, found.low_pressure) == (town.T0 + 20 * town.MIN, 25, 0)
    assert found.started_ns == town.T0 - 30 * town.MIN, "it began with its first sign"
    assert as_of(found, town.T0 + town.HOUR).customer_minutes == 25 * 40
    await shut(ledger, town.T0 + 3 * town.HOUR, Turning.OPEN, parted=False)
    async with ledger.begin() as tx:
        (order,) = await tx.find(WorkOrder)
        await tx.put(replace(order, recovered_ns=town.T0 + 4 * town.HOUR))
    await seen(ledger, plant, still_clock, service, replace(hit, state=IncidentState.RESTORED))
    found = await outage(ledger)
    assert found.restored_ns == town.T0 + 4 * town.HOUR
    assert found.customer_minutes == 25 * (240 - 20)
    (row,) = lost([found], 0, town.T0 + 1)
    assert (row.connections, row.customer_minutes) == (25, 25 * 220)


async def test_wo_29_whom_the_valves_leave_with_water_was_never_off_whatever_was_published(
    ledger, plant, still_clock, service
):
    await seen(ledger, plant, still_clock, service, town.burst(pipe="p1"))
    manager = town.user(Role.DUTY_MANAGER)
    async with ledger.begin() as tx:
        (head,) = await tx.find(Notice)
        await decisions.approve(tx, head.id, manager, town.T0)
        await decisions.publish(tx, head.id, manager, town.T0)
        assert head.accounts_affected == 55
    await shut(ledger, town.T0)
    await seen(ledger, plant, still_clock, service, town.burst(pipe="p1"))
    found = await outage(ledger)
    assert found.no_water == 25 and as_of(found, town.T0 + town.HOUR).customer_minutes == 25 * 60


async def test_wo_29_what_nobody_stopped_and_instruments_saw_return_costs_no_minute(
    ledger, plant, still_clock, service
):
    await seen(ledger, plant, still_clock, service, town.burst())
    over = replace(town.burst(IncidentState.RESTORED), back_ns=town.T0 + town.HOUR)
    await seen(ledger, plant, still_clock, service, over)
    found = await outage(ledger)
    assert (found.restored_ns, found.customer_minutes) == (town.T0 + town.HOUR, 0)
    (row,) = lost([found], 0, town.T0 + 1)
    assert (row.outages, row.connections) == (1, 0)


@pytest.mark.parametrize(("first", "start"), [("call", OutageStart.CALL), ("valve", OutageStart.VALVE)])
async def test_wo_29_begins_with_the_first_call_or_valve_where_that_was_earlier(
    ledger, plant, still_clock, service, first, start
):
    await seen(ledger, plant, still_clock, service, town.burst())
    early_ns = town.T0 - 20 * town.MIN
    if first == "call":
        async with ledger.begin() as tx:
            (order,) = await tx.find(WorkOrder)
            called = Report(id="R1", channel=Channel.PHONE, at_ns=early_ns, work_order=order.id)
            await tx.put(replace(called, account="A1"))
    else:
        await shut(ledger, early_ns)
    await seen(ledger, plant, still_clock, service, town.burst())
    found = await outage(ledger)
    assert (found.start, found.started_ns) == (start, early_ns)
    assert found.customer_minutes == (25 * 20 if first == "valve" else 0)


async def joint_found(ledger) -> None:
    async with ledger.begin() as tx:
        (order,) = await tx.find(WorkOrder)
        await tx.put(
            Failure(
                id=order.id,
                mode=FailureMode.JOINT,
                material=Material.GREY_IRON,
                cause=Cause.AGE,
                by="crew",
                at_ns=town.T0,
            )
        )


async def test_wo_29_rolls_up_by_what_was_found_of_the_pipe(ledger, plant, still_clock, service):
    await seen(ledger, plant, still_clock, service, town.burst())
    await joint_found(ledger)
    await seen(ledger, plant, still_clock, service, town.burst())
    (row,) = lost([await outage(ledger)], 0, town.T0 + 1)
    assert (row.cause, row.outages) == ("joint", 1)


async def test_wo_34_the_report_names_the_cause_in_both_languages(ledger, plant, still_clock, service):
    await seen(ledger, plant, still_clock, service, town.burst(), SMALL)
    await joint_found(ledger)
    await seen(ledger, plant, still_clock, service, town.burst(), SMALL)
    async with ledger.read() as tx:
        (report,) = await tx.find(AuthorityReport)
    assert "原因：接口漏水" in report.body.zh
    assert "Cause: leaking joint" in report.body.en


async def test_wo_34_a_major_outage_is_drafted_for_the_authority_until_somebody_decides(
    ledger, plant, still_clock, service
):
    await seen(ledger, plant, still_clock, service, town.burst(), SMALL)
    async with ledger.read() as tx:
        report = await tx.get(AuthorityReport, "INC-1")
    assert report is not None
    assert (report.state, report.reasons) == (ReportState.DRAFT, ("many_connections",))
    assert report.due_ns == town.T0 + 2 * town.HOUR
    for words in ("可能停水 25 户", "人民路", "预计恢复", "原因"):
        assert words in report.body.zh
    for words in ("maybe 25 connections", "Renmin Road", "Estimate", "Cause"):
        assert words in report.body.en
    manager = town.user(Role.DUTY_MANAGER)
    for state, reason in ((ReportState.FILED, "number_required"), (ReportState.DECLINED, "note_required")):
        with pytest.raises(Refused) as refused:
            async with ledger.begin() as tx:
                await decided(tx, "INC-1", state, manager, town.T0)
        assert refused.value.reason == reason
    async with ledger.begin() as tx:
        await decided(tx, "INC-1", ReportState.FILED, manager, town.T0, number="住建 2026-31")
    await seen(ledger, plant, still_clock, service, town.burst(), SMALL)
    async with ledger.read() as tx:
        filed = await tx.get(AuthorityReport, "INC-1")
    assert filed is not None and (filed.state, filed.number) == (ReportState.FILED, "住建 2026-31")


async def test_wo_34_one_that_lasts_becomes_major_without_anything_happening(
    ledger, plant, still_clock, service
):
    rules = {**CN_DEFAULT_DATA, "report": {"connections": 1000, "outage": "48 h"}}
    times = ServiceTimes(ServiceTimesFile.model_validate(rules))
    await seen(ledger, plant, still_clock, service, town.burst(), times)
    later = AnchoredClock(Anchor(0, town.T0 + 49 * town.HOUR, 0.0))
    outages = OutageService(ledger, plant, later, times)
    async with ledger.begin() as tx:
        assert await tx.find(AuthorityReport) == []
        await outages.handle(tx, ["INC-1"])
        (report,) = await tx.find(AuthorityReport)
    assert report.reasons == ("long_outage",)


async def test_wo_34_a_small_one_is_not(ledger, plant, still_clock, service):
    await seen(ledger, plant, still_clock, service, town.burst())
    async with ledger.read() as tx:
        assert await tx.find(AuthorityReport) == []


async def test_wo_29_a_first_guess_as_wide_as_the_zone_counts_no_longer_than_it_stands(
    ledger, plant, still_clock, service
):
    await seen(ledger, plant, still_clock, service, town.burst(pipe=None))
    guessed = await outage(ledger)
    assert (guessed.no_water, guessed.low_pressure) == (0, 60)
    await seen(ledger, plant, still_clock, service, town.burst())
    found = await outage(ledger)
    assert (found.no_water, found.low_pressure) == (25, 0)


async def test_wo_29_whoever_was_told_that_they_have_no_water_counts_also_when_fewer_are_left(
    ledger, plant, still_clock, service
):
    manager = town.user(Role.DUTY_MANAGER)
    for pipe, told in (("p1", 55), ("p2", 55)):
        await seen(ledger, plant, still_clock, service, town.burst(pipe=pipe))
        async with ledger.begin() as tx:
            (head,) = await tx.find(Notice)
            await decisions.approve(tx, head.id, manager, town.T0)
            await decisions.publish(tx, head.id, manager, town.T0)
            await OutageService(ledger, plant, still_clock, CN_DEFAULT).handle(tx, [head.id])
            (head,) = await tx.find(Notice)
            assert head.accounts_affected == (55 if pipe == "p1" else 25)
        assert (await outage(ledger)).no_water == told


async def test_wo_29_it_lasts_while_a_valve_is_recorded_shut_and_until_the_last_is_opened(
    ledger, plant, still_clock, service
):
    """The instruments around are back as soon as the break is parted from them."""
    await seen(ledger, plant, still_clock, service, town.burst())
    async with ledger.begin() as tx:
        (order,) = await tx.find(WorkOrder)
        await tx.put(replace(order, recovered_ns=town.T0 + town.HOUR))
    back = replace(town.burst(), state=IncidentState.RESTORED)
    for turning, at_ns in ((Turning.CLOSE, town.T0), (Turning.OPEN, town.T0 + 3 * town.HOUR)):
        async with ledger.begin() as tx:
            await tx.put(
                ValveOperation(
                    id=f"{order.id}.{turning}",
                    work_order=order.id,
                    valve="v2",
                    turning=turning,
                    turns=20.0,
                    closes=Direction.CLOCKWISE,
                    operator="crew",
                    at_ns=at_ns,
                )
            )
        await seen(ledger, plant, still_clock, service, back)
        shut = turning is Turning.CLOSE
        assert (await outage(ledger)).restored_ns == (None if shut else at_ns)
