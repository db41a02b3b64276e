"""ON-13: an unapproved draft tells the fire service nothing, nor any that hydrants which are back are dry."""

from core.model.fire_duty import FireMatter
from core.model.incident import IncidentState
from core.model.notice import Change
from response.fire_duties import overtaken
from response.notices import decisions, drafts
from response.notices.drafts import Wish
from response.notices.scope import Scope
from response.notices.versions import prepared
from tests.response import little_town as town
from tests.response.on_duty import Duty
from tests.response.test_fire_service import (
    MANAGER,
    OPERATOR,
    TIMES,
    desk,
    duties,
    plant,
    the_notice,
    to_fire,
)

__all__ = ["desk"]


async def published(desk: Duty) -> str:
    """Of hydrant 002, which they were told of."""
    await town.report(desk.ledger, town.burst())
    await duties(desk, 1)
    id = (await the_notice(desk)).id
    async with desk.ledger.begin() as tx:
        await decisions.approve(tx, id, MANAGER, desk.clock.now_ns())
        await decisions.publish(tx, id, MANAGER, desk.clock.now_ns(), times=TIMES)
    await desk.quiet()
    return id


async def test_on_13_what_a_person_writes_of_a_burst_is_told_once_it_is_approved(desk: Duty):
    id = await published(desk)
    wish = Wish(scope=Scope(pipes=("p1",)))
    async with desk.ledger.begin() as tx:
        written = await drafts.update(tx, plant(), id, wish, OPERATOR.id, desk.clock.now_ns())
    assert written.hydrants_at and written.hydrants_at != ("hydrant-002",)
    await desk.turn(125)
    assert [one.hydrants for one in await duties(desk, 1)] == [("hydrant-002",)]
    async with desk.ledger.begin() as tx:
        await decisions.approve(tx, id, MANAGER, desk.clock.now_ns())
    assert (await duties(desk, 2))[-1].hydrants == written.hydrants_at


async def test_on_13_hydrants_that_are_back_are_not_told_as_published_once_more(desk: Duty):
    """The hub's draft named more than the published version; its draft of the restoration names none."""
    id = await published(desk)
    await town.report(desk.ledger, town.burst(pipe="p1"))
    await desk.turn(125)
    assert (await duties(desk, 2))[-1].hydrants == ("hydrant-001", "hydrant-002")
    await town.report(desk.ledger, town.burst(IncidentState.RESTORED, pipe="p1"))

    async def drafted() -> bool:
        async with desk.ledger.read() as tx:
            return (await prepared(tx, id)).content.change is Change.RESTORED

    await desk.until(drafted)
    await desk.turn(125)
    assert [one.matter for one in await duties(desk, 2)] == [FireMatter.LOST] * 2
    async with desk.ledger.begin() as tx:
        await decisions.restore(tx, id, MANAGER, desk.clock.now_ns(), reason="现场确认")
    back = (await duties(desk, 3))[-1]
    assert (back.matter, back.hydrants) == (FireMatter.BACK, ("hydrant-001", "hydrant-002"))
    assert "恢复供水" in to_fire(desk)[-1]


async def test_on_13_after_the_restoration_the_last_word_is_that_they_have_water(desk: Duty):
    """A statement that was on its way arrives after it."""
    id = await published(desk)
    async with desk.ledger.begin() as tx:
        await decisions.restore(tx, id, MANAGER, desk.clock.now_ns(), reason="现场确认")
    lost, _ = await duties(desk, 2)
    desk.clock.t_ns += town.S
    async with desk.ledger.begin() as tx:
        await overtaken(tx, lost, desk.clock.now_ns())
    *_, last = await duties(desk, 3)
    assert (last.matter, last.hydrants) == (FireMatter.BACK, ("hydrant-002",))
