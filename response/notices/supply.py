"""Over 24 h without water somebody has to bring it (ON-10): the hub opens the order, people carry it out.

By several local rules and utilities' own promises [V: facts, 4.2]; the notice then needs water points
(`validation`).
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from core.model.notice import Notice, NoticeState, Supply
from core.model.plant import Plant
from core.model.text import Text
from core.model.timer import Timer
from core.ports.clock import Clock
from core.ports.ledger import Ledger, Tx
from core.runtime.timetable import held
from response.notices.rules import AS_HUB
from response.notices.versions import SUPPLY, put_head
from response.orders.catalogue import EMERGENCY_SUPPLY
from response.orders.opening import Wish, open_order
from response.refused import Refused
from response.service_times import ServiceTimes


class EmergencySupply:
    """Work for a Timetable."""

    def __init__(self, ledger: Ledger, plant: Plant, clock: Clock, times: ServiceTimes) -> None:
        self._ledger, self._plant, self._clock, self._times = ledger, plant, clock, times

    @property
    def work(self) -> dict[str, Callable[[Timer], Awaitable[None]]]:
        return {SUPPLY: self.open}

    async def open(self, timer: Timer) -> None:
        """Once for a notice, and for an incident."""
        async with self._ledger.begin() as tx:
            due = await held(tx, timer)
            await tx.delete(Timer, due.id)
            notice = await tx.get(Notice, timer.subject)
            if notice is None or notice.state is not NoticeState.PUBLISHED or notice.supply_order:
                return
            if notice.supply is Supply.NONE:
                await self._order(tx, notice)

    async def _order(self, tx: Tx, notice: Notice) -> None:
        place = notice.place or Text(notice.zone, notice.zone)
        wish = Wish(
            service=EMERGENCY_SUPPLY,
            text=Text(f"{notice.id} {place.zh}", f"{notice.id} {place.en}"),
            zone=notice.zone or None,
            incident=notice.incident,
        )
        now_ns = self._clock.now_ns()
        try:
            order = await open_order(tx, self._plant, wish, AS_HUB, now_ns, self._times)
        except Refused as refused:
            if refused.reason != "order_stands":
                raise
            return
        await put_head(tx, replace(notice, supply_order=order.id), now_ns)
