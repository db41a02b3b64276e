"""An order that opened by itself, handed on with the shift: while no person has taken it, it names whoever is
on call now (WO-12). The calls see the change in the order, and ring where nobody has acknowledged.

A timer an order, due at the rota's next change; a start looks at all of them, for the rota itself may have
been changed meanwhile.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from core.model.event import EventKind
from core.model.incident import Incident
from core.model.passing_on import OnCall
from core.model.text import Text
from core.model.timer import Timer
from core.model.work_order import WORK_LEFT, Beside, WorkOrder
from core.ports.clock import Clock
from core.ports.ledger import Ledger, Tx
from core.runtime.logs import log
from core.runtime.timetable import held
from response.escalation.rota import next_change, on_call
from response.escalation.spec import EscalationFile
from response.following import Follower
from response.notices.rules import HUB
from response.orders.events import put
from response.orders.of_incident import Rota

SHIFT = "order.shift"
"""Kind of the timers."""
CURSOR = "shift changes"


class ShiftChange:
    """wake: called when a timer may be due."""

    def __init__(
        self,
        file: EscalationFile,
        rota: Rota,
        ledger: Ledger,
        clock: Clock,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        self._file, self._rota, self._ledger, self._clock = file, rota, ledger, clock
        self.follower = Follower(ledger, CURSOR, frozenset({EventKind.WORK_ORDER}), self.handle, wake)

    @property
    def work(self) -> dict[str, Callable[[Timer], Awaitable[None]]]:
        return {SHIFT: self._due}

    async def run(self) -> None:
        """Until cancelled."""
        async with self._ledger.begin() as tx:
            await self.handle(tx, [order.id for order in await tx.find(WorkOrder, state=WORK_LEFT)])
        await self.follower.run()

    async def handle(self, tx: Tx, orders: Sequence[str]) -> None:
        for id in orders:
            await self._look(tx, id)

    async def _due(self, timer: Timer) -> None:
        async with self._ledger.begin() as tx:
            await held(tx, timer)
            await tx.delete(Timer, timer.id)
            await self._look(tx, timer.subject)

    async def _look(self, tx: Tx, id: str) -> None:
        """As it is now, and when to look again."""
        order, name = await tx.get(WorkOrder, id), f"{SHIFT}:{id}"
        if order is None or order.on_call is None or order.owner or order.state not in WORK_LEFT:
            await tx.delete(Timer, name)
            return
        now_ns = self._clock.now_ns()
        due_ns = next_change(self._file.positions, now_ns)
        timer = await tx.get(Timer, name)
        if timer is None or timer.due_ns != due_ns:
            await tx.put(Timer(id=name, kind=SHIFT, subject=id, due_ns=due_ns))
        taking_over = await self._after(tx, order, order.on_call, now_ns)
        if taking_over is not None:
            await put(
                tx, replace(order, on_call=taking_over), now_ns, HUB, _said(taking_over), Beside.SHIFT_CHANGED
            )
            log.info("order handed on with the shift", order=id, contact=taking_over.contact)

    async def _after(self, tx: Tx, order: WorkOrder, had: OnCall, now_ns: int) -> OnCall | None:
        """None while whoever had it is still on duty, and where nobody comes after."""
        known = next((one for one in self._file.positions if one.id == had.position), None)
        if known is not None and had.contact in on_call(known, now_ns):
            return None
        incident = await tx.get(Incident, order.incident) if order.incident else None
        found = self._rota(incident, order.priority, now_ns) if incident else None
        return replace(found, after=had.contact) if found else None


def _said(on: OnCall) -> Text:
    zh = f"交班：现由{on.name.zh}（{on.contact_name.zh}）负责"
    en = f"Change of shift: {on.name.en} ({on.contact_name.en}) answers for it now"
    return Text(zh, en)
