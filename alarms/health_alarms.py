"""Carries what the health board says into the ledger: alarm, journal and event, one transaction a change."""

from alarms.hub_alarms import alarm_of, definitions
from alarms.states import AlarmEvent, Cause
from alarms.transaction import fresh, happen
from core.model.alarm import Alarm, State
from core.ports.clock import Clock
from core.ports.ledger import Ledger, Tx
from core.runtime.health import Health

LOOK_S = 1.0
RISE_S = 90.0
"""How long after a start an alarm of the life before is left standing: what raised it takes a while to be
seen again."""
_NOT_NORMAL = tuple(state for state in State if state is not State.NORM)


class HealthAlarms:
    def __init__(self, ledger: Ledger, health: Health, clock: Clock) -> None:
        self._ledger, self._health, self._clock = ledger, health, clock
        self._rows = definitions()
        self._began_s = clock.monotonic()
        self._told: set[str] | None = None
        self._seen: set[str] = set()
        """Standing at some time in this life."""

    async def run(self) -> None:
        """Until cancelled. Raises what the ledger raises; a restart goes on from what is in it."""
        self._told = None
        while True:
            await self.look()
            await self._clock.sleep(LOOK_S)

    async def look(self) -> None:
        told = self._told = await self._active() if self._told is None else self._told
        standing = {id: c for c in self._health.standing() if (id := alarm_of(c)) is not None}
        self._seen |= standing.keys()
        risen = self._clock.monotonic() - self._began_s > RISE_S
        cleared = sorted(id for id in told - standing.keys() if risen or id in self._seen)
        raised = [id for id in standing if id not in told]
        if not raised and not cleared:
            return
        async with self._ledger.begin() as tx:
            for id in cleared:
                await self._record(tx, id, AlarmEvent.CLEAR)
            for id in raised:
                await self._record(tx, id, AlarmEvent.RAISE, standing[id].detail)
        self._told = (told | set(raised)) - set(cleared)

    async def _active(self) -> set[str]:
        async with self._ledger.read() as tx:
            known = await tx.find(Alarm, state=_NOT_NORMAL)
        return {alarm.id for alarm in known if alarm.active and alarm.id in self._rows}

    async def _record(self, tx: Tx, id: str, event: AlarmEvent, detail: str = "") -> None:
        row, now_ns = self._rows[id], self._clock.now_ns()
        alarm = await tx.get(Alarm, id) or fresh(row)
        cause = Cause(t_ns=now_ns, priority=row.priority, reason=detail or None)
        await happen(tx, alarm, row, event, cause, now_ns)
