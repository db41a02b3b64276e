"""WO-04: the same place again opens the closed order, no second one; clearing closes nothing."""

from dataclasses import replace

import pytest

from core.model.account import Role
from core.model.incident import Candidate, Incident, IncidentState, Location, Member
from core.model.plant import Plant
from core.model.work_order import Finding, Milestone, Outcome, WorkOrder, WorkOrderState
from core.runtime.clock import AnchoredClock
from response.clocks.book import clocks_of
from response.clocks.service import ClockService
from response.orders.reopening import ReopenRule
from response.orders.taking import Said, apply
from response.orders.whereabouts import whereabouts
from response.service import ResponseService
from response.service_times import CN_DEFAULT
from tests.api import test_records as records
from tests.api.hub_at_work import hub_at_work
from tests.response import little_town as town

DAY = 24 * town.HOUR


async def closed(ledger, closed_ns: int, x: float = 250.0, **more: object) -> WorkOrder:
    """Of an earlier incident, at the middle of p2 (250, 0) unless told otherwise."""
    done = Milestone(state=WorkOrderState.CLOSED, at_ns=closed_ns, actor="user-dispatcher")
    order = WorkOrder(
        id="WO-20261121-00001",
        incident="INC-0",
        kind="burst",
        state=WorkOrderState.CLOSED,
        priority=2,
        zone="dma-01",
        title=town.burst().title,
        place=town.burst().title,
        opened_ns=closed_ns - town.HOUR,
        milestones=(done,),
        finding=Finding(outcome=Outcome.REPAIRED, by="crew", at_ns=closed_ns),
        photos_after=2,
        first_owner="user-hotline",
        x=x,
        y=0.0,
    )
    order = replace(order, **more)
    async with ledger.begin() as tx:
        await tx.put(order)
    return order


async def orders(ledger) -> list[WorkOrder]:
    async with ledger.read() as tx:
        return await tx.find(WorkOrder)


def rule_service(ledger, plant: Plant, clock: AnchoredClock, window_h: float | None) -> ResponseService:
    return ResponseService(ledger, plant, clock, reopen=ReopenRule(window_h))


async def test_the_same_place_within_a_day_opens_the_order_again(ledger, service):
    await closed(ledger, town.T0 - DAY)
    await service.handle([await town.report(ledger, town.burst(pipe="p2"))])
    (again,) = await orders(ledger)
    assert (again.state, again.incident, again.past) == (WorkOrderState.REOPENED, "INC-1", ("INC-0",))
    assert (again.reopened, again.finding, again.photos_after) == (1, None, 0)
    assert again.first_owner == "user-hotline"
    assert again.due_ns is not None and again.due_ns > town.T0, "its clocks run anew"
    await service.handle([await town.report(ledger, town.burst(pipe="p2"))])
    assert [one.seq for one in await orders(ledger)] == [again.seq], "and once only"


async def test_the_earlier_incident_still_leads_to_its_order(tmp_path):
    """X-01: both ways, also after the order was opened again for a later incident."""
    async with hub_at_work(tmp_path) as hub:
        first, later = town.burst(id="INC-0"), town.burst()
        moved = replace(records.order(), kind="burst", incident="INC-1", past=("INC-0",))
        await records.put(hub, first, later, moved)
        async with hub.as_(Role.OPERATOR) as operator:
            for id in ("INC-0", "INC-1"):
                whole = (await operator.get(f"/api/v1/incidents/{id}")).json()
                assert [one["id"] for one in whole["work_orders"]] == ["WO-1"], id


async def test_a_moment_later_it_is_a_new_order_that_names_the_earlier_one(ledger, service):
    await closed(ledger, town.T0 - DAY - 1)
    await service.handle([await town.report(ledger, town.burst(pipe="p2"))])
    old, new = await orders(ledger)
    assert (old.state, old.incident) == (WorkOrderState.CLOSED, "INC-0")
    assert (new.state, new.incident, new.related_to) == (WorkOrderState.REPORTED, "INC-1", old.id)


@pytest.mark.parametrize(("x", "again"), [(400.0, True), (400.1, False)])
async def test_150_m_is_the_same_place_and_further_is_not(ledger, service, x: float, again: bool):
    await closed(ledger, town.T0 - town.HOUR, x=x)
    await service.handle([await town.report(ledger, town.burst(pipe="p2"))])
    found = await orders(ledger)
    assert (len(found) == 1) == again
    assert found[-1].related_to is None


@pytest.mark.parametrize(
    ("window_h", "age", "again"),
    [
        (0, town.MIN, False),
        (0.0, 0, False),
        (None, DAY, True),
        (None, DAY + 1, False),
        (2.0, 2 * town.HOUR, True),
        (2.0, 2 * town.HOUR + 1, False),
    ],
)
async def test_0_never_reopens_and_null_is_the_default(
    ledger, plant, still_clock, window_h: float | None, age: int, again: bool
):
    """jiralert #50, grafana #636: the two are not the same."""
    await closed(ledger, town.T0 - age - 1 if age == 0 else town.T0 - age)
    service = rule_service(ledger, plant, still_clock, window_h)
    await service.handle([await town.report(ledger, town.burst(pipe="p2"))])
    assert (len(await orders(ledger)) == 1) == again


async def test_the_same_incident_raised_again_after_the_close(ledger, service):
    """Merely more news of it opens nothing: only an alarm that was raised after the close does."""
    shut = await closed(ledger, town.T0 - town.HOUR, incident="INC-1")
    early = Member(alarm="a", occurrence=1, raised_ns=town.T0 - 2 * town.HOUR, why="first")
    await service.handle([await town.report(ledger, replace(town.burst(pipe="p2"), members=(early,)))])
    assert await orders(ledger) == [shut]
    late = replace(early, last_ns=town.T0 - town.MIN)
    await service.handle([await town.report(ledger, replace(town.burst(pipe="p2"), members=(late,)))])
    (again,) = await orders(ledger)
    assert (again.state, again.incident, again.past) == (WorkOrderState.REOPENED, "INC-1", ())


async def test_the_same_incident_is_the_same_matter_though_its_place_is_another_guess_now(ledger, service):
    """Seen in the demo: the estimate had moved on by a kilometre between the close and the next alarm."""
    await closed(ledger, town.T0 - town.HOUR, incident="INC-1", x=5_000.0)
    late = Member(alarm="a", occurrence=2, raised_ns=town.T0, why="first")
    await service.handle([await town.report(ledger, replace(town.burst(pipe="p2"), members=(late,)))])
    (again,) = await orders(ledger)
    assert (again.state, again.x) == (WorkOrderState.REOPENED, 250.0)


@pytest.mark.parametrize(("share", "again"), [(0.02, True), (0.009, False)])
async def test_of_a_burst_hardly_located_any_likely_pipe_may_be_the_place(
    ledger, service, share: float, again: bool
):
    """The closed order lies 212 m from p2, the best of the guesses, and 100 m from p3, as likely or not."""
    await closed(ledger, town.T0 - town.HOUR, x=100.0)
    guesses = tuple(Candidate(link=id, share=of, x=0, y=0) for id, of in (("p2", 0.02), ("p3", share)))
    where = Location(candidates=guesses, at_ns=town.T0, radius_m=900.0, method="t")
    async with ledger.begin() as tx:
        (order,) = await tx.find(WorkOrder)
        await tx.put(replace(order, x=100.0, y=150.0))
    await service.handle([await town.report(ledger, replace(town.burst(), location=where))])
    assert (len(await orders(ledger)) == 1) == again


async def test_the_same_incident_after_the_window_has_a_second_order(ledger, service):
    await closed(ledger, town.T0 - 2 * DAY, incident="INC-1")
    late = Member(alarm="a", occurrence=2, raised_ns=town.T0, why="first")
    await service.handle([await town.report(ledger, replace(town.burst(pipe="p2"), members=(late,)))])
    old, new = await orders(ledger)
    assert (old.incident, old.past, old.state) == (None, ("INC-1",), WorkOrderState.CLOSED)
    assert (new.incident, new.related_to) == ("INC-1", old.id)


async def test_the_signal_s_return_starts_the_clock_of_steadiness_and_its_loss_stops_it(ledger, service):
    where = Location(
        candidates=(Candidate(link="p2", share=0.6, x=0, y=0),), at_ns=town.T0, radius_m=0, method="t"
    )
    burst = replace(town.burst(), location=where)
    await service.handle([await town.report(ledger, burst)])
    await service.handle([await town.report(ledger, replace(burst, state=IncidentState.RESTORED))])
    (order,) = await orders(ledger)
    assert (order.state, order.recovered_ns) == (WorkOrderState.REPORTED, town.T0)
    await service.handle([await town.report(ledger, burst)])
    (order,) = await orders(ledger)
    assert order.recovered_ns is None


async def opened_by_a_person(site, ledger, outcome: Outcome) -> tuple[WorkOrder, WorkOrder]:
    """The order as its crew left it, and as the duty manager opened it again an hour later."""
    for name in ("depart", "arrive", "repair"):
        await site.step(name)
    await site.step("complete", Said(outcome=outcome, note="现场已处理"))
    async with ledger.begin() as tx:
        (left,) = await tx.find(WorkOrder)
        manager, note = town.user(Role.DUTY_MANAGER), Said(note="用户又报停水")
        return left, await apply(tx, left.id, "reopen", manager, site.at + town.HOUR, said=note)


async def test_opened_again_by_a_person_it_is_where_its_crew_had_mended_it(site, ledger, plant):
    """What instruments point to meanwhile sends nobody to another street."""
    left, again = await opened_by_a_person(site, ledger, Outcome.REPAIRED)
    assert (again.state, again.title) == (WorkOrderState.REOPENED, left.title)
    assert "疑似" not in again.title.zh
    elsewhere = Location(
        candidates=(Candidate(link="p4", share=0.9, x=100, y=150),),
        at_ns=site.at,
        radius_m=0.0,
        method="test",
    )
    async with ledger.read() as tx:
        incident = await tx.get(Incident, "INC-1")
    assert incident is not None
    dig = whereabouts(plant, again, replace(incident, location=elsewhere))
    assert [one.link for one in dig.likely] == ["p2"]


async def test_opened_again_after_nothing_was_found_it_is_suspected_again(site, ledger):
    _, again = await opened_by_a_person(site, ledger, Outcome.NOT_FOUND)
    assert not again.known_place and "疑似" in again.title.zh


async def test_opened_again_it_is_due_by_its_clocks_of_this_round(site, ledger, still_clock):
    """Order page, phone and board tell one time: no promise of the first round is due any more."""
    clocks = ClockService(ledger, still_clock, CN_DEFAULT)
    _, again = await opened_by_a_person(site, ledger, Outcome.REPAIRED)
    async with ledger.begin() as tx:
        await clocks.handle(tx, [again.id])
        now = await tx.get(WorkOrder, again.id)
        mine = [one for one in await clocks_of(tx, again.id) if one.round == 2 and one.running]
    assert now is not None and mine
    assert dict(now.clocks) == {one.clock.value: one.due_ns for one in mine}
    assert now.due_ns == min(one.due_ns for one in mine) > again.milestones[-1].at_ns
