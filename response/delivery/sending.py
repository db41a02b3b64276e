"""Sends what is due, channel by channel: never more at once than a channel says, and each answer written down
before the next are sent. After `kill -9` only what was under way may go out twice, under the same key."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain as joined

from core.model.condition import Severity
from core.model.mailing import Because, Letter, LetterState, Mailing
from core.model.message import Delivery, Heard, Message, Refused, Retry, Trouble
from core.model.person import Person
from core.model.text import Text
from core.model.timer import Timer
from core.ports.clock import Clock
from core.ports.ledger import Ledger, Tx
from core.ports.notifier import Notifier
from core.ports.vault import Vault
from core.runtime import health_words as words
from core.runtime.health import Health
from core.runtime.timetable import held
from response.bulletins import as_of
from response.delivery.addressing import address_of, streets_of
from response.delivery.composing import composed, placed, told
from response.delivery.outcomes import answered, heard, on, passed_on, since_ns
from response.delivery.planning import chain
from response.delivery.spec import CustomerChannel, DeliveryFile
from response.renderings.sms import DoesNotFit

DUE = (LetterState.QUEUED, LetterState.SENT)
REST_S, LONGEST_REST_S = 2.0, 60.0
EARLY = 10_000
"""Reports kept that came before their letter's answer was written down."""
MADE = 64
"""Wordings kept."""
FOR_EVER_NS = 2**62
_NS = 1_000_000_000
_DOWN = frozenset({Trouble.UNREACHABLE, Trouble.TIMEOUT})
_OURS = frozenset({Trouble.LOGIN, Trouble.SECRET, Trouble.TLS, Trouble.FORBIDDEN})
"""Somebody has to mend the channel: no letter is at fault."""


@dataclass(slots=True)
class _Lane:
    """A channel's turn. rests_until, free_at: monotonic seconds; down: failures in a row of all at once."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0
    rests_until: float = 0.0
    down: int = 0


class Sender:
    """channels: by the ids of delivery.yaml; in an exercise there are none."""

    def __init__(
        self,
        file: DeliveryFile,
        channels: Mapping[str, Notifier],
        vault: Vault,
        ledger: Ledger,
        health: Health,
        clock: Clock,
    ) -> None:
        self._file, self._channels, self._vault = file, channels, vault
        self._ledger, self._health, self._clock = ledger, health, clock
        self._lanes = {channel.id: _Lane() for channel in file.channels}
        self._made: dict[tuple[object, ...], Message] = {}
        self._early: OrderedDict[tuple[str, str], Heard] = OrderedDict()

    async def send_due(self, timer: Timer, mailing: Mailing) -> None:
        """All that is due of a mailing, on every channel that is not resting."""
        await self._adopt(timer, mailing)
        await asyncio.gather(*(self._drain(timer, mailing, channel) for channel in self._file.channels))

    async def next_due_ns(self, tx: Tx, mailing: str) -> int | None:
        """When something is due again; None for never."""
        now, now_ns, speed = self._clock.monotonic(), self._clock.now_ns(), self._clock.anchor.speed
        times = []
        for id, lane in self._lanes.items():
            for letter in await tx.due(Letter, FOR_EVER_NS, 1, mailing=mailing, channel=id, state=DUE):
                rests_ns = now_ns + round(max(0.0, lane.rests_until - now) * speed * _NS)
                times.append(max(letter.due_ns or 0, rests_ns))
        return min(times, default=None)

    async def _adopt(self, timer: Timer, mailing: Mailing) -> None:
        """What waits for a channel that is configured no more goes on to another."""
        async with self._ledger.begin() as tx:
            counts = await tx.count(Letter, ("channel",), mailing=mailing.id, state=LetterState.QUEUED)
            gone = tuple(id for (id,) in counts if id not in self._lanes)
            if not gone:
                return
            await held(tx, timer)
            left = await tx.find(Letter, mailing=mailing.id, channel=gone, state=LetterState.QUEUED)
            people = await self._people(tx, left)
            now_ns = self._clock.now_ns()
            await tx.put_many(on(one, _ways(self._file, people.get(one.person)), now_ns) for one in left)

    async def send_one(self, channel: CustomerChannel, message: Message) -> Delivery:
        """A message of no mailing, in its channel's turn."""
        lane = self._lanes[channel.id]
        async with lane.turn:
            now = self._clock.monotonic()
            if lane.rests_until > now:
                return Retry(Trouble.UNREACHABLE, "the channel rests", lane.rests_until - now)
            await self._clock.sleep(max(0.0, lane.free_at - now))
            lane.free_at = self._clock.monotonic() + 1 / channel.rate_per_s
            return self._judged(channel, lane, [await self._channels[channel.id].send(message)])[0]

    def early(self, channel: str, receipt: str | None) -> Heard | None:
        """A report that came before its letter's answer was written down, once."""
        return self._early.pop((channel, receipt), None) if receipt else None

    async def heard(self, tx: Tx, channel: str, said: Sequence[Heard]) -> list[str]:
        """Reports of a provider; the mailings of which something is to be sent again."""
        again: list[str] = []
        for one in said:
            found = await tx.find(Letter, receipt=one.receipt, channel=channel)
            if not found:
                self._early[channel, one.receipt] = one
                while len(self._early) > EARLY:
                    self._early.popitem(last=False)
            for letter in found:
                person = (await self._people(tx, [letter])).get(letter.person)
                ways = (channel,) if letter.because is Because.ASKED else _ways(self._file, person)
                after = heard(letter, one, ways, self._clock.now_ns())
                if after.state is LetterState.QUEUED:
                    again.append(after.mailing)
                await tx.put(after)
        return again

    async def _drain(self, timer: Timer, mailing: Mailing, channel: CustomerChannel) -> None:
        lane = self._lanes[channel.id]
        while True:
            async with lane.turn:
                now = self._clock.monotonic()
                if lane.rests_until > now:
                    await self._pass_on(timer, mailing, channel)
                    return
                await self._clock.sleep(max(0.0, lane.free_at - now))
                letters, people, streets = await self._due(mailing, channel)
                if not letters:
                    return
                lane.free_at = self._clock.monotonic() + len(letters) / channel.rate_per_s
                sending = [letter for letter in letters if letter.state is LetterState.QUEUED]
                answers = await asyncio.gather(
                    *(
                        self._sent(mailing, channel, one, people.get(one.person), streets.get(one.account))
                        for one in sending
                    )
                )
                answers = self._judged(channel, lane, answers)
                came = dict(zip((letter.id for letter in sending), answers, strict=True))
                await asyncio.shield(self._written(timer, mailing, channel, letters, came, people))

    async def _due(
        self, mailing: Mailing, channel: CustomerChannel
    ) -> tuple[list[Letter], dict[str, Person], dict[str, Text]]:
        """Also by account its street."""
        async with self._ledger.read() as tx:
            letters = await tx.due(
                Letter,
                self._clock.now_ns(),
                channel.at_once,
                mailing=mailing.id,
                channel=channel.id,
                state=DUE,
            )
            if not letters:
                return [], {}, {}
            return letters, await self._people(tx, letters), await streets_of(tx, mailing, letters)

    async def _people(self, tx: Tx, letters: Sequence[Letter]) -> dict[str, Person]:
        found = await self._vault.of_accounts(tx, {letter.account for letter in letters})
        return {person.id: person for person in joined.from_iterable(found.values())}

    async def _sent(
        self,
        mailing: Mailing,
        channel: CustomerChannel,
        letter: Letter,
        person: Person | None,
        street: Text | None,
    ) -> Delivery:
        to = address_of(person, channel) if person else ""
        if not to:
            return Refused(Trouble.ADDRESS, "no address")
        try:
            words = self._words(mailing, channel, letter, street)
        except (DoesNotFit, LookupError) as error:
            return Refused(Trouble.CONTENT, str(error))
        message = replace(words, key=f"{letter.id}/{channel.id}", to=to)
        answer = await self._channels[channel.id].send(message)
        if isinstance(answer, Retry | Refused):
            return replace(answer, detail=answer.detail.replace(to, "…"))
        return answer

    def _words(
        self, mailing: Mailing, channel: CustomerChannel, letter: Letter, street: Text | None
    ) -> Message:
        """What is the same for all who are told the same, made once; of an estimate that has passed while the
        letter waited, that it has. Raises DoesNotFit or LookupError."""
        said = told(mailing.bulletin, letter.change, weak=letter.weak, ending=letter.ending)
        said = as_of(said, self._clock.now_ns())
        said = placed(said, mailing.bulletin, channel, street)
        who = (mailing.id, channel.id, letter.change, letter.lang, letter.weak, letter.ending)
        same = (*who, said.overdue, said.update_late, said.area)
        if same not in self._made:
            while len(self._made) >= MADE:
                self._made.pop(next(iter(self._made)))
            self._made[same] = composed(said, channel, "", "", letter.lang)
        return self._made[same]

    async def _written(
        self,
        timer: Timer,
        mailing: Mailing,
        channel: CustomerChannel,
        letters: Sequence[Letter],
        answers: Mapping[str, Delivery],
        people: Mapping[str, Person],
    ) -> None:
        """What came of them, unless a later version or a person has changed them meanwhile."""
        now_ns, speed = self._clock.now_ns(), self._clock.anchor.speed
        waits = self._waits_ns if mailing.urgent else None
        async with self._ledger.begin() as tx:
            await held(tx, timer)
            changed = []
            for letter in await tx.find(Letter, id=tuple(one.id for one in letters)):
                ways = _ways(self._file, people.get(letter.person))
                answer = answers.get(letter.id)
                if answer is None:
                    changed.append(passed_on(letter, ways, now_ns, "no_report"))
                    continue
                after = answered(
                    letter,
                    answer,
                    ways,
                    now_ns,
                    urgent_ns=waits,
                    reports=channel.reports,
                    speed=speed,
                )
                if said := self.early(channel.id, after.receipt):
                    after = heard(after, said, ways, now_ns)
                if letter.state is not LetterState.SUPERSEDED or after.state is LetterState.SENT:
                    changed.append(after)
            await tx.put_many(changed)

    async def _pass_on(self, timer: Timer, mailing: Mailing, channel: CustomerChannel) -> None:
        """A channel that is down is not waited for longer than a report of an urgent message is."""
        if not mailing.urgent:
            return
        moved = [""]
        while moved:
            async with self._ledger.begin() as tx:
                await held(tx, timer)
                now_ns = self._clock.now_ns()
                due = await tx.due(
                    Letter, now_ns, 500, mailing=mailing.id, channel=channel.id, state=LetterState.QUEUED
                )
                stuck = [letter for letter in due if since_ns(letter) + self._waits_ns <= now_ns]
                people = await self._people(tx, stuck)
                after = [
                    passed_on(one, _ways(self._file, people.get(one.person)), now_ns, "channel_down")
                    for one in stuck
                ]
                moved = [one.id for one in after if one.channel != channel.id]
                await tx.put_many(after)

    def _judged(self, channel: CustomerChannel, lane: _Lane, answers: Sequence[Delivery]) -> list[Delivery]:
        """A channel that took none of all at once rests, longer each time, and that is told. What is ours to
        mend makes no dead letters: it is tried again."""
        faults = [one for one in answers if isinstance(one, Retry | Refused) and one.reason in _DOWN | _OURS]
        if not answers:
            return []
        if len(faults) < len(answers):
            lane.down = 0
            self._health.clear(f"customers_unreached:{channel.id}")
            return list(answers)
        lane.down += 1
        lane.rests_until = self._clock.monotonic() + min(REST_S * 2 ** (lane.down - 1), LONGEST_REST_S)
        ours = faults[0].reason in _OURS
        if ours or lane.down > 1:
            severity = Severity.ALARM if ours else Severity.WARNING
            detail = f"{channel.id}: {faults[0].reason}"
            id = f"customers_unreached:{channel.id}"
            self._health.set(id, severity, *words.CUSTOMERS_UNREACHED, detail)
        return [Retry(one.reason, one.detail) for one in faults]

    @property
    def _waits_ns(self) -> int:
        return round(self._file.fallback_min * 60 * _NS)


def _ways(file: DeliveryFile, person: Person | None) -> tuple[str, ...]:
    return chain(file, person) if person else ()
