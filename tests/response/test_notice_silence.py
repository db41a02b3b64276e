"""ON-07: the next update that was promised and did not come is somebody's business, not only the public's."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from core.model.account import Role
from core.model.call import Outcome
from core.model.notice import Notice, NoticeKind, Status
from core.model.text import Text
from core.model.timer import Timer
from core.runtime.timetable import Timetable
from response.clocks.cn_default import CN_DEFAULT_DATA
from response.clocks.spec import ServiceTimesFile
from response.notices import decisions, drafts, versions
from response.notices.drafts import Wish
from response.notices.overdue import Overdue
from response.notices.scope import Scope
from response.notices.silence import Silence
from response.service_times import ServiceTimes
from tests.at_work import running
from tests.response import little_town as town
from tests.response.clocks_at_work import teller_of
from tests.response.on_duty import Duty

TIMES = ServiceTimes(ServiceTimesFile.model_validate({**CN_DEFAULT_DATA, "update_missed": ["duty-manager"]}))
OPERATOR, MANAGER = town.user(Role.OPERATOR), town.user(Role.DUTY_MANAGER)
T = Text("第三方施工挖断", "a digger broke it")


@pytest.fixture
async def desk(duty: Duty) -> AsyncIterator[Duty]:
    silence = Silence(duty.ledger, duty.clock, TIMES, teller_of(duty), "https://hub.example.org")
    work = silence.work | Overdue(duty.ledger, duty.clock).work
    async with running(Timetable(duty.ledger, duty.clock, work)):
        yield duty


async def said(desk: Duty, status: Status = Status.ACTUAL) -> str:
    """A notice that people wrote and published now."""
    plant, now_ns = town.plant(), desk.clock.now_ns()
    wish = Wish(reason=T, scope=Scope(streets=("s-1",)))
    async with desk.ledger.begin() as tx:
        kind = NoticeKind.EMERGENCY_OUTAGE
        id = (await drafts.draft(tx, plant, kind, wish, OPERATOR, now_ns, status)).id
        await decisions.approve(tx, id, MANAGER, now_ns)
        await decisions.publish(tx, id, MANAGER, now_ns, times=TIMES)
    return id


async def told(desk: Duty, id: str) -> list[str]:
    await desk.quiet()
    return [note.key for note in await desk.log(call=id, outcome=Outcome.DELIVERED)]


async def test_a_missed_update_is_told_once_a_version(desk: Duty):
    id = await said(desk)
    await desk.turn(59 * 60)
    assert await told(desk, id) == []
    await desk.turn(2 * 60)
    first = await told(desk, id)
    assert first
    assert {key.rpartition("/")[0] for key in first} == {f"{id}.1/update"}
    assert {note.reason for note in await desk.log(call=id)} == {"update_missed"}
    await desk.turn(30 * 60)
    assert sorted(await told(desk, id)) == sorted(first)
    now_ns = desk.clock.now_ns()
    async with desk.ledger.begin() as tx:
        await drafts.update(tx, town.plant(), id, Wish(reason=T), OPERATOR.id, now_ns)
        await decisions.approve(tx, id, MANAGER, now_ns)
        await decisions.publish(tx, id, MANAGER, now_ns, times=TIMES)
    await desk.turn(61 * 60)
    again = await told(desk, id)
    assert {key.rpartition("/")[0] for key in again} == {f"{id}.1/update", f"{id}.2/update"}


@pytest.mark.parametrize("ended", [True, False])
async def test_nobody_is_told_of_what_is_over_or_an_exercise(desk: Duty, ended: bool):
    id = await said(desk, Status.ACTUAL if ended else Status.EXERCISE)
    if ended:
        async with desk.ledger.begin() as tx:
            await decisions.restore(tx, id, MANAGER, desk.clock.now_ns(), reason="现场确认")
            assert await tx.find(Timer, kind=versions.UPDATE) == []
    await desk.turn(2 * 3600)
    assert await told(desk, id) == []


async def test_a_notice_that_promises_nothing_is_left_alone(desk: Duty):
    id = await said(desk)
    async with desk.ledger.begin() as tx:
        head = await tx.get(Notice, id)
        await tx.put(replace(head, next_update_ns=None))
    await desk.turn(2 * 3600)
    assert await told(desk, id) == []
