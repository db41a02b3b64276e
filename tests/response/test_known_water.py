"""Of those whom an incident reaches: off is what a crew recorded, no more, and back what is so by it and by
the instruments."""

import pytest

from core.model.incident import Incident, IncidentState
from core.model.valve_operation import StoppedBy, Turning
from response.orders.taking import Said
from response.site import Water, water, work_of
from tests.response import little_town as town


async def known(ledger, incident: Incident | None = None) -> Water | None:
    standing = incident or town.burst()
    async with ledger.read() as tx:
        return water(standing, await work_of(tx, standing.id))


async def test_until_a_crew_has_shut_a_valve_people_may_be_without_and_then_they_are(site, ledger):
    for step in ("depart", "arrive"):
        await site.step(step)
        assert await known(ledger) is Water.MAY_BE_OFF
    await site.valve(Turning.CLOSE)
    assert await known(ledger) is Water.OFF
    assert await known(ledger, town.burst(IncidentState.RESTORED)) is Water.OFF
    await site.valve(Turning.OPEN)
    assert await known(ledger, town.burst(IncidentState.RESTORED)) is Water.BACK


async def test_under_a_clamp_nobody_is_off(site, ledger):
    for step in ("depart", "arrive"):
        await site.step(step)
    await site.step("isolate", Said(stopped=StoppedBy.UNDER_PRESSURE))
    assert await known(ledger) is Water.WEAK


async def test_valves_that_others_shut_count_as_ours(site, ledger):
    for step in ("depart", "arrive"):
        await site.step(step)
    await site.step("isolate", Said(stopped=StoppedBy.BY_OTHERS))
    assert await known(ledger) is Water.OFF


@pytest.mark.parametrize("state", [IncidentState.CLOSED, IncidentState.FALSE_ALARM, IncidentState.RESTORED])
async def test_what_is_over_leaves_nobody_without_water(site, ledger, state):
    assert await known(ledger, town.burst(state)) is Water.BACK


async def test_doubtful_water_is_none_of_it(ledger):
    assert await known(ledger, town.quality()) is None
