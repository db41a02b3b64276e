"""A crew at work on the little town's burst, and what the hub then says and would check."""

from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.account import Role
from core.model.notice import Notice
from core.model.plant import Plant
from core.model.valve_operation import Direction, Turning, ValveOperation
from core.model.work_order import WorkOrder
from response.notices import decisions, versions
from response.notices.validation import lacks
from response.orders.taking import Said, apply
from response.orders.valves import turn
from response.service import ResponseService
from tests.response import little_town as town

DESK, CREW = town.user(Role.DISPATCHER), town.user(Role.CREW, "crew", "crew-1")
MIN = town.MIN


class OnSite:
    """The burst's order and what a crew does on it; the hub hears of each step."""

    def __init__(self, ledger: SqlLedger, service: ResponseService, plant: Plant) -> None:
        self._ledger, self._service, self._plant, self._seen, self.at = ledger, service, plant, 0, town.T0

    async def heard(self) -> None:
        events = await self._ledger.events(self._seen)
        while events:
            self._seen = events[-1].id
            await self._service.handle(events)
            events = await self._ledger.events(self._seen)

    async def step(self, name: str, said: Said | None = None) -> None:
        self.at += MIN
        async with self._ledger.begin() as tx:
            (order,) = await tx.find(WorkOrder)
            if name == "assign":
                await apply(tx, order.id, name, DESK, self.at, crew="crew-1")
            else:
                await apply(tx, order.id, name, CREW, self.at, said=said)
        await self.heard()

    async def valve(self, turning: Turning, valve: str = "v2", *, heard: bool = True) -> None:
        async with self._ledger.begin() as tx:
            (order,) = await tx.find(WorkOrder)
            operation = ValveOperation(
                id="",
                work_order=order.id,
                valve=valve,
                turning=turning,
                turns=20.0,
                closes=Direction.CLOCKWISE,
                operator="crew",
                at_ns=self.at,
            )
            await turn(tx, self._plant, operation)
        if heard:
            await self.heard()

    async def content(self) -> Notice:
        async with self._ledger.read() as tx:
            (head,) = await tx.find(Notice)
            return (await versions.prepared(tx, head.id)).content

    async def checks(self) -> dict[str, bool]:
        async with self._ledger.read() as tx:
            case = await decisions.case_of(tx, await self.content(), self.at)
        return {one.item: one.hard for one in lacks(case)}
