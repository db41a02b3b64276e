"""Personal data in the ledger under AES-256-GCM, found by blind indexes (HMAC-SHA256).

Each row is bound to its own id, key and indexes (the cipher's associated data): one that was moved to
another account, or whose index was exchanged, does not open. What indexes still tell who has the ledger and
no key: which rows are of one account, one number, or one last four digits.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice

import msgspec
from cryptography.exceptions import InvalidTag

from core.adapters.vault_keys import Key, KeyRing
from core.model.account import AccessRecord
from core.model.person import Person, SealedPerson, phone_key
from core.ports.ledger import Page, Tx
from core.ports.vault import VaultLocked

NONCE = 12
AT_ONCE = 400
"""Values of one question to the ledger."""
_PERSON = msgspec.json.Decoder(Person)


class SealedVault:
    """`core.ports.vault.Vault`."""

    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys

    async def by_phone(self, tx: Tx, number: str) -> list[Person]:
        return await self._found(tx, "phone_index", "phone", [phone_key(number)])

    async def by_last_four(self, tx: Tx, four: str) -> list[Person]:
        wanted = four.strip()
        if len(wanted) != 4 or not wanted.isdecimal():
            return []
        return await self._found(tx, "last4_index", "last4", [phone_key("1" + wanted)[1:]])

    async def of_accounts(self, tx: Tx, ids: Iterable[str]) -> dict[str, list[Person]]:
        wanted = list(dict.fromkeys(ids))
        found: dict[str, list[Person]] = {id: [] for id in wanted}
        for person in await self._found(tx, "account_index", "account", wanted):
            found[person.account].append(person)
        return found

    async def shown(
        self, tx: Tx, ids: Iterable[str], *, user: str, at_ns: int, purpose: str
    ) -> dict[str, list[Person]]:
        wanted = list(dict.fromkeys(ids))
        for account in wanted:
            id = await tx.next_id("ACC", at_ns)
            record = AccessRecord(id=id, user=user, account=account, at_ns=at_ns, purpose=purpose)
            await tx.insert(record)
        return await self.of_accounts(tx, wanted)

    async def put(self, tx: Tx, persons: Iterable[Person]) -> None:
        rest, key = iter(persons), self._keys.newest
        while some := list(islice(rest, 5_000)):
            for older in self._keys:
                if older is not key:
                    await _delete(tx, older, some)
            await tx.put_many([sealed(key, person) for person in some])

    async def remove(self, tx: Tx, persons: Iterable[Person]) -> None:
        some = list(persons)
        for key in self._keys:
            await _delete(tx, key, some)

    def closed(self, name: str, content: bytes) -> tuple[str, bytes]:
        key, nonce = self._keys.newest, secrets.token_bytes(NONCE)
        return key.id, nonce + key.answers.encrypt(nonce, content, name.encode())

    def disclosed(self, name: str, key_id: str, sealed: bytes) -> bytes | None:
        if (key := self._keys.get(key_id)) is None:
            return None
        try:
            return key.answers.decrypt(sealed[:NONCE], sealed[NONCE:], name.encode())
        except (InvalidTag, ValueError):
            return None

    async def rotate(self, tx: Tx) -> int:
        """Seals anew what is not under the newest key; how many that was."""
        newest, n = self._keys.newest, 0
        for key in [key for key in self._keys if key is not newest]:
            while rows := await tx.find(SealedPerson, Page(5_000), key_id=key.id):
                await self.put(tx, [self.opened(row) for row in rows])
                n += len(rows)
        return n

    def opened(self, row: SealedPerson) -> Person:
        """Raises VaultLocked."""
        key = self._keys.get(row.key_id)
        if key is None:
            raise VaultLocked(f"persons are sealed with the key {row.key_id}, which is not among the keys")
        try:
            content = key.aead.decrypt(row.sealed[:NONCE], row.sealed[NONCE:], _bound(row))
        except (InvalidTag, ValueError) as error:
            raise VaultLocked(f"a sealed person was changed ({row.id}), or is not of this key") from error
        return _PERSON.decode(content)

    async def _found(self, tx: Tx, column: str, purpose: str, values: Sequence[str]) -> list[Person]:
        indexes = [key.index(purpose, value) for value in values if value for key in self._keys]
        rows: list[SealedPerson] = []
        for at in range(0, len(indexes), AT_ONCE):
            rows += await tx.find(SealedPerson, **{column: tuple(indexes[at : at + AT_ONCE])})
        return sorted((self.opened(row) for row in rows), key=lambda one: (one.account, one.id))


def sealed(key: Key, person: Person) -> SealedPerson:
    """The row of a person under `key`."""
    number = phone_key(person.phone)
    row = SealedPerson(
        id=_row_id(key, person),
        account_index=key.index("account", person.account),
        phone_index=key.index("phone", number) if number else None,
        last4_index=key.index("last4", number[-4:]) if len(number) >= 4 else None,
        key_id=key.id,
        sealed=b"",
    )
    nonce = secrets.token_bytes(NONCE)
    content = key.aead.encrypt(nonce, msgspec.json.encode(person), _bound(row))
    return replace(row, sealed=nonce + content)


def _bound(row: SealedPerson) -> bytes:
    return "|".join(
        (row.id, row.key_id, row.account_index, row.phone_index or "", row.last4_index or "")
    ).encode()


def _row_id(key: Key, person: Person) -> str:
    return key.index("row", f"{person.id}\n{person.account}")


async def _delete(tx: Tx, key: Key, persons: Iterable[Person]) -> None:
    for person in persons:
        await tx.delete(SealedPerson, _row_id(key, person))
