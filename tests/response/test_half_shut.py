"""WO-21, ON-05: of a main that is fed from both ends one valve of two that is shut stops nothing."""

import pytest

from core.model.notice import Progress, Site
from core.model.valve_operation import StoppedBy, Turning, ValveOperation
from core.model.work_order import WorkOrder
from response.orders.parting import half_shut
from response.orders.taking import Said
from response.progress import stages
from response.site import Water, water, work_of
from tests.response import little_town as town
from tests.response.test_other_mains_supply import plant, site

__all__ = ["plant", "site"]


@pytest.fixture
async def half(site):
    """v2 is recorded shut, v4 is not, and somebody pressed 止水 without a word of how."""
    site.at += town.MIN
    await site.valve(Turning.CLOSE, "v2")
    await site.step("isolate")
    return site


async def stages_of(site, ledger) -> dict[Progress, int]:
    async with ledger.read() as tx:
        (order,) = await tx.find(WorkOrder)
        return dict(stages(await site.content(), order, await tx.find(ValveOperation)))


async def order_of(ledger) -> WorkOrder:
    async with ledger.read() as tx:
        (order,) = await tx.find(WorkOrder)
    return order


async def test_half_of_the_valves_never_say_that_the_main_is_shut_off(half, ledger):
    said = await half.content()
    assert said.site is Site.SHUTTING
    assert "正在关阀止水" in said.body.zh and "Valves are being shut" in said.body.en
    assert "已关阀" not in said.body.zh and "have been shut" not in said.body.en
    assert Progress.ISOLATED not in await stages_of(half, ledger)
    found = half_shut(await order_of(ledger))
    assert found is not None and (found.shut, found.of, found.left) == (1, 2, ("v4",))
    assert (await half.checks())["half_shut"] is False, "whoever approves is told"
    async with ledger.read() as tx:
        assert water(town.burst(), await work_of(tx, town.burst().id)) is Water.MAY_BE_OFF


async def test_with_the_last_of_them_shut_it_is_shut_off_from_then_on(half, ledger):
    half.at += town.MIN
    await half.valve(Turning.CLOSE, "v4")
    assert (await half.content()).site is Site.SHUT
    assert (await stages_of(half, ledger))[Progress.ISOLATED] == half.at
    assert half_shut(await order_of(ledger)) is None and "half_shut" not in await half.checks()


async def test_a_crew_that_says_that_the_water_is_stopped_is_believed(site, ledger):
    await site.valve(Turning.CLOSE, "v2")
    await site.step("isolate", Said(stopped=StoppedBy.VALVES))
    assert (await site.content()).site is Site.SHUT
    assert Progress.ISOLATED in await stages_of(site, ledger)
    assert half_shut(await order_of(ledger)) is None


async def test_valves_that_are_opened_again_were_not_left_to_shut(half, ledger):
    await half.valve(Turning.CLOSE, "v4")
    await half.step("repair")
    await half.valve(Turning.OPEN, "v2")
    assert half_shut(await order_of(ledger)) is None
    assert Progress.ISOLATED in await stages_of(half, ledger)


async def test_a_repair_begun_behind_half_of_them_was_never_shut_off(half, ledger):
    await half.step("repair")
    assert Progress.ISOLATED not in (shown := await stages_of(half, ledger))
    assert Progress.REPAIRING in shown
    assert (await half.checks())["half_shut"] is False
