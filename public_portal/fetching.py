"""The inside end of the letterbox: fetches, opens, makes reports, and only then lets go of a letter."""

import asyncio
import base64
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

import msgspec

from core.model.condition import Severity
from core.model.letterbox import (
    LONGEST_ADDRESS,
    LONGEST_TEXT,
    REPORTABLE,
    SHORTEST_ADDRESS,
    FetchedLetter,
    Outcome,
    WebReport,
)
from core.model.plant import Plant
from core.model.report import Channel
from core.model.text import Text
from core.model.tracking import key_of, token_of
from core.ports.clock import Clock
from core.ports.ledger import FOR_EVER_NS, Ledger, Tx
from core.ports.letterbox import Letterbox, LetterboxUnavailable
from core.ports.vault import Vault
from core.runtime.health import Health
from core.runtime.health_words import LETTERBOX_AWAY, LETTERS_MANY, LETTERS_REFUSED
from core.runtime.logs import log
from public_portal.letter_seal import NotOpened, opened
from public_portal.lookup import streets_meant
from public_portal.report_form import plain
from response.hotline.intake import Kept, Told, keep
from response.notices.rules import AS_HUB
from response.refused import Refused
from response.service_times import ServiceTimes

AT_ONCE = 100
_S = 1_000_000_000
OLDEST_NS, AHEAD_NS = 30 * 86_400 * _S, 3_600 * _S
"""A letter that says it is older, or so far ahead, is refused."""
ORDERS_AN_HOUR = 30
"""Of their own, of what strangers wrote. [P]"""
KEPT_REFUSED = 200
AWAY_AFTER_S = 60.0
TELL_EVERY_S = 60.0
"""What the desk is told of letters changes with new ones, and with time."""


@dataclass(slots=True)
class FetchFacts:
    """Since the start. refused: by the hub, by reason; turned_away: by the citizens' server, by reason."""

    taken: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    turned_away: Mapping[str, int] = field(default_factory=dict)


class LetterFetch:
    """`run` until cancelled. private_key: 32 raw bytes (X25519). every_s: real seconds between two looks."""

    def __init__(
        self,
        letterbox: Letterbox,
        private_key: bytes,
        ledger: Ledger,
        vault: Vault,
        plant: Plant,
        times: ServiceTimes,
        clock: Clock,
        health: Health,
        every_s: float = 5.0,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._letterbox, self._key = letterbox, private_key
        self._ledger, self._vault, self._plant = ledger, vault, plant
        self._times, self._clock, self._health = times, clock, health
        self._every_s, self._now_s = every_s, now_s
        self._good_s, self._told_s = now_s(), -math.inf
        self.facts = FetchFacts()

    async def run(self) -> None:
        try:
            while True:
                if await self.look() < AT_ONCE:
                    await asyncio.sleep(self._every_s)
        finally:
            await self._letterbox.close()

    async def look(self) -> int:
        """How many letters were fetched; each is let go of once what it became stands."""
        try:
            found = await self._letterbox.waiting(AT_ONCE)
            for _, letter in found.letters:
                await self.take(letter)
            if found.letters:
                await self._letterbox.taken([name for name, _ in found.letters])
        except LetterboxUnavailable as error:
            if self._now_s() - self._good_s >= AWAY_AFTER_S:
                self._health.set("letterbox_away", Severity.WARNING, *LETTERBOX_AWAY, detail=str(error))
            return 0
        self._good_s = self._now_s()
        self._health.clear("letterbox_away")
        if found.refused != self.facts.turned_away:
            log.warning("the portal turns citizens' letters away", refused=found.refused)
        self.facts.turned_away = found.refused
        if found.letters or self._now_s() - self._told_s >= TELL_EVERY_S:
            await self._tell()
            self._told_s = self._now_s()
        return len(found.letters)

    async def take(self, letter: bytes) -> None:
        """Once, however often it is fetched. Raises LedgerUnavailable."""
        id = sha256(letter).hexdigest()
        try:
            report = read(letter, self._key, self._plant, self._clock.now_ns())
        except NotOpened as no:
            await self._refuse(id, letter, no.reason)
            return
        try:
            why = await self._kept(id, report, orders=True)
        except Refused as no:  # a service or an area in which nothing may be opened now
            log.info("a citizen's report opens no order", reason=no.reason)
            why = await self._kept(id, report, orders=False)
        if why is not None:
            await self._refuse(id, letter, why)

    async def _kept(self, id: str, report: WebReport, *, orders: bool) -> str | None:
        """Why it was not; None once it stands."""
        now_ns = self._clock.now_ns()
        async with self._ledger.begin() as tx:
            if await tx.get(FetchedLetter, id):
                return None
            code = key_of(report.token)
            if await tx.find(FetchedLetter, code=code):
                return "code_used"
            opens = orders and await _opened_lately(tx, now_ns) < ORDERS_AN_HOUR
            told = told_of(report, self._plant, now_ns, order=opens)
            kept = await keep(tx, self._vault, self._plant, told, AS_HUB, now_ns, self._times)
            fetched = FetchedLetter(
                id=id,
                at_ns=now_ns,
                outcome=Outcome.TAKEN,
                code=code,
                report=kept.report.id,
                opened=_opened(kept),
            )
            await tx.insert(fetched)
        self.facts.taken += 1
        return None

    async def _refuse(self, id: str, letter: bytes, why: str) -> None:
        row = FetchedLetter(
            id=id,
            at_ns=self._clock.now_ns(),
            outcome=Outcome.REFUSED,
            why=why,
            sealed=base64.b64encode(letter).decode(),
        )
        async with self._ledger.begin() as tx:
            if not await tx.insert(row):
                return
            n = sum((await tx.count(FetchedLetter, ("outcome",), outcome=Outcome.REFUSED)).values())
            if n > KEPT_REFUSED:
                every = await tx.within(FetchedLetter, "at_ns", 0, FOR_EVER_NS, outcome=Outcome.REFUSED)
                for old in every[:-KEPT_REFUSED]:
                    await tx.delete(FetchedLetter, old.id)
        self.facts.refused[why] = self.facts.refused.get(why, 0) + 1
        log.warning("a letter is refused", reason=why, letter=id)

    async def _tell(self) -> None:
        now_ns = self._clock.now_ns()
        async with self._ledger.read() as tx:
            many = await _opened_lately(tx, now_ns) >= ORDERS_AN_HOUR
            day = now_ns - 86_400 * _S
            refused = await tx.within(FetchedLetter, "at_ns", day, FOR_EVER_NS, outcome=Outcome.REFUSED)
        _board(self._health, "letters_many", LETTERS_MANY if many else None, "")
        reasons = sorted({one.why or "" for one in refused})
        _board(
            self._health, "letters_refused", LETTERS_REFUSED if refused else None,
            f"{len(refused)}: {', '.join(reasons)}",
        )  # fmt: skip


def _board(health: Health, id: str, words: tuple[Text, Text] | None, detail: str) -> None:
    if words is None:
        health.clear(id)
    else:
        health.set(id, Severity.WARNING, *words, detail=detail)


def read(letter: bytes, key: bytes, plant: Plant, now_ns: int) -> WebReport:
    """What it says, of what is one. Raises NotOpened with a reason more: no_report, too_old, no_such_area."""
    content = opened(letter, key)
    try:
        report = msgspec.json.decode(content, type=WebReport)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise NotOpened("no_report") from error
    text = report.text or ""
    told = len(text) <= LONGEST_TEXT and text == plain(text, lines=True)
    placed = SHORTEST_ADDRESS <= len(report.address) <= LONGEST_ADDRESS
    placed = placed and report.address == plain(report.address)
    if not told or not placed or report.symptom not in REPORTABLE or token_of(report.token) != report.token:
        raise NotOpened("no_report")
    if not now_ns - OLDEST_NS <= report.sent_ns <= now_ns + AHEAD_NS:
        raise NotOpened("too_old")
    if report.zone is not None and report.zone not in plant.zones:
        raise NotOpened("no_such_area")
    return report


def told_of(report: WebReport, plant: Plant, now_ns: int, *, order: bool) -> Told:
    """As an agent would put it down. The street is known where the address surely names one."""
    by_name = {street.name: street for street in plant.streets.values()}
    meant = streets_meant(by_name, report.address)
    sure = [by_name[name] for name, named in meant.items() if any(one.sure for one in named)]
    street = sure[0] if len(sure) == 1 else None
    return Told(
        symptom=report.symptom,
        channel=Channel.WEB,
        zone=report.zone or (street.zone if street else None),
        street=street.id if street else None,
        address=report.address,
        text=report.text,
        since_ns=min(report.sent_ns, now_ns),
        order=order,
        token=report.token,
    )


def _opened(kept: Kept) -> bool:
    return kept.place.order is None and kept.order is not None


async def _opened_lately(tx: Tx, now_ns: int) -> int:
    hour = now_ns - 3_600 * _S
    return len(await tx.within(FetchedLetter, "at_ns", hour, FOR_EVER_NS, opened=True))
