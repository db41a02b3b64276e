"""Finding accounts as callers name themselves: by number, by account, by a piece of an address."""

import re
import unicodedata
from collections.abc import Iterable

from core.model.account import Account
from core.model.plant import Plant, Street
from core.ports.ledger import Tx
from core.ports.vault import Vault

MOST_MATCHES = 20
_SEPARATORS = re.compile(r"[\s,，。.、·\-_]+")


def normalised(text: str) -> str:
    """Full width to half, letters to lower case, 號 and # to 号; spaces and separators dropped."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("號", "号").replace("#", "号")
    return _SEPARATORS.sub("", plain)


async def by_tel(tx: Tx, vault: Vault, tel: str) -> list[Account]:
    known = tuple({person.account for person in await vault.by_phone(tx, tel)})
    return await tx.find(Account, id=known) if known else []


async def by_address(tx: Tx, plant: Plant, address: str) -> list[Account]:
    """Accounts whose address contains `address`, by address; a street's English name stands for its own.

    A street named in the question narrows the search by the ledger's index; without one every address is
    looked at."""
    wanted = normalised(address)
    if len(wanted) < 2:
        return []
    named = [street for street in plant.streets.values() if _names(street, wanted)]
    accounts = await (
        tx.find(Account, street=tuple(street.id for street in named)) if named else tx.find(Account)
    )
    spellings = {wanted, *(_in_chinese(street, wanted) for street in named)}
    return _sorted(a for a in accounts if _contains(normalised(a.address), spellings))


def _names(street: Street, wanted: str) -> bool:
    names = (normalised(street.name.zh), normalised(street.name.en))
    return any(name in wanted or wanted in name for name in names)


def _in_chinese(street: Street, wanted: str) -> str:
    """`12 renmin road` and `renmin road 12` as 人民路12."""
    english, own = normalised(street.name.en), normalised(street.name.zh)
    if english in wanted:
        before, _, after = wanted.partition(english)
        return own + (after or before)
    return own if wanted in english else wanted


def _contains(address: str, spellings: Iterable[str]) -> bool:
    return any(spelling in address for spelling in spellings)


def _sorted(accounts: Iterable[Account]) -> list[Account]:
    return sorted(accounts, key=lambda account: (len(account.address), account.address, account.id))
