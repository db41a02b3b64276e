"""Sends the codes that callers were promised, each from a timer of the ledger: what is killed goes on where
it was, under the same key."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from core.model.mailing import Letter, LetterState
from core.model.message import Delivered, Delivery, Refused, Retry, Trouble
from core.model.plant import Utility
from core.model.report import Report
from core.model.timer import Timer
from core.ports.clock import Clock
from core.ports.ledger import Ledger, Tx
from core.ports.vault import Vault
from core.runtime.timetable import held
from response.delivery.addressing import mobile_of
from response.delivery.code_words import composed
from response.delivery.codes import CODE, person_of
from response.delivery.outcomes import answered, heard
from response.delivery.sending import Sender
from response.delivery.spec import DeliveryFile

REST_NS = 30 * 1_000_000_000
"""What was queued before an exercise waits for its end; so does word that water is back while it is off."""


class CodeSending:
    """Work for a Timetable."""

    def __init__(
        self,
        file: DeliveryFile,
        sender: Sender,
        utility: Utility,
        vault: Vault,
        ledger: Ledger,
        clock: Clock,
    ) -> None:
        self._file, self._sender, self._utility = file, sender, utility
        self._vault, self._ledger, self._clock = vault, ledger, clock

    @property
    def work(self) -> dict[str, Callable[[Timer], Awaitable[None]]]:
        return {CODE: self._due}

    async def _due(self, timer: Timer) -> None:
        if self._file.exercise:
            async with self._ledger.begin() as tx:
                await _again(tx, await held(tx, timer), self._clock.now_ns() + REST_NS)
            return
        async with self._ledger.read() as tx:
            letter = await tx.get(Letter, timer.subject)
            report = await tx.get(Report, letter.notice) if letter else None
            person = await person_of(tx, self._vault, report) if report else None
        answer: Delivery = Refused(Trouble.ADDRESS, "no address")
        if letter and report and person and letter.state is LetterState.QUEUED:
            answer = await self._sent(letter, report, mobile_of(person))
        await self._written(timer, answer)

    async def _sent(self, letter: Letter, report: Report, to: str) -> Delivery:
        channel = self._file.channel(letter.channel)
        if channel is None or not to or report.token is None:
            return Refused(Trouble.ADDRESS, "no address")
        words = composed(report.token, report.id, channel, letter.lang, self._utility, self._clock.now_ns())
        answer = await self._sender.send_one(channel, replace(words, key=f"{letter.id}/{channel.id}", to=to))
        if isinstance(answer, Retry | Refused):
            return replace(answer, detail=answer.detail.replace(to, "…").replace(report.token, "…"))
        return answer

    async def _written(self, timer: Timer, answer: Delivery) -> None:
        """What came of it; it goes on to no other channel."""
        async with self._ledger.begin() as tx:
            row, letter = await held(tx, timer), await tx.get(Letter, timer.subject)
            if letter is None or letter.state is not LetterState.QUEUED:
                await tx.delete(Timer, row.id)
                return
            after = self._after(letter, answer)
            await tx.put(after)
            if after.state is LetterState.QUEUED:
                await _again(tx, row, after.due_ns or self._clock.now_ns())
            else:
                await tx.delete(Timer, row.id)

    def _after(self, letter: Letter, answer: Delivery) -> Letter:
        now_ns, way = self._clock.now_ns(), (letter.channel or "",)
        speed = self._clock.anchor.speed
        after = answered(letter, answer, way, now_ns, urgent_ns=None, speed=speed)
        said = self._sender.early(way[0], after.receipt) if isinstance(answer, Delivered) else None
        return heard(after, said, way, now_ns) if said else after


async def _again(tx: Tx, row: Timer, at_ns: int) -> None:
    await tx.put(replace(row, due_ns=at_ns, owner="", until_ns=0))
