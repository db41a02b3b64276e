"""Key customers inside a footprint are spoken to in time, or somebody hears that they were not (WO-13)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from core.model.account import Role, Segment
from core.model.call import Outcome
from core.model.duty import Duty as Task
from core.model.duty import DutyAbout, DutyAnswer, DutyEnd, DutyState, DutyWay
from core.model.incident import IncidentState
from core.model.notice import Notice, NoticeKind, NoticeState, Status
from core.model.shanghai import local
from core.model.text import Text
from core.model.timer import Timer
from core.runtime.timetable import Timetable
from response.clocks.cn_default import CN_DEFAULT_DATA
from response.clocks.spec import ServiceTimesFile
from response.duties import figures
from response.duties.acts import attempted
from response.duties.reminder import DutyReminder
from response.duties.service import DutyService
from response.notices import drafts, versions
from response.notices.drafts import Wish
from response.notices.scope import Scope
from response.refused import Refused
from response.service import ResponseService
from response.service_times import ServiceTimes
from tests.at_work import running
from tests.response import little_town as town
from tests.response.clocks_at_work import teller_of
from tests.response.on_duty import Duty

TIMES = ServiceTimes(ServiceTimesFile.model_validate({**CN_DEFAULT_DATA, "duty_overdue": ["duty-manager"]}))
OFF = DutyAbout.WATER_OFF
AGENT = town.user(Role.HOTLINE)


@asynccontextmanager
async def at_work(duty: Duty) -> AsyncIterator[None]:
    reminder = DutyReminder(duty.ledger, duty.clock, TIMES, teller_of(duty), "https://hub.example.org")
    table = Timetable(duty.ledger, duty.clock, reminder.work)
    service = DutyService(duty.ledger, town.plant(), duty.clock, TIMES, table.wake)
    duty._following = (service.follower,)  # type: ignore[assignment]
    async with running(service, table):
        yield


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
    """The location moves to p3, which leaves the hospital at j4 dry; then it was nothing at all."""
    await town.report(desk.ledger, town.burst())
    await tasks(desk)
    await town.report(desk.ledger, town.burst(pipe="p3"))
    now = {task.account: task.state for task in await tasks(desk)}
    assert now.pop("A000060") is DutyState.OPEN
    assert set(now.values()) == {DutyState.DROPPED}
    await town.report(desk.ledger, town.burst(IncidentState.FALSE_ALARM, pipe="p3"))
    assert {task.state for task in await tasks(desk)} == {DutyState.DROPPED}
    await desk.turn(3600)
    await desk.quiet()
    assert await desk.log(call="INC-1") == []


async def heard(desk: Duty, id: str) -> None:
    async with desk.ledger.begin() as tx:
        await attempted(tx, id, DutyWay.PHONE, DutyAnswer.REACHED, AGENT, desk.clock.now_ns())


async def published(desk: Duty) -> None:
    """A burst, of which the public was told."""
    event = await town.report(desk.ledger, town.burst())
    await ResponseService(desk.ledger, town.plant(), desk.clock, TIMES).handle([event])
    async with desk.ledger.begin() as tx:
        (notice,) = await tx.find(Notice)
        await tx.put(replace(notice, state=NoticeState.PUBLISHED, published_ns=desk.clock.now_ns()))


async def test_wo_13_nobody_leaves_the_list_in_silence_when_water_is_back(desk):
    """One hospital heard in time, one late; the others never did: they stay in the record as that, and hear
    in the morning that water is back."""
    await published(desk)
    await tasks(desk)
    await heard(desk, "INC-1:A000101")
    await desk.turn(15 * 60)
    await heard(desk, "INC-1:A000102")
    await town.report(desk.ledger, town.burst(IncidentState.RESTORED))
    found = await tasks(desk)
    missed = {task.account: task.ended for task in found if task.state is DutyState.NOT_REACHED}
    assert missed == {"A000103": DutyEnd.WATER_BACK, "A000104": DutyEnd.WATER_BACK}
    back = {task.account: task for task in found if task.about is DutyAbout.WATER_BACK}
    assert back.keys() == missed.keys()
    assert {task.state for task in back.values()} == {DutyState.OPEN}
    assert local(back["A000104"].due_ns).strftime("%d %H:%M") == "23 07:20", "nobody is woken for it"
    rows = {row.segment: row for row in figures.heard(found, desk.clock.now_ns()) if row.about is OFF}
    hospital, school = rows[Segment.HOSPITAL], rows[Segment.SCHOOL]
    assert (hospital.in_time, hospital.late, hospital.not_reached, hospital.n) == (1, 1, 1, 3)
    assert (school.in_time, school.not_reached, school.n) == (0, 1, 1)
    await heard(desk, back["A000103"].id)
    await desk.turn(10 * 3600)
    await desk.quiet()
    sent = await desk.log(call="INC-1", outcome=Outcome.DELIVERED)
    told = {note.key.split("/")[0] for note in sent}
    assert back["A000104"].id in told and back["A000103"].id not in told


async def test_wo_13_off_again_is_told_again_and_not_that_water_is_back(desk):
    await published(desk)
    await tasks(desk)
    await town.report(desk.ledger, town.burst(IncidentState.RESTORED))
    await tasks(desk)
    await town.report(desk.ledger, town.burst())
    found = [task for task in await tasks(desk) if task.account == "A000101"]
    assert [(task.about, task.state, task.ended) for task in sorted(found, key=lambda task: task.number)] == [
        (OFF, DutyState.NOT_REACHED, DutyEnd.WATER_BACK),
        (DutyAbout.WATER_BACK, DutyState.DROPPED, DutyEnd.AGAIN),
        (OFF, DutyState.OPEN, None),
    ]


async def planned(desk: Duty, hours: int) -> str:
    wish = Wish(
        starts_ns=town.T0 + hours * town.HOUR,
        estimated=True,
        eta_latest_ns=town.T0 + (hours + 6) * town.HOUR,
        reason=Text("更换阀门", "a valve is replaced"),
        scope=Scope(pipes=("p2",)),
    )
    async with desk.ledger.begin() as tx:
        kind, operator = NoticeKind.PLANNED_OUTAGE, town.user(Role.OPERATOR)
        made = await drafts.draft(tx, town.plant(), kind, wish, operator, desk.clock.now_ns())
    return made.id


async def test_wo_13_of_a_planned_cut_too_somebody_hears_that_nobody_was_told(desk):
    """Hospitals are to know 48 h before, the school 24 h; one hospital heard."""
    id = await planned(desk, 60)
    await tasks(desk)
    await heard(desk, f"{id}:A000101")
    await desk.turn(11 * 3600)
    await desk.quiet()
    assert await desk.log(call=id) == []
    await desk.turn(2 * 3600)
    await desk.quiet()
    sent = await desk.log(call=id, outcome=Outcome.DELIVERED)
    assert {note.key.split("/")[0] for note in sent} == {f"{id}:A000102", f"{id}:A000103"}
    assert all("计划停水" in str(body) for body in desk.sms.bodies)
    await desk.turn(24 * 3600)
    await desk.quiet()
    sent = await desk.log(call=id, outcome=Outcome.DELIVERED)
    assert f"{id}:A000104" in {note.key.split("/")[0] for note in sent}


async def test_wo_13_an_exercise_calls_nobody(desk):
    id = await planned(desk, 60)
    await tasks(desk)
    async with desk.ledger.begin() as tx:
        head = await tx.get(Notice, id)
        assert head is not None
        await versions.put_head(tx, replace(head, status=Status.EXERCISE), desk.clock.now_ns())
    assert {(task.state, task.ended) for task in await tasks(desk)} == {(DutyState.DROPPED, DutyEnd.EXERCISE)}
