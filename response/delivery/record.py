"""Whom a mailing did not write to, one by one, and why: what its counts `nobody` and `silent` consist of."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from core.model.mailing import Letter, Mailing
from core.model.notice_version import NoticeReach
from core.model.person import Person
from core.ports.ledger import Tx
from core.ports.vault import Vault
from response.delivery.endings import accounts_of, reported_in
from response.delivery.mailings import moved_in, version_of
from response.delivery.planning import CHUNK, chain, supplied, word_of
from response.delivery.spec import DeliveryFile

NOBODY = "no_channel"


@dataclass(frozen=True, slots=True)
class Untold:
    """why: `no_channel`, of an account with nobody who can be reached; else a `Because`."""

    account: str
    why: str


async def untold(
    tx: Tx, vault: Vault, file: DeliveryFile, mailing: Mailing, after: str, limit: int
) -> list[Untold]:
    """In the order of accounts, those after `after`, the last account whole. As people can be reached now:
    whoever gave an address since the mailing was planned is not among them."""
    reaches = await tx.find(NoticeReach, notice=mailing.notice)
    concerned = next((reach.supply_of() for reach in reaches if reach.id == mailing.id), {})
    accounts = sorted(
        {a for reach in reaches if version_of(reach.id) <= mailing.version for a in reach.supply_of()}
    )
    found: list[Untold] = []
    moved, reported = await moved_in(tx, mailing), await reported_in(tx, mailing.bulletin.incident)
    at = bisect_right(accounts, after)
    while at < len(accounts) and len(found) < limit:
        chunk = accounts[at : at + CHUNK]
        found += await _untold_of(tx, vault, file, mailing, chunk, concerned, moved, reported)
        at += CHUNK
    while limit < len(found) and found[limit].account == found[limit - 1].account:
        limit += 1
    return found[:limit]


async def _untold_of(
    tx: Tx,
    vault: Vault,
    file: DeliveryFile,
    mailing: Mailing,
    accounts: Sequence[str],
    concerned: dict[str, str],
    moved: int,
    reported: frozenset[str],
) -> list[Untold]:
    persons = await vault.of_accounts(tx, accounts)
    reached = {a: [p for p in persons[a] if chain(file, p)] for a in accounts}
    people = {p.id: p for found in reached.values() for p in found}
    letters = await tx.find(Letter, person=tuple(people), notice=mailing.notice) if people else []
    written = {letter.person for letter in letters if letter.mailing == mailing.id}
    at, homes, rows = supplied(reached, concerned), accounts_of(reached), list[Untold]()
    for account in accounts:
        if account in concerned and not reached[account]:
            rows.append(Untold(account, NOBODY))
        for person in reached[account]:
            if person.id not in written and people[person.id] is person:
                dry = not reported.isdisjoint(homes[person.id])
                rows.append(Untold(account, _why(mailing, person, letters, at.get(person.id), moved, dry)))
    return rows


def _why(
    mailing: Mailing, person: Person, letters: Sequence[Letter], at: str | None, moved: int, dry: bool
) -> str:
    before = [one for one in letters if one.person == person.id and one.version < mailing.version]
    word = word_of(mailing, before, None, at=at, moved=moved, reported=dry, now_ns=mailing.made_ns)
    return word[1].value
