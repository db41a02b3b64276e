"""ON-05: an order that is opened again takes back nothing that people were shown; what comes after is a
second round."""

import pytest

from core.model.account import Role
from core.model.notice import Notice, Progress
from core.model.valve_operation import Turning, ValveOperation
from core.model.work_order import Outcome, WorkOrder
from response.hotline.around import order_facts
from response.notices import decisions
from response.orders.taking import Said, apply
from response.progress import stages
from tests.response import little_town as town
from tests.response.little_notices import publish

MANAGER, DESK = town.user(Role.DUTY_MANAGER), town.user(Role.DISPATCHER)
P = Progress


async def shown(ledger) -> list[tuple[str, int]]:
    async with ledger.read() as tx:
        (head,), (order,) = await tx.find(Notice), await tx.find(WorkOrder)
        log = await tx.find(ValveOperation)
    return list(stages(head, order, log, 1))


@pytest.fixture
async def done(site, ledger):
    """Published, and repaired behind a valve that is open again."""
    await publish(ledger, site.at)
    for name in ("depart", "arrive"):
        await site.step(name)
    await site.valve(Turning.CLOSE)
    await site.step("isolate")
    await site.step("complete", Said(outcome=Outcome.REPAIRED))
    site.at += town.MIN
    await site.valve(Turning.OPEN)
    return site


async def reopened(site, ledger) -> None:
    site.at += town.MIN
    async with ledger.begin() as tx:
        (order,) = await tx.find(WorkOrder)
        await apply(tx, order.id, "reopen", DESK, site.at, note="x")
    await site.heard()


async def test_nobody_is_said_to_be_repairing_who_did_not_say_so(done, ledger):
    names = [stage for stage, _ in await shown(ledger)]
    assert names == [P.REPORTED, P.LOCATED, P.ISOLATED, P.TO_OPEN, P.OPENING, P.REFILLING]


async def test_what_was_shown_stays_and_what_comes_after_is_a_second_round(done, ledger):
    before = await shown(ledger)
    await reopened(done, ledger)
    again_ns = done.at
    assert await shown(ledger) == [*before, (P.AGAIN, again_ns)]
    for name in ("assign", "depart", "arrive", "repair"):
        await done.step(name)
    assert await shown(ledger) == [
        *before,
        (P.AGAIN, again_ns),
        (P.LOCATED, done.at),
        (P.REPAIRING, done.at),
    ]


async def test_the_hotlines_card_keeps_the_steps_of_before_and_says_when_it_was_opened_again(
    done, ledger, plant
):
    def steps(order: WorkOrder) -> list[tuple[str, int]]:
        return list(order_facts(plant, order).steps)

    async with ledger.read() as tx:
        (order,) = await tx.find(WorkOrder)
    before = steps(order)
    assert [name for name, _ in before] == ["received", "dispatched", "repair", "done"]
    await reopened(done, ledger)
    again_ns = done.at
    await done.step("assign")
    async with ledger.read() as tx:
        (order,) = await tx.find(WorkOrder)
    assert steps(order) == [*before, ("again", again_ns), ("dispatched", done.at)]


async def test_of_what_had_ended_nothing_changes(done, ledger):
    async with ledger.begin() as tx:
        (head,) = await tx.find(Notice)
        await decisions.restore(tx, head.id, MANAGER, done.at, reason="x")
    before = await shown(ledger)
    assert before[-1][0] is P.RESTORED and (P.ISOLATED in dict(before))
    await reopened(done, ledger)
    for name in ("assign", "depart", "arrive", "repair"):
        await done.step(name)
    assert await shown(ledger) == before
