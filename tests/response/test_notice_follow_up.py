"""What the hub prepares of published notices, and what people put together: ON-03, ON-09, ON-10, ON-15."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from core.model.account import Role
from core.model.clock import Anchor
from core.model.incident import IncidentState
from core.model.notice import Change, Notice, NoticeKind, NoticeState, Status
from core.model.text import Text
from core.model.work_order import WorkOrder
from core.runtime.clock import AnchoredClock
from core.runtime.timetable import Timetable
from response.notices import decisions, drafts, versions
from response.notices.drafts import Wish
from response.notices.scope import Scope
from response.notices.standing import supply_at
from response.notices.supply import EmergencySupply
from response.refused import Refused
from response.service_times import CN_DEFAULT
from tests.response import little_town as town
from tests.response.little_town import report

MANAGER, OPERATOR = town.user(Role.DUTY_MANAGER), town.user(Role.OPERATOR)
AT = town.T0 + 5 * town.MIN
H = town.HOUR
T = Text("管道改造", "mains renewal")


async def publish(tx, id, at_ns=AT) -> Notice:
    await decisions.approve(tx, id, MANAGER, at_ns)
    return await decisions.publish(tx, id, MANAGER, at_ns)


@pytest.fixture
async def notice(ledger, service) -> str:
    await service.handle([await report(ledger, town.burst())])
    async with ledger.begin() as tx:
        (draft,) = await tx.find(Notice)
        await publish(tx, draft.id)
    return draft.id


async def test_signals_that_are_back_make_a_draft_that_says_so_and_a_person_publishes_it(
    ledger, service, notice
):
    """ON-09, E2E-1: nothing is said by itself."""
    await service.handle([await report(ledger, town.burst(IncidentState.RESTORED))])
    async with ledger.begin() as tx:
        before = await versions.prepared(tx, notice)
        assert before.head.state is NoticeState.PUBLISHED
        assert (before.pending.change, before.pending.content.author) == (Change.RESTORED, "hub")
        over = await publish(tx, notice, town.T0 + H)
    assert (over.state, over.change, over.restored_why) == (
        NoticeState.RESTORED,
        Change.RESTORED,
        "telemetry",
    )
    assert "供水正常" in over.title.zh, "no crew has seen the fault: water was never off for sure"
    assert "涉及范围：" in over.body.zh and "停水范围" not in over.body.zh
    assert "off in" not in over.body.en and "Area restored" not in over.body.en
    assert "下次通报" not in over.body.zh


async def test_signals_that_fall_again_take_that_draft_back(ledger, service, notice):
    await service.handle([await report(ledger, town.burst(IncidentState.RESTORED))])
    await service.handle([await report(ledger, town.burst())])
    async with ledger.read() as tx:
        before = await versions.prepared(tx, notice)
    assert (before.pending, before.head.state) == (None, NoticeState.PUBLISHED)


async def until(found: Callable, seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not await found():
            await asyncio.sleep(0.05)


async def supply_orders(ledger) -> list[WorkOrder]:
    async with ledger.read() as tx:
        return await tx.find(WorkOrder, kind="emergency_supply")


async def at_work(ledger, plant, now_ns: int, found: Callable) -> None:
    clock = AnchoredClock(Anchor(0, now_ns, 0.0))
    work = EmergencySupply(ledger, plant, clock, CN_DEFAULT).work
    running = asyncio.create_task(Timetable(ledger, clock, work).run())
    try:
        await until(found)
    finally:
        running.cancel()


async def test_a_day_without_water_opens_one_order_to_bring_it(ledger, plant, notice):
    """ON-10."""

    async def done() -> bool:
        async with ledger.read() as tx:
            return not await tx.timers_due((versions.SUPPLY,), town.T0 + 90 * H)

    async with ledger.read() as tx:
        assert await tx.timers_due((versions.SUPPLY,), town.T0 + 24 * H - 1) == []
    await at_work(ledger, plant, town.T0 + 24 * H, done)
    (order,) = await supply_orders(ledger)
    assert (order.priority, order.zone, order.incident) == (1, "dma-01", "INC-1")
    async with ledger.begin() as tx:
        await drafts.update(tx, plant, notice, Wish(reason=T), OPERATOR.id, AT)
        await publish(tx, notice)
    await at_work(ledger, plant, town.T0 + 25 * H, done)
    assert len(await supply_orders(ledger)) == 1


async def test_water_that_is_back_in_time_is_not_brought(ledger, notice):
    async with ledger.begin() as tx:
        await decisions.restore(tx, notice, MANAGER, AT, reason="现场确认")
        assert await tx.timers_due((versions.SUPPLY, versions.OVERDUE), town.T0 + 90 * H) == []


async def test_a_draft_that_tells_the_same_is_put_into_the_other(ledger, plant, notice):
    """ON-15."""
    wish = Wish(reason=T, scope=Scope(streets=("s-1",)))
    async with ledger.begin() as tx:
        double = await drafts.draft(tx, plant, NoticeKind.EMERGENCY_OUTAGE, wish, OPERATOR, AT)
        gone = await decisions.merge(tx, double.id, notice, MANAGER, AT)
        assert (gone.state, gone.same_as) == (NoticeState.WITHDRAWN, notice)
        assert await versions.published(tx, double.id) == []
        with pytest.raises(Refused):
            await decisions.merge(tx, notice, double.id, MANAGER, AT)
        with pytest.raises(Refused):
            await decisions.merge(tx, notice, notice, MANAGER, AT)


async def test_each_account_has_one_of_five_answers_with_a_reason(ledger, plant, notice):
    """ON-03: unknown is not unaffected."""
    people = {a.id: a for a in town.accounts()}
    strange = replace(people["A000001"], id="A000099", node="nowhere")
    async with ledger.begin() as tx:
        cut = await supply_at(tx, plant, people["A000031"], AT)
        dry = await supply_at(tx, plant, people["A000031"], town.T0 - H)
        well = await supply_at(tx, plant, people["A000001"], AT)
        unknown = await supply_at(tx, plant, strange, AT)
        drill = replace(await tx.get(Notice, notice), status=Status.EXERCISE)
        await tx.put(drill)
        exercise = await supply_at(tx, plant, people["A000031"], AT)
    assert (cut.supply, cut.reason, cut.notice) == ("no_water", "in_isolation_segment", notice)
    assert (well.supply, well.reason) == ("unaffected", "outside_every_notice")
    assert (unknown.supply, unknown.reason) == ("unknown", "not_in_the_model")
    assert (dry.supply, exercise.supply) == ("unaffected", "unaffected")


async def test_a_person_takes_accounts_out_and_puts_them_in(ledger, plant):
    """ON-03: by hand, with its own reason."""
    scope = Scope(pipes=("p2",), without=("A000031",), also=("A000060",))
    async with ledger.begin() as tx:
        made = await drafts.draft(
            tx, plant, NoticeKind.EMERGENCY_OUTAGE, Wish(reason=T, scope=scope), OPERATOR, AT
        )
        reach = await versions.reach_of(tx, made)
    by_reason = {part.reason: part.accounts for part in reach.reached}
    assert by_reason["by_hand"] == ("A000060",)
    assert "A000031" not in by_reason["in_isolation_segment"]
    assert made.segments == ("hospital",)
