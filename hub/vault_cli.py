"""`waterhub vault`: the keys of personal data."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

WAIT_S = 12.0
"""Longer than any writer waits for its turn, who looked at the keys before there was the new one."""
vault_app = typer.Typer(no_args_is_help=True, help="The keys under which personal data is sealed.")


@vault_app.callback()
def _several() -> None:
    """So that `rotate` is a command of its own."""


@vault_app.command()
def rotate(
    config: Annotated[Path, typer.Argument(help="folder of the plant's configuration", metavar="CONFIG")],
) -> None:
    """Seal all personal data under a new key, then delete the older ones. A running hub goes on; some seconds
    are waited for what it was about to seal under an older one."""
    from core.ports.vault import VaultLocked
    from hub.cli import fail, read_or_explain
    from hub.stores import ledger_file

    data = read_or_explain(config).hub.data
    if not ledger_file(data).exists():
        raise fail(f"{ledger_file(data)}: no ledger is there; has this hub run yet?")
    try:
        n, kept = asyncio.run(_rotate(data))
    except VaultLocked as locked:
        raise fail(str(locked)) from locked
    print(f"{n} persons sealed anew")
    for id in kept:
        print(f"the key {id} is still used and was kept; run this again")


async def _rotate(data: Path) -> tuple[int, list[str]]:
    """How many persons, and the older keys that are still used."""
    from core.adapters.sealed_vault import SealedVault
    from core.adapters.sql_ledger.ledger import SqlLedger
    from core.adapters.sql_ledger.persons_carried import KEYS
    from core.adapters.vault_keys import KeyRing
    from core.model.audit import Acting
    from core.model.person import SealedPerson
    from core.ports.ledger import Page
    from core.runtime.clock import clock_of
    from hub.stores import ledger_file

    ledger, ring = await SqlLedger.open(ledger_file(data)), KeyRing.open(data / KEYS)
    acting = Acting(
        who="terminal",
        role="terminal",
        channel="terminal",
        command="vault rotate",
        at_ns=clock_of(data).now_ns(),
        always=True,
    )
    kept, n = [], 0
    try:
        older = [key.id for key in ring]
        ring.add()
        for wait_s in (WAIT_S, 0):
            async with ledger.acting(acting).begin() as tx:
                n += await SealedVault(ring).rotate(tx)
            await asyncio.sleep(wait_s)
        async with ledger.read() as tx:
            for id in older:
                if await tx.find(SealedPerson, Page(1), key_id=id):
                    kept.append(id)
                else:
                    ring.drop(id)
    finally:
        await ledger.close()
    return n, kept
