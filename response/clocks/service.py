"""Follows work orders and keeps their clocks and the ladders' timers."""

from collections.abc import Callable, Sequence

from core.model.event import EventKind
from core.model.work_order import WorkOrder
from core.ports.clock import Clock
from core.ports.ledger import Ledger, Tx
from response.clocks.book import promised, sync
from response.clocks.ladder import retime
from response.following import Follower
from response.service_times import ServiceTimes

CURSOR = "service clocks"


class ClockService:
    """wake: called when a timer may be due."""

    def __init__(
        self, ledger: Ledger, clock: Clock, times: ServiceTimes, wake: Callable[[], None] = lambda: None
    ) -> None:
        self._clock, self._times = clock, times
        kinds = frozenset({EventKind.WORK_ORDER})
        self.follower = Follower(ledger, CURSOR, kinds, self.handle, wake)

    async def run(self) -> None:
        """Until cancelled."""
        await self.follower.run()

    async def handle(self, tx: Tx, orders: Sequence[str]) -> None:
        for id in orders:
            order = await tx.get(WorkOrder, id)
            if order is not None:
                clocks = await sync(tx, self._times, order)
                await promised(tx, order, clocks, self._clock.now_ns())
                await retime(tx, self._times, id, self._clock.now_ns())
