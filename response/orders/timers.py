"""What falls due on orders: the pool's window and offers that nobody accepted."""

from core.model.plant import Plant
from core.model.timer import Timer
from core.ports.clock import Clock
from core.ports.ledger import Ledger
from core.runtime.timetable import Timetable, held
from response.orders.owner import HANDOVER, bounced
from response.orders.pool import POOL, window_over


class OrderTimers:
    def __init__(self, ledger: Ledger, plant: Plant, clock: Clock) -> None:
        self._ledger, self._plant, self._clock = ledger, plant, clock

    async def run(self) -> None:
        """Until cancelled."""
        work = {POOL: self.pool, HANDOVER: self.handover}
        await Timetable(self._ledger, self._clock, work).run()

    async def pool(self, timer: Timer) -> None:
        async with self._ledger.begin() as tx:
            await held(tx, timer)
            await window_over(tx, self._plant, timer.subject, self._clock.now_ns())
            await tx.delete(Timer, timer.id)

    async def handover(self, timer: Timer) -> None:
        async with self._ledger.begin() as tx:
            await held(tx, timer)
            await bounced(tx, timer.subject, self._clock.now_ns())
            await tx.delete(Timer, timer.id)
