"""ON-13, WO-13: a fault that was only suspected and of which nothing was published is over once its signals
are back: no duty phone is rung for who was to hear of it."""

from dataclasses import replace

import pytest

from core.model.account import Segment
from core.model.call import Outcome
from core.model.duty import DutyAbout, DutyEnd, DutyState
from core.model.fire_duty import FireState
from core.model.incident import IncidentState
from core.model.notice import NoticeState
from tests.response import little_town as town
from tests.response import test_duties as key_customers
from tests.response import test_fire_service as fire
from tests.response.on_duty import Duty

HOUR_S = 3600


async def published(duty: Duty) -> None:
    """The hub's draft: without what it promises next, which nobody here keeps."""
    notice = await fire.the_notice(duty)
    async with duty.ledger.begin() as tx:
        await tx.put(replace(notice, state=NoticeState.PUBLISHED, published_ns=duty.clock.now_ns()))


@pytest.mark.parametrize("public", [False, True])
async def test_on_13_of_hydrants_the_fire_service_did_not_confirm(duty: Duty, public: bool) -> None:
    async with fire.at_work(duty):
        await town.report(duty.ledger, town.burst())
        await fire.duties(duty, 1)
        if public:
            await published(duty)
        await town.report(duty.ledger, town.burst(IncidentState.RESTORED))
        await duty.turn(HOUR_S)
        (one,) = await fire.duties(duty, 1)
        assert (one.state, one.told_ns is not None) == (FireState.OPEN, True)
        assert [body["receiver"] for body in duty.voice.bodies] == (["b@voice"] if public else [])
        if not public:
            await town.report(duty.ledger, town.burst())
            await duty.turn(HOUR_S)
            await duty.quiet()
            assert duty.voice.bodies, "it was not over: whoever is on duty rings them up"


@pytest.mark.parametrize("public", [False, True])
@pytest.mark.parametrize("minutes", [5, 90])
async def test_wo_13_of_key_customers_whom_nobody_had_reached(duty: Duty, public: bool, minutes: int) -> None:
    """One hospital: within its ten minutes, or when they had passed."""
    async with duty.ledger.begin() as tx:
        await tx.put(town.account(101, "j2", "s-1", "人民路", 101, Segment.HOSPITAL))
    async with fire.at_work(duty), key_customers.at_work(duty):
        await town.report(duty.ledger, town.burst())
        await fire.duties(duty, 1)
        await key_customers.tasks(duty)
        if public:
            await published(duty)
        await duty.turn(60 * minutes)
        await duty.quiet()
        await town.report(duty.ledger, town.burst(IncidentState.RESTORED))
        before = [note.key for note in await duty.log(call="INC-1", outcome=Outcome.DELIVERED)]
        await duty.turn(12 * HOUR_S)
        found = await key_customers.tasks(duty)
        after = [note.key for note in await duty.log(call="INC-1", outcome=Outcome.DELIVERED)]
    (off,) = [one for one in found if one.about is DutyAbout.WATER_OFF]
    assert off.ended is DutyEnd.WATER_BACK
    assert off.state is (DutyState.NOT_REACHED if public or minutes > 10 else DutyState.DROPPED)
    assert bool(before) is (minutes > 10)
    assert (after != before) is public, "that water is back they hear who were told that it was off"
