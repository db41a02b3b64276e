"""ON-06: valves that part the failed main and cut nobody off, since other mains supply them: nobody is told
that their water is off, and every page counts the same."""

from dataclasses import replace

import pytest

from core.model.network import IsolationValve, Link, LinkKind, Network
from core.model.notice import Affected, Site, Supply
from core.model.valve_operation import Turning
from core.model.work_order import WorkOrder
from tests.response import little_town as town
from tests.response.crew_on_site import OnSite


@pytest.fixture
def plant():
    """The two streets are joined at their ends, and p2 has a valve at either."""
    made = town.plant()
    joined = Link("p5", LinkKind.PIPE, "j2", "j4", 100.0, 200.0, zone="dma-01", street="s-1")
    valves = made.network.valves | {"v4": IsolationValve("v4", "p2", "j2")}
    network = Network(made.network.nodes, made.network.links | {"p5": joined}, valves)
    return replace(made, network=network)


@pytest.fixture
async def site(ledger, service, plant):
    made = OnSite(ledger, service, plant)
    await town.report(ledger, town.burst(radius_m=150.0))
    await made.heard()
    for step in ("assign", "depart", "arrive"):
        await made.step(step)
    return made


async def test_nobody_is_said_to_be_off_behind_valves_that_cut_nobody_off(site, ledger, plant):
    assert plant.network.cut_off({"v2", "v4"}) == frozenset()
    for valve in ("v2", "v4"):
        await site.valve(Turning.CLOSE, valve)
    await site.step("isolate")
    said = await site.content()
    async with ledger.read() as tx:
        rows = await tx.find(Affected, notice=said.id)
        (order,) = await tx.find(WorkOrder)
    assert (said.site, said.supply) == (Site.SHUT, Supply.LOW)
    assert {row.supply for row in rows} == {"low_pressure"}
    assert (order.accounts_affected, order.accounts_weak) == (0, said.accounts_affected) != (0, 0)
    assert "由其他管道供水" in said.body.zh and "不停水" in said.body.zh
    assert "other mains supply the area" in said.body.en
    assert "带压" not in said.body.zh and "未关" not in said.body.zh


async def test_while_the_main_is_not_parted_by_what_is_shut_it_stays_a_guess(site, ledger):
    await site.valve(Turning.CLOSE, "v2")
    await site.step("isolate")
    assert (await site.content()).supply is Supply.NONE
