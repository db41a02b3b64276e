"""WO-29: water that was off twice costs the minutes of both times, and none of what lies between."""

from dataclasses import replace

import pytest

from core.model.account import Role
from core.model.incident import IncidentState
from core.model.outage import Outage
from core.model.valve_operation import Direction, StoppedBy, Turning, ValveOperation
from core.model.work_order import Milestone, Outcome, WorkOrder, WorkOrderState
from response.clocks.figures import lost
from response.orders.taking import Said, apply
from response.outage_report import LONG, reasons
from response.outages import OutageService, as_of
from response.service_times import CN_DEFAULT
from tests.response import little_town as town
from tests.response.crew_on_site import OnSite

MANAGER = town.user(Role.DUTY_MANAGER)
HOUR, MIN = town.HOUR, town.MIN


class Costs:
    """What the hub keeps of each outage, as it hears of each event."""

    def __init__(self, ledger, plant, clock) -> None:
        self._ledger, self._seen = ledger, 0
        self._outages = OutageService(ledger, plant, clock, CN_DEFAULT)

    async def heard(self) -> None:
        for event in await self._ledger.events(self._seen, 500):
            self._seen = event.id
            async with self._ledger.begin() as tx:
                await self._outages.handle(tx, [event.subject])

    async def of(self, incident: str = "INC-1") -> Outage:
        await self.heard()
        async with self._ledger.read() as tx:
            found = await tx.get(Outage, incident)
        assert found is not None
        return found


@pytest.fixture
def costs(ledger, plant, still_clock) -> Costs:
    return Costs(ledger, plant, still_clock)


async def once_off(site: OnSite, ledger, costs: Costs, valve: str = "v2") -> int:
    """Shut for two hours; back 30 minutes after the valve was open: when."""
    for name in ("depart", "arrive"):
        await site.step(name)
    await site.valve(Turning.CLOSE, valve)
    await site.step("isolate")
    await site.step("repair")
    site.at += 2 * HOUR - 2 * MIN
    await site.valve(Turning.OPEN, valve)
    await site.step("complete", Said(outcome=Outcome.REPAIRED))
    site.at += 29 * MIN
    back = replace(town.burst(IncidentState.RESTORED), back_ns=site.at)
    await town.report(ledger, back)
    await site.heard()
    await costs.heard()
    return site.at


async def reopened(site: OnSite, ledger, costs: Costs) -> None:
    site.at += 10 * HOUR
    async with ledger.begin() as tx:
        (order,) = await tx.find(WorkOrder)
        await apply(tx, order.id, "reopen", MANAGER, site.at, said=Said(note="用户又报停水"))
    await site.heard()
    await costs.heard()
    await site.step("assign")


def valve(order: str, turning: Turning, at_ns: int) -> ValveOperation:
    return ValveOperation(
        id=f"{turning}-{at_ns}",
        work_order=order,
        valve="v2",
        turning=turning,
        turns=20.0,
        closes=Direction.CLOCKWISE,
        operator="crew",
        at_ns=at_ns,
    )


FIRST = 25 * 150
"""25 connections, two hours and a half."""


async def test_wo_29_the_hours_between_two_times_that_water_was_off_cost_nothing(site, ledger, costs):
    await once_off(site, ledger, costs)
    assert (await costs.of()).customer_minutes == FIRST
    await reopened(site, ledger, costs)
    found = await costs.of()
    assert found.customer_minutes == FIRST, "it is opened again: nobody is off for that"
    for name in ("depart", "arrive"):
        await site.step(name)
    shut_ns = site.at
    await site.valve(Turning.CLOSE)
    found = await costs.of()
    assert (found.restored_ns, found.off_ns) == (None, shut_ns)
    assert as_of(found, shut_ns + HOUR).customer_minutes == FIRST + 25 * 60
    await site.step("isolate")
    await site.step("repair")
    await site.step("complete", Said(outcome=Outcome.REPAIRED))
    site.at = shut_ns + HOUR
    await site.valve(Turning.OPEN)
    await town.report(ledger, town.burst(IncidentState.CLOSED))
    found = await costs.of()
    assert (found.restored_ns, found.customer_minutes) == (shut_ns + HOUR, FIRST + 25 * 60)
    (row,) = lost([found], 0, town.T0 + 1)
    assert (row.outages, row.connections, row.customer_minutes) == (1, 25, FIRST + 25 * 60)


async def test_wo_29_stopped_by_others_the_second_time_counts_until_the_work_is_over(site, ledger, costs):
    await once_off(site, ledger, costs)
    await reopened(site, ledger, costs)
    for name in ("depart", "arrive"):
        await site.step(name)
    await site.step("isolate", Said(stopped=StoppedBy.BY_OTHERS))
    off_ns = site.at
    await site.step("repair")
    site.at = off_ns + 40 * MIN - MIN
    await site.step("complete", Said(outcome=Outcome.REPAIRED))
    found = await costs.of()
    assert (found.off_ns, found.restored_ns) == (off_ns, off_ns + 40 * MIN)
    assert found.customer_minutes == FIRST + found.no_water * 40 > FIRST


async def test_wo_29_opened_again_and_mended_under_pressure_nobody_was_off_again(site, ledger, costs):
    await once_off(site, ledger, costs)
    await reopened(site, ledger, costs)
    for name in ("depart", "arrive"):
        await site.step(name)
    await site.step("isolate", Said(stopped=StoppedBy.UNDER_PRESSURE))
    await site.step("repair")
    await town.report(ledger, town.burst(IncidentState.RESTORED))
    found = await costs.of()
    assert (found.customer_minutes, found.earlier) == (FIRST, ())


async def test_wo_29_raised_again_with_its_valves_open_it_is_suspected_and_what_was_off_stays(
    site, ledger, costs
):
    back_ns = await once_off(site, ledger, costs)
    await town.report(ledger, town.burst())
    await site.heard()
    found = await costs.of()
    assert (found.restored_ns, found.off_ns) == (None, None)
    assert as_of(found, back_ns + 5 * HOUR).customer_minutes == FIRST
    (row,) = lost([found], 0, town.T0 + 1)
    assert row.connections == 25, "they were without water"


async def test_wo_29_each_incident_of_one_order_costs_its_own_time(ledger, service, plant, costs):
    """The closed order is opened again for the second, with the log of the valves of the first."""
    before_ns, first = town.T0 - 14 * HOUR, replace(town.burst(id="INC-0"), opened_ns=town.T0 - 15 * HOUR)
    states = ((WorkOrderState.ISOLATED, before_ns), (WorkOrderState.CLOSED, town.T0 - 10 * HOUR))
    order = WorkOrder(
        id="WO-1",
        incident="INC-0",
        kind="burst",
        state=WorkOrderState.CLOSED,
        priority=2,
        zone="dma-01",
        title=first.title,
        place=first.title,
        opened_ns=first.opened_ns,
        milestones=tuple(Milestone(state=state, at_ns=at_ns, actor="crew") for state, at_ns in states),
        recovered_ns=town.T0 - 12 * HOUR,
        x=250.0,
        y=0.0,
    )
    over = replace(first, state=IncidentState.RESTORED, back_ns=order.recovered_ns)
    async with ledger.begin() as tx:
        await tx.put(order)
        for turning, at_ns in ((Turning.CLOSE, before_ns), (Turning.OPEN, town.T0 - 12 * HOUR)):
            await tx.put(valve(order.id, turning, at_ns))
    await town.report(ledger, over)
    assert (await costs.of("INC-0")).customer_minutes == 25 * 120
    await service.handle([await town.report(ledger, town.burst())])
    async with ledger.begin() as tx:
        (order,) = await tx.find(WorkOrder)
        assert (order.incident, order.past) == ("INC-1", ("INC-0",))
    found = await costs.of()
    assert (found.started_ns, found.off_ns) == (town.T0, None)
    async with ledger.begin() as tx:
        await tx.put(valve(order.id, Turning.CLOSE, town.T0 + HOUR))
    await town.report(ledger, town.burst())
    await town.report(ledger, replace(over, state=IncidentState.CLOSED, closed_ns=town.T0))
    found = await costs.of()
    assert (found.started_ns, found.off_ns) == (town.T0, town.T0 + HOUR)
    assert as_of(found, town.T0 + 2 * HOUR).customer_minutes == 25 * 60
    assert (await costs.of("INC-0")).customer_minutes == 25 * 120


async def test_wo_34_twice_off_for_two_hours_is_no_long_outage_of_the_hours_between(site, ledger, costs):
    await once_off(site, ledger, costs)
    await reopened(site, ledger, costs)
    for name in ("depart", "arrive"):
        await site.step(name)
    await site.valve(Turning.CLOSE)
    await site.step("isolate")
    found = await costs.of()
    rules = CN_DEFAULT.file.report
    long_ns = rules.outage * town.S
    assert LONG not in reasons(rules, found, None, 0.0, site.at + HOUR)
    assert LONG in reasons(rules, found, None, 0.0, site.at + long_ns)
