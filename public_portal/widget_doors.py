"""The widget: the one page that others may frame, and only who is named."""

from collections.abc import Awaitable, Callable, Hashable
from typing import Protocol

from fastapi import Request, Response

from core.model.text import Lang
from public_portal.asked import THEMES, Asked
from public_portal.pages import Pages
from public_portal.received import Received
from public_portal.responses import framed, html
from public_portal.widget import nothing, widget


class Portal(Protocol):
    """What a room needs of the server."""

    pages: Pages
    frame_ancestors: tuple[str, ...]

    def reader(self, request: Request) -> tuple[Lang, Asked, Received | None]: ...

    def once(self, received: Received, key: tuple[Hashable, ...], render: Callable[[], str]) -> str: ...


def routes(portal: Portal) -> dict[str, Callable[..., Awaitable[Response]]]:
    async def shown(request: Request, id: str, large: str = "", theme: str = "") -> Response:
        lang, asked, received = portal.reader(request)
        asked = Asked(asked.lang, asked.large or large == "1")
        look = theme if theme in THEMES else ""
        found = next((area for area in received.areas if area.id == id), None) if received else None
        if received is None or found is None:
            page = nothing(portal.pages, received, lang, asked, look)
            return framed(html(request, page, 404 if received else 503), portal.frame_ancestors)
        key = ("widget", id, lang, asked, look)
        page = portal.once(received, key, lambda: widget(portal.pages, received, found, lang, asked, look))
        return framed(html(request, page), portal.frame_ancestors)

    return {"/widget/{id}": shown}
