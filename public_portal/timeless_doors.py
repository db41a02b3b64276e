"""Pages about the site, which carry no data: a cache may keep them longer."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from fastapi import Request, Response

from core.model.text import Lang
from public_portal.asked import Asked
from public_portal.pages import Pages
from public_portal.received import Received
from public_portal.responses import REST, html
from public_portal.widget import embedding


class Portal(Protocol):
    """What a room needs of the server."""

    pages: Pages
    frame_ancestors: tuple[str, ...]

    def reader(self, request: Request) -> tuple[Lang, Asked, Received | None]: ...


def routes(portal: Portal) -> dict[str, Callable[..., Awaitable[Response]]]:
    async def about(request: Request) -> Response:
        lang, asked, received = portal.reader(request)
        more = embedding(received, portal.frame_ancestors, lang)
        return html(request, portal.pages.about(received, lang, asked, more), cache=REST)

    async def accessibility(request: Request) -> Response:
        lang, asked, received = portal.reader(request)
        return html(request, portal.pages.accessibility(received, lang, asked), cache=REST)

    return {"/about": about, "/accessibility": accessibility}
