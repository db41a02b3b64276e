"""An incident that is over is closed by the hub once nothing of it is left open, so that lists show what
somebody has to do: its alarms gone, its orders closed, its notices ended, everybody told who has to be.

People may close it before. What comes back later is a new incident; its order opens again by its own rule
(WO-04).
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from core.model.alarm import Alarm
from core.model.duty import Duty, DutyState
from core.model.event import EventKind
from core.model.fire_duty import FireDuty, FireState
from core.model.incident import Incident, IncidentState
from core.model.incident_event import incident_event
from core.model.notice import ENDED, Notice
from core.model.outage import AuthorityReport, ReportState
from core.model.timer import Timer
from core.model.work_order import OVER, WorkOrder
from core.ports.clock import Clock
from core.ports.ledger import Ledger, Page, Tx
from core.runtime.timetable import held
from response.following import Follower
from response.service_times import ServiceTimes

SETTLED = "settled"
"""The kind of the timers, and the cursor."""
NOTHING_LEFT = "nothing_left_open"
"""Why it was closed, as the incident's record says."""
LOOK_NS = 3600 * 1_000_000_000
"""Plant time until what was still open is looked at again."""
_S = 1_000_000_000


class Settled:
    """Follows incidents, and is work for a Timetable."""

    def __init__(
        self, ledger: Ledger, clock: Clock, times: ServiceTimes, wake: Callable[[], None] = lambda: None
    ) -> None:
        self._ledger, self._clock, self._after_s = ledger, clock, times.file.close_restored
        self.follower = Follower(ledger, SETTLED, frozenset({EventKind.INCIDENT}), self.handle, wake)

    async def run(self) -> None:
        """Until cancelled."""
        await self.follower.run()

    @property
    def work(self) -> dict[str, Callable[[Timer], Awaitable[None]]]:
        return {SETTLED: self._due}

    async def handle(self, tx: Tx, incidents: Sequence[str]) -> None:
        for id in incidents:
            incident, row = await tx.get(Incident, id), await tx.get(Timer, f"{SETTLED}:{id}")
            over = incident is not None and incident.state is IncidentState.RESTORED
            if row is not None and not over:
                await tx.delete(Timer, row.id)
            elif row is None and over and self._after_s is not None:
                due_ns = self._clock.now_ns() + self._after_s * _S
                await tx.put(Timer(id=f"{SETTLED}:{id}", kind=SETTLED, subject=id, due_ns=due_ns))

    async def _due(self, timer: Timer) -> None:
        async with self._ledger.begin() as tx:
            row, now_ns = await held(tx, timer), self._clock.now_ns()
            incident = await tx.get(Incident, timer.subject)
            if incident is None or incident.state is not IncidentState.RESTORED or self._after_s is None:
                await tx.delete(Timer, row.id)
            elif await left_open(tx, incident.id):
                again_ns = now_ns + min(LOOK_NS, self._after_s * _S)
                await tx.put(Timer(id=row.id, kind=SETTLED, subject=incident.id, due_ns=again_ns))
            else:
                why, state = (*incident.why, NOTHING_LEFT), IncidentState.CLOSED
                closed = replace(incident, state=state, closed_ns=now_ns, why=why, seq=incident.seq + 1)
                await tx.put(closed)
                await tx.emit(incident_event(closed, now_ns))
                await tx.delete(Timer, row.id)


async def left_open(tx: Tx, incident: str) -> str | None:
    """What of it somebody still has to do, as a named reason."""
    if await tx.find(Alarm, Page(limit=1), incident=incident, active=True):
        return "alarm"
    orders = await tx.find(WorkOrder, incident=incident)
    if any(order.state not in OVER for order in orders):
        return "work_order"
    if any(notice.state not in ENDED for notice in await tx.find(Notice, incident=incident)):
        return "notice"
    if await tx.find(Duty, Page(limit=1), incident=incident, state=DutyState.OPEN):
        return "duty"
    if await tx.find(FireDuty, Page(limit=1), incident=incident, state=FireState.OPEN):
        return "fire_service"
    report = await tx.get(AuthorityReport, incident)
    return "authority_report" if report is not None and report.state is ReportState.DRAFT else None
