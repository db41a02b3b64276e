"""The page behind the number in a message that went to callers alone; no other page leads to it."""

from collections.abc import Awaitable, Callable, Hashable
from typing import Protocol

from fastapi import Request, Response

from core.model.shanghai import moment
from core.model.snapshot import PublicReply
from core.model.text import Lang
from public_portal.asked import Asked
from public_portal.language import in_path
from public_portal.pages import Pages
from public_portal.received import Received
from public_portal.responses import html


class Portal(Protocol):
    """What a room needs of the server."""

    pages: Pages

    def reader(self, request: Request) -> tuple[Lang, Asked, Received | None]: ...

    def once(self, received: Received, key: tuple[Hashable, ...], render: Callable[[], str]) -> str: ...

    async def notice(self, request: Request, id: str) -> Response: ...


def routes(portal: Portal) -> dict[str, Callable[..., Awaitable[Response]]]:
    async def named(request: Request, id: str) -> Response:
        lang, asked, received = portal.reader(request)
        own = [one for one in received.snapshot.replies if one.number == id] if received else []
        if received is None or not own:
            return await portal.notice(request, id)
        key = ("reply", id, lang, asked)
        page = portal.once(received, key, lambda: _page(portal.pages, received, own, lang, asked))
        made = html(request, page)
        made.headers["X-Robots-Tag"] = "noindex"
        return made

    async def in_language(request: Request, lang: str, id: str) -> Response:
        in_path(lang)
        return await named(request, id)

    return {"/n/{id}": named, "/notice/{id}": named, "/{lang}/n/{id}": in_language}


def _page(pages: Pages, received: Received, own: list[PublicReply], lang: Lang, asked: Asked) -> str:
    """own: the newest first."""
    number = own[0].number
    said = [
        {
            "title": one.title.in_(lang),
            "area": one.area.in_(lang),
            "sent": moment(one.sent_ns).in_(lang),
            "over": moment(one.over_ns).in_(lang) if one.over_ns is not None else None,
            "confirmed": one.confirmed,
            "paragraphs": one.body.in_(lang).split("\n"),
        }
        for one in own
    ]
    return pages.page("reply.html", received, lang, asked, f"/n/{number}", number=number, said=said)
