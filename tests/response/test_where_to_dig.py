"""WO-19: the pipes that a crew's phone names follow the instruments until the crew shuts the water."""

import pytest

from core.model.incident import Incident
from core.model.work_order import WorkOrder
from response.orders.whereabouts import Whereabouts, whereabouts
from tests.response import little_town as town


@pytest.fixture
def shown(ledger, plant):
    async def shown() -> Whereabouts:
        async with ledger.read() as tx:
            (order,), (incident,) = await tx.find(WorkOrder), await tx.find(Incident)
        return whereabouts(plant, order, incident)

    return shown


def likely(where: Whereabouts) -> list[tuple[str, float | None]]:
    return [(one.link, one.share) for one in where.likely]


async def test_wo_19_the_likely_pipe_stands_with_the_place_once_the_water_is_shut(site, ledger, shown):
    for name in ("depart", "arrive"):
        await site.step(name)
    await town.report(ledger, town.burst(pipe="p4", radius_m=80.0))
    await site.heard()
    before = await shown()
    assert (likely(before), before.radius_m) == ([("p4", 0.6)], 80)
    await site.step("start-isolation")
    await town.report(ledger, town.burst(pipe="p2", radius_m=50.0))
    await site.heard()
    after = await shown()
    assert likely(after) == [("p4", None)], "of the pipes between its valves the one at its place"
    assert after.radius_m is None, "how sure the instruments are of another place says nothing of this one"
    assert (after.mains, after.valves) == (before.mains, before.valves)
