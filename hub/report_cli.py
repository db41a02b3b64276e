"""`waterhub report`: the report of a day or a month, as a file."""

import asyncio
import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from api.reports.period import Period
    from api.reports.sheet import Sheet
    from core.model.text import Lang
    from hub.check import Configuration

report_app = typer.Typer(no_args_is_help=True, help="Daily and monthly reports (日报, 月报).")


class Form(StrEnum):
    CSV = "csv"
    PDF = "pdf"
    JSON = "json"


class Language(StrEnum):
    ZH = "zh"
    EN = "en"


Config = Annotated[Path, typer.Argument(help="folder of the plant's configuration", metavar="CONFIG")]
Day = Annotated[str, typer.Argument(help="2026-11-25; yesterday without one", metavar="[DAY]")]
Month = Annotated[str, typer.Argument(help="2026-11; last month without one", metavar="[MONTH]")]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", help="a .csv, .pdf or .json file; CSV here without one")
]
Lang_ = Annotated[Language, typer.Option("--lang", help="the language it is in")]


@report_app.command()
def daily(config: Config, day: Day = "", output: Output = None, lang: Lang_ = Language.ZH) -> None:
    """Volumes, night flow, pressure and quality on line, laboratory results, incidents, interruptions,
    promises kept, notices and alarms of a Shanghai day. Reads beside a running hub."""
    _report(config, "daily", day, output, lang)


@report_app.command()
def monthly(config: Config, month: Month = "", output: Output = None, lang: Lang_ = Language.ZH) -> None:
    """The same of a month."""
    _report(config, "monthly", month, output, lang)


def _report(config: Path, kind: str, name: str, output: Path | None, language: Language) -> None:
    from api.reports.period import Kind, NoPeriod, begun
    from core.ports.historian import HistorianUnavailable
    from core.ports.ledger import LedgerUnavailable
    from core.runtime.clock import clock_of
    from hub.cli import WRONG_CONFIGURATION, fail, read_or_explain

    form = Form.CSV if output is None else _form(output)
    configuration = read_or_explain(config)
    now_ns = clock_of(configuration.hub.data).now_ns()
    try:
        period = begun(Kind(kind), name, now_ns)
    except NoPeriod as error:
        raise fail(str(error), WRONG_CONFIGURATION) from error
    try:
        sheet = asyncio.run(_sheet(configuration, period, now_ns))
        content = _content(sheet, form, "zh" if language is Language.ZH else "en")
        if output is None:
            sys.stdout.buffer.write(content)
        else:
            output.write_bytes(content)
    except (HistorianUnavailable, LedgerUnavailable, OSError) as error:
        raise fail(f"no report was written: {error}") from error
    if output is not None:
        typer.echo(f"{period.title.en}: {output}" + ("" if sheet.whole else " (not over yet)"), err=True)


def _form(output: Path) -> Form:
    from hub.cli import WRONG_CONFIGURATION, fail

    try:
        return Form(output.suffix.removeprefix(".").lower())
    except ValueError:
        raise fail(f"{output}: name a .csv, .pdf or .json file", WRONG_CONFIGURATION) from None


async def _sheet(configuration: "Configuration", period: "Period", now_ns: int) -> "Sheet":
    from api.reports.gather import Books, sheet_of
    from core.adapters.sql_ledger.ledger import SqlLedger
    from core.ports.ledger import LedgerUnavailable
    from hub.approved import Approved
    from hub.stores import historian_to_read, ledger_file

    file = ledger_file(configuration.hub.data)
    if not file.exists():
        raise LedgerUnavailable(f"{file} is not there: has this hub ever run?")
    historian = await historian_to_read(configuration)
    try:
        ledger = await SqlLedger.open(file)
        try:
            books = Books(
                ledger=ledger,
                historian=historian,
                plant=configuration.plant,
                times=configuration.times,
                definitions=Approved(configuration, 0, []).by_id,
                promised=configuration.hub.report.promised,
            )
            return await sheet_of(books, period, now_ns)
        finally:
            await ledger.close()
    finally:
        await historian.close()


def _content(sheet: "Sheet", form: Form, lang: "Lang") -> bytes:
    from api.reports.forms import as_csv, as_json

    if form is Form.CSV:
        return as_csv(sheet, lang).encode()
    if form is Form.JSON:
        return json.dumps(as_json(sheet), ensure_ascii=False, indent=1).encode()
    from api.reports.paper import as_pdf

    return as_pdf(sheet, lang)
