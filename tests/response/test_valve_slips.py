"""WO-21: a valve's entry that was a slip, taken back, leaves all as if it had never been made: the order,
who is without water, the notice and its stages, the outage."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from core.model.notice import Affected
from core.model.outage import Outage
from core.model.valve_operation import Turning
from core.model.work_order import Beside, Outcome, WorkOrder
from core.model.work_order import WorkOrderState as S
from response.orders.taking import Said
from response.orders.valve_slips import take_back
from response.orders.valves import entries_of, log_of
from response.orders.way import way
from response.progress import stages
from response.refused import Refused
from response.site import water, work_of
from tests.response import little_town as town
from tests.response.crew_on_site import CREW, OnSite
from tests.response.little_notices import publish
from tests.response.test_outage_twice import FIRST, Costs, costs, once_off

__all__ = ["costs"]
MENDED = Said(outcome=Outcome.REPAIRED)
Slip = Callable[[OnSite], Awaitable[None]]


async def order_of(ledger) -> WorkOrder:
    async with ledger.read() as tx:
        (order,) = await tx.find(WorkOrder)
    return order


async def picture(site: OnSite, ledger, costs: Costs) -> dict[str, Any]:
    await costs.heard()
    order, said = await order_of(ledger), await site.content()
    async with ledger.read() as tx:
        log = await log_of(tx, [order])
        outage = await tx.get(Outage, "INC-1")
        done = await work_of(tx, "INC-1")
        return {
            "order": (order.state, order.off_balance, order.discoloured_ns, way(order)),
            "work": done,
            "water": water(town.burst(), done),
            "said": (said.site, said.title, said.body, said.supply, said.streets, said.parted),
            "counts": (said.accounts_affected, said.accounts_weak),
            "rows": {(r.account, r.supply, r.reason) for r in await tx.find(Affected, notice=said.id)},
            "stages": stages(said, order, log),
            "outage": outage and (outage.started_ns, outage.no_water, outage.off_ns, outage.earlier),
        }


async def taken_back(site: OnSite, ledger) -> WorkOrder:
    """The last entry."""
    site.at += town.MIN
    async with ledger.begin() as tx:
        (order,) = await tx.find(WorkOrder)
        last = (await entries_of(tx, [order]))[-1]
        order = await take_back(tx, order.id, last.id, CREW, site.at)
    await site.heard()
    return order


async def arrived(site: OnSite) -> None:
    for name in ("depart", "arrive"):
        await site.step(name)


async def isolated(site: OnSite) -> None:
    await arrived(site)
    await site.valve(Turning.CLOSE)
    await site.step("isolate")


async def to_open(site: OnSite) -> None:
    await isolated(site)
    await site.step("complete", MENDED)


async def completed(site: OnSite) -> None:
    await to_open(site)
    site.at += town.MIN
    await site.valve(Turning.OPEN)


@pytest.mark.parametrize("published", [False, True])
@pytest.mark.parametrize(
    ("before", "turning", "valve"),
    [
        (arrived, Turning.CLOSE, "v2"),
        (isolated, Turning.CLOSE, "v1"),
        (isolated, Turning.OPEN, "v2"),
        (to_open, Turning.OPEN, "v2"),
        (to_open, Turning.CLOSE, "v1"),
        (completed, Turning.CLOSE, "v2"),
    ],
)
async def test_taken_back_it_is_as_if_it_had_never_been(
    site, ledger, costs, before: Slip, turning: Turning, valve: str, published: bool
):
    if published:
        await publish(ledger, site.at)
    await before(site)
    was = await picture(site, ledger, costs)
    site.at += town.MIN
    await site.valve(turning, valve)
    assert await picture(site, ledger, costs) != was, "it said something"
    await taken_back(site, ledger)
    assert await picture(site, ledger, costs) == was


async def test_a_step_that_the_valves_made_is_a_slip_too_and_a_persons_leads_where_it_would_have(
    site, ledger
):
    await isolated(site)
    await site.valve(Turning.CLOSE, "v1")
    await site.valve(Turning.OPEN, "v2")
    await site.step("complete", MENDED)
    repaired_ns = site.at
    order = await taken_back_of(site, ledger, "v1")
    steps = [one for one in order.milestones if one.beside is None]
    assert (order.state, steps[-1].when_ns) == (S.COMPLETED, repaired_ns), "v1 was never shut"
    await taken_back_of(site, ledger, "v2")
    order = await order_of(ledger)
    assert (order.state, [one.valve for one in order.off_balance]) == (S.TO_OPEN, ["v2"])
    site.at += town.MIN
    await site.valve(Turning.OPEN, "v2")
    order = await taken_back(site, ledger)
    assert order.state is S.TO_OPEN
    slips = [one.state for one in order.milestones if one.beside is Beside.TAKEN_BACK]
    assert slips[-1] is S.COMPLETED
    assert order.milestones[-1].beside is Beside.NOTED


async def test_that_a_valve_stays_shut_was_said_of_another_and_holds(site, ledger):
    await to_open(site)
    await site.step("complete", Said(note="阀门 v2 卡死"))
    site.at += town.MIN
    await site.valve(Turning.CLOSE, "v1")
    order = await taken_back(site, ledger)
    assert (order.state, [one.valve for one in order.off_balance]) == (S.COMPLETED, ["v2"])


async def test_the_turns_of_a_slip_do_not_bind_whoever_opens_it(site, ledger):
    await isolated(site)
    assert (await order_of(ledger)).off_balance[0].closed == 20
    await taken_back(site, ledger)
    await site.valve(Turning.CLOSE)
    async with ledger.begin() as tx:
        (order,) = await tx.find(WorkOrder)
        first = (await entries_of(tx, [order]))[0]
        assert not first.stands
        assert (await take_back(tx, order.id, first.id, CREW, site.at)).seq == order.seq, "it is, already"
        with pytest.raises(Refused, match="no_such_entry"):
            await take_back(tx, order.id, "a-7", CREW, site.at, "v2")
    assert (await order_of(ledger)).off_balance[0].closed == 20


async def taken_back_of(site: OnSite, ledger, valve: str) -> WorkOrder:
    site.at += town.MIN
    async with ledger.begin() as tx:
        (order,) = await tx.find(WorkOrder)
        last = [one for one in await log_of(tx, [order]) if one.valve == valve][-1]
        order = await take_back(tx, order.id, last.id, CREW, site.at)
    await site.heard()
    return order


async def test_wo_29_a_slip_after_water_was_back_begins_no_second_time(site, ledger, costs):
    back_ns = await once_off(site, ledger, costs)
    was = await costs.of()
    assert was.restored_ns == back_ns
    site.at += town.HOUR
    await site.valve(Turning.CLOSE)
    assert (await costs.of()).restored_ns is None, "it says that water is off again"
    await taken_back(site, ledger)
    found = await costs.of()
    assert (found.restored_ns, found.off_ns, found.earlier) == (was.restored_ns, was.off_ns, ())
    assert found.customer_minutes == was.customer_minutes == FIRST


async def test_wo_29_an_opening_that_was_a_slip_ends_nothing(site, ledger, costs):
    await once_off(site, ledger, costs)
    await taken_back(site, ledger)
    found = await costs.of()
    assert (found.restored_ns, found.earlier) == (None, ()), "water is off as before, and was all the time"
