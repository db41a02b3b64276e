"""Key customers inside a footprint are spoken to in time, or somebody hears that they were not (WO-13)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from core.model.account import Role, Segment
from core.model.call import Outcome
from core.model.duty import Duty as Task
from core.model.duty import DutyAnswer, DutyState, DutyWay
from core.model.incident import IncidentState
from core.model.timer import Timer
from core.runtime.timetable import Timetable
from response.clocks.cn_default import CN_DEFAULT_DATA
from response.clocks.spec import ServiceTimesFile
from response.duties import DutyReminder, DutyService, attempted
from response.refused import Refused
from response.service_times import ServiceTimes
from tests.response import little_town as town
from tests.response.clocks_at_work import teller_of
from tests.response.on_duty import Duty

TIMES = ServiceTimes(ServiceTimesFile.model_validate({**CN_DEFAULT_DATA, "duty_overdue": ["duty-manager"]}))
AGENT = town.user(Role.HOTLINE)


@asynccontextmanager
async def at_work(duty: Duty) -> AsyncIterator[None]:
    reminder = DutyReminder(duty.ledger, duty.clock, TIMES, teller_of(duty), "https://hub.example.org")
    table = Timetable(duty.ledger, duty.clock, reminder.work)
    service = DutyService(duty.ledger, town.plant(), duty.clock, TIMES, table.wake)
    duty._following = (service.follower,)  # type: ignore[assignment]
    tasks = [asyncio.create_task(run) for run in (service.run(), table.run())]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(one, asyncio.CancelledError) for one in ended), ended


@pytest.fixture
async def desk(duty: Duty) -> AsyncIterator[Duty]:
    """p2 is broken: j2 is dry, with three hospitals and a school among its customers."""
    key = [
        town.account(n, "j2", "s-1", "人民路", n, segment)
        for n, segment in (
            *((101, Segment.HOSPITAL), (102, Segment.HOSPITAL), (103, Segment.HOSPITAL)),
            (104, Segment.SCHOOL),
        )
    ]
    async with duty.ledger.begin() as tx:
        await tx.put_many(key)
    async with at_work(duty):
        yield duty


async def tasks(desk: Duty) -> list[Task]:
    await desk.quiet()
    async with desk.ledger.read() as tx:
        return await tx.find(Task)


async def test_wo_13_three_hospitals_are_three_tasks_and_each_escalates(desk):
    await town.report(desk.ledger, town.burst())
    found = await tasks(desk)
    due = {task.account: (task.segment, (task.due_ns - task.opened_ns) // town.MIN) for task in found}
    assert due == {
        "A000101": (Segment.HOSPITAL, 10),
        "A000102": (Segment.HOSPITAL, 10),
        "A000103": (Segment.HOSPITAL, 10),
        "A000104": (Segment.SCHOOL, 20),
    }
    await desk.turn(9 * 60)
    async with desk.ledger.begin() as tx:
        await attempted(tx, "INC-1:A000101", DutyWay.PHONE, DutyAnswer.REACHED, AGENT, desk.clock.now_ns())
    await desk.turn(2 * 60)
    await desk.quiet()
    sent = await desk.log(call="INC-1", outcome=Outcome.DELIVERED)
    assert {note.key.split("/")[0] for note in sent} == {"INC-1:A000102", "INC-1:A000103"}
    await desk.turn(30 * 60)
    await desk.quiet()
    sent = await desk.log(call="INC-1", outcome=Outcome.DELIVERED)
    assert len({note.key for note in sent}) == len(sent) == 6
    assert {note.channel for note in sent} == {"sms", "voice"}


async def test_wo_13_a_second_look_makes_no_second_task(desk):
    for _ in range(3):
        await town.report(desk.ledger, town.burst())
        assert len(await tasks(desk)) == 4


async def test_wo_13_no_answer_leaves_it_open_and_reached_ends_it(desk):
    await town.report(desk.ledger, town.burst())
    await tasks(desk)

    async def attempt(answer: DutyAnswer, delivery: bool | None = None) -> Task:
        async with desk.ledger.begin() as tx:
            return await attempted(
                tx,
                "INC-1:A000102",
                DutyWay.PHONE,
                answer,
                AGENT,
                desk.clock.now_ns(),
                delivery=delivery,
            )

    assert (await attempt(DutyAnswer.NO_ANSWER)).state is DutyState.OPEN
    done = await attempt(DutyAnswer.REACHED, delivery=True)
    assert (done.state, done.delivery, len(done.attempts)) == (DutyState.DONE, True, 2)
    with pytest.raises(Refused):
        await attempt(DutyAnswer.REACHED)
    async with desk.ledger.read() as tx:
        assert await tx.get(Timer, "duty:INC-1:A000102") is None


async def test_wo_13_nobody_is_called_when_it_is_over_or_not_theirs(desk):
    """The location moves to p3, which leaves the hospital at j4 dry; then water is back."""
    await town.report(desk.ledger, town.burst())
    await tasks(desk)
    await town.report(desk.ledger, town.burst(pipe="p3"))
    now = {task.account: task.state for task in await tasks(desk)}
    assert now.pop("A000060") is DutyState.OPEN
    assert set(now.values()) == {DutyState.DROPPED}
    await town.report(desk.ledger, town.burst(IncidentState.RESTORED, pipe="p3"))
    assert {task.state for task in await tasks(desk)} == {DutyState.DROPPED}
    await desk.turn(3600)
    await desk.quiet()
    assert await desk.log(call="INC-1") == []
