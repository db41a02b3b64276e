"""`waterhub import`: the utility's own tables, all of a file or nothing of it."""

import asyncio
import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from core.model.audit import Acting
    from core.ports.ledger import Tx
    from core.ports.vault import Vault
    from hub.check import Configuration
    from hub.imports.plan import Plan
    from hub.problems import Problem


class Kind(StrEnum):
    ACCOUNTS = "accounts"
    CUSTOMERS = "customers"
    METERS = "meters"
    CREWS = "crews"
    CALENDAR = "calendar"
    CATALOGUE = "catalogue"
    LABORATORY = "laboratory"


def import_(
    kind: Annotated[Kind, typer.Argument(help="which table")],
    file: Annotated[Path, typer.Argument(help="a CSV file, UTF-8 or GB18030")],
    config: Annotated[Path, typer.Argument(help="folder of the plant's configuration", metavar="CONFIG")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="say what would change, and change nothing")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="what the file does not have goes (else it stays)")
    ] = False,
    remove: Annotated[
        int | None, typer.Option(help="with --replace: so many rows go, and that is right", metavar="N")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="answer as JSON, for scripts")] = False,
) -> None:
    """Take a table of the utility from CSV, if every row of it is whole and fits; say what is different.

    One wrong row, and nothing is changed; nor where more than a tenth of a table would go and its number is
    not said, or something still names what goes.

    A running hub sees accounts, customers, meters, the catalogue and laboratory results at
    once; crews and the calendar when it is started anew."""
    from hub.cli import read_or_explain

    configuration = read_or_explain(config, as_json)
    plan = asyncio.run(_import(kind, file, configuration, dry_run, replace, remove, as_json))
    if as_json:
        changed = [
            {"row": change.row, "before": change.before, "after": change.after} for change in plan.changes
        ]
        told = {"rows": plan.rows, "absent": plan.absent, "changes": changed, "done": not dry_run}
        print(json.dumps(told, ensure_ascii=False))
        return
    _print(plan, dry_run)


def _print(plan: "Plan", dry_run: bool) -> None:
    from hub.imports.plan import told

    for line in told(plan.changes):
        print(line)
    if plan.absent:
        print(f"{plan.absent} that the file does not have stay as they are (--replace removes them)")
    if dry_run:
        print("nothing was changed")
    elif plan.written and plan.changes:
        print(f"written: {plan.written}; a running hub sees it when it is started anew")


async def _import(
    kind: Kind,
    file: Path,
    configuration: "Configuration",
    dry_run: bool,
    replace: bool,
    remove: int | None,
    as_json: bool,
) -> "Plan":
    from core.adapters.sealed_vault import SealedVault
    from core.adapters.sql_ledger.ledger import SqlLedger
    from core.adapters.sql_ledger.persons_carried import KEYS
    from core.adapters.vault_keys import KeyRing
    from core.runtime.clock import clock_of
    from hub.cli import explained
    from hub.problems import Problem, WrongConfiguration
    from hub.stores import ledger_file

    data = configuration.hub.data
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    ledger = await SqlLedger.open(ledger_file(data))
    problems: list[Problem] = []
    try:
        vault = SealedVault(KeyRing.open(data / KEYS))
        now_ns = clock_of(data).now_ns()
        acting = _acting(kind, file, now_ns)
        begin = ledger.read if dry_run else ledger.acting(acting).begin
        async with begin() as tx:
            plan = await _plan(kind, file, configuration, tx, vault, now_ns, replace, problems)
            if not problems:
                problems += await _afterwards(kind, file, tx, plan, configuration, remove)
            if problems:
                raise explained(WrongConfiguration(problems), as_json)
            if not dry_run and plan.changes:
                await plan.apply(tx)
    finally:
        await ledger.close()
    return plan


async def _afterwards(
    kind: Kind, file: Path, tx: "Tx", plan: "Plan", configuration: "Configuration", remove: int | None
) -> "list[Problem]":
    from hub.imports import afterwards

    problems = list(afterwards.too_many(file, plan, remove))
    if kind is Kind.ACCOUNTS:
        problems += await afterwards.accounts_in_use(file, tx, plan)
    if kind is Kind.CREWS:
        problems += await afterwards.crews_in_use(file, tx, plan, configuration)
    return problems or afterwards.configuration_with(configuration, plan)


def _acting(kind: Kind, file: Path, now_ns: int) -> "Acting":
    from hashlib import sha256

    from core.model.audit import Acting

    digest = sha256(file.read_bytes()).hexdigest() if file.is_file() else ""
    return Acting(
        who="terminal",
        role="terminal",
        channel="terminal",
        command=f"import {kind}",
        at_ns=now_ns,
        subject={"file": file.name, "sha256": digest},
        always=True,
    )


async def _plan(
    kind: Kind,
    file: Path,
    configuration: "Configuration",
    tx: "Tx",
    vault: "Vault",
    now_ns: int,
    replace: bool,
    problems: "list[Problem]",
) -> "Plan":
    from core.model.shanghai import local
    from hub.cli import fail
    from hub.imports import customers, files, laboratory, ledger_rows

    plant, times = configuration.plant, configuration.times.file
    match kind:
        case Kind.ACCOUNTS:
            return await ledger_rows.accounts(file, tx, vault, plant, replace, problems)
        case Kind.CUSTOMERS:
            return await customers.customers(file, tx, vault, replace, problems)
        case Kind.METERS:
            return await ledger_rows.meters(file, tx, problems)
        case Kind.CATALOGUE:
            return await ledger_rows.catalogue(file, tx, replace, problems)
        case Kind.LABORATORY:
            today = local(now_ns).date()
            return await laboratory.laboratory(file, tx, plant, today, replace, problems)
        case Kind.CREWS:
            return files.crews(file, configuration.folder, plant, replace, problems)
        case Kind.CALENDAR:
            if times.calendar is None:
                raise fail("name the calendar in service-times.yaml first: `calendar: calendar.csv`")
            return files.calendar(file, configuration.folder / times.calendar, replace, problems)
