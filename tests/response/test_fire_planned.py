"""ON-13: of planned work the fire service hears once it is approved, and what becomes of it."""

from dataclasses import replace

import pytest

from core.model.fire_duty import FireMatter, FireState
from core.model.notice import Notice
from core.model.shanghai import span
from response.fire_duties import follow, spoken
from response.notices import decisions, drafts
from response.notices.drafts import Wish
from response.notices.validation import Unfit
from response.notices.versions import prepared
from response.refused import Refused
from tests.response import little_town as town
from tests.response.on_duty import Duty
from tests.response.test_fire_service import MANAGER, OPERATOR, TIMES, desk, duties, planned, plant, to_fire

__all__ = ["desk"]


async def test_on_13_of_planned_work_they_hear_once_it_is_approved_and_before_it_is_published(desk: Duty):
    id = await planned(desk)
    await desk.quiet()
    assert to_fire(desk) == []
    async with desk.ledger.begin() as tx:
        await decisions.approve(tx, id, MANAGER, desk.clock.now_ns())
    async with desk.ledger.begin() as tx:
        if (await tx.get(Notice, id)).fire_told_ns is None:  # type: ignore[union-attr]
            with pytest.raises(Unfit):
                await decisions.publish(tx, id, MANAGER, desk.clock.now_ns(), times=TIMES)
    (one,) = await duties(desk, 1)
    assert one.planned and "计划停水：" in to_fire(desk)[0]
    async with desk.ledger.begin() as tx:
        said = await decisions.publish(tx, id, MANAGER, desk.clock.now_ns(), times=TIMES)
    assert said.fire_told_ns == one.told_ns
    later = Wish(starts_ns=said.starts_ns + 24 * town.HOUR, estimated=True)
    later = replace(later, eta_latest_ns=said.starts_ns + 28 * town.HOUR)
    async with desk.ledger.begin() as tx:
        moved = await drafts.update(tx, plant(), id, later, OPERATOR.id, desk.clock.now_ns())
        assert moved.fire_told_ns is None, "of its new time they know nothing yet"
        await decisions.approve(tx, id, MANAGER, desk.clock.now_ns())
    await duties(desk, 2)
    async with desk.ledger.begin() as tx:
        await decisions.publish(tx, id, MANAGER, desk.clock.now_ns(), times=TIMES)
        await decisions.withdraw(tx, id, MANAGER, desk.clock.now_ns(), reason="发布有误")
    off = (await duties(desk, 3))[-1]
    assert (off.matter, off.state) == (FireMatter.CANCELLED, FireState.DONE), (
        "their hydrants never lost water"
    )
    assert (off.starts_ns, off.ends_ns) == (later.starts_ns, later.eta_latest_ns), "what is called off"
    assert "取消" in to_fire(desk)[2] and span(off.starts_ns, off.ends_ns).zh in to_fire(desk)[2]
    assert "恢复" not in to_fire(desk)[2]


async def test_on_13_who_is_telephoned_before_the_approval_is_not_told_that_it_is_called_off(desk: Duty):
    id = await planned(desk)
    async with desk.ledger.begin() as tx:
        await spoken(tx, id, OPERATOR, desk.clock.now_ns(), TIMES.file.fire_service)
    await desk.quiet()
    assert [one.matter for one in await duties(desk, 1)] == [FireMatter.LOST]
    async with desk.ledger.begin() as tx:
        await decisions.withdraw(tx, id, MANAGER, desk.clock.now_ns(), reason="发布有误")
    assert [one.matter for one in await duties(desk, 2)] == [FireMatter.LOST, FireMatter.CANCELLED]


async def test_on_13_of_planned_work_that_was_broken_off_hydrants_have_water_again(desk: Duty):
    id = await planned(desk)
    async with desk.ledger.begin() as tx:
        await decisions.approve(tx, id, MANAGER, desk.clock.now_ns())
    await duties(desk, 1)
    async with desk.ledger.begin() as tx:
        await decisions.publish(tx, id, MANAGER, desk.clock.now_ns(), times=TIMES)
    desk.clock.t_ns += 31 * town.HOUR
    async with desk.ledger.begin() as tx:
        await decisions.withdraw(tx, id, MANAGER, desk.clock.now_ns(), reason="发布有误")
    assert (await duties(desk, 2))[-1].matter is FireMatter.BACK
    assert "恢复供水" in to_fire(desk)[1]


async def test_on_13_of_another_time_they_may_be_telephoned_before_it_is_approved(desk: Duty):
    id, rules = await planned(desk), TIMES.file.fire_service
    async with desk.ledger.begin() as tx:
        now_ns = desk.clock.now_ns()
        await spoken(tx, id, OPERATOR, now_ns, rules)
        await decisions.approve(tx, id, MANAGER, now_ns)
        said = await decisions.publish(tx, id, MANAGER, now_ns, times=TIMES)
        with pytest.raises(Refused):
            await spoken(tx, id, OPERATOR, now_ns, rules)
        later = Wish(starts_ns=said.starts_ns + town.HOUR)
        await drafts.update(tx, plant(), id, later, OPERATOR.id, now_ns)
        await spoken(tx, id, OPERATOR, now_ns, rules)
        await decisions.approve(tx, id, MANAGER, now_ns)
        await decisions.publish(tx, id, MANAGER, now_ns, times=TIMES)
    assert [one.state for one in await duties(desk, 2)] == [FireState.DONE, FireState.DONE]
    assert to_fire(desk) == [], "what a person has said is not said again by the hub"


async def test_on_13_whoever_has_drawn_the_notice_hears_that_a_statement_was_opened_or_dropped(duty: Duty):
    """Also where no channel tells them, so that nothing else follows it."""
    id = await planned(duty)
    for act, heard in ((decisions.approve, 1), (None, 0), (decisions.withdraw, 1), (None, 0)):
        if act is not None:
            async with duty.ledger.begin() as tx:
                await act(tx, id, MANAGER, duty.clock.now_ns())
        before = await duty.ledger.last_event()
        async with duty.ledger.begin() as tx:
            await follow(tx, await prepared(tx, id), TIMES.file.fire_service, duty.clock.now_ns())
        assert [event.subject for event in await duty.ledger.events(before)] == [id] * heard
