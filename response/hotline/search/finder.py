"""Keeps the directory of addresses as the accounts are, and answers what the search box is asked."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from core.model.account import Account
from core.model.address import Entry
from core.model.phone_call import PhoneCall
from core.model.plant import Plant
from core.model.telephone import NumberKind
from core.ports.clock import Clock
from core.ports.directory import Directory
from core.ports.ledger import Ledger, Page, Tx
from core.ports.vault import Vault
from core.runtime.logs import log
from response.hotline.search.building import Builder
from response.hotline.search.searching import MOST, Found, Search
from response.hotline.search.spelling import Spelling

VERSION = 2
"""Of what the entries are made of: a directory of another is made anew."""
CHANGED = "accounts_changed"
"""The cursor that whoever imports accounts moves on."""
LOOK_S = 30.0
AT_ONCE = 5_000
_CODE = re.compile(r"^(?:用户)?[a-z]{0,4}-?\d{3,12}$")
_PHONE = re.compile(r"^\+?\d{7,15}$")
_FOUR = re.compile(r"^\d{4}$")


@dataclass(frozen=True, slots=True)
class Finding:
    """Accounts, the likeliest first; by: how they were found; scores as they are ordered; n: of so many in
    all. ready: False while the directory is made for the first time."""

    accounts: tuple[Account, ...]
    by: Found
    scores: tuple[float, ...] = ()
    n: int = 0
    ready: bool = True


class Finder:
    def __init__(
        self, ledger: Ledger, vault: Vault, plant: Plant, directory: Directory, clock: Clock
    ) -> None:
        self._ledger, self._vault, self._plant = ledger, vault, plant
        self._directory, self._clock = directory, clock
        self._search: Search | None = None
        self._spelled, self._spells = Spelling(), False

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.refresh()
            await self._clock.sleep(LOOK_S)

    async def refresh(self) -> None:
        """Makes the directory anew where accounts have changed since it was made."""
        wanted, customers = await self._stamp()
        if customers:
            await self._spelling()
        if await self._directory.stamp() != wanted:
            builder = Builder(self._plant, self._spelled)
            n = await self._directory.rebuild(wanted, self._lots(builder), builder.names)
            self._search = None
            log.info("directory of addresses made", accounts=n)
        if self._search is None:
            search = Search(self._directory, self._spelled)
            await search.load()
            self._search = search

    async def find(self, tx: Tx, text: str) -> Finding:
        """By what it looks like: a telephone number, the last four of one, an account or meter, an address;
        what is found by none of them by its look is looked for as an address."""
        plain = re.sub(r"[\s\-()]", "", (await self._spelling()).plain(text))
        if _PHONE.match(plain) and (known := await self.by_phone(tx, plain)).accounts:
            return known
        if _FOUR.match(plain) and (known := await self._by_last_four(tx, plain)).accounts:
            return known
        if _CODE.match(plain) and (known := await self.by_code(tx, text)).accounts:
            return known
        return await self.by_address(tx, text)

    async def by_phone(self, tx: Tx, number: str) -> Finding:
        ids = {person.account for person in await self._vault.by_phone(tx, number)}
        return await self._of(tx, sorted(ids), Found.TELEPHONE)

    async def by_call(self, tx: Tx, call: PhoneCall, number: str | None) -> Finding:
        """Whose number it was when it rang, and whose it has become since. A masked number is nobody's: who
        is on file under it had it once."""
        ids = set(call.accounts)
        if number and call.kind is not NumberKind.PRIVACY:
            ids |= {person.account for person in await self._vault.by_phone(tx, number)}
        return await self._of(tx, sorted(ids), Found.TELEPHONE)

    async def _by_last_four(self, tx: Tx, four: str) -> Finding:
        ids = {person.account for person in await self._vault.by_last_four(tx, four)}
        return await self._of(tx, sorted(ids), Found.LAST_FOUR)

    async def by_code(self, tx: Tx, code: str) -> Finding:
        one = await tx.get(Account, code.strip())
        if one is not None:
            return Finding((one,), Found.ACCOUNT, (100.0,), 1)
        if self._search is None:
            return Finding((), Found.ACCOUNT, ready=False)
        hits = await self._search.coded(code)
        found = await self._of(tx, [hit.entry.account for hit in hits.hits], Found.ACCOUNT)
        return Finding(found.accounts, found.by, tuple(hit.score for hit in hits.hits), hits.n)

    async def by_address(self, tx: Tx, text: str) -> Finding:
        if self._search is None:
            return Finding((), Found.ADDRESS, ready=False)
        hits = await self._search.address(text)
        found = await self._of(tx, [hit.entry.account for hit in hits.hits], Found.ADDRESS)
        return Finding(found.accounts, found.by, tuple(hit.score for hit in hits.hits), hits.n)

    async def _of(self, tx: Tx, ids: Sequence[str], by: Found) -> Finding:
        """In the order of `ids`; calls and reports, whose numbers the vault keeps too, are no accounts."""
        rows = await tx.find(Account, id=tuple(ids)) if ids else []
        known = {account.id: account for account in rows}
        accounts = tuple(known[id] for id in ids if id in known)
        return Finding(accounts[:MOST], by, tuple(100.0 for _ in accounts[:MOST]), len(accounts))

    async def _stamp(self) -> tuple[str, bool]:
        """Of the accounts as they are, and whether there are any."""
        async with self._ledger.read() as tx:
            newest = await tx.find(Account, Page(limit=1))
            stamp = f"{VERSION}:{await tx.cursor(CHANGED)}:{newest[0].id if newest else ''}"
            return stamp, bool(newest)

    async def _lots(self, builder: Builder) -> AsyncIterator[Sequence[Entry]]:
        """Of some thousand accounts each, in transactions of their own: a million do not fit in memory."""
        after: str | None = None
        while True:
            async with self._ledger.read() as tx:
                accounts = await tx.find(Account, Page(AT_ONCE, after))
            if not accounts:
                return
            yield await asyncio.to_thread(builder.entries, accounts)
            after = accounts[-1].id

    async def _spelling(self) -> Spelling:
        """With its tables, which a hub without customers has no use for until someone is looked for."""
        if not self._spells:
            await asyncio.to_thread(self._spelled.read)
            self._spells = True
        return self._spelled
