"""Tells the people on call: by their ways in order until one is delivered, each attempt written down."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.model.call import Call, Notification, Outcome, Why
from core.model.message import Delivered, Message, MessageKind, Refused, Retry
from core.ports.clock import Clock
from core.ports.ledger import Ledger
from core.ports.notifier import Notifier
from response.escalation.notebook import came_of, write
from response.escalation.rota import on_call
from response.escalation.spec import Contact, EscalationFile, Notify, Way

ATTEMPTS = 2
PAUSE_S, LONGEST_PAUSE_S = 3.0, 15.0
"""Between two tries of a contact's ways (real time); what a provider asks for beyond the longest is left to
the next step."""


@dataclass(frozen=True, slots=True)
class Told:
    """reached: somebody was. ways: that took the message."""

    reached: bool
    ways: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _To:
    position: str
    contact: Contact


class Teller:
    def __init__(
        self, file: EscalationFile, channels: Mapping[str, Notifier], ledger: Ledger, clock: Clock
    ) -> None:
        self._file, self._channels, self._ledger, self._clock = file, channels, ledger, clock

    async def tell(self, call: Call, step: Notify, message: Message) -> Told:
        """Everybody on call at these positions, at the same time."""
        people: dict[str, _To] = {}
        for id in step.notify:
            found = on_call(self._file.position(id), self._clock.now_ns())
            for contact in found:
                people.setdefault(contact, _To(id, self._file.contact(contact)))
            if not found:
                await self._skipped(call, message, id)
        told = await asyncio.gather(
            *(self._tell(call, to, message, every=step.ways == "all") for to in people.values())
        )
        ways = tuple(way for one in told for way in one)
        return Told(bool(ways), ways)

    async def over(self, call: Call, message: Message) -> None:
        """To the ways that were told, where the channel is one that must hear of it."""
        async with self._ledger.read() as tx:
            sent = await tx.find(Notification, call=call.id, outcome=Outcome.DELIVERED, kind=MessageKind.CALL)
        told = {note.way for note in sent if note.at_ns >= call.began_ns}
        hears = {spec.id for spec in self._file.channels if getattr(spec, "tells_over", False)}
        await asyncio.gather(
            *(
                self._sent(call, _To("", contact), way, message)
                for contact in self._file.contacts
                for way in contact.ways
                if way.id in told and way.channel in hears
            )
        )

    async def _tell(self, call: Call, to: _To, message: Message, *, every: bool) -> list[str]:
        for attempt in range(ATTEMPTS):
            if every:
                said = await asyncio.gather(*(self._sent(call, to, way, message) for way in to.contact.ways))
                answers = dict(zip(to.contact.ways, said, strict=True))
            else:
                answers = {}
                for way in to.contact.ways:
                    answers[way] = await self._sent(call, to, way, message)
                    if isinstance(answers[way], Delivered):
                        break
            if ways := [way.id for way, answer in answers.items() if isinstance(answer, Delivered)]:
                return ways
            later = [answer for answer in answers.values() if isinstance(answer, Retry)]
            if not later or attempt == ATTEMPTS - 1:
                break
            asked = min(PAUSE_S if one.after_s is None else one.after_s for one in later)
            await self._clock.sleep(min(asked, LONGEST_PAUSE_S))
        return []

    async def _sent(self, call: Call, to: _To, way: Way, message: Message) -> Delivered | Retry | Refused:
        key = f"{message.key}/{way.id}"
        async with self._ledger.read() as tx:
            before = await tx.find(Notification, key=key, outcome=Outcome.DELIVERED)
        if before:
            return Delivered(before[0].detail)
        began = self._clock.monotonic()
        answer = await self._channels[way.channel].send(replace(message, key=key, to=way.to))
        took_ms = round((self._clock.monotonic() - began) * 1000)
        outcome, trouble, said = came_of(answer)
        note = self._note(call, message, outcome, call.why)
        note = replace(note, reason=trouble or note.reason, detail=said)
        note = replace(note, key=key, took_ms=took_ms, way=way.id, channel=way.channel)
        note = replace(note, position=to.position or None, contact=to.contact.id)
        await asyncio.shield(self._written(note))
        return answer

    async def _written(self, note: Notification) -> None:
        async with self._ledger.begin() as tx:
            await write(tx, note)

    async def _skipped(self, call: Call, message: Message, position: str) -> None:
        note = self._note(call, message, Outcome.SKIPPED, Why.NOBODY_ON_CALL)
        async with self._ledger.begin() as tx:
            await write(tx, replace(note, position=position, key=message.key))

    def _note(self, call: Call, message: Message, outcome: Outcome, reason: Why) -> Notification:
        return note_of(call, message.kind, message.key, outcome, reason, self._clock.now_ns(), message.count)


def note_of(
    call: Call, kind: MessageKind, key: str, outcome: Outcome, reason: Why, now_ns: int, alarms: int = 0
) -> Notification:
    return Notification(
        id="",
        call=call.id,
        key=key,
        kind=kind,
        outcome=outcome,
        reason=reason.value,
        at_ns=now_ns,
        turn=call.turn,
        round=call.round,
        step=call.step,
        priority=call.priority,
        alarms=alarms,
        lead=call.lead,
        zone=call.zone,
    )
