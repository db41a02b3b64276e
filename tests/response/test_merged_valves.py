"""Two incidents became one: what the order of the one that went has shut is shut for the one that stays, in
its notice and for whether water is back."""

from dataclasses import replace

import pytest

from core.model.account import Role
from core.model.incident import IncidentState
from core.model.notice import Notice, NoticeState
from core.model.valve_operation import Direction, Turning, ValveOperation
from core.model.work_order import WorkOrder
from response.notices import versions
from response.orders.taking import apply
from response.orders.valves import turn
from response.site import Water, water, work_of
from tests.response import little_town as town

CHIEF = town.user(Role.DUTY_MANAGER)


class Both:
    """Two bursts of one town, each with a crew on site."""

    def __init__(self, ledger, service, plant) -> None:
        self._ledger, self._service, self._plant, self._seen = ledger, service, plant, 0

    async def heard(self) -> None:
        while events := await self._ledger.events(self._seen):
            self._seen = events[-1].id
            await self._service.handle(events)

    async def on_site(self, incident: str, pipe: str) -> str:
        await town.report(self._ledger, town.burst(pipe=pipe, id=incident))
        await self.heard()
        async with self._ledger.begin() as tx:
            (order,) = await tx.find(WorkOrder, incident=incident)
            for step in ("assign", "depart", "arrive"):
                crew = "crew-1" if step == "assign" else None
                await apply(tx, order.id, step, CHIEF, town.T0, crew=crew)
        return order.id

    async def turned(self, order: str, valve: str, turning: Turning, step: str | None = None) -> None:
        async with self._ledger.begin() as tx:
            done = ValveOperation(
                id="",
                work_order=order,
                valve=valve,
                turning=turning,
                turns=20.0,
                closes=Direction.CLOCKWISE,
                operator="user-crew",
                at_ns=town.T0,
            )
            await turn(tx, self._plant, done)
            if step is not None:
                await apply(tx, order, step, CHIEF, town.T0)
        await self.heard()

    async def merged(self) -> None:
        into = replace(town.burst(pipe="p2"), merged=("INC-2",))
        gone = replace(town.burst(IncidentState.MERGED, pipe="p3", id="INC-2"), merged_into="INC-1")
        await town.report(self._ledger, gone)
        await town.report(self._ledger, into)
        await self.heard()

    async def told(self) -> dict[str, str]:
        """Of the notice that stays: whom it concerns, and how."""
        async with self._ledger.read() as tx:
            found = await tx.find(Notice)
            (head,) = [one for one in found if one.state is not NoticeState.WITHDRAWN]
            return (await versions.reach_of(tx, head)).supply_of()

    async def water(self) -> Water | None:
        async with self._ledger.read() as tx:
            return water(town.burst(IncidentState.RESTORED), await work_of(tx, "INC-1"))


@pytest.fixture
async def both(ledger, service, plant) -> Both:
    return Both(ledger, service, plant)


async def test_what_the_other_order_shut_before_or_after_the_merge_counts_where_the_matter_went_on(both):
    one, two = await both.on_site("INC-1", "p2"), await both.on_site("INC-2", "p3")
    await both.turned(one, "v2", Turning.CLOSE, "isolate")
    await both.turned(two, "v3", Turning.CLOSE, "isolate")
    await both.merged()
    told = await both.told()
    assert {"A000031", "A000056", "A000060"} <= told.keys(), "behind v2, and behind v3"
    await both.turned(one, "v2", Turning.OPEN)
    assert await both.water() is Water.OFF, "v3 still stands shut"
    await both.turned(two, "v3", Turning.OPEN)
    assert await both.water() is Water.BACK


async def test_a_crew_that_shuts_valves_for_the_one_that_went_is_heard_by_the_one_that_stays(both):
    one, two = await both.on_site("INC-1", "p2"), await both.on_site("INC-2", "p3")
    await both.turned(one, "v2", Turning.CLOSE, "isolate")
    await both.merged()
    assert "A000060" not in await both.told()
    await both.turned(two, "v3", Turning.CLOSE, "isolate")
    assert {"A000031", "A000060"} <= (await both.told()).keys()
