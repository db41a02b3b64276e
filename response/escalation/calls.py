"""Calls in the ledger: begun, changed and ended as their alarms stand, each in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import replace

from core.model.alarm import Alarm, State
from core.model.call import Call, CallState, Outcome, Why
from core.model.message import MessageKind
from core.model.timer import Timer
from core.ports.ledger import Tx
from response.escalation.notebook import call_event, write
from response.escalation.spec import Ladder
from response.escalation.steps import AREA, Rules, after, anew, area_of, ended_by, known_of
from response.escalation.telling import note_of

CALL, OVER = "call", "over"
"""Kinds of timers."""
SECOND = 1_000_000_000
UNACKED = (State.UNACK, State.RTNUN, State.LTCH_UNACK, State.SHLVD, State.DSUPR, State.OOSRV)
FLOOD_AGAIN_S = 60.0
URGENT = 2
"""The least urgent priority that is called in a flood."""
NEXT_CALL_S = 60.0
"""Between the last call for an area and one for another alarm of it."""


class Calls:
    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    async def alarms(self, tx: Tx, id: str) -> list[Alarm]:
        """Those that the call of this id is for, and of an area's the one it began with."""
        if not id.startswith(AREA):
            return await tx.find(Alarm, incident=id)
        equal: dict[str, object] = {"state": UNACKED}
        if zone := area_of(id):
            equal["zone"] = zone
        found = {a.id: a for a in await tx.find(Alarm, **equal) if self._rules.subject(a) == id}
        call = await tx.get(Call, id)
        lead = await tx.get(Alarm, call.lead) if call else None
        if lead is not None and self._rules.subject(lead) == id:
            found.setdefault(lead.id, lead)
        return list(found.values())

    def waiting(self, call: Call | None, alarms: Sequence[Alarm]) -> list[Alarm]:
        return self._rules.waiting(alarms, told=call is not None and bool(call.told))

    def settled(self, call: Call | None, alarms: Sequence[Alarm]) -> bool:
        """Nothing to write: most events change no call."""
        waiting = self.waiting(call, alarms)
        if call is None:
            return not waiting
        if call.state is not CallState.CALLING:
            return not waiting or (call.why is Why.STEPS_DONE and not anew(call, waiting))
        if not waiting:
            return False
        joined = call.incident is None and anew(call, waiting)
        return waiting[0].priority >= call.priority and not joined

    async def change(self, tx: Tx, id: str, now_ns: int) -> Call | None:
        """Begins, changes or ends the call as its alarms are now; the call, when anything changed."""
        call, alarms = await tx.get(Call, id), await self.alarms(tx, id)
        if self.settled(call, alarms):
            return None
        waiting = self.waiting(call, alarms)
        if call is not None and not waiting:
            return await self.end(tx, call, ended_by(alarms, told=bool(call.told)), now_ns)
        top = waiting[0]
        ladder = self._rules.ladder(top)
        assert ladder is not None, "who waits has one"
        due_ns, why = _due(call, top, ladder, now_ns)
        on = call is not None and call.state is CallState.CALLING
        begun = Call(
            id=id,
            state=CallState.CALLING,
            why=why,
            policy=self._rules.policy(top),
            priority=top.priority,
            lead=top.id,
            turn=call.turn + 1 if call else 1,
            alarms=len(waiting),
            known=known_of(waiting),
            told=call.told if call and on else (),
            told_ns=call.told_ns if call and on else None,
            began_ns=call.began_ns if call and on else now_ns,
            zone=top.zone,
            incident=top.incident,
            seq=call.seq + 1 if call else 1,
        )
        await tx.put(begun)
        await tx.put(timer(id, due_ns))
        await tx.emit(call_event(begun, now_ns))
        return begun

    async def hold(self, tx: Tx, call: Call, now_ns: int) -> None:
        """Not now, in a flood: it is looked again in a minute."""
        if call.why is not Why.FLOOD:
            call = replace(call, why=Why.FLOOD, seq=call.seq + 1)
            await tx.put(call)
            await tx.emit(call_event(call, now_ns))
        await tx.put(timer(call.id, now_ns + round(FLOOD_AGAIN_S * SECOND)))

    async def end(self, tx: Tx, call: Call, why: Why, now_ns: int) -> Call:
        """Nobody is told of it any more; those who were told hear that it is over."""
        state = CallState.ANSWERED if why is Why.ACKNOWLEDGED else CallState.OVER
        ended = replace(call, state=state, why=why, ended_ns=now_ns, seq=call.seq + 1)
        await tx.put(ended)
        await tx.delete(Timer, f"{CALL}:{call.id}")
        if why is not Why.STEPS_DONE:
            await tx.put(Timer(id=f"{OVER}:{call.id}", kind=OVER, subject=call.id, due_ns=now_ns))
        if not call.told:
            key = f"{call.id}/{call.turn}"
            note = note_of(ended, MessageKind.CALL, key, Outcome.SKIPPED, why, now_ns, call.alarms)
            await write(tx, note)
        await tx.emit(call_event(ended, now_ns))
        return ended

    async def move_on(
        self, tx: Tx, call: Call, waiting: Sequence[Alarm], ways: tuple[str, ...], now_ns: int
    ) -> None:
        """To the next step, after one by which these ways took the message."""
        ladder = self._rules.ladder(waiting[0])
        assert ladder is not None, "who waits has one"
        said = replace(
            call,
            alarms=len(waiting),
            known=known_of(waiting),
            told=tuple(dict.fromkeys((*call.told, *ways))),
            told_ns=now_ns if ways else call.told_ns,
            seq=call.seq + 1,
        )
        following = after(ladder, call.step, call.round, reached=bool(ways))
        if following is None:
            await self.end(tx, said, Why.STEPS_DONE, now_ns)
            return
        said = replace(said, step=following.step, round=following.round)
        await tx.put(said)
        await tx.put(timer(call.id, now_ns + round(following.wait_s * SECOND)))
        await tx.emit(call_event(said, now_ns))


def timer(id: str, due_ns: int) -> Timer:
    """Of a call's next step; nobody holds it."""
    return Timer(id=f"{CALL}:{id}", kind=CALL, subject=id, due_ns=due_ns)


def _due(call: Call | None, top: Alarm, ladder: Ladder, now_ns: int) -> tuple[int, Why]:
    """When somebody is told first, and the named reason."""
    due_ns = now_ns + round(ladder.gather_s * SECOND)
    if call is None:
        return due_ns, Why.UNACKNOWLEDGED
    if call.state is CallState.CALLING:
        if top.priority < call.priority:
            return now_ns, Why.WORSE
        if call.told_ns is None:
            return due_ns, call.why
        return max(due_ns, call.told_ns + round(NEXT_CALL_S * SECOND)), Why.ANOTHER_ALARM
    lately = call.why is Why.STEPS_DONE or (call.why is Why.ACKNOWLEDGED and call.incident is not None)
    if lately and call.ended_ns is not None and top.priority >= call.priority:
        rest_ns = call.ended_ns + round(ladder.again_min * 60 * SECOND)
        if rest_ns > due_ns:
            return rest_ns, Why.ANSWERED_LATELY
    return due_ns, Why.UNACKNOWLEDGED
