"""An acknowledged alarm of priority 1 or 2 that still stands after so long annunciates again (row 14).

Its time is a row of the ledger, absolute; what the row finds when it is due is what counts. How often is
capped by the table (`states.REALARMS`).
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType

from alarms.acts import act
from alarms.states import REALARMS, AlarmEvent, Cause
from core.model.alarm import Alarm, State
from core.model.event import Event, EventKind
from core.model.timer import Timer
from core.ports.clock import Clock
from core.ports.ledger import Ledger
from core.runtime.timetable import held

REALARM = "realarm"
REALARM_MIN: Mapping[int, float] = MappingProxyType({1: 60.0, 2: 240.0})
"""By priority, plant time."""
MINUTE_NS = 60_000_000_000
REST_S = 0.2
LOT = 250
"""Alarms looked at in one transaction."""


class Realarm:
    def __init__(self, ledger: Ledger, clock: Clock, after_min: Mapping[int, float] = REALARM_MIN) -> None:
        self._ledger, self._clock, self._after_min = ledger, clock, after_min
        self.seen_until = 0
        """The last event looked at."""

    @property
    def work(self) -> dict[str, Callable[[Timer], Awaitable[None]]]:
        return {REALARM: self._due}

    async def run(self) -> None:
        """Until cancelled."""
        last = await self._ledger.last_event()
        async with self._ledger.read() as tx:
            standing = [alarm.id for alarm in await tx.find(Alarm, state=State.ACKED)]
        for at in range(0, len(standing), LOT):
            await self._set(standing[at : at + LOT])
        self.seen_until = last
        async for events in self._ledger.follow(last):
            await self.seen(events)
            self.seen_until = events[-1].id
            await asyncio.sleep(REST_S)

    async def seen(self, events: Sequence[Event]) -> None:
        ids = dict.fromkeys(event.subject for event in events if event.kind is EventKind.ALARM)
        await self._set(tuple(ids))

    async def _set(self, ids: Sequence[str]) -> None:
        """A row for each that waits, none for the others. One that waits already keeps its time."""
        if not ids:
            return
        async with self._ledger.read() as tx:
            alarms = await tx.find(Alarm, id=tuple(ids))
            timers = {timer.subject for timer in await tx.find(Timer, kind=REALARM, subject=tuple(ids))}
        wrong = [alarm for alarm in alarms if self._waits(alarm) is not (alarm.id in timers)]
        if not wrong:
            return
        async with self._ledger.begin() as tx:
            now_ns = self._clock.now_ns()
            for alarm in await tx.find(Alarm, id=tuple(alarm.id for alarm in wrong)):
                if self._waits(alarm):
                    due_ns = now_ns + round(self._after_min[alarm.priority] * MINUTE_NS)
                    id = f"{REALARM}:{alarm.id}"
                    await tx.insert(Timer(id=id, kind=REALARM, subject=alarm.id, due_ns=due_ns))
                else:
                    await tx.delete(Timer, f"{REALARM}:{alarm.id}")

    def _waits(self, alarm: Alarm) -> bool:
        urgent = alarm.priority in self._after_min and alarm.realarms < REALARMS
        return urgent and alarm.state is State.ACKED

    async def _due(self, timer: Timer) -> None:
        async with self._ledger.begin() as tx:
            await held(tx, timer)
            alarm = await tx.get(Alarm, timer.subject)
            if alarm is not None and self._waits(alarm):
                now_ns = self._clock.now_ns()
                await act(tx, alarm.id, AlarmEvent.REALARM, Cause(t_ns=now_ns), now_ns)
            await tx.delete(Timer, timer.id)
