"""ON-13: hydrants behind valves that are recorded shut are dry, whatever becomes of the notice."""

from dataclasses import replace

from core.model.account import Role
from core.model.fire_duty import FireMatter
from core.model.incident import IncidentState
from core.model.notice import NoticeState
from core.model.valve_operation import Direction, Turning, ValveOperation
from core.model.work_order import WorkOrder
from response.notices import decisions
from response.orders.valves import turn
from tests.response import little_town as town
from tests.response.on_duty import Duty
from tests.response.test_fire_service import desk, duties, plant, the_notice

__all__ = ["desk"]
MANAGER = town.user(Role.DUTY_MANAGER)


async def test_on_13_a_notice_that_is_withdrawn_opens_no_valve(desk: Duty):
    await town.report(desk.ledger, town.burst())
    await duties(desk, 1)
    await turned(desk, Turning.CLOSE)
    id = (await the_notice(desk)).id
    async with desk.ledger.begin() as tx:
        await decisions.withdraw(tx, id, MANAGER, desk.clock.now_ns(), reason="发布有误")
    await town.report(desk.ledger, town.burst(IncidentState.RESTORED))
    assert [one.matter for one in await duties(desk, 1)] == [FireMatter.LOST]
    await turned(desk, Turning.OPEN)
    assert [one.matter for one in await duties(desk, 2)] == [FireMatter.LOST, FireMatter.BACK]


async def test_on_13_a_merge_opens_no_valve(desk: Duty):
    """The order hangs on the other incident then, and its notice is withdrawn."""
    await town.report(desk.ledger, town.burst())
    await duties(desk, 1)
    await turned(desk, Turning.CLOSE)
    into = replace(town.burst(IncidentState.SUSPECTED, id="INC-2"), merged=("INC-1",))
    await town.report(desk.ledger, into)
    await town.report(desk.ledger, replace(town.burst(IncidentState.MERGED), merged_into=into.id))

    async def withdrawn() -> bool:
        return (await the_notice(desk)).state is NoticeState.WITHDRAWN

    await desk.until(withdrawn)
    assert [one.matter for one in await duties(desk, 1)] == [FireMatter.LOST]
    await turned(desk, Turning.OPEN)
    assert [one.matter for one in await duties(desk, 2)] == [FireMatter.LOST, FireMatter.BACK]


async def turned(desk: Duty, turning: Turning) -> None:
    async with desk.ledger.begin() as tx:
        (order,) = await tx.find(WorkOrder)
        operation = ValveOperation(
            id="",
            work_order=order.id,
            valve="v2",
            turning=turning,
            turns=20.0,
            closes=Direction.CLOCKWISE,
            operator="crew",
            at_ns=desk.clock.now_ns(),
        )
        await turn(tx, plant(), operation)
