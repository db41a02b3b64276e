"""`waterhub audit`: whether what people did is still told as it was, and what proves it elsewhere."""

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from core.adapters.sql_ledger.ledger import SqlLedger
    from core.model.audit import Anchor
    from hub.check import Configuration

audit_app = typer.Typer(no_args_is_help=True, help="Who did what, as whom, and why.")
Config = Annotated[Path, typer.Argument(help="folder of the plant's configuration", metavar="CONFIG")]
Json = Annotated[bool, typer.Option("--json", help="answer as JSON, for scripts")]
File = Annotated[
    Path | None, typer.Option("--anchor", help="the anchors' file; without it, the configuration's")
]

SHOWN = 100


@audit_app.command()
def verify(config: Config, anchor: File = None, as_json: Json = False) -> None:
    """Check the audit's hash chain, that it once stood as each anchor says, and that notices, orders and what
    belongs to them are what it says they became; exit code 1, naming the first entry that does not hold, or
    the records. Reads beside a running hub.

    Without an anchor kept elsewhere, a tail that was cut cleanly and an audit that was written anew hold.
    """
    import sqlite3

    from core.ports.ledger import AuditBroken, LedgerUnavailable
    from hub.cli import fail, read_or_explain

    configuration = read_or_explain(config)
    file = _ledger_file(configuration)
    anchors = _anchors(anchor or _configured(configuration))
    try:
        entries, differing = asyncio.run(_verified(file, anchors))
    except (AuditBroken, LedgerUnavailable, sqlite3.DatabaseError) as error:
        raise fail(f"{file}: {error}") from error
    last = anchors[-1] if anchors else None
    if as_json:
        told = {"entries": entries, "anchors": len(anchors), "anchored": last and last.seq}
        print(json.dumps(told | {"differing": differing}))
        raise typer.Exit(1 if differing else 0)
    print(f"{entries} audit entries hold")
    if last:
        print(f"{len(anchors)} anchors fit, the last of entry {last.seq} at {last.at}")
    else:
        print("no anchor: a tail cut cleanly, or an audit written anew as a whole, would not be seen")
    if differing:
        print("\n".join(differing[:SHOWN]))
        raise fail(f"{file}: {len(differing)} records are not what the audit says they became")
    print("notices, orders, clocks and reports are what it says they became")


@audit_app.command()
def anchor(
    config: Config,
    to: Annotated[
        Path | None, typer.Option(help="append to this file; without it, the configuration's")
    ] = None,
) -> None:
    """Write down how the audit ends now, as one line of JSON appended to a file outside the data folder."""
    from hub.cli import fail, read_or_explain

    configuration = read_or_explain(config)
    file = to or _configured(configuration)
    if file is None:
        raise fail("give --to FILE, or `audit: {anchor: FILE}` in hub.yaml")
    print(asyncio.run(_anchored(_ledger_file(configuration), file)))


def _configured(configuration: "Configuration") -> Path | None:
    return configuration.hub.audit.anchor


def _ledger_file(configuration: "Configuration") -> Path:
    from hub.cli import fail
    from hub.stores import ledger_file

    file = ledger_file(configuration.hub.data)
    if not file.exists():
        raise fail(f"{file}: no ledger is there; has this hub run yet?")
    return file


def _anchors(file: Path | None) -> "list[Anchor]":
    """A configured file that is not there is no proof: it may be what was taken away."""
    from hub.anchor import anchors_in
    from hub.cli import fail

    if file is None:
        return []
    try:
        return anchors_in(file)
    except (OSError, ValueError) as error:
        raise fail(f"{file}: {error}") from error


async def _verified(file: Path, anchors: "list[Anchor]") -> tuple[int, list[str]]:
    ledger = await _opened(file)
    try:
        return await ledger.verify_audit(anchors), await ledger.verify_told()
    finally:
        await ledger.close()


async def _anchored(file: Path, to: Path) -> str:
    from core.runtime.clock import clock_of
    from hub.anchor import anchor as write_anchor

    ledger = await _opened(file)
    try:
        one = await write_anchor(ledger, to, clock_of(file.parent).now_ns())
    finally:
        await ledger.close()
    return f"{to}: entry {one.seq} at {one.at}, {one.hash}"


async def _opened(file: Path) -> "SqlLedger":
    from core.adapters.sql_ledger.ledger import SqlLedger

    return await SqlLedger.open(file)
