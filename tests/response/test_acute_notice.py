"""ON-12: of acute doubtful water the public hears within a day of the result, or somebody is called."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from core.model.account import Role
from core.model.notice import NoticeKind, Status
from core.model.service_clock import ServiceClock
from core.model.text import Text
from core.runtime.timetable import Timetable
from response.clocks.cn_default import CN_DEFAULT_DATA
from response.clocks.spec import ServiceTimesFile
from response.notices import decisions, drafts
from response.notices.acute import AcuteClocks, AcuteLadder, clock_id
from response.notices.drafts import Wish
from response.notices.scope import Scope
from response.service_times import ServiceTimes
from tests.at_work import running
from tests.response import little_town as town
from tests.response.clocks_at_work import teller_of
from tests.response.little_notices import FACTS
from tests.response.on_duty import Duty

LADDER = [{"at_pct": 50, "tell": ["crew-1"]}, {"at_pct": 100, "tell": ["duty-manager"]}]
TIMES = ServiceTimes(
    ServiceTimesFile.model_validate({**CN_DEFAULT_DATA, "acute_quality": {"ladder": LADDER}})
)
OPERATOR, MANAGER = town.user(Role.OPERATOR), town.user(Role.DUTY_MANAGER)
OFFICER = town.user(Role.QUALITY_OFFICER)
T = Text("大肠埃希氏菌检出", "E. coli was found")


@pytest.fixture
async def desk(duty: Duty) -> AsyncIterator[Duty]:
    ladder = AcuteLadder(duty.ledger, duty.clock, TIMES, teller_of(duty), "https://hub.example.org")
    table = Timetable(duty.ledger, duty.clock, ladder.work)
    clocks = AcuteClocks(duty.ledger, duty.clock, TIMES, table.wake)
    duty._following = (clocks.follower,)  # type: ignore[assignment]
    async with running(clocks, table):
        yield duty


async def boil(
    desk: Duty,
    kind: NoticeKind = NoticeKind.BOIL,
    status: Status = Status.ACTUAL,
    confirmed_ns: int | None = None,
) -> str:
    wish = Wish(
        reason=T,
        quality=replace(FACTS, confirmed_ns=confirmed_ns),
        scope=Scope(streets=("s-1",)),
        approval="1",
    )
    async with desk.ledger.begin() as tx:
        made = await drafts.draft(tx, town.plant(), kind, wish, OPERATOR, desk.clock.now_ns(), status)
    await desk.quiet()
    return made.id


async def clock(desk: Duty, id: str) -> ServiceClock | None:
    await desk.quiet()
    async with desk.ledger.read() as tx:
        return await tx.get(ServiceClock, clock_id(id))


def called(desk: Duty) -> list[str]:
    return [body["receiver"] for body in desk.voice.bodies]


async def test_on_12_the_clock_runs_from_the_confirmed_result_and_each_rung_is_told_once(desk: Duty):
    confirmed_ns = desk.clock.now_ns() - 2 * town.HOUR
    id = await boil(desk, confirmed_ns=confirmed_ns)
    running = await clock(desk, id)
    assert running is not None
    assert (running.start_ns, running.due_ns - running.start_ns) == (confirmed_ns, 24 * town.HOUR)
    await desk.turn(9 * 3600)
    assert (await clock(desk, id)) == running and called(desk) == []
    await desk.turn(1.1 * 3600)
    assert (await clock(desk, id)).told == (50,)  # type: ignore[union-attr]
    assert called(desk) == ["crew@voice"]
    await desk.turn(12 * 3600)
    assert (await clock(desk, id)).told == (50, 100)  # type: ignore[union-attr]
    assert len(called(desk)) == 2
    assert "已超时" in desk.voice.bodies[1]["commonAnnotations"]["summary_zh"]
    await desk.turn(24 * 3600)
    await desk.quiet()
    assert len(called(desk)) == 2


async def test_on_12_published_it_stops_and_nobody_is_called(desk: Duty):
    id = await boil(desk)
    async with desk.ledger.begin() as tx:
        now_ns = desk.clock.now_ns()
        await decisions.approve(tx, id, OFFICER, now_ns)
        await decisions.publish(tx, id, MANAGER, now_ns, times=TIMES)
    stopped = await clock(desk, id)
    assert stopped is not None and (stopped.running, stopped.stopped_ns) == (False, now_ns)
    assert called(desk) == [] and "acute_notice" not in {timer.kind for timer in await desk.timers()}


async def test_on_12_withdrawn_it_is_void_and_other_kinds_and_exercises_have_none(desk: Duty):
    id = await boil(desk)
    async with desk.ledger.begin() as tx:
        await decisions.withdraw(tx, id, MANAGER, desk.clock.now_ns(), reason="发布有误")
    gone = await clock(desk, id)
    assert gone is not None and gone.void_ns is not None
    assert await clock(desk, await boil(desk, NoticeKind.DISCOLOURED)) is None
    assert await clock(desk, await boil(desk, status=Status.EXERCISE)) is None
    assert await desk.timers() == []


async def test_on_12_what_was_confirmed_earlier_than_thought_is_due_earlier(desk: Duty):
    id = await boil(desk)
    earlier_ns = desk.clock.now_ns() - 30 * town.HOUR
    async with desk.ledger.begin() as tx:
        wish = Wish(quality=replace(FACTS, confirmed_ns=earlier_ns))
        await drafts.edit(tx, town.plant(), id, 1, wish, OPERATOR, desk.clock.now_ns())
    moved = await clock(desk, id)
    assert moved is not None and moved.told == (50, 100)
    assert called(desk) == ["b@voice"], "of the rungs that are behind it only the highest is told"
