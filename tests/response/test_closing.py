"""WO-03: no silent close. What is missing is listed, all of it at once."""

from dataclasses import replace

import pytest

from core.model.account import Role
from core.model.alarm import Alarm
from core.model.event import EventKind
from core.model.valve_operation import Direction, StoppedBy, Turning, ValveOperation
from core.model.work_order import Finding, Milestone, Origin, Outcome, WorkOrder
from core.model.work_order import WorkOrderState as S
from response.orders.closing import Incomplete
from response.orders.taking import Said, apply
from response.orders.valves import balance, shut_uncounted, turn
from tests.response import little_town as town

DISPATCHER, MANAGER = town.user(Role.DISPATCHER), town.user(Role.DUTY_MANAGER)
QUARTER = 15 * town.MIN


def done(**more: object) -> WorkOrder:
    order = WorkOrder(
        id="WO-1",
        incident="INC-1",
        kind="burst",
        state=S.COMPLETED,
        priority=1,
        zone="dma-01",
        title=town.burst().title,
        place=town.burst().title,
        opened_ns=town.T0 - town.HOUR,
        crew="crew-1",
    )
    return replace(order, **more)


def found(outcome: Outcome = Outcome.REPAIRED, by: str = "user-crew", reason: str | None = None) -> Finding:
    return Finding(outcome=outcome, by=by, at_ns=town.T0, reason=reason)


CALLED = (Milestone(state=S.CALLBACK_DONE, at_ns=town.T0, actor="user-dispatcher", note="满意"),)
DRY = {"stopped": StoppedBy.UNDER_PRESSURE}
WHOLE = {"finding": found(), "recovered_ns": town.T0 - QUARTER, "photos_after": 1, **DRY}


async def closing(ledger, order: WorkOrder, actor=DISPATCHER, **said: object) -> list[str] | WorkOrder:
    async with ledger.begin() as tx:
        await tx.put(order)
        try:
            return await apply(tx, "WO-1", "close", actor, town.T0, said=Said(**said))  # type: ignore[arg-type]
        except Incomplete as lacking:
            return [one.item for one in lacking.missing]


@pytest.mark.parametrize(
    ("more", "said", "lacking"),
    [
        ({}, {}, ["outcome"]),
        ({}, {"outcome": Outcome.REPAIRED}, ["telemetry", "stopped", "photo_after"]),
        ({**WHOLE, "recovered_ns": town.T0 - QUARTER + 1}, {}, ["telemetry"]),
        ({"finding": found(Outcome.TEMPORARY_REPAIR), "photos_after": 1, **DRY}, {}, ["telemetry"]),
        ({**WHOLE, "photos_after": 0}, {}, ["photo_after"]),
        ({**WHOLE, "photos_after": 0}, {"override": "no camera"}, ["photo_after"]),
        ({**WHOLE, "origin": Origin.REPORT}, {}, ["callback"]),
        ({**WHOLE, "reports": 3}, {}, ["callback"]),
        ({"finding": found(Outcome.NOT_FOUND)}, {}, ["reason"]),
        ({"finding": found(Outcome.FALSE_ALARM, "user-dispatcher", "阀门井渗水")}, {}, ["second_person"]),
        ({}, {"outcome": Outcome.NOT_OURS}, ["reason", "second_person"]),
        ({"finding": found(Outcome.NOT_FOUND, reason="x"), "reports": 1}, {}, ["callback"]),
    ],
)
async def test_a_close_that_lacks_something_says_what(ledger, more, said, lacking):
    assert await closing(ledger, done(**more), **said) == lacking
    async with ledger.read() as tx:
        assert (await tx.get(WorkOrder, "WO-1")).state is S.COMPLETED


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (WHOLE, {}),
        ({"finding": found(), "photos_after": 1, **DRY}, {"override": "末端测压0.28MPa，传感器故障"}),
        ({**WHOLE, "reports": 200, "milestones": CALLED}, {}),
        ({"finding": found(Outcome.NOT_FOUND, reason="开挖未见漏点")}, {}),
        ({"finding": found(Outcome.NOT_OURS, reason="户内管"), "kind": "leak", "incident": None}, {}),
    ],
)
async def test_a_whole_one_closes(ledger, more, said):
    closed = await closing(ledger, done(**more), **said)
    assert isinstance(closed, WorkOrder)
    assert closed.state is S.CLOSED
    if said:
        assert said["override"] in str(closed.milestones[-1].note)


async def test_another_person_agrees_to_what_was_not_repaired(ledger):
    """Whoever says so first cannot close it; the second person's word leaves the finding with the first."""
    asked = done(finding=found(Outcome.FALSE_ALARM, "user-dispatcher", "水表检定放水"))
    assert await closing(ledger, asked) == ["second_person"]
    closed = await closing(ledger, asked, MANAGER, outcome=Outcome.FALSE_ALARM)
    assert isinstance(closed, WorkOrder)
    assert closed.finding == asked.finding


async def test_a_call_back_before_it_was_reopened_does_not_count(ledger):
    again = Milestone(state=S.REOPENED, at_ns=town.T0, actor="hub")
    order = done(**WHOLE, reports=1, milestones=(*CALLED, again))
    assert await closing(ledger, order) == ["callback"]


@pytest.mark.parametrize(
    ("more", "said", "lacking"),
    [
        ({}, {}, ["stopped"]),
        ({}, {"override": "x"}, ["stopped"]),
        ({"kind": "leak", "incident": None}, {}, []),
        ({"kind": "leak", "milestones": (Milestone(state=S.ISOLATED, at_ns=1, actor="c"),)}, {}, ["stopped"]),
        ({"finding": found(Outcome.NOT_FOUND, reason="开挖未见漏点")}, {}, []),
        ({}, {"stopped": StoppedBy.BY_OTHERS}, []),
        ({}, {"stopped": StoppedBy.UNDER_PRESSURE}, []),
        ({}, {"stopped": StoppedBy.VALVES}, ["stopped"]),
    ],
)
async def test_wo_21_a_burst_that_was_mended_says_how_the_water_was_stopped(ledger, more, said, lacking):
    """Which valves stands in the log; or why none of ours was turned."""
    answer = await closing(ledger, done(**{**WHOLE, "stopped": None, **more}), **said)
    assert (answer if isinstance(answer, list) else []) == lacking


async def test_wo_21_valves_that_a_crew_shut_in_one_word_count_and_are_opened_again(ledger, plant):
    order = done(**{**WHOLE, "stopped": None})
    async with ledger.begin() as tx:
        await tx.put(order)
        await shut_uncounted(tx, plant, "WO-1", ("v1", "v2", "no-such"), "user-crew", town.T0, None)
        await shut_uncounted(tx, plant, "WO-1", ("v1",), "user-crew", town.T0, None)
        log = await tx.find(ValveOperation, work_order="WO-1")
        assert [(one.valve, one.turns) for one in log] == [("v1", 0.0), ("v2", 0.0)]
        assert list(balance(log)) == ["v1", "v2"]
        for n, one in enumerate(log):
            opened = replace(one, id=f"o{n}", turning=Turning.OPEN, turns=20.0, at_ns=town.T0 + 1)
            order, _ = await turn(tx, plant, opened)
        assert balance(await tx.find(ValveOperation, work_order="WO-1")) == {}
    assert isinstance(await closing(ledger, order), WorkOrder)


async def test_a_valve_that_was_shut_for_it_must_be_open_again(ledger):
    """WO-21: the closing list is balanced by the opening list before the close, or somebody says why not."""

    def turned(n: int, valve: str, turning: Turning, turns: float) -> ValveOperation:
        return ValveOperation(
            id=f"VOP-{n}",
            work_order="WO-1",
            valve=valve,
            turning=turning,
            turns=turns,
            closes=Direction.CLOCKWISE,
            operator="user-crew",
            at_ns=town.T0 + n,
        )

    async with ledger.begin() as tx:
        await tx.put_many(turned(n, f"v{n}", Turning.CLOSE, 20.0) for n in (1, 2))
        await tx.put(turned(3, "v1", Turning.OPEN, 19.5))
        await tx.put(turned(4, "v2", Turning.OPEN, 12.0))
    assert await closing(ledger, done(**WHOLE)) == ["valves_open"]
    closed = await closing(ledger, done(**WHOLE), override="v2 待更换，保持关闭")
    assert isinstance(closed, WorkOrder)
    async with ledger.begin() as tx:
        await tx.put(turned(5, "v2", Turning.OPEN, 11.0))
    assert await closing(ledger, done(**WHOLE)) == ["turns_balanced"], "opened by more than it was shut"
    assert isinstance(await closing(ledger, done(**WHOLE), override="关阀时少记 3 圈"), WorkOrder)


async def test_wo_04_a_close_leaves_the_alarm_as_it_is(ledger):
    """It neither clears nor mutes: what still stands is heard of as before."""
    alarm = Alarm(id="dma-01.p1:low", active=True, acked=False, occurrence=1, seq=3, incident="INC-1")
    async with ledger.begin() as tx:
        await tx.put(alarm)
    assert isinstance(await closing(ledger, done(**WHOLE)), WorkOrder)
    async with ledger.read() as tx:
        assert await tx.get(Alarm, alarm.id) == alarm
    assert {event.kind for event in await ledger.events(0)} == {EventKind.WORK_ORDER}
