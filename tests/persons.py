"""Who is behind the accounts of the tests' towns: nobody, but sealed like everybody."""

from collections.abc import Iterable
from pathlib import Path

from core.adapters.sealed_vault import SealedVault
from core.adapters.sql_ledger.ledger import SqlLedger
from core.adapters.vault_keys import KeyRing
from core.model.account import Account
from core.model.person import Person


def vault_in(folder: Path) -> SealedVault:
    """As the hub has it: the keys beside the ledger."""
    return SealedVault(KeyRing.open(folder / "keys"))


def person_of(account: Account | str, **more: object) -> Person:
    """用户000031 of A000031, whose number is 19900000031."""
    id = account if isinstance(account, str) else account.id
    known = {"id": f"P{id[1:]}", "account": id, "name": f"用户{id[1:]}", "phone": f"199{id[1:]:0>8}"}
    return Person(**{**known, **more})  # type: ignore[arg-type]


async def move_in(ledger: SqlLedger, vault: SealedVault, accounts: Iterable[Account]) -> None:
    """The accounts, each with its person."""
    known = list(accounts)
    async with ledger.begin() as tx:
        await tx.put_many(known)
        await vault.put(tx, map(person_of, known))
