"""Calls in the ledger: begun, changed and ended as their alarms stand, each in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.model.alarm import Alarm, State
from core.model.call import Call, CallState, Outcome, Why
from core.model.message import MessageKind
from core.model.passing_on import OnCall
from core.model.timer import Timer
from core.model.work_order import WORK_LEFT, WorkOrder
from core.ports.ledger import Tx
from response.escalation.notebook import call_event, write
from response.escalation.spec import Ladder
from response.escalation.steps import AREA, Rules, after, anew, area_of, ended_by, known_of, priority_of
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


CRITICAL = 1
"""Of an order: it calls as such, whatever its alarms' priorities are."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What a call is for. alarms: of its incident; of an area those that wait, and the one it began with.
    order: of the incident, critical, its work not done. handed: to whom one of any priority, which nobody has
    taken, went with the shift."""

    alarms: list[Alarm]
    order: WorkOrder | None = None
    handed: OnCall | None = None


class Calls:
    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    async def matter(self, tx: Tx, id: str) -> Matter:
        if id.startswith(AREA):
            return Matter(await self._of_area(tx, id))
        found = await tx.find(WorkOrder, incident=id, state=WORK_LEFT)
        urgent = [order for order in found if order.priority <= CRITICAL]
        handed = [one.on_call for one in found if one.owner is None and one.on_call and one.on_call.after]
        last = max(handed, key=lambda one: one.at_ns, default=None)
        return Matter(await tx.find(Alarm, incident=id), urgent[0] if urgent else None, last)

    async def _of_area(self, tx: Tx, id: str) -> list[Alarm]:
        equal: dict[str, object] = {"state": UNACKED}
        if zone := area_of(id):
            equal["zone"] = zone
        found = {a.id: a for a in await tx.find(Alarm, **equal) if self._rules.subject(a) == id}
        call = await tx.get(Call, id)
        lead = await tx.get(Alarm, call.lead) if call else None
        if lead is not None and self._rules.subject(lead) == id:
            found.setdefault(lead.id, lead)
        return list(found.values())

    def waiting(self, call: Call | None, of: Matter) -> list[Alarm]:
        return self._rules.waiting(of.alarms, told=call is not None and bool(call.told), order=of.order)

    def ladder(self, of: Matter, top: Alarm) -> Ladder:
        """top: of those that wait."""
        ladder = self._rules.ladder(top, of.order)
        assert ladder is not None, "who waits has one"
        return ladder

    def settled(self, call: Call | None, of: Matter) -> bool:
        """Nothing to write: most events change no call."""
        waiting = self.waiting(call, of)
        if call is None:
            return not waiting
        if call.state is not CallState.CALLING:
            done = call.why is Why.STEPS_DONE and not anew(call, waiting)
            return not waiting or (done and not _handed(call, of.handed))
        if not waiting:
            return False
        joined = call.incident is None and anew(call, waiting)
        worse = priority_of(waiting[0], of.order) < call.priority
        return not worse and not joined and not _since(call, of.order) and not _handed(call, of.handed)

    async def change(self, tx: Tx, id: str, now_ns: int) -> Call | None:
        """Begins, changes or ends the call as its alarms are now; the call, when anything changed."""
        call, of = await tx.get(Call, id), await self.matter(tx, id)
        if self.settled(call, of):
            return None
        waiting = self.waiting(call, of)
        if call is not None and not waiting:
            return await self.end(tx, call, ended_by(of.alarms, told=bool(call.told)), now_ns)
        top = waiting[0]
        priority = priority_of(top, of.order)
        shift = of.handed if _handed(call, of.handed) else None
        if shift is not None:
            due_ns, why = now_ns, Why.SHIFT_CHANGED
        elif _since(call, of.order):
            due_ns, why = now_ns, Why.ORDER_OPENED
        else:
            due_ns, why = _due(call, priority, self.ladder(of, top), now_ns)
        on = call is not None and call.state is CallState.CALLING
        begun = Call(
            id=id,
            state=CallState.CALLING,
            why=why,
            policy=self._rules.policy(top),
            priority=priority,
            lead=top.id,
            turn=call.turn + 1 if call else 1,
            alarms=len(waiting),
            known=known_of(waiting),
            told=call.told if call and on else (),
            told_ns=call.told_ns if call and on else None,
            shift_ns=shift.at_ns if shift else call.shift_ns if call else None,
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
        self,
        tx: Tx,
        call: Call,
        ladder: Ladder,
        waiting: Sequence[Alarm],
        ways: tuple[str, ...],
        now_ns: int,
    ) -> None:
        """To the next step, after one by which these ways took the message."""
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


def _since(call: Call | None, order: WorkOrder | None) -> bool:
    """Since this call began or was over somebody on call has had the order to answer for, and was not told:
    what it is about is known, and nobody waits for more alarms."""
    if order is None or order.on_call is None:
        return False
    if call is None:
        return True
    since_ns = order.on_call.at_ns
    if call.state is CallState.CALLING:
        return call.told_ns is None and call.why is not Why.ORDER_OPENED and since_ns >= call.began_ns
    return call.ended_ns is not None and since_ns > call.ended_ns


def _handed(call: Call | None, shift: OnCall | None) -> bool:
    """Somebody has the order since a change of shift, and the call was made for those before."""
    if call is None or shift is None or call.state is CallState.ANSWERED:
        return False
    heard_ns = (call.told_ns if call.told_ns is not None else call.began_ns, call.shift_ns or 0)
    return shift.at_ns > max(heard_ns)


def _due(call: Call | None, priority: int, ladder: Ladder, now_ns: int) -> tuple[int, Why]:
    """When somebody is told first, and the named reason."""
    due_ns = now_ns + round(ladder.gather_s * SECOND)
    if call is None:
        return due_ns, Why.UNACKNOWLEDGED
    if call.state is CallState.CALLING:
        if priority < call.priority:
            return now_ns, Why.WORSE
        if call.told_ns is None:
            return due_ns, call.why
        return max(due_ns, call.told_ns + round(NEXT_CALL_S * SECOND)), Why.ANOTHER_ALARM
    lately = call.why is Why.STEPS_DONE or (call.why is Why.ACKNOWLEDGED and call.incident is not None)
    if lately and call.ended_ns is not None and priority >= call.priority:
        rest_ns = call.ended_ns + round(ladder.again_min * 60 * SECOND)
        if rest_ns > due_ns:
            return rest_ns, Why.ANSWERED_LATELY
    return due_ns, Why.UNACKNOWLEDGED
