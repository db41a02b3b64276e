"""Planned works: those to come, those under way and those just over, from the notices that told of them."""

from collections.abc import Awaitable, Callable, Hashable
from typing import Protocol

from fastapi import Request, Response

from core.model.text import Lang
from public_portal.asked import Asked
from public_portal.pages import Pages
from public_portal.received import Received
from public_portal.responses import html
from public_portal.views import notice_view


class Portal(Protocol):
    """What a room needs of the server."""

    pages: Pages

    def reader(self, request: Request) -> tuple[Lang, Asked, Received | None]: ...

    def once(self, received: Received, key: tuple[Hashable, ...], render: Callable[[], str]) -> str: ...


def routes(portal: Portal) -> dict[str, Callable[..., Awaitable[Response]]]:
    async def planned(request: Request) -> Response:
        lang, asked, received = portal.reader(request)
        if received is None:
            return html(request, portal.pages.empty(lang, asked), 503)

        def render() -> str:
            return _page(portal.pages, received, lang, asked)

        return html(request, portal.once(received, ("planned", lang, asked), render))

    return {"/planned": planned}


def _page(pages: Pages, received: Received, lang: Lang, asked: Asked) -> str:
    """The soonest first; of what is over the last to begin first."""
    own = sorted(
        (notice for notice in received.snapshot.notices if notice.kind == "planned_outage"),
        key=lambda notice: (notice.starts_ns, notice.id),
    )
    views = [(notice_view(notice, received, lang), bool(notice.versions)) for notice in own]
    return pages.page(
        "planned.html",
        received,
        lang,
        asked,
        "/planned",
        now=[row for row in views if not row[0].over and not row[0].times.ahead],
        to_come=[row for row in views if not row[0].over and row[0].times.ahead],
        recent=[row for row in reversed(views) if row[0].over],
        calendar=f"/feed/{lang}.ics",
        own_calendar=f"{lang}.ics",
    )
