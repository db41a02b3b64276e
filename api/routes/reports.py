"""Reports of a day and of a month, as data and as files."""

import asyncio
from enum import StrEnum

from fastapi import Response

from api.context import Here
from api.deps import Deps
from api.gate import Asker, Door
from api.permissions import Permission
from api.problems import Problem
from api.reports.forms import as_csv, as_json
from api.reports.gather import Books, sheet_of
from api.reports.period import Kind, NoPeriod, last_whole, period_of
from api.reports.sheet import Sheet
from api.wire import Answer
from core.model.text import Lang

LATEST = "latest"
"""In place of a period: the newest that is over."""


class Form(StrEnum):
    CSV = "csv"
    PDF = "pdf"


async def report(here: Here, caller: Asker, kind: Kind, period: str) -> Answer:
    return Answer(as_json(await _sheet(here.deps, kind, period)))


async def report_file(
    here: Here, caller: Asker, kind: Kind, period: str, form: Form, lang: Lang = "zh"
) -> Response:
    """To be kept: CSV for a spreadsheet (UTF-8 with its mark), or an A4 PDF."""
    sheet = await _sheet(here.deps, kind, period)
    named = f'attachment; filename="report-{sheet.period.name}-{lang}.{form.value}"'
    headers = {"Cache-Control": "no-store", "Content-Disposition": named}
    if form is Form.CSV:
        return Response(as_csv(sheet, lang), 200, headers, "text/csv; charset=utf-8")
    from api.reports.paper import as_pdf  # noqa: PLC0415 - what draws it is heavy

    return Response(await asyncio.to_thread(as_pdf, sheet, lang), 200, headers, "application/pdf")


async def _sheet(deps: Deps, kind: Kind, name: str) -> Sheet:
    now_ns = deps.clock.now_ns()
    try:
        period = last_whole(kind, now_ns) if name == LATEST else period_of(kind, name)
    except NoPeriod as error:
        raise Problem(422, "invalid", str(error)) from error
    if period.start_ns > now_ns:
        raise Problem(422, "invalid", f"{name} has not begun")
    books = Books(
        ledger=deps.ledger,
        historian=deps.historian,
        plant=deps.plant,
        times=deps.times,
        definitions=deps.definitions,
        promised=deps.pressure,
    )
    return await sheet_of(books, period, now_ns)


DOORS = (
    Door("GET", "/api/v1/reports/{kind}/{period}", report, Permission.REPORTS),
    Door("GET", "/api/v1/reports/{kind}/{period}/{form}", report_file, Permission.REPORTS),
)
