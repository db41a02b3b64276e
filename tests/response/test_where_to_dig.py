"""WO-19: the pipes that a crew's phone names follow the instruments until the crew shuts the water."""

from dataclasses import replace

import pytest

from core.model.incident import Candidate, Incident, Location
from core.model.work_order import WorkOrder
from response.affected import likely_pipes
from response.orders.whereabouts import Whereabouts, whereabouts
from tests.response import little_town as town


@pytest.fixture
def shown(ledger, plant):
    async def shown() -> Whereabouts:
        async with ledger.read() as tx:
            (order,), (incident,) = await tx.find(WorkOrder), await tx.find(Incident)
        return whereabouts(plant, order, incident)

    return shown


async def test_wo_19_pipes_are_in_the_order_of_what_is_shown_and_the_search_begins_in_a_neighbourhood(
    site, ledger, shown
):
    """The first of all is the place where most of the belief lies, with its own figure; the order's place."""
    burst = town.burst(pipe="p4", radius_m=80.0)
    guesses = tuple(Candidate(link=link, share=share, x=0, y=0) for link, share in (("p2", 0.4), ("p4", 0.3)))
    begins = {"begin": "p4", "begin_share": 0.55, "begin_m": 300.0}
    where = Location(candidates=guesses, at_ns=town.T0, radius_m=80.0, method="t", **begins)
    await town.report(ledger, replace(burst, location=where))
    await site.heard()
    now = await shown()
    assert likely(now) == [("p2", 0.4), ("p4", 0.3)]
    assert now.begin is not None and (now.begin.link, now.begin.share, now.begin_m) == ("p4", 0.55, 300)
    assert likely_pipes(replace(burst, location=where), town.plant().network) == ["p4", "p2"]


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
