"""What is personal does not stay for ever: by class, after the days that the utility keeps it (X-10).

A record that others count by (a report, a call) stays without what tells whose it was; what was sealed for
it goes. The text of a report goes too: people say their names. Nothing here touches customers' own records,
which the billing system keeps and `waterhub import customers` renews.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from core.model.account import AccessRecord
from core.model.audit import Acting
from core.model.callback import Callback
from core.model.command import Command
from core.model.mailing import Letter
from core.model.phone_call import PhoneCall
from core.model.report import Report
from core.model.retention import DAY_NS
from core.model.shanghai import local
from core.ports.clock import Clock
from core.ports.ledger import Ledger, Page, Record, Tx
from core.ports.vault import Vault
from core.runtime.logs import log

AT_ONCE = 200
"""Records of one transaction."""
EVERY_S = 6 * 3600.0
GRID = 500.0
"""Metres to which a report's place is blurred (security 3.4)."""
FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """Days, 0 for ever. calls: whose a call was. recordings: that a report has. reports: who told, what they
    said and where. letters: to whom a message went. access: who looked at whose data. [K] but for calls,
    recordings and reports (X-10, security 3.4)."""

    calls: int = 730
    recordings: int = 180
    reports: int = 730
    letters: int = 730
    access: int = 1095


@dataclass(frozen=True, slots=True)
class Rule:
    """prefix: of the ids, which sort by day. forgotten: a record as it stays; None: it goes. sealed: what
    the vault keeps under its id goes too."""

    name: str
    kind: type[Record]
    prefix: str
    forgotten: Callable[[Any], Any]
    sealed: bool = False


def _call(call: PhoneCall) -> PhoneCall:
    return replace(call, accounts=(), call=f"{FORGOTTEN}:{call.id}")


def _report(report: Report) -> Report:
    x, y = (None if at is None else GRID * round(at / GRID) for at in (report.x, report.y))
    return replace(
        report,
        text=None,
        answers=(),
        account=None,
        person=None,
        call=None,
        address=None,
        attachments=(),
        x=x,
        y=y,
        token=None,
    )


def _recording(report: Report) -> Report:
    kept = tuple(one for one in report.attachments if not one.media_type.startswith("audio/"))
    return replace(report, attachments=kept)


def _callback(callback: Callback) -> Callback:
    attempts = tuple(replace(one, note=None) for one in callback.attempts)
    return replace(callback, account=None, attempts=attempts)


def _letter(letter: Letter) -> Letter:
    return replace(letter, account=FORGOTTEN, tries=tuple(replace(one, detail="") for one in letter.tries))


def _gone(_: Record) -> None:
    return None


RULES: tuple[Rule, ...] = (
    Rule("calls", PhoneCall, "TEL", _call, sealed=True),
    Rule("recordings", Report, "RPT", _recording),
    Rule("reports", Report, "RPT", _report, sealed=True),
    Rule("reports", Callback, "WO", _callback),
    Rule("letters", Letter, "NTC", _letter),
    Rule("letters", Letter, "INC", _letter),
    Rule("letters", Letter, "RPT", _letter),
    Rule("access", AccessRecord, "ACC", _gone),
)


async def forget(ledger: Ledger, vault: Vault, keeping: Keeping, now_ns: int) -> dict[str, int]:
    """How many records of each class were; of those that are older than what is kept."""
    done: dict[str, int] = {}
    for rule in RULES:
        days: int = getattr(keeping, rule.name)
        if days:
            done[rule.name] = done.get(rule.name, 0) + await _apply(ledger, vault, rule, days, now_ns)
    return {name: n for name, n in done.items() if n}


async def _apply(ledger: Ledger, vault: Vault, rule: Rule, days: int, now_ns: int) -> int:
    """From the newest that is too old backwards, until a whole lot was forgotten before."""
    acting = Acting(who="hub", role="hub", channel="hub", command=f"forget {rule.name}", at_ns=now_ns)
    first_kept = local(now_ns - days * DAY_NS).strftime("%Y%m%d")
    writing, n, after = ledger.acting(acting), 0, f"{rule.prefix}-{first_kept}"
    while True:
        async with writing.begin() as tx:
            found = await tx.find(rule.kind, Page(AT_ONCE, after))
            old = [record for record in found if record.id.startswith(f"{rule.prefix}-")]
            changed = [record for record in old if rule.forgotten(record) != record]
            await _write(tx, vault, rule, changed)
        n += len(changed)
        if not changed or len(old) < AT_ONCE:
            return n
        after = old[-1].id
        await asyncio.sleep(0)


async def _write(tx: Tx, vault: Vault, rule: Rule, changed: list[Record]) -> None:
    kept = [one for record in changed if (one := rule.forgotten(record)) is not None]
    await tx.put_many(kept)
    for record in changed[: 0 if kept else None]:
        await tx.delete(rule.kind, record.id)
    if rule.sealed:
        sealed = await vault.of_accounts(tx, [record.id for record in changed])
        await vault.remove(tx, [person for persons in sealed.values() for person in persons])


async def forget_commands(ledger: Ledger, now_ns: int) -> int:
    """Keys of commands, with what was answered, that are no longer known; how many."""
    n = 0
    while True:
        async with ledger.begin() as tx:
            over = await tx.due(Command, now_ns, AT_ONCE)
            for command in over:
                await tx.delete(Command, command.id)
        n += len(over)
        if len(over) < AT_ONCE:
            return n
        await asyncio.sleep(0)


@dataclass(slots=True)
class Forgetting:
    """Looks several times a day. Plant time."""

    ledger: Ledger
    vault: Vault
    keeping: Keeping
    clock: Clock

    async def run(self) -> None:
        while True:
            await forget_commands(self.ledger, self.clock.now_ns())
            if done := await forget(self.ledger, self.vault, self.keeping, self.clock.now_ns()):
                log.info("personal records forgotten", **done)
            await asyncio.sleep(EVERY_S)
