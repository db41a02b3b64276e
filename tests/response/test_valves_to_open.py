"""A repair whose valves still stand shut is not done: it waits for them to be opened (WO-21)."""

from dataclasses import replace

import pytest

from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.account import Role
from core.model.notice import NoticeKind, Progress
from core.model.plant import Plant
from core.model.valve_operation import Direction, Turning, ValveOperation, ValveTurns
from core.model.work_order import Milestone, Origin, Outcome, WorkOrder, public_milestone
from core.model.work_order import WorkOrderState as S
from response.orders.taking import Said, apply
from response.orders.valves import off_balance, opening_since, turn
from response.progress import stages
from response.refused import Refused
from tests.response import little_town as town
from tests.response.little_notices import bare

DESK = town.user(Role.DISPATCHER)
CREW = town.user(Role.CREW, "crew", "crew-1")
MENDED = Said(outcome=Outcome.REPAIRED)


class Order:
    """One order of the crew's, isolated; each act a minute after the one before."""

    def __init__(self, ledger: SqlLedger, plant: Plant) -> None:
        self._ledger, self._plant, self.now_ns = ledger, plant, town.T0

    async def begin(self) -> None:
        said = (Milestone(state=S.ISOLATED, at_ns=town.T0, actor="user-crew"),)
        order = WorkOrder(
            id="WO-1",
            incident=None,
            kind="leak",
            state=S.ISOLATED,
            priority=3,
            zone="dma-01",
            title=town.burst().title,
            place=town.burst().title,
            opened_ns=town.T0,
            crew="crew-1",
            origin=Origin.PERSON,
            milestones=said,
        )
        async with self._ledger.begin() as tx:
            await tx.put(order)

    async def step(self, name: str, said: Said | None = None, user=CREW) -> WorkOrder:
        self.now_ns += town.MIN
        async with self._ledger.begin() as tx:
            return await apply(tx, "WO-1", name, user, self.now_ns, said=said)

    async def valve(self, valve: str, turning: Turning, turns: float) -> WorkOrder:
        self.now_ns += town.MIN
        async with self._ledger.begin() as tx:
            order, _ = await turn(tx, self._plant, turned(valve, turning, turns, self.now_ns))
            return order

    async def stages(self) -> list[Progress]:
        async with self._ledger.read() as tx:
            (order,) = await tx.find(WorkOrder)
            told = bare(NoticeKind.EMERGENCY_OUTAGE)
            return [stage for stage, _ in stages(told, order, await tx.find(ValveOperation))]


def turned(valve: str, turning: Turning, turns: float, at_ns: int) -> ValveOperation:
    return ValveOperation(
        id=f"VOP-{at_ns}",
        work_order="WO-1",
        valve=valve,
        turning=turning,
        turns=turns,
        closes=Direction.CLOCKWISE,
        operator="user-crew",
        at_ns=at_ns,
    )


@pytest.fixture
async def order(ledger, plant) -> Order:
    order = Order(ledger, plant)
    await order.begin()
    return order


async def test_done_with_a_valve_shut_waits_until_the_last_is_open(order):
    await order.valve("v1", Turning.CLOSE, 21)
    await order.valve("v2", Turning.CLOSE, 12)
    waits = await order.step("complete", MENDED)
    assert (waits.state, waits.finding is not None) == (S.TO_OPEN, True)
    assert public_milestone(waits.reached) == "repair", "it is not told as done"
    assert [(one.valve, one.shut) for one in waits.off_balance] == [("v1", True), ("v2", True)]
    assert (await order.stages())[-1] is Progress.TO_OPEN, "nobody opens valves yet"
    assert (await order.valve("v1", Turning.OPEN, 21)).state is S.TO_OPEN
    assert (await order.stages())[-2:] == [Progress.TO_OPEN, Progress.OPENING]
    done = await order.valve("v2", Turning.OPEN, 12)
    assert (done.state, done.off_balance) == (S.COMPLETED, ())
    assert done.finding is not None and done.finding.outcome is Outcome.REPAIRED
    assert [one.state for one in done.milestones[-2:]] == [S.TO_OPEN, S.COMPLETED]
    assert done.milestones[-1].at_ns == order.now_ns, "done when the last was opened"
    assert (await order.stages())[-1] is Progress.REFILLING


async def test_a_valve_not_opened_as_far_as_it_was_shut_is_still_to_open_and_says_by_how_much(order):
    await order.valve("v1", Turning.CLOSE, 21)
    await order.step("complete", MENDED)
    waits = await order.valve("v1", Turning.OPEN, 18)
    assert waits.state is S.TO_OPEN
    assert waits.off_balance == (ValveTurns(valve="v1", closed=21, opened=18, shut=True),)
    assert (await order.valve("v1", Turning.OPEN, 3)).state is S.COMPLETED


async def test_it_is_neither_closed_nor_called_done_while_a_valve_is_shut(order):
    await order.valve("v1", Turning.CLOSE, 21)
    await order.step("complete", MENDED)
    for step in ("close", "inspect", "appraise", "callback"):
        with pytest.raises(Refused) as refused:
            await order.step(step, Said(note="x", override="x"), DESK)
        assert refused.value.reason == "illegal_step"
        assert "待开阀" in refused.value.why.zh
    with pytest.raises(Refused) as refused:
        await order.step("complete", MENDED)
    assert refused.value.reason == "note_required", "a valve that stays shut has a reason"
    left = await order.step("complete", Said(note="阀门锈死，待更换"))
    assert (left.state, [one.valve for one in left.off_balance]) == (S.COMPLETED, ["v1"])


async def test_a_leak_that_shows_when_valves_are_opened_is_repaired_again(order):
    await order.valve("v1", Turning.CLOSE, 21)
    await order.step("complete", MENDED)
    again = await order.step("repair")
    assert (again.state, again.finding) == (S.REPAIRING, None)
    assert Progress.TO_OPEN not in await order.stages()
    assert (await order.step("complete", MENDED)).state is S.TO_OPEN


async def test_a_pause_on_the_way_forgets_neither_what_came_of_it_nor_that_all_was_opened(order):
    await order.valve("v1", Turning.CLOSE, 21)
    await order.step("complete", MENDED)
    await order.step("suspend", Said(note="等待交警"))
    await order.valve("v1", Turning.OPEN, 21)
    resumed = await order.step("resume")
    assert resumed.state is S.COMPLETED
    assert resumed.finding is not None and resumed.finding.outcome is Outcome.REPAIRED


async def test_a_closing_that_is_heard_of_after_the_work_makes_it_wait_again(order):
    assert (await order.step("complete", MENDED)).state is S.COMPLETED
    assert (await order.valve("v1", Turning.CLOSE, 21)).state is S.TO_OPEN
    assert (await order.valve("v1", Turning.OPEN, 21)).state is S.COMPLETED


@pytest.mark.parametrize(
    ("rows", "off"),
    [
        ([("close", 21), ("open", 20)], None),
        ([("close", 21), ("open", 18)], (21, 18, True)),
        ([("close", 18), ("open", 21)], (18, 21, False)),
        ([("close", 0), ("open", 21)], None),
        ([("close", 0)], (0, 0, True)),
        ([("close", 0), ("close", 20), ("open", 20)], None),
        ([("close", 20), ("open", 20), ("close", 0), ("open", 20)], None),
        ([("close", 20), ("open", 20), ("close", 20), ("open", 15)], (20, 15, True)),
        ([("close", 21), ("open", 18), ("open", 3)], None),
    ],
)
def test_turns_that_do_not_balance_are_told_of_the_last_closing(rows, off):
    log = [turned("v1", Turning(turning), turns, n) for n, (turning, turns) in enumerate(rows, 1)]
    found = off_balance(log)
    assert [(one.closed, one.opened, one.shut) for one in found] == ([off] if off else [])
    assert off_balance(reversed(log)) == found


def test_opening_begins_with_the_first_valve_opened_after_the_last_was_shut():
    log = [turned("v1", Turning.CLOSE, 21, 1), turned("v1", Turning.OPEN, 21, 2)]
    assert opening_since(log) == 2
    assert opening_since([*log, turned("v2", Turning.CLOSE, 5, 3)]) is None
    late = replace(turned("v2", Turning.OPEN, 5, 9), done_ns=4)
    assert opening_since([*log, turned("v2", Turning.CLOSE, 5, 3), late]) == 4
