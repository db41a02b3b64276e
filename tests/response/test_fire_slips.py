"""ON-13: that the fire service has heard may be written down by mistake, and is taken back."""

import pytest

from core.model.account import Role
from core.model.fire_duty import FireState
from response.fire_duties import spoken
from response.fire_slips import taken_back
from response.refused import Refused
from tests.response import little_town as town
from tests.response.on_duty import Duty
from tests.response.test_fire_service import BY_PHONE, TIMES, at_work, duties, planned, the_notice, to_fire

OPERATOR, RULES = town.user(Role.OPERATOR), TIMES.file.fire_service


async def test_on_13_whom_a_channel_told_but_nobody_spoke_to_is_asked_for_again(duty: Duty):
    async with at_work(duty) as desk:
        await town.report(desk.ledger, town.burst())
        (one,) = await duties(desk, 1)
        desk.clock.t_ns += 60 * town.S
        async with desk.ledger.begin() as tx:
            await spoken(tx, one.notice, OPERATOR, desk.clock.now_ns(), RULES)
        (heard,) = await duties(desk, 1)
        assert (await the_notice(desk)).fire_told_ns == heard.told_ns == one.told_ns, "told once, then heard"
        async with desk.ledger.begin() as tx:
            await taken_back(tx, one.notice, OPERATOR, desk.clock.now_ns(), RULES)
            with pytest.raises(Refused) as refused:
                await taken_back(tx, one.notice, OPERATOR, desk.clock.now_ns(), RULES)
        assert refused.value.reason == "not_said"
        (again,) = await duties(desk, 1)
        assert (again.state, again.done_ns, again.told_ns) == (FireState.OPEN, None, one.told_ns)
        assert again.attempts[0].taken_back_by == OPERATOR.id
        assert (await the_notice(desk)).fire_told_ns == one.told_ns
        await desk.turn(11 * 60)
        await desk.quiet()
        assert len(to_fire(desk)) == 1 and len(desk.voice.bodies) == 1, "people on duty hear of it"


async def test_on_13_without_a_channel_a_slip_means_that_they_were_not_told(duty: Duty):
    async with at_work(duty, BY_PHONE) as desk:
        await town.report(desk.ledger, town.burst())
        (one,) = await duties(desk, 1)
        async with desk.ledger.begin() as tx:
            await spoken(tx, one.notice, OPERATOR, desk.clock.now_ns(), RULES)
            await taken_back(tx, one.notice, OPERATOR, desk.clock.now_ns(), RULES)
        (again,) = await duties(desk, 1)
        assert (again.state, again.told_ns) == (FireState.OPEN, None)
        assert (await the_notice(desk)).fire_told_ns is None


async def test_on_13_of_planned_work_that_is_not_approved_a_slip_sends_nothing(duty: Duty):
    async with at_work(duty) as desk:
        id = await planned(desk)
        async with desk.ledger.begin() as tx:
            await spoken(tx, id, OPERATOR, desk.clock.now_ns(), RULES)
            await taken_back(tx, id, OPERATOR, desk.clock.now_ns(), RULES)
        (one,) = await duties(desk, 1)
        assert one.state is FireState.DROPPED and to_fire(desk) == []
        async with desk.ledger.begin() as tx:
            await spoken(tx, id, OPERATOR, desk.clock.now_ns(), RULES)
        assert (await the_notice(desk)).fire_told_ns is not None
