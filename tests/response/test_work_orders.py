"""The work order's table: every state x step x role, and no way round it."""

import itertools
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.account import Role
from core.model.event import EventKind
from core.model.passing_on import RejectReason
from core.model.text import Text
from core.model.valve_operation import StoppedBy
from core.model.work_order import LINE, Finding, Outcome, WorkOrder, public_milestone
from core.model.work_order import WorkOrderState as S
from response.orders.closing import Incomplete
from response.orders.steps import STEPS, allowed
from response.orders.taking import Said, apply
from response.refused import NotPermitted, Refused, Unknown
from response.service_times import CN_DEFAULT, due_ns
from tests.response import little_town as town

DISPATCHER = town.user(Role.DISPATCHER)
CREW = town.user(Role.CREW, crew="crew-1")


def order(state: S = S.REPORTED, crew: str | None = None, kind: str = "burst") -> WorkOrder:
    return WorkOrder(
        id="WO-1",
        incident="INC-1",
        kind=kind,
        state=state,
        priority=1,
        zone="dma-01",
        title=Text("抢修", "Repair"),
        place=Text("人民路", "Renmin Road"),
        opened_ns=town.T0,
        clocks=CN_DEFAULT.clocks(kind, town.T0, 200.0),
        crew=crew,
    )


@pytest.fixture
async def book(tmp_path: Path) -> AsyncIterator[SqlLedger]:
    ledger = await SqlLedger.open(tmp_path / "ledger.db")
    async with ledger.begin() as tx:
        await tx.put(order())
        await tx.put(town.burst())
    yield ledger
    await ledger.close()


async def step(book: SqlLedger, event: str, actor=DISPATCHER, **more) -> WorkOrder:
    async with book.begin() as tx:
        return await apply(tx, "WO-1", event, actor, town.T0 + town.MIN, **more)


async def test_the_whole_way_from_report_to_close(book):
    await step(book, "assign", crew="crew-1")
    for event in ("depart", "arrive", "isolate", "repair"):
        await step(book, event, CREW)
    await step(book, "complete", CREW, said=Said(outcome=Outcome.REPAIRED))
    await step(book, "callback", note="五星满意")
    async with book.begin() as tx:
        whole = await tx.get(WorkOrder, "WO-1")
        await tx.put(replace(whole, photos_after=1))
    done = await step(
        book, "close", said=Said(override="阀门已全部打开，现场测压正常", stopped=StoppedBy.BY_OTHERS)
    )
    assert [m.state for m in done.milestones] == [
        *(S.ASSIGNED, S.EN_ROUTE, S.ARRIVED, S.ISOLATED, S.REPAIRING, S.COMPLETED),
        *(S.CALLBACK_DONE, S.CLOSED),
    ]
    assert done.due_ns is None
    events = await book.events(0)
    assert [e.data["state"] for e in events if e.kind is EventKind.WORK_ORDER][-1] == "closed"
    assert len(events) == 8


async def test_the_due_time_is_the_next_clock_that_runs(book):
    opened = order()
    assert due_ns(opened) == town.T0 + 90 * town.MIN
    await step(book, "assign", crew="crew-1")
    await step(book, "depart", CREW)
    assert (await step(book, "arrive", CREW)).due_ns == town.T0 + 4 * town.HOUR
    assert (await step(book, "repair", CREW)).due_ns == town.T0 + 24 * town.HOUR


def test_a_large_main_has_two_days_and_a_day_crew_an_hour():
    noon = town.T0 - 10 * town.HOUR
    clocks = dict(CN_DEFAULT.clocks("burst", noon, 600.0))
    assert clocks == {
        "arrive": noon + town.HOUR,
        "stop_water": noon + 4 * town.HOUR,
        "repair": noon + 48 * town.HOUR,
    }


async def test_an_illegal_step_names_what_is_allowed_and_changes_nothing(book):
    with pytest.raises(Refused) as refused:
        await step(book, "complete", note="x")
    assert refused.value.reason == "illegal_step"
    assert refused.value.allowed == ("triage", "assign", "cancel")
    async with book.read() as tx:
        assert await tx.get(WorkOrder, "WO-1") == order()
    assert await book.events(0) == []


async def test_crews_move_their_own_orders_only(book):
    await step(book, "assign", crew="crew-1")
    with pytest.raises(NotPermitted) as refused:
        await step(book, "depart", town.user(Role.CREW, crew="crew-2"))
    assert (refused.value.reason, refused.value.allowed) == ("not_own_order", ())
    with pytest.raises(NotPermitted):
        await step(book, "cancel", CREW, note="x")
    with pytest.raises(NotPermitted):
        await step(book, "depart", town.user(Role.CREW, crew=None))


@pytest.mark.parametrize(
    ("event", "more", "reason"),
    [
        ("assign", {}, "crew_required"),
        ("cancel", {}, "note_required"),
        ("cancel", {"note": "  "}, "note_required"),
    ],
)
async def test_what_is_missing_is_named(book, event, more, reason):
    with pytest.raises(Refused) as refused:
        await step(book, event, **more)
    assert refused.value.reason == reason


async def test_a_cancellation_takes_a_second_person(book):
    """WO-03: there is no silent end by another name."""
    asked = await step(book, "cancel", note="来电人说已恢复")
    assert (asked.state, asked.finding.outcome) == (S.REPORTED, Outcome.NO_ACTION)
    with pytest.raises(Incomplete) as lacking:
        await step(book, "cancel", note="还是取消")
    assert [one.item for one in lacking.value.missing] == ["second_person"]
    agreed = await step(book, "cancel", town.user(Role.DUTY_MANAGER))
    assert agreed.state is S.CANCELLED
    assert [m.actor for m in agreed.milestones] == ["user-dispatcher", "user-duty_manager"]


async def test_an_order_that_goes_on_is_not_to_be_cancelled_any_more(book):
    """What one person asked for is off once the work goes on: it never becomes what came of the work."""
    await step(book, "cancel", note="来电人说已恢复")
    await step(book, "assign", crew="crew-1")
    for event in ("depart", "arrive", "isolate"):
        await step(book, event, CREW)
    assert (await step(book, "complete", CREW)).finding is None


def test_every_state_has_its_public_milestone_and_they_come_in_order():
    """WO-02: 接报 → 派工 → 维修 → 完工 → 回访 → 考核, none of them skipped or told twice."""
    told = [public_milestone(state) for state in LINE]
    assert list(dict.fromkeys(told)) == [
        "received",
        "dispatched",
        "repair",
        "done",
        "called_back",
        "appraised",
    ]
    assert {s for s in S if public_milestone(s) is None} == {S.SUSPENDED, S.MERGED, S.CANCELLED}


async def test_unknown_orders_and_steps(book):
    with pytest.raises(Unknown):
        async with book.begin() as tx:
            await apply(tx, "WO-9", "assign", DISPATCHER, town.T0, crew="crew-1")
    with pytest.raises(Unknown):
        await step(book, "explode")


async def test_every_state_step_and_role_does_what_allowed_says(book):
    """Exhaustive: `apply` succeeds exactly where `allowed` says so, and lands where the table says."""
    for state, event, role in itertools.product(S, STEPS, Role):
        actor = town.user(role, crew="crew-1" if role is Role.CREW else None)
        finding = Finding(outcome=Outcome.FALSE_ALARM, by="somebody", at_ns=town.T0, reason="误报")
        before = replace(
            order(state, crew="crew-1"), finding=finding, left=S.ARRIVED if state is S.SUSPENDED else None
        )
        async with book.begin() as tx:
            await tx.put(before)
        said = Said(crew="crew-1", note="原因", reject=RejectReason.SAFETY)
        try:
            after = await step(book, event, actor, said=said)
        except Refused:
            assert event not in allowed(before, actor)
        else:
            assert event in allowed(before, actor)
            assert after.state is (STEPS[event].after or S.ARRIVED)
            assert role in {Role.DISPATCHER, Role.DUTY_MANAGER, Role.CREW}


@given(st.sampled_from(LINE), st.sampled_from(LINE))
def test_clocks_only_ever_stop(earlier: S, later: S):
    """A later state never has an earlier deadline running: no clock starts again."""
    ranks = LINE
    if ranks.index(earlier) > ranks.index(later):
        earlier, later = later, earlier
    first, second = due_ns(replace(order(), state=earlier)), due_ns(replace(order(), state=later))
    assert second is None or (first is not None and first <= second)
