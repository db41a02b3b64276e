"""`waterhub ledger`: whether what people decided and what alarms did can be believed."""

import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from alarms.audit import Audit

ledger_app = typer.Typer(no_args_is_help=True, help="Alarms, incidents and their journal.")
Config = Annotated[Path, typer.Argument(help="folder of the plant's configuration", metavar="CONFIG")]
Json = Annotated[bool, typer.Option("--json", help="answer as JSON, for scripts")]
NAMED = 20


@ledger_app.command()
def verify(config: Config, as_json: Json = False) -> None:
    """Check that the ledger holds; when it does not, exit code 1 and the row's name. Looked at are the
    journal's hash chain, that no row is missing up to the last number given, columns against what their rows
    say, and every alarm against the journal's replay, by hash. Reads beside a running hub.

    Who writes the whole file can make it hold: a journal written anew with all its hashes, or cut at its end
    with the count of numbers (sqlite_sequence) set back, is found only against a hash kept elsewhere.
    """
    import sqlite3

    from core.ports.ledger import JournalBroken, LedgerUnavailable, RecordBroken
    from hub.cli import fail, read_or_explain
    from hub.stores import ledger_file

    file = ledger_file(read_or_explain(config).hub.data)
    if not file.exists():
        raise fail(f"{file}: no ledger is there; has this hub run yet?")
    try:
        found = asyncio.run(_audit(file))
    except (JournalBroken, LedgerUnavailable, RecordBroken, sqlite3.DatabaseError) as error:
        raise fail(f"{file}: {error}") from error
    if as_json:
        print(json.dumps(asdict(found)))
    else:
        print(
            f"{found.entries} journal rows hold, {found.restarts} of them restarts; "
            f"{found.alarms} alarms, {len(found.differing)} differ from the replay\n"
            f"as stored   {found.digest}\nas replayed {found.replayed}"
        )
        for id in found.differing[:NAMED]:
            print(f"differs: {id}")
        if found.contradicting:
            print(f"{len(found.contradicting)} columns say something else than their record")
        for words in found.contradicting[:NAMED]:
            print(f"contradicts: {words}")
    if not found.holds:
        raise typer.Exit(1)


async def _audit(file: Path) -> "Audit":
    from alarms.audit import audit
    from core.adapters.sql_ledger.ledger import SqlLedger

    ledger = await SqlLedger.open(file)
    try:
        return await audit(ledger)
    finally:
        await ledger.close()
