"""`waterhub alarms`: the master alarm database into a spreadsheet and back, checked and compared."""

import json
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from alarms.difference import RowChange
    from alarms.spec import AlarmsSpec
    from hub.master_files import Master

alarms_app = typer.Typer(
    no_args_is_help=True,
    help="The master alarm database: every alarm with cause, consequence and response.",
)
Place = Annotated[Path, typer.Argument(help="a plant's folder, an alarms.yaml or an alarms.csv")]
Config = Annotated[Path, typer.Argument(help="folder of the plant's configuration", metavar="CONFIG")]
Json = Annotated[bool, typer.Option("--json", help="answer as JSON, for scripts")]


@alarms_app.command("check")
def check(place: Place, as_json: Json = False) -> None:
    """Say everything that is wrong with it, each with file, line and mend (exit code 2); else what it has.

    A file alone is checked for being whole; a folder also against its tags and zones."""
    from alarms.cells import cells_of
    from alarms.matrix import whole

    master = _read(place, as_json)
    if place.is_dir():
        from hub.cli import read_or_explain

        read_or_explain(place, as_json)
    matrix = whole(master.spec.matrix)
    priorities = Counter(cells_of(row, matrix)["priority"] for row in master.spec.alarms)
    if as_json:
        told = {"ok": True, "rows": len(master.spec.alarms), "by_priority": dict(sorted(priorities.items()))}
        print(json.dumps(told))
        return
    parts = ", ".join(f"{n} of priority {priority}" for priority, n in sorted(priorities.items()))
    print(f"{place}: nothing is wrong. {len(master.spec.alarms)} rows" + (f": {parts}" if parts else ""))


@alarms_app.command("export")
def export(
    place: Place,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="a .csv or .yaml file; else CSV here")
    ] = None,
    approved: Annotated[
        bool, typer.Option("--approved", help="what the hub of this folder runs, not what its files say")
    ] = False,
) -> None:
    """Write it as CSV, as a spreadsheet opens it, or as YAML, by the name of the file."""
    from alarms.matrix import whole
    from hub.alarms_csv import csv_text
    from hub.master_files import yaml_text

    spec = _approved(place) if approved else _read(place).spec
    as_yaml = out is not None and out.suffix in (".yaml", ".yml")
    text = yaml_text(spec) if as_yaml else csv_text(spec.alarms, whole(spec.matrix))
    if out is None:
        sys.stdout.buffer.write(text.encode())
        return
    out.write_text(text, encoding="utf-8", newline="")
    print(f"{out}: {len(spec.alarms)} rows")


@alarms_app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="a .csv or .yaml file with every row there shall be")],
    config: Config,
    to: Annotated[str, typer.Option(help="csv or yaml: where the rows shall stand")] = "csv",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="say what would change, and change nothing")
    ] = False,
) -> None:
    """Take a file's rows in place of those of a plant's folder, if every one of them is whole and fits.

    One wrong row, and nothing is changed. A running hub goes on with the rows that were approved."""
    from alarms.expansion import spread
    from hub.cli import WRONG_CONFIGURATION, fail, read_or_explain
    from hub.master_files import place_rows

    if to not in ("csv", "yaml"):
        raise fail("--to is csv or yaml", WRONG_CONFIGURATION)
    plant = read_or_explain(config).plant
    before, after = _read(config), _read(file)
    spec = after.spec.model_copy(update={"matrix": after.spec.matrix or before.spec.matrix})
    _, wrong = spread(spec, plant)
    if wrong:
        raise _wrong([after.problem(one) for one in wrong])
    changes = _changes(before, after)
    _print(changes)
    if dry_run:
        return
    for written in place_rows(config, spec, to):
        print(f"written: {written}")


@alarms_app.command("diff")
def diff(before: Place, after: Place, as_json: Json = False) -> None:
    """What is different between two of them: row, field, before, after."""
    changes = _changes(_read(before, as_json), _read(after, as_json))
    if as_json:
        told = [
            {"row": one.row, "field": one.field, "before": one.before, "after": one.after}
            for change in changes
            for one in change.fields
        ]
        print(json.dumps(told, ensure_ascii=False))
    else:
        _print(changes)


def _approved(folder: Path) -> "AlarmsSpec":
    """From the ledger, beside a running hub or without one."""
    import asyncio

    from alarms import master
    from core.adapters.sql_ledger.ledger import SqlLedger
    from hub.cli import REFUSED, fail, read_or_explain
    from hub.stores import ledger_file

    file = ledger_file(read_or_explain(folder).hub.data)
    if not file.exists():
        raise fail(f"{file} is not there: the hub of {folder} has not run yet", REFUSED)

    async def read() -> "AlarmsSpec":
        ledger = await SqlLedger.open(file)
        try:
            async with ledger.read() as tx:
                return master.spec_of(await master.approved(tx))
        finally:
            await ledger.close()

    return asyncio.run(read())


def _changes(before: "Master", after: "Master") -> list["RowChange"]:
    from alarms.difference import row_changes

    return list(row_changes(before.table(), after.table()))


def _print(changes: Iterable["RowChange"]) -> None:
    from hub.imports.plan import told

    for line in told(changes):
        print(line)


def _read(place: Path, as_json: bool = False) -> "Master":
    from hub.master_files import read_master
    from hub.problems import Problem

    problems: list[Problem] = []
    if not place.exists():
        problems.append(
            Problem(place, 0, "it does not exist", "name a folder, an alarms.yaml or an alarms.csv")
        )
    master = read_master(place, problems) if not problems else None
    if master is None:
        raise _wrong(problems, as_json)
    return master


def _wrong(problems: list[Any], as_json: bool = False) -> typer.Exit:
    from hub.cli import explained
    from hub.problems import WrongConfiguration

    return explained(WrongConfiguration(problems), as_json)
