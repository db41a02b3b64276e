"""ON-13: the check before publishing says of the fire service what its log says."""

from dataclasses import replace

from core.model.notice import Notice
from core.model.shanghai import moment
from response.fire_duties import spoken
from response.notices import decisions, drafts
from response.notices.drafts import Wish
from response.notices.validation import Lack, lacks
from response.notices.versions import prepared
from tests.response import little_town as town
from tests.response.on_duty import Duty
from tests.response.test_fire_service import (
    MANAGER,
    OPERATOR,
    TIMES,
    at_work,
    desk,
    duties,
    planned,
    plant,
    the_notice,
)

__all__ = ["desk"]


async def of_fire(desk: Duty) -> list[Lack]:
    async with desk.ledger.read() as tx:
        (head,) = await tx.find(Notice)
        content = (await prepared(tx, head.id)).content
        case = await decisions.case_of(tx, content, desk.clock.now_ns(), times=TIMES)
    return [lack for lack in lacks(case) if lack.item.startswith("fire")]


async def test_on_13_what_was_sent_waits_to_be_confirmed_also_when_the_hub_writes_its_draft_anew(desk: Duty):
    await town.report(desk.ledger, town.burst())
    (one,) = await duties(desk, 1)
    before = await the_notice(desk)
    assert one.told_ns is not None
    (lack,) = await of_fire(desk)
    at = moment(one.told_ns)
    assert (lack.item, lack.hard) == ("fire_unconfirmed", False)
    assert f"{at.zh}已发送" in lack.why.zh and at.en in lack.why.en
    await town.report(desk.ledger, replace(town.burst(), zone=None))

    async def written() -> bool:
        return (await the_notice(desk)).seq > before.seq

    await desk.until(written)
    await duties(desk, 1)
    anew = await the_notice(desk)
    assert anew.hydrants_at == before.hydrants_at and anew.fire_told_ns == one.told_ns
    assert await of_fire(desk) == [lack]
    async with desk.ledger.begin() as tx:
        await spoken(tx, one.notice, OPERATOR, desk.clock.now_ns(), TIMES.file.fire_service)
    assert await of_fire(desk) == []


async def test_on_13_what_no_channel_took_was_not_told(duty: Duty):
    duty.sms.answers = [(503, {}, b"busy")] * 2
    async with at_work(duty) as desk:
        await town.report(desk.ledger, town.burst())
        (one,) = await duties(desk, 1)
        assert one.told_ns is None
        (lack,) = await of_fire(desk)
        assert (lack.item, lack.hard) == ("fire_untold", False)


async def test_on_13_planned_work_put_back_to_the_times_they_were_told_is_told(desk: Duty):
    id = await planned(desk)
    (lack,) = await of_fire(desk)
    assert (lack.item, lack.hard) == ("fire_untold", True)
    async with desk.ledger.begin() as tx:
        await decisions.approve(tx, id, MANAGER, desk.clock.now_ns())
    (one,) = await duties(desk, 1)
    there = await the_notice(desk)
    async with desk.ledger.begin() as tx:
        now_ns = desk.clock.now_ns()
        await spoken(tx, id, OPERATOR, now_ns, TIMES.file.fire_service)
        for shift_ns in (town.HOUR, 0):
            assert there.eta_latest_ns is not None
            wish = Wish(estimated=True, eta_latest_ns=there.eta_latest_ns + shift_ns)
            seq = (await prepared(tx, id)).content.seq
            await drafts.edit(tx, plant(), id, seq, wish, OPERATOR, now_ns)
    await duties(desk, 1)
    assert one.told_ns is not None and await of_fire(desk) == []
    async with desk.ledger.begin() as tx:
        await decisions.approve(tx, id, MANAGER, desk.clock.now_ns())
        said = await decisions.publish(tx, id, MANAGER, desk.clock.now_ns(), times=TIMES)
    assert said.published_ns is not None
