"""An area's published record: a page a day, and a month as CSV."""

from collections.abc import Awaitable, Callable, Hashable
from typing import Protocol

from fastapi import HTTPException, Request, Response

from core.model.snapshot import Area
from core.model.text import Lang
from public_portal.asked import Asked
from public_portal.history_csv import TABLES
from public_portal.history_views import chosen_day, history_view
from public_portal.pages import Pages
from public_portal.parts import Parts, months_of
from public_portal.received import Received
from public_portal.responses import CSV, REST, answer, html

Handler = Callable[..., Awaitable[Response]]


class Portal(Protocol):
    """What a room needs of the server."""

    pages: Pages
    parts: Parts

    def reader(self, request: Request) -> tuple[Lang, Asked, Received | None]: ...

    def once(self, received: Received, key: tuple[Hashable, ...], render: Callable[[], str]) -> str: ...


def routes(portal: Portal) -> dict[str, Handler]:
    async def history(request: Request, id: str, parameter: str = "", day: str = "") -> Response:
        lang, asked, received = portal.reader(request)
        received, area = _area(received, id)
        months = months_of(received, id)
        month = day[:7] if day else (months[-1] if months else "")
        if day and month not in months:
            raise HTTPException(404)
        part = portal.parts.find(received, id, month) if month else None
        parameters = [reading.parameter for reading in area.readings]
        chosen = parameter or next(iter(parameters), "")
        if parameter and parameter not in parameters:
            raise HTTPException(404)
        own = chosen_day(part.days if part else (), chosen, day)
        if day and part is not None and own is None:
            raise HTTPException(404)
        view = history_view(area, chosen, own, part, months, lang)

        def render() -> str:
            path = f"/area/{id}/history"
            return portal.pages.page("history.html", received, lang, asked, path, view.query, history=view)

        whole = part is not None and not part.refused
        if day or not whole:
            return html(request, render(), kept=whole or not month)
        key = ("history", id, chosen, lang, asked, part.sha256 if part else "")
        return html(request, portal.once(received, key, render))

    async def month(request: Request, id: str, month: str = "", bom: str = "") -> Response:
        return _file(request, portal, id, month, "record", bom == "1")

    async def corrections(request: Request, id: str, month: str = "", bom: str = "") -> Response:
        return _file(request, portal, id, month, "corrections", bom == "1")

    return {
        "/area/{id}/history": history,
        "/area/{id}/history.csv": month,
        "/area/{id}/corrections.csv": corrections,
    }


def _area(received: Received | None, id: str) -> tuple[Received, Area]:
    area = next((a for a in received.snapshot.areas if a.id == id), None) if received else None
    if received is None or area is None:
        raise HTTPException(404)
    return received, area


def _file(request: Request, portal: Portal, id: str, month: str, name: str, bom: bool) -> Response:
    """One month, the running one where none is named; 404 for what there is not."""
    received, _ = _area(portal.reader(request)[2], id)
    months = months_of(received, id)
    wanted = month or (months[-1] if months else "")
    part = portal.parts.find(received, id, wanted) if wanted in months else None
    if part is None:
        raise HTTPException(404)
    written = TABLES[name].first(bom) + TABLES[name].rest(part)
    made = answer(request, written.encode(), CSV, cache="no-store" if part.refused else REST)
    made.headers["Access-Control-Allow-Origin"] = "*"
    made.headers["Content-Disposition"] = f'attachment; filename="{name}-{id}-{wanted}.csv"'
    return made
