"""ON-13: the fire service hears of hydrants that lose water, and that they have it again, by itself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from core.model.account import Role
from core.model.call import Outcome
from core.model.duty import DutyAnswer
from core.model.fire_duty import FireDuty, FireMatter, FireState
from core.model.incident import IncidentState
from core.model.notice import Notice, NoticeKind, NoticeState, Status
from core.model.plant import Place, Plant
from core.model.text import Text
from core.runtime.timetable import Timetable
from response.clocks.cn_default import CN_DEFAULT_DATA
from response.clocks.spec import ServiceTimesFile
from response.escalation.spec import EscalationFile
from response.fire_duties import FireDuties, spoken
from response.fire_telling import FireTelling
from response.notices import decisions, drafts
from response.notices.drafts import Wish
from response.notices.scope import Scope
from response.refused import Refused
from response.service import ResponseService
from response.service_times import ServiceTimes
from tests.at_work import running
from tests.response import little_town as town
from tests.response.clocks_at_work import teller_of
from tests.response.on_duty import STANDARD, Duty

RULES = {"tell": ["fire-control"], "acknowledge": "10 min", "again": "2 min", "overdue": ["duty-manager"]}
TIMES = ServiceTimes(ServiceTimesFile.model_validate({**CN_DEFAULT_DATA, "fire_service": RULES}))
BY_PHONE = ServiceTimes(
    ServiceTimesFile.model_validate({**CN_DEFAULT_DATA, "fire_service": {**RULES, "tell": []}})
)
OPERATOR, MANAGER = town.user(Role.OPERATOR), town.user(Role.DUTY_MANAGER)
T = Text("更换阀门", "a valve is replaced")
FIRE_PHONE = {
    "id": "fire-phone",
    "name": {"zh": "消防指挥中心", "en": "Fire control"},
    "ways": [{"id": "fire-sms", "channel": "sms", "to": "119@sms"}],
}
FIRE_CONTROL = {
    "id": "fire-control",
    "name": {"zh": "消防指挥中心", "en": "Fire control"},
    "weekly": [{"contact": "fire-phone"}],
}


def plant() -> Plant:
    """Hydrants at j1, j2 and j4."""
    at = {"hydrant-001": "j1", "hydrant-002": "j2", "hydrant-004": "j4"}
    hydrants = {
        id: Place(id=id, name=Text(f"消火栓 {id[-3:]}", f"Hydrant {id[-3:]}"), kind="hydrant", node=node)
        for id, node in at.items()
    }
    return replace(town.plant(), places=hydrants)


@asynccontextmanager
async def at_work(duty: Duty, times: ServiceTimes = TIMES, *, exercise: bool = False) -> AsyncIterator[Duty]:
    duty.file = EscalationFile.model_validate(
        {
            **STANDARD,
            "contacts": [*STANDARD["contacts"], FIRE_PHONE],  # type: ignore[misc]
            "positions": [*STANDARD["positions"], FIRE_CONTROL],  # type: ignore[misc]
        }
    )
    telling = FireTelling(duty.ledger, plant(), duty.clock, times, teller_of(duty), "https://hub.example.org")
    table = Timetable(duty.ledger, duty.clock, telling.work)
    duties = FireDuties(duty.ledger, duty.clock, times, table.wake)
    response = ResponseService(duty.ledger, plant(), duty.clock, times, exercise=exercise)
    duty._following = (duties.follower,)  # type: ignore[assignment]
    async with running(duties, table, response):
        yield duty


@pytest.fixture
async def desk(duty: Duty) -> AsyncIterator[Duty]:
    async with at_work(duty):
        yield duty


async def duties(desk: Duty, n: int) -> list[FireDuty]:
    """Once there are n."""

    async def there() -> bool:
        async with desk.ledger.read() as tx:
            return len(await tx.find(FireDuty)) >= n

    await desk.until(there)
    await desk.quiet()
    async with desk.ledger.read() as tx:
        found = await tx.find(FireDuty)
    assert len(found) == n
    return sorted(found, key=lambda one: one.n)


async def the_notice(desk: Duty) -> Notice:
    async with desk.ledger.read() as tx:
        (notice,) = await tx.find(Notice)
    return notice


def to_fire(desk: Duty) -> list[str]:
    return [b["commonAnnotations"]["description_zh"] for b in desk.sms.bodies if b["receiver"] == "119@sms"]


async def test_on_13_with_the_draft_of_a_burst_they_are_told_at_once_which_hydrants_and_where(desk: Duty):
    await town.report(desk.ledger, town.burst())
    (one,) = await duties(desk, 1)
    notice = await the_notice(desk)
    assert notice.state is NoticeState.DRAFT, "nothing was published by it"
    assert (one.matter, one.hydrants, one.state) == (FireMatter.LOST, ("hydrant-002",), FireState.OPEN)
    assert one.told_ns is not None and notice.fire_told_ns == one.told_ns
    (text,) = to_fire(desk)
    assert "人民路：消火栓 002 (hydrant-002)" in text and "96000" in text and notice.id in text
    (receipt,) = await desk.log(call=one.id)
    assert (receipt.outcome, receipt.contact, receipt.channel) == (Outcome.DELIVERED, "fire-phone", "sms")


async def test_on_13_who_does_not_say_that_they_heard_is_telephoned_by_whoever_is_on_duty(desk: Duty):
    await town.report(desk.ledger, town.burst())
    (one,) = await duties(desk, 1)
    await desk.turn(9 * 60)
    await desk.quiet()
    assert {b["receiver"] for b in desk.sms.bodies} == {"119@sms"}
    await desk.turn(2 * 60)
    await desk.quiet()
    assert [b["receiver"] for b in desk.voice.bodies] == ["b@voice"]
    async with desk.ledger.begin() as tx:
        now_ns = desk.clock.now_ns()
        await spoken(tx, one.notice, OPERATOR, now_ns, TIMES.file.fire_service, answer=DutyAnswer.NO_ANSWER)
        await spoken(tx, one.notice, OPERATOR, now_ns, TIMES.file.fire_service, note="报警人 3 号席")
    (done,) = await duties(desk, 1)
    assert (done.state, [a.answer for a in done.attempts]) == (
        FireState.DONE,
        [DutyAnswer.NO_ANSWER, DutyAnswer.REACHED],
    )
    async with desk.ledger.begin() as tx:
        with pytest.raises(Refused) as refused:
            await spoken(tx, one.notice, OPERATOR, now_ns, TIMES.file.fire_service)
    assert refused.value.reason == "fire_done"
    await desk.turn(3600)
    await desk.quiet()
    assert len(to_fire(desk)) == 1


async def test_on_13_no_way_to_them_is_tried_again_and_people_hear_of_it_at_once(desk: Duty):
    desk.sms.answers = [(503, {}, b"busy")] * 2
    await town.report(desk.ledger, town.burst())

    async def called() -> bool:
        return bool(desk.voice.bodies)

    await desk.until(called)
    (one,) = await duties(desk, 1)
    assert one.told_ns is None and one.escalated_ns is not None
    assert (await the_notice(desk)).fire_told_ns is None
    await desk.turn(3 * 60)
    (one,) = await duties(desk, 1)
    assert one.told_ns is not None and len(desk.voice.bodies) == 1


async def test_on_13_a_list_that_has_changed_is_told_as_a_whole_and_not_every_second(desk: Duty):
    await town.report(desk.ledger, town.burst())
    await duties(desk, 1)
    await town.report(desk.ledger, town.burst(pipe="p1"))

    async def waits() -> bool:
        async with desk.ledger.read() as tx:
            return len(await tx.find(FireDuty)) == 2

    await desk.until(waits)
    assert len(to_fire(desk)) == 1
    await desk.turn(125)
    first, second = await duties(desk, 2)
    assert (first.state, second.hydrants) == (FireState.DROPPED, ("hydrant-001", "hydrant-002"))
    assert "hydrant-001" in to_fire(desk)[1] and "hydrant-002" in to_fire(desk)[1]


async def test_on_13_when_water_is_back_they_are_told_that_too(desk: Duty):
    await town.report(desk.ledger, town.burst())
    await duties(desk, 1)
    notice = await the_notice(desk)
    async with desk.ledger.begin() as tx:
        now_ns = desk.clock.now_ns()
        await decisions.approve(tx, notice.id, MANAGER, now_ns)
        await decisions.publish(tx, notice.id, MANAGER, now_ns, times=TIMES)
        await decisions.restore(tx, notice.id, MANAGER, now_ns, reason="现场确认")
    lost, back = await duties(desk, 2)
    assert (lost.state, back.matter, back.state) == (FireState.DROPPED, FireMatter.BACK, FireState.DONE)
    assert "恢复供水" in to_fire(desk)[1] and "hydrant-002" in to_fire(desk)[1]


async def test_on_13_a_false_alarm_takes_back_what_was_said(desk: Duty):
    await town.report(desk.ledger, town.burst())
    await duties(desk, 1)
    await town.report(desk.ledger, town.burst(IncidentState.FALSE_ALARM))
    _, back = await duties(desk, 2)
    assert (back.matter, back.state) == (FireMatter.BACK, FireState.DONE)


async def planned(desk: Duty, starts_h: int = 30) -> str:
    now_ns = desk.clock.now_ns()
    starts_ns = now_ns + starts_h * town.HOUR
    wish = Wish(
        reason=T,
        scope=Scope(pipes=("p1",)),
        starts_ns=starts_ns,
        estimated=True,
        eta_latest_ns=starts_ns + 4 * town.HOUR,
        approval="供停〔2026〕1号",
    )
    async with desk.ledger.begin() as tx:
        made = await drafts.draft(tx, plant(), NoticeKind.PLANNED_OUTAGE, wish, OPERATOR, now_ns)
    return made.id


async def test_on_13_an_exercise_reaches_nobody_and_can_be_gone_through_by_telephone(duty: Duty):
    async with at_work(duty, exercise=True) as desk:
        await town.report(desk.ledger, town.burst())
        (one,) = await duties(desk, 1)
        await desk.turn(3600)
        await desk.quiet()
        assert (one.exercise, one.told_ns, desk.sms.bodies, desk.voice.bodies) == (True, None, [], [])
        assert (await the_notice(desk)).status is Status.EXERCISE
        async with desk.ledger.begin() as tx:
            await spoken(tx, one.notice, OPERATOR, desk.clock.now_ns(), TIMES.file.fire_service)
        assert (await duties(desk, 1))[0].state is FireState.DONE


async def test_on_13_without_a_channel_to_them_people_are_asked_to_telephone(duty: Duty):
    async with at_work(duty, BY_PHONE) as desk:
        await town.report(desk.ledger, town.burst())

        async def called() -> bool:
            return bool(desk.voice.bodies)

        await desk.until(called)
        (one,) = await duties(desk, 1)
        assert one.told_ns is None and to_fire(desk) == []
