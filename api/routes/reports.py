"""Reports of a day and of a month, as data and as files."""

import asyncio
from enum import StrEnum

from fastapi import Response

from api.context import Here
from api.gate import Asker, Door
from api.permissions import Permission
from api.problems import Problem
from api.reports.forms import as_csv, as_json
from api.reports.gather import Books
from api.reports.period import Kind, NoPeriod, begun
from api.reports.sheet import Sheet
from api.wire import Answer
from core.model.text import Lang, Text

LATEST = "latest"
"""In place of a period: the newest that is over."""
TOO_LONG = Text(
    "汇总用时过长，请稍后再试，或用命令 waterhub report 生成",
    "it takes too long now: try again later, or have it made by waterhub report",
)


class Form(StrEnum):
    CSV = "csv"
    PDF = "pdf"


async def report(here: Here, caller: Asker, kind: Kind, period: str) -> Answer:
    return Answer(as_json(await _sheet(here, kind, period)))


async def report_file(
    here: Here, caller: Asker, kind: Kind, period: str, form: Form, lang: Lang = "zh"
) -> Response:
    """To be kept: CSV for a spreadsheet (UTF-8 with its mark), or an A4 PDF."""
    sheet = await _sheet(here, kind, period)
    named = f'attachment; filename="report-{sheet.period.name}-{lang}.{form.value}"'
    headers = {"Cache-Control": "no-store", "Content-Disposition": named}
    if form is Form.CSV:
        return Response(as_csv(sheet, lang), 200, headers, "text/csv; charset=utf-8")
    return Response(await asyncio.to_thread(_drawn, sheet, lang), 200, headers, "application/pdf")


def _drawn(sheet: Sheet, lang: Lang) -> bytes:
    """What draws it is heavy, and is imported here: never where everybody waits for it."""
    from api.reports.paper import as_pdf  # noqa: PLC0415

    return as_pdf(sheet, lang)


async def _sheet(here: Here, kind: Kind, name: str) -> Sheet:
    deps, now_ns = here.deps, here.deps.clock.now_ns()
    try:
        period = begun(kind, "" if name == LATEST else name, now_ns)
    except NoPeriod as error:
        raise _refused(422, "invalid", error.why) from error
    books = Books(
        ledger=deps.ledger,
        historian=deps.historian,
        plant=deps.plant,
        times=deps.times,
        definitions=deps.definitions,
        promised=deps.pressure,
    )
    try:
        return await here.reports.of(books, period, now_ns)
    except TimeoutError as error:
        raise _refused(503, "too_long", TOO_LONG) from error


def _refused(status: int, reason: str, why: Text) -> Problem:
    return Problem(status, reason, why.en, why={"zh": why.zh, "en": why.en})


DOORS = (
    Door("GET", "/api/v1/reports/{kind}/{period}", report, Permission.REPORTS),
    Door("GET", "/api/v1/reports/{kind}/{period}/{form}", report_file, Permission.REPORTS),
)
