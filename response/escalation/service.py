"""Calls for help, followed: what changes them in the ledger, and what their timers do when they are due.

Nothing is remembered outside the ledger: a call's place and its due time are rows, an ack is seen in the
alarm itself. So a restart, a message that came late or events in another order change nothing (A-16, A-24).
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from core.model.alarm import Alarm, AlarmDefinition
from core.model.call import Call, CallState, Outcome, Why
from core.model.condition import Severity
from core.model.event import Event, EventKind
from core.model.flood import Flood
from core.model.incident import Incident
from core.model.message import MessageKind
from core.model.plant import Plant
from core.model.timer import Timer
from core.ports.clock import Clock
from core.ports.ledger import Ledger
from core.ports.notifier import Notifier
from core.runtime import health_words as words
from core.runtime.health import Health
from core.runtime.timetable import Timetable, held
from response.escalation.calls import CALL, OVER, UNACKED, URGENT, Calls
from response.escalation.notebook import write
from response.escalation.spec import EscalationFile, Notify
from response.escalation.steps import Rules, ended_by
from response.escalation.telling import Teller, note_of
from response.escalation.wording import Wording

LOOK_AGAIN_S = 60.0
_SOONER = (Why.WORSE, Why.ORDER_OPENED, Why.SHIFT_CHANGED)
REST_S, LONGEST_REST_S = 0.05, 1.0
"""Between two looks at alarms that changed: in a flood four times as long as the last one took. An order
waits for none: whoever is on call hears of it at once."""


class CallService:
    """timetable: made of `work`, by whoever puts the hub together; told when something may be due."""

    def __init__(
        self,
        file: EscalationFile,
        definitions: Mapping[str, AlarmDefinition],
        plant: Plant,
        channels: Mapping[str, Notifier],
        ledger: Ledger,
        health: Health,
        clock: Clock,
    ) -> None:
        self._rules = Rules.of(file, definitions)
        self._calls = Calls(self._rules)
        self._wording = Wording(plant, definitions, file.desk)
        self._teller = Teller(file, channels, ledger, clock)
        self._ledger, self._health, self._clock = ledger, health, clock
        self.timetable: Timetable | None = None
        self._sending: set[str] = set()
        self._seen, self._ordered = 0, 0

    @property
    def seen_until(self) -> int:
        """The last event looked at."""
        return min(self._seen, self._ordered)

    @property
    def work(self) -> dict[str, Callable[[Timer], Awaitable[None]]]:
        return {CALL: self._call, OVER: self._over}

    async def run(self) -> None:
        """Until cancelled."""
        last = await self._ledger.last_event()
        await self.look_at_all()
        self._seen = self._ordered = last
        async with asyncio.TaskGroup() as group:
            group.create_task(self._again())
            group.create_task(self._orders(last))
            async for events in self._ledger.follow(last):
                began = self._clock.monotonic()
                await self.seen(events)
                self._seen = events[-1].id
                took_s = self._clock.monotonic() - began
                await asyncio.sleep(min(max(REST_S, 4 * took_s), LONGEST_REST_S))

    async def _orders(self, last: int) -> None:
        """Beside the alarms: a look at those may have waited for its turn to write, and rests after it."""
        async for events in self._ledger.follow(last):
            await self._settle(sorted({str(id) for event in events if (id := _incident_of_order(event))}))
            self._ordered = events[-1].id

    async def _again(self) -> None:
        while True:
            await self._clock.sleep(LOOK_AGAIN_S)
            await self.look_at_all()

    async def look_at_all(self) -> None:
        """Every call that is on, and every alarm that nobody has acknowledged."""
        async with self._ledger.read() as tx:
            calls = [call.id for call in await tx.find(Call, state=CallState.CALLING)]
            alarms = await tx.find(Alarm, state=UNACKED)
        mine = [alarm for alarm in alarms if alarm.incident or self._rules.ladder(alarm) is not None]
        await self._settle([*calls, *(self._rules.subject(alarm) for alarm in mine)])

    async def seen(self, events: Sequence[Event]) -> None:
        """Alarms and incidents that changed: whose calls begin, go on otherwise, or end."""
        ids = tuple(dict.fromkeys(event.subject for event in events if event.kind is EventKind.ALARM))
        moved = {event.subject for event in events if event.kind is EventKind.INCIDENT}
        if not ids and not moved:
            return
        async with self._ledger.read() as tx:
            alarms = await tx.find(Alarm, id=ids) if ids else []
            on = {call.id: call for call in await tx.find(Call, state=CallState.CALLING)}
        near = {call.id for call in on.values() if call.lead in ids} | (moved & on.keys())
        for alarm in alarms:
            call = on.get(subject := self._rules.subject(alarm))
            if (call is not None and not _joins(call, alarm)) or (
                call is None and not alarm.acked and self._rules.ladder(alarm) is not None
            ):
                near.add(subject)
        await self._settle(sorted(near))

    async def _settle(self, ids: Sequence[str]) -> None:
        for id in dict.fromkeys(ids):
            async with self._ledger.read() as tx:
                if self._calls.settled(await tx.get(Call, id), await self._calls.matter(tx, id)):
                    continue
            async with self._ledger.begin() as tx:
                changed = await self._calls.change(tx, id, self._clock.now_ns())
            if changed is not None and self.timetable is not None:
                await self._let_go(changed, self.timetable)

    async def _let_go(self, call: Call, timetable: Timetable) -> None:
        """What is being sent is stopped when nobody is needed any more, or somebody sooner."""
        ended = call.state is not CallState.CALLING
        sending = call.id in self._sending
        if (ended or call.why in _SOONER) and timetable.let_go(f"{CALL}:{call.id}") and sending and ended:
            await self._stopped(call)
        timetable.wake()

    async def _stopped(self, call: Call) -> None:
        """A message was on its way when the answer came."""
        key = f"{call.id}/{call.turn}/{call.round}/{call.step}"
        note = note_of(call, MessageKind.CALL, key, Outcome.SKIPPED, Why.STOPPED, self._clock.now_ns())
        async with self._ledger.begin() as tx:
            await write(tx, note)

    async def _call(self, timer: Timer) -> None:
        """A step's time has come. It is looked again whether anybody is needed, then told, then moved on."""
        async with self._ledger.read() as tx:
            call, of = await tx.get(Call, timer.subject), await self._calls.matter(tx, timer.subject)
            incident = await tx.get(Incident, call.incident) if call and call.incident else None
            flood = bool(call and call.priority > URGENT and await tx.find(Flood, open=True))
        waiting = self._calls.waiting(call, of)
        if call is None or call.state is not CallState.CALLING or not waiting:
            async with self._ledger.begin() as tx:
                await held(tx, timer)
                await tx.delete(Timer, timer.id)
                if call is not None and call.state is CallState.CALLING:
                    why = ended_by(of.alarms, told=bool(call.told))
                    await self._calls.end(tx, call, why, self._clock.now_ns())
            return
        if flood:
            async with self._ledger.begin() as tx:
                await held(tx, timer)
                await self._calls.hold(tx, call, self._clock.now_ns())
            return
        ladder = self._calls.ladder(of, waiting[0])
        step = ladder.steps[call.step] if call.step < len(ladder.steps) else None
        if not isinstance(step, Notify):  # the policy was changed since: from its first step
            call, step = replace(call, step=0), ladder.steps[0]
        assert isinstance(step, Notify), "a ladder begins with one"
        message = self._wording.call_message(call, incident, waiting, self._clock.now_ns(), of.order)
        self._sending.add(call.id)
        try:
            told = await self._teller.tell(call, step, message)
        finally:
            self._sending.discard(call.id)
        self._reached(told.reached)
        async with self._ledger.begin() as tx:
            await held(tx, timer)
            await self._calls.move_on(tx, call, ladder, waiting, told.ways, self._clock.now_ns())

    def _reached(self, reached: bool) -> None:
        if reached:
            self._health.clear("nobody_reached")
        else:
            self._health.set("nobody_reached", Severity.ALARM, *words.NOBODY_REACHED)

    async def _over(self, timer: Timer) -> None:
        """Those who were told hear that nobody is needed any more."""
        async with self._ledger.read() as tx:
            call = await tx.get(Call, timer.subject)
        if call is not None and call.state is not CallState.CALLING:
            await self._teller.over(call, self._wording.over_message(call, self._clock.now_ns()))
        async with self._ledger.begin() as tx:
            await held(tx, timer)
            await tx.delete(Timer, timer.id)


def _incident_of_order(event: Event) -> object:
    return event.data.get("incident") if event.kind is EventKind.WORK_ORDER else None


def _joins(call: Call, alarm: Alarm) -> bool:
    """It only makes an incident's call one alarm larger, which the next message says."""
    waits = alarm.active and not alarm.acked and not alarm.withheld
    return waits and call.incident is not None and alarm.priority >= call.priority
