"""The laboratory's results: a page a month, and all of it as CSV."""

import csv
import io
from collections.abc import Awaitable, Callable, Hashable
from typing import Protocol

from fastapi import HTTPException, Request, Response

from core.model.laboratory import Judged, LabMonth
from core.model.text import Lang, uncalculated
from public_portal.asked import Asked
from public_portal.laboratory_views import lab_view
from public_portal.limit_views import number
from public_portal.pages import Pages
from public_portal.parts import Parts, lab_months
from public_portal.received import Received
from public_portal.responses import REST, answer, html

HEAD = (
    *("sample", "report", "sampled", "area", "kind", "item", "value", "below", "found", "unit", "method"),
    *("laboratory", "limit_standard", "limit_low", "limit_high", "complies"),
)


class Portal(Protocol):
    """What a room needs of the server."""

    pages: Pages
    parts: Parts

    def reader(self, request: Request) -> tuple[Lang, Asked, Received | None]: ...

    def once(self, received: Received, key: tuple[Hashable, ...], render: Callable[[], str]) -> str: ...


def routes(portal: Portal) -> dict[str, Callable[..., Awaitable[Response]]]:
    async def laboratory(request: Request, month: str = "") -> Response:
        lang, asked, received = portal.reader(request)
        if received is None:
            return html(request, portal.pages.empty(lang, asked), 503)
        months = lab_months(received)
        wanted = _wanted(months, month)
        found = portal.parts.laboratory(received, wanted) if wanted else None

        def render() -> str:
            return portal.pages.page(
                "laboratory.html",
                received,
                lang,
                asked,
                "/laboratory",
                {"month": wanted} if month else {},
                lab=lab_view(found, lang) if found else None,
                missing=bool(wanted) and found is None,
                months=[(one, one == wanted) for one in reversed(months)],
            )

        if wanted and found is None:
            return html(request, render(), kept=False)
        return html(request, portal.once(received, ("laboratory", wanted, bool(month), lang, asked), render))

    async def as_csv(request: Request, month: str = "") -> Response:
        received = portal.reader(request)[2]
        wanted = _wanted(lab_months(received), month) if received else ""
        found = portal.parts.laboratory(received, wanted) if received and wanted else None
        if found is None:
            raise HTTPException(404)
        made = answer(request, _csv(found).encode(), "text/csv; charset=utf-8; header=present", cache=REST)
        made.headers["Access-Control-Allow-Origin"] = "*"
        made.headers["Content-Disposition"] = f'attachment; filename="laboratory-{wanted}.csv"'
        return made

    return {"/laboratory": laboratory, "/laboratory.csv": as_csv}


def _wanted(months: list[str], asked: str) -> str:
    """The last one where none is named. Raises HTTPException 404 for one without results."""
    if asked and asked not in months:
        raise HTTPException(404)
    return asked or (months[-1] if months else "")


def _csv(month: LabMonth) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEAD)
    writer.writerows(_line(month, one) for one in month.results)
    return out.getvalue()


def _line(month: LabMonth, one: Judged) -> list[str]:
    """below: the limit of detection that it was below. Empty is what is not known."""
    result, limit = one.result, None if one.limit is None else month.limits[one.limit]
    sample, report, unit, method, laboratory = map(
        uncalculated, (result.sample, result.report, result.unit, result.method, result.laboratory)
    )
    return [
        *(sample, report, result.sampled, result.zone, result.kind.value, result.item),
        *(_said(result.value), _said(result.lod) if result.below else "", _said(result.found), unit),
        *(method, laboratory, limit.standard if limit else ""),
        *(_said(limit.low) if limit else "", _said(limit.high) if limit else "", _said(one.complies)),
    ]


def _said(value: float | bool | None) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else number(value)
