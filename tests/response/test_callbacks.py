"""Call-backs: who is called, when and by whom, and what follows from what they say (WO-27)."""

from dataclasses import replace
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.account import Role
from core.model.callback import Callback, CallbackOutcome, CallbackReason
from core.model.report import Channel, Report
from core.model.shanghai import local
from core.model.text import Text
from core.model.work_order import Milestone, WorkOrder
from core.model.work_order import WorkOrderState as S
from response.callbacks.acts import called, through_list
from response.callbacks.choice import chosen, may_call
from response.callbacks.daily import listed as list_with
from response.callbacks.daily import make, next_list_ns, unlisted, waiting
from response.clocks.figures import satisfaction
from response.clocks.spec import CallbackRules
from response.refused import NotPermitted, Refused
from tests.response import little_town as town

RULES = CallbackRules()
AGENT = town.user(Role.HOTLINE)
MORNING = town.T0 + 12 * town.HOUR
"""10:10 in Shanghai, on the day after."""


def order(id: str, kind: str = "leak", priority: int = 3) -> WorkOrder:
    return WorkOrder(
        id=id,
        incident=None,
        kind=kind,
        state=S.COMPLETED,
        priority=priority,
        zone="dma-01",
        title=Text("漏水", "Leak"),
        place=Text("人民路", "Renmin Road"),
        opened_ns=town.T0,
        crew="crew-1",
        first_owner="user-hotline",
        milestones=(
            Milestone(state=S.REPORTED, at_ns=town.T0, actor="hub"),
            Milestone(state=S.REPAIRING, at_ns=town.T0 + town.HOUR, actor="crew-user"),
            Milestone(state=S.COMPLETED, at_ns=town.T0 + 2 * town.HOUR, actor="crew-user"),
        ),
        reports=1,
    )


def report(n: int, order: str, account: str | None = None) -> Report:
    return Report(
        id=f"R{n:05d}",
        channel=Channel.PHONE,
        at_ns=town.T0 + n,
        account=account or f"A{n:06d}",
        work_order=order,
    )


def test_wo_27_all_of_complaints_and_of_priority_1():
    done = [
        (order("WO-1", "complaint"), [report(n, "WO-1") for n in range(5)]),
        (order("WO-2", "burst", 1), [report(n, "WO-2") for n in range(5, 12)]),
    ]
    found = chosen(done, RULES)
    assert [row.reason for row in found] == 5 * [CallbackReason.COMPLAINT] + 7 * [CallbackReason.PRIORITY_1]


@given(st.lists(st.integers(1, 12), min_size=1, max_size=12))
def test_wo_27_at_least_three_in_ten_of_the_others_and_one_of_each_order(sizes):
    n, done = 0, []
    for i, size in enumerate(sizes):
        done.append((order(f"WO-{i}"), [report(n + k, f"WO-{i}") for k in range(size)]))
        n += size
    found = chosen(done, RULES)
    assert {row.order.id for row in found} == {f"WO-{i}" for i in range(len(sizes))}
    assert len(found) == max(len(sizes), ceil(0.3 * n))
    assert len({row.report.id for row in found}) == len(found)
    assert [row.report.id for row in chosen(done, RULES)] == [row.report.id for row in found]


def test_wo_27_the_one_of_an_order_is_called_because_of_the_report_and_the_others_by_lot():
    found = chosen([(order("WO-1"), [report(n, "WO-1") for n in range(10)])], RULES)
    assert [row.reason for row in found] == [CallbackReason.REPORTED] + 2 * [CallbackReason.SAMPLE]


def test_wo_27_who_reported_twice_is_called_once_and_who_left_nothing_is_not():
    left_nothing = replace(report(3, "WO-1"), account=None)
    reports = [report(1, "WO-1", "A1"), report(2, "WO-1", "A1"), left_nothing]
    assert [r.report.id for r in chosen([(order("WO-1", "complaint"), reports)], RULES)] == ["R00002"]


@pytest.mark.parametrize(("hour", "may"), [(0, False), (7, False), (8, True), (20, True), (21, False)])
def test_wo_27_nobody_is_called_at_night(hour, may):
    at = town.T0 - 22 * town.HOUR - 10 * town.MIN + hour * town.HOUR
    assert local(at).hour == hour
    assert may_call(at, RULES) is may


def test_wo_27_the_list_is_made_at_its_hour():
    assert local(next_list_ns(town.T0, 8)).strftime("%m-%d %H:%M") == "11-23 08:00"
    assert local(next_list_ns(next_list_ns(town.T0, 8), 8)).strftime("%m-%d %H:%M") == "11-24 08:00"


async def listed(ledger, *reports: Report, kind: str = "complaint") -> list[Callback]:
    async with ledger.begin() as tx:
        await tx.put(order("WO-1", kind))
        await tx.put_many(reports or [report(1, "WO-1"), report(2, "WO-1")])
        return await make(tx, RULES, MORNING)


async def call(ledger, id: str, outcome: CallbackOutcome, **more) -> Callback:
    settings = {"actor": AGENT, "now_ns": MORNING, **more}
    actor, now_ns = settings.pop("actor"), settings.pop("now_ns")
    async with ledger.begin() as tx:
        return await called(tx, RULES, id, outcome, actor, now_ns, **settings)


async def the_order(ledger) -> WorkOrder:
    async with ledger.read() as tx:
        found = await tx.get(WorkOrder, "WO-1")
    assert found is not None
    return found


async def test_wo_27_made_twice_the_list_is_one(ledger):
    assert len(await listed(ledger)) == 2
    async with ledger.begin() as tx:
        assert await make(tx, RULES, MORNING + town.HOUR) == []
        (one, _) = await tx.find(Callback)
    assert (one.day, one.first_owner) == ("2026-11-23", "user-hotline")


async def test_wo_27_when_all_were_called_the_order_goes_on(ledger):
    one, two = await listed(ledger)
    await call(ledger, one.id, CallbackOutcome.ANSWERED, mark=5)
    assert (await the_order(ledger)).state is S.COMPLETED
    await call(ledger, two.id, CallbackOutcome.REFUSED)
    after = await the_order(ledger)
    assert (after.state, after.milestones[-1].note) == (
        S.CALLBACK_DONE,
        Text("已评价 5 分、不愿评价", "answered: 5 of 5, refused"),
    )


async def test_wo_27_callers_of_an_order_that_was_appraised_without_them_are_still_called(ledger):
    early = Milestone(state=S.APPRAISED, at_ns=town.T0 + 3 * town.HOUR, actor="desk")
    made = order("WO-1", "complaint")
    async with ledger.begin() as tx:
        await tx.put(replace(made, state=S.APPRAISED, milestones=(*made.milestones, early)))
        await tx.put(report(1, "WO-1"))
        (one,) = await make(tx, RULES, MORNING)
    await call(ledger, one.id, CallbackOutcome.ANSWERED, mark=4)
    after = await the_order(ledger)
    assert after.state is S.CALLBACK_DONE
    async with ledger.begin() as tx:
        appraised = replace(early, at_ns=MORNING + town.HOUR)
        again = replace(after, state=S.APPRAISED, milestones=(*after.milestones, appraised))
        await tx.put(again)
        await tx.put(report(2, "WO-1"))
        assert await make(tx, RULES, MORNING + 24 * town.HOUR) == [], "appraised in its turn"


async def test_wo_27_unresolved_opens_the_order_again(ledger):
    one, _ = await listed(ledger)
    with pytest.raises(Refused):
        await call(ledger, one.id, CallbackOutcome.UNRESOLVED)
    await call(ledger, one.id, CallbackOutcome.UNRESOLVED, note="还在漏")
    after = await the_order(ledger)
    assert (after.state, after.reopened, after.crew) == (S.REOPENED, 1, None)
    async with ledger.begin() as tx:
        assert await tx.find(Callback, open=True) == []
        done = replace(after, state=S.COMPLETED)
        again = Milestone(state=S.COMPLETED, at_ns=MORNING + town.HOUR, actor="crew-user")
        await tx.put(replace(done, milestones=(*done.milestones, again)))
        assert len(await make(tx, RULES, MORNING + 2 * town.HOUR)) == 2


async def test_wo_27_three_attempts_on_three_days_at_most(ledger):
    one, _ = await listed(ledger)
    days = [
        (await call(ledger, one.id, CallbackOutcome.UNREACHABLE, now_ns=MORNING + n * 24 * town.HOUR))
        for n in range(3)
    ]
    assert [(d.day, d.open) for d in days] == [
        ("2026-11-24", True),
        ("2026-11-25", True),
        ("2026-11-25", False),
    ]
    with pytest.raises(Refused):
        await call(ledger, one.id, CallbackOutcome.ANSWERED, mark=5)


async def test_wo_27_not_by_whoever_did_the_work_and_not_at_night(ledger):
    one, _ = await listed(ledger)
    worker = town.user(Role.DISPATCHER, id="crew-user")
    for actor in (town.user(Role.CREW, crew="crew-2"), worker):
        with pytest.raises(NotPermitted):
            await call(ledger, one.id, CallbackOutcome.ANSWERED, mark=5, actor=actor)
    with pytest.raises(Refused) as refused:
        await call(ledger, one.id, CallbackOutcome.ANSWERED, mark=5, now_ns=town.T0)
    assert refused.value.reason == "not_at_night"


async def by_the_order(ledger, now_ns: int = MORNING) -> None:
    async with ledger.begin() as tx:
        await through_list(tx, RULES, await tx.get(WorkOrder, "WO-1"), town.user(Role.DISPATCHER), now_ns)


@pytest.mark.parametrize("made", [True, False])
async def test_wo_27_the_orders_own_step_does_not_go_round_the_list(ledger, made):
    """A sentence on the order is neither a mark nor an outcome, whether the list was made yet or not."""
    async with ledger.begin() as tx:
        await tx.put(order("WO-1"))
        await tx.put(report(1, "WO-1"))
        if made:
            await make(tx, RULES, MORNING)
    with pytest.raises(Refused) as by_day:
        await by_the_order(ledger)
    assert by_day.value.reason == "on_the_list"
    assert "callback" not in by_day.value.allowed
    with pytest.raises(Refused) as at_night:
        await by_the_order(ledger, town.T0)
    assert at_night.value.reason == "not_at_night"
    assert "21:00" in at_night.value.why.zh


@pytest.mark.parametrize("account", [None, "over"])
async def test_wo_27_the_orders_own_step_stands_where_no_list_holds_a_caller(ledger, account):
    """Who left no number cannot be listed; and of a list that is over nothing is left to call."""
    async with ledger.begin() as tx:
        await tx.put(order("WO-1"))
        await tx.put(replace(report(1, "WO-1"), account=account))
        await tx.put_many(replace(one, open=False) for one in await make(tx, RULES, MORNING))
    await by_the_order(ledger)
    await by_the_order(ledger, town.T0)


def test_wo_27_satisfaction_is_told_with_n_response_and_interval():
    base = Callback(
        id="x", order="o", report="r", reason=CallbackReason.SAMPLE, day="d", made_ns=0, open=False
    )
    rows = [
        *(replace(base, outcome=CallbackOutcome.ANSWERED, mark=5) for _ in range(997)),
        *(replace(base, outcome=CallbackOutcome.ANSWERED, mark=2) for _ in range(2)),
        replace(base, outcome=CallbackOutcome.UNRESOLVED),
        *(replace(base, outcome=CallbackOutcome.UNREACHABLE) for _ in range(250)),
        *(replace(base, open=True) for _ in range(50)),
    ]
    said = satisfaction(rows, 4)
    assert said.satisfied.words == "99.7 % (99.1–99.9)"
    assert (said.response.hits, said.response.n) == (1000, 1250)
    assert (said.coverage.hits, said.coverage.n) == (1250, 1300)


async def test_wo_27_who_waits_to_be_listed_is_known_before_the_list_is_made(ledger):
    async with ledger.begin() as tx:
        await tx.put(order("WO-1", "complaint"))
        await tx.put_many([report(1, "WO-1"), report(2, "WO-1")])
        assert len(await unlisted(tx, RULES)) == 2
        await make(tx, RULES, MORNING)
        assert await unlisted(tx, RULES) == []


async def test_wo_27_whoever_calls_one_that_waits_makes_the_list(ledger):
    async with ledger.begin() as tx:
        await tx.put(order("WO-1", "complaint"))
        await tx.put_many([report(1, "WO-1"), report(2, "WO-1")])
        (one, two) = await waiting(tx, RULES, MORNING)
        assert await tx.find(Callback) == [], "who only looks lists nobody"
        await list_with(tx, RULES, "WO-1:no-such", MORNING)
        assert await tx.find(Callback) == []
        await list_with(tx, RULES, one.id, MORNING)
        assert {row.id for row in await tx.find(Callback)} == {one.id, two.id}
    await call(ledger, one.id, CallbackOutcome.ANSWERED, mark=5)
