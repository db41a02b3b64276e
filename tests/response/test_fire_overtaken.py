"""ON-13: a statement that is on its way to the fire service while its matter changes is not forgotten."""

from core.model.fire_duty import FireDuty, FireMatter, FireState
from core.model.incident import IncidentState
from tests.response import little_town as town
from tests.response.on_duty import Duty
from tests.response.test_fire_service import at_work, duties, to_fire


async def on_its_way(desk: Duty, pipe: str) -> None:
    """The provider has the statement, and has not said so yet."""
    desk.sms.slow.set()
    await town.report(desk.ledger, town.burst(pipe=pipe))

    async def sent() -> bool:
        return len(desk.sms.got) == 1

    await desk.until(sent)


async def overtaken(desk: Duty) -> None:
    """Then the provider answers."""

    async def dropped() -> bool:
        async with desk.ledger.read() as tx:
            return any(one.state is FireState.DROPPED for one in await tx.find(FireDuty))

    await desk.until(dropped)
    desk.sms.slow.clear()
    desk.sms.over.set()


async def test_on_13_who_was_just_being_told_hears_that_it_was_a_false_alarm(duty: Duty):
    async with at_work(duty) as desk:
        await on_its_way(desk, "p2")
        await town.report(desk.ledger, town.burst(IncidentState.FALSE_ALARM))
        await overtaken(desk)
        lost, back = await duties(desk, 2)
        assert lost.told_ns is not None
        assert (back.matter, back.hydrants, back.state) == (
            FireMatter.BACK,
            ("hydrant-002",),
            FireState.DONE,
        )
        assert "恢复供水" in to_fire(desk)[1]


async def test_on_13_who_was_just_being_told_a_longer_list_hears_what_is_no_longer_on_it(duty: Duty):
    async with at_work(duty) as desk:
        await on_its_way(desk, "p1")
        await town.report(desk.ledger, town.burst(pipe="p2"))
        await overtaken(desk)
        await duties(desk, 3)
        await desk.turn(125)
        *_, last = await duties(desk, 3)
        assert (last.state, last.hydrants, last.gone) == (
            FireState.OPEN,
            ("hydrant-002",),
            ("hydrant-001",),
        )
        assert last.told_ns is not None and "不在现时推算范围内" in to_fire(desk)[-1]


async def test_on_13_a_hub_that_died_while_telling_takes_it_back_in_its_next_life(duty: Duty):
    async with at_work(duty) as desk:
        await on_its_way(desk, "p2")
    duty.sms.slow.clear()
    duty.sms.over.set()
    duty.clock.t_ns += 10 * town.S
    await town.report(duty.ledger, town.burst(IncidentState.FALSE_ALARM))
    async with at_work(duty) as desk:
        lost, back = await duties(desk, 2)
        assert (lost.state, back.matter, back.state) == (FireState.DROPPED, FireMatter.BACK, FireState.DONE)
        assert "恢复供水" in to_fire(desk)[-1]
