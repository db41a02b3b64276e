"""ON-13: of a fault that nobody saw on site, hydrants may be without water, and that is all that is said."""

from dataclasses import replace

from core.model.fire_duty import FireMatter
from core.model.notice import Site
from response.notices.versions import prepared, write
from tests.response import little_town as town
from tests.response.on_duty import Duty
from tests.response.test_fire_service import desk, duties, the_notice, to_fire

__all__ = ["desk"]


def in_english(desk: Duty) -> list[str]:
    return [b["commonAnnotations"]["description"] for b in desk.sms.bodies if b["receiver"] == "119@sms"]


async def on_site(desk: Duty, site: Site) -> None:
    async with desk.ledger.begin() as tx:
        before = await prepared(tx, (await the_notice(desk)).id)
        await write(tx, before, replace(before.content, site=site), desk.clock.now_ns())


async def test_on_13_what_is_only_suspected_is_told_as_that(desk: Duty):
    await town.report(desk.ledger, town.burst())
    (one,) = await duties(desk, 1)
    assert one.suspected
    assert to_fire(desk)[0].startswith("消火栓可能停水（现场尚未核实）：")
    assert in_english(desk)[0].startswith("Hydrants that may be without water (not confirmed on site): ")


async def test_on_13_a_hydrant_that_a_new_guess_leaves_out_is_not_said_to_have_water_again(desk: Duty):
    await town.report(desk.ledger, town.burst(pipe="p1"))
    await duties(desk, 1)
    await town.report(desk.ledger, town.burst(pipe="p2"))
    await desk.turn(125)
    *_, last = await duties(desk, 2)
    assert last.gone == ("hydrant-001",)
    assert "不在现时推算范围内：" in to_fire(desk)[-1] and "不再停水" not in to_fire(desk)[-1]
    assert "No longer in the reckoned area:" in in_english(desk)[-1]
    assert "消火栓可能停水名单更新（现场尚未核实）：" in to_fire(desk)[-1]


async def test_on_13_once_the_fault_is_found_the_same_hydrants_are_told_as_without_water(desk: Duty):
    await town.report(desk.ledger, town.burst())
    await duties(desk, 1)
    await on_site(desk, Site.SHUTTING)
    await desk.turn(125)
    first, second = await duties(desk, 2)
    assert (first.suspected, second.suspected, second.matter) == (True, False, FireMatter.LOST)
    assert second.hydrants == first.hydrants and not second.gone
    assert to_fire(desk)[-1].startswith("消火栓停水：")


async def test_on_13_of_a_burst_that_is_not_located_the_zone_s_hydrants_are_told(desk: Duty):
    await town.report(desk.ledger, town.burst(pipe=None))
    (one,) = await duties(desk, 1)
    assert one.suspected and one.hydrants == ("hydrant-001", "hydrant-002", "hydrant-004")
    assert "消火栓 004" in to_fire(desk)[0] and (await the_notice(desk)).hydrants == 3
