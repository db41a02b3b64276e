"""WO-27: what was noted of a call-back by mistake is taken back, and both stand on record."""

import pytest

from core.model.account import Role
from core.model.callback import Callback, CallbackOutcome
from core.model.text import Text
from core.model.work_order import Beside
from core.model.work_order import WorkOrderState as S
from response.callbacks.slips import taken_back
from response.orders.events import put
from response.orders.steps import called_back
from response.refused import NotPermitted, Refused
from tests.response import little_town as town
from tests.response.test_callbacks import AGENT, MORNING, call, listed, report, the_order


async def slip(ledger, id: str, after_s: float = 5.0, actor=AGENT) -> Callback:
    async with ledger.begin() as tx:
        return await taken_back(tx, id, actor, MORNING + int(after_s * town.S))


@pytest.mark.parametrize(
    "said",
    [
        {"outcome": CallbackOutcome.ANSWERED, "mark": 1},
        {"outcome": CallbackOutcome.REFUSED},
        {"outcome": CallbackOutcome.UNREACHABLE},
    ],
    ids=lambda said: said["outcome"],
)
async def test_wo_27_a_slip_is_taken_back_and_both_stand_on_record(ledger, said):
    (one,) = await listed(ledger, report(1, "WO-1"))
    await call(ledger, one.id, **said)
    back = await slip(ledger, one.id)
    assert (back.open, back.outcome, back.mark, back.day) == (True, None, None, one.day)
    assert [a.takes_back for a in back.attempts] == [False, True] and back.tries == ()
    assert await slip(ledger, one.id, 6.0) == back, "idempotent"
    order_ = await the_order(ledger)
    assert order_.state is S.COMPLETED and not called_back(order_)
    await call(ledger, one.id, CallbackOutcome.ANSWERED, mark=5)
    after = await the_order(ledger)
    assert after.state is S.CALLBACK_DONE and called_back(after)
    assert after.milestones[-1].note == Text("已评价 5 分", "answered: 5 of 5")


async def test_wo_27_of_a_slip_the_call_is_taken_back_whatever_was_noted_since(ledger):
    (one,) = await listed(ledger, report(1, "WO-1"))
    await call(ledger, one.id, CallbackOutcome.REFUSED)
    async with ledger.begin() as tx:
        await put(tx, await the_order(ledger), MORNING, "hub", "信号已恢复", Beside.SIGNAL_BACK)
    await slip(ledger, one.id)
    after = await the_order(ledger)
    assert after.state is S.COMPLETED and not called_back(after)
    assert [m.beside for m in after.milestones][-3:] == [Beside.TAKEN_BACK, Beside.SIGNAL_BACK, Beside.NOTED]


async def test_wo_27_a_slip_does_not_use_up_an_attempt(ledger):
    one, _ = await listed(ledger)
    for _ in range(4):
        await call(ledger, one.id, CallbackOutcome.UNREACHABLE)
        assert (await slip(ledger, one.id)).open


async def test_wo_27_a_slip_is_not_taken_back_late_by_another_nor_once_the_order_has_gone_on(ledger):
    one, two = await listed(ledger)
    with pytest.raises(Refused):
        await slip(ledger, one.id)
    await call(ledger, one.id, CallbackOutcome.ANSWERED, mark=1)
    with pytest.raises(NotPermitted):
        await slip(ledger, one.id, actor=town.user(Role.DISPATCHER, id="another"))
    with pytest.raises(Refused, match="too_late"):
        await slip(ledger, one.id, 121.0)
    await call(ledger, two.id, CallbackOutcome.UNRESOLVED, note="还在漏")
    for id, why in ((one.id, "over"), (two.id, "reopened")):
        with pytest.raises(Refused, match=why):
            await slip(ledger, id)
