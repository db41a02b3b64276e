"""Once the crew has found a burst no inner page calls it suspected, nor its place (HL-06)."""

from api.shapes import incident_shape
from core.model.incident import Incident
from core.model.notice import Notice
from core.model.valve_operation import Turning
from core.model.work_order import Outcome, WorkOrder
from response.hotline.unsaid import unsaid
from response.notices import decisions
from response.orders.taking import Said
from response.orders.way import WayStep, way
from response.site import works
from tests.response import little_town as town
from tests.response.little_notices import publish
from tests.response.test_opened_again_shown import MANAGER


async def names(ledger, plant) -> str:
    """As pages and the hotline's internal lines say it, of an account outside."""
    account = next(one for one in town.accounts() if one.zone == "dma-01")
    async with ledger.read() as tx:
        (incident,) = await tx.find(Incident)
        shape = incident_shape(incident, await works(tx, [incident.id]))
        lines = await unsaid(tx, plant, account, [])
    return " ".join([shape["title"]["zh"], shape["title"]["en"], *(f"{one.zh} {one.en}" for one in lines)])


async def test_a_burst_is_suspected_until_its_crew_has_found_it(site, ledger, plant):
    for name in ("depart", "arrive"):
        await site.step(name)
    before = await names(ledger, plant)
    assert "疑似爆管" in before and "Suspected burst" in before and "likely place" in before
    await site.valve(Turning.CLOSE)
    await site.step("isolate")
    for end in (True, False):
        found = await names(ledger, plant)
        assert "疑似" not in found and "uspected burst" not in found and "likely place" not in found
        assert "爆管" in found and "m away" in found
        if end:
            await site.step("complete", Said(outcome=Outcome.REPAIRED))


async def test_what_people_published_to_be_back_is_back_on_the_order_s_way(site, ledger):
    await publish(ledger, site.at)
    for name in ("depart", "arrive", "repair"):
        await site.step(name)
    await site.step("complete", Said(outcome=Outcome.REPAIRED))
    async with ledger.begin() as tx:
        (head,) = await tx.find(Notice)
        await decisions.restore(tx, head.id, MANAGER, site.at + town.MIN, reason="x")
    async with ledger.read() as tx:
        (order,) = await tx.find(WorkOrder)
    assert {one.step: one.at_ns for one in way(order)}[WayStep.RESTORED] is not None
