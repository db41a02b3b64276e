"""The vault: personal data sealed in the ledger, found without being opened.

Everything works inside a ledger transaction of the caller's. What a person is shown comes from `shown`, which
leaves the record of it in that same transaction; the other ways of reading are the hub's own, for work that
shows nobody anything (finding, sending, importing, forgetting).
"""

from collections.abc import Iterable
from typing import Protocol

from core.model.person import Person
from core.ports.ledger import Tx


class Vault(Protocol):
    async def by_phone(self, tx: Tx, number: str) -> list[Person]:
        """Those with this number in any spelling (+86, full width ..); one for each account of theirs."""
        ...

    async def by_last_four(self, tx: Tx, four: str) -> list[Person]:
        """Those whose number ends so; nobody for anything but four digits."""
        ...

    async def of_accounts(self, tx: Tx, ids: Iterable[str]) -> dict[str, list[Person]]:
        """By account, by person; every account asked for is there. In bulk: some 20 µs each."""
        ...

    async def shown(
        self, tx: Tx, ids: Iterable[str], *, user: str, at_ns: int, purpose: str
    ) -> dict[str, list[Person]]:
        """As `of_accounts`, for somebody who asked: an `AccessRecord` of each account stands with the
        transaction, which must be a writing one: without the record nothing is opened."""
        ...

    async def put(self, tx: Tx, persons: Iterable[Person]) -> None:
        """Insert, or replace what stands of (person, account)."""
        ...

    async def remove(self, tx: Tx, persons: Iterable[Person]) -> None:
        """What stands of (person, account), if anything does."""
        ...

    def closed(self, name: str, content: bytes) -> tuple[str, bytes]:
        """The id of the key, and the content under it, bound to `name`: what somebody was answered."""
        ...

    def disclosed(self, name: str, key_id: str, sealed: bytes) -> bytes | None:
        """What `closed` closed; None when its key is gone, or it is not as it was."""
        ...


class VaultLocked(Exception):
    """What is sealed cannot be opened: its key is not there, or it was changed. Names the key, no person."""
