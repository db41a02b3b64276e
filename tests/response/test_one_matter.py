"""WO-01, HL-32, X-01: callers and gauges tell of one burst in any order: one order, with all of them."""

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.model.incident import IncidentKind, IncidentState
from core.model.notice import Notice, NoticeKind
from core.model.service_clock import ClockName, ServiceClock
from core.model.work_order import WorkOrder, WorkOrderState
from response.clocks.book import sync
from response.orders.one_matter import INVESTIGATE, ORDER_KINDS, one_matter
from response.service_times import CN_DEFAULT
from tests.response import little_town as town
from tests.response.matter_town import BURST, LOW, Matter

CALL, TICKED = ("call",), ("call", "ticked")
STEPS = [
    CALL,
    TICKED,
    ("low", "0"),
    ("low", "1"),
    ("burst", "yes"),
    ("burst", "no"),
    ("confirm",),
    ("split",),
    ("merge", "so"),
    ("merge", "turned"),
    ("send",),
    ("follow", "response"),
    ("follow", "call_clusters"),
    ("follow", "call_alarms"),
    ("settle",),
]


async def does(matter: Matter, step: tuple[str, ...]) -> None:
    match step:
        case ("call", *ticked):
            await matter.calls(ticked=bool(ticked))
        case ("low", n):
            await matter.sees(LOW[int(n)])
        case ("burst", agrees):
            await matter.sees(BURST, pressure_agrees=agrees)
        case ("confirm",):
            await matter.confirms()
        case ("split",):
            await matter.parts()
        case ("merge", way):
            await matter.joins(way == "turned")
        case ("send",):
            await matter.sends()
        case ("follow", service):
            await matter.follows(service)
        case _:
            await matter.settles()


@pytest.fixture
async def matter(tmp_path):
    matter = await Matter.at(tmp_path)
    yield matter
    await matter.ledger.close()


async def all_calls(matter: Matter, n: int = 4) -> None:
    for _ in range(n):
        await matter.calls()
    await matter.settles()


async def test_the_callers_order_and_the_incident_of_their_alarm_know_each_other(matter):
    await all_calls(matter)
    (order,), (incident,) = await matter.orders(), await matter.incidents()
    cluster = await matter.cluster()
    assert (incident.kind, incident.state) == (IncidentKind.LOW_PRESSURE, IncidentState.SUSPECTED)
    assert (order.kind, order.incident, order.reports) == (INVESTIGATE, incident.id, 4)
    assert (cluster.incident, cluster.work_order) == (incident.id, order.id)
    assert {(one.work_order, one.incident) for one in await matter.reports()} == {(order.id, incident.id)}


async def test_calls_first_the_same_order_is_raised_when_the_gauges_say_that_it_is_a_burst(matter):
    await all_calls(matter)
    (before,) = await matter.orders()
    await matter.sends()
    await matter.sees(BURST, pressure_agrees="yes")
    await matter.settles()
    (order,), (incident,) = await matter.orders(), await matter.incidents()
    assert (order.id, order.kind, order.incident, order.reports) == (before.id, "burst", incident.id, 4)
    assert (order.state, order.crew) == (WorkOrderState.ASSIGNED, "crew-1"), "the crew goes on with it"
    assert "call_cluster" in order.priority_reasons and len(order.priority_reasons) > 1
    assert "疑似爆管" in order.title.zh
    assert "investigate: East district → Suspected burst" in str(order.milestones[-1].note)
    async with matter.ledger.read() as tx:
        (draft,) = await tx.find(Notice)
    assert (draft.kind, draft.incident) == (NoticeKind.EMERGENCY_OUTAGE, incident.id)


async def test_raised_it_promises_what_a_burst_does_from_then_on_and_nothing_later_than_before(matter):
    await all_calls(matter)
    (before,) = await matter.orders()
    async with matter.ledger.begin() as tx:
        await sync(tx, CN_DEFAULT, before)
    await matter.sees(BURST, pressure_agrees="yes")
    await matter.settles()
    (order,) = await matter.orders()
    assert {ClockName.STOP_WATER, ClockName.REPAIR, ClockName.ARRIVE} <= dict(order.clocks).keys()
    assert all(dict(order.clocks)[name] <= due for name, due in before.clocks)
    async with matter.ledger.begin() as tx:
        await sync(tx, CN_DEFAULT, order)
        clocks = {one.clock: one for one in await tx.find(ServiceClock, order=order.id)}
    assert clocks[ClockName.STOP_WATER].start_ns == order.raised_ns
    assert clocks[ClockName.ARRIVE].due_ns == town.T0 + 90 * town.MIN < dict(before.clocks)["arrive"]


async def test_pressure_first_the_callers_hang_on_the_burst_s_order(matter):
    await matter.sees(BURST, pressure_agrees="yes")
    await matter.settles()
    (order,) = await matter.orders()
    await all_calls(matter)
    (same,) = await matter.orders()
    assert (same.id, same.reports) == (order.id, 4)


async def test_callers_before_and_after_are_one_order_also_those_who_had_orders_of_their_own(matter):
    """Of the first two each had the tick set: an order of its own."""
    matter._caller = 0
    for _ in range(2):
        await matter.calls(ticked=True)
    await all_calls(matter, 20)
    await matter.sees(BURST, pressure_agrees="yes")
    await matter.settles()
    await all_calls(matter, 20)
    (order,) = await matter.standing()
    assert (order.kind, order.reports, order.callers) == ("burst", 42, 42)
    assert {one.work_order for one in await matter.reports()} == {order.id}


async def test_a_look_that_was_cancelled_does_not_stand_in_the_way_of_a_burst(matter):
    await all_calls(matter)
    (look,) = await matter.orders()
    async with matter.ledger.begin() as tx:
        await tx.put(replace(look, state=WorkOrderState.CANCELLED))
    await matter.sees(BURST, pressure_agrees="yes")
    await matter.settles()
    (order,) = await matter.standing()
    assert (order.kind, order.id != look.id) == ("burst", True)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(STEPS), max_size=14), st.permutations([CALL] * 3 + [("burst", "yes")]))
async def test_whatever_comes_first_every_matter_has_exactly_one_order(steps, story):
    """Any order of calls, gauges, people and services; then three callers and a burst, so that one is."""
    with tempfile.TemporaryDirectory() as folder:
        matter = await Matter.at(Path(folder))
        try:
            for step in (*steps, *story):
                await does(matter, step)
            await matter.settles()
            await holds(matter)
        finally:
            await matter.ledger.close()


async def holds(matter: Matter) -> None:
    incidents, standing = await matter.incidents(), await matter.standing()
    for incident in incidents:
        mine = [order for order in standing if order.incident == incident.id]
        assert len(mine) <= 1, "never two for one incident"
        if incident.state is IncidentState.CONFIRMED:
            (order,) = mine
            assert one_matter(order.kind, ORDER_KINDS[incident.kind])
            assert incident.kind is not IncidentKind.BURST or order.kind == "burst"
    assert len(standing) <= len(incidents), "none besides"
    await linked(matter, standing)


async def linked(matter: Matter, standing: list[WorkOrder]) -> None:
    """Nobody who rang up is lost, or counted twice."""
    reports, orders = await matter.reports(), {order.id: order for order in await matter.orders()}
    assert None not in {one.work_order for one in reports}
    for order in orders.values():
        assert order.reports == len([one for one in reports if one.work_order == order.id])
    stands = {order.id for order in standing}
    assert {orders[one.work_order].same_as or one.work_order for one in reports} <= stands
