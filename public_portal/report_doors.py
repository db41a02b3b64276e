"""Where a citizen tells what is wrong: sealed to the hub at once, and followed by a code given here."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Protocol
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response

from core.model.letterbox import REPORTABLE
from core.model.text import Lang
from core.model.tracking import fresh_token, spoken
from public_portal.asked import IN_PATH, Asked, address
from public_portal.bounded import TooLong, body_of
from public_portal.jws import unbase64url
from public_portal.letter_seal import sealed
from public_portal.letterbox import Letterbox
from public_portal.limit import Limit, household
from public_portal.pages import Pages, example
from public_portal.phrases import phrases
from public_portal.received import Received
from public_portal.report_form import FIELDS, Filled
from public_portal.report_words import SYMPTOMS, WHY_CLOSED
from public_portal.responses import html, private

PATH = "/report"
MOST_BODY = 16 * 1024
AT_ONCE, A_MINUTE = 10, 2.0
"""Reports of one address. Many telephones may stand behind one."""
SAME_FOR_S, MOST_REMEMBERED = 600.0, 1_000
"""The same report from the same address is answered with the same code, since a page is loaded again."""


class Portal(Protocol):
    """What a room needs of the server."""

    pages: Pages

    def reader(self, request: Request) -> tuple[Lang, Asked, Received | None]: ...


def mount(
    app: FastAPI, portal: Portal, box: Letterbox | None, now_s: Callable[[], float] = time.monotonic
) -> None:
    room = Room(portal, box, now_s)
    app.add_api_route(PATH, room.form, methods=["GET", "HEAD"], include_in_schema=False)
    app.add_api_route(PATH, room.send, methods=["POST"], include_in_schema=False)


def closed(received: Received, box: Letterbox | None) -> str | None:
    """Why nothing can be left now (`report_words.WHY_CLOSED`); None while it can."""
    if box is None or not received.snapshot.letter_key:
        return "off"
    if received.stale or not box.fetched:
        return "silent"
    return "full" if box.full else None


class Room:
    def __init__(self, portal: Portal, box: Letterbox | None, now_s: Callable[[], float]) -> None:
        self._portal, self._box, self._now_s = portal, box, now_s
        self._limit = Limit(A_MINUTE, now_s, at_once=AT_ONCE)
        self._told: OrderedDict[bytes, tuple[str, float]] = OrderedDict()
        self._one = asyncio.Lock()

    async def form(self, request: Request) -> Response:
        lang, asked, received = self._portal.reader(request)
        if received is None:
            return html(request, self._portal.pages.empty(lang, asked), 503)
        return self._page(request, received, lang, asked, why=closed(received, self._box))

    async def send(self, request: Request) -> Response:
        lang, asked, received = self._portal.reader(request)
        if received is None:
            return html(request, self._portal.pages.empty(lang, asked), 503)
        if why := closed(received, self._box):
            if self._box is not None and why == "full":
                self._box.refused["full"] += 1
            return self._page(request, received, lang, asked, why=why, status=503)
        if not _from_here(request, received):
            return self._page(request, received, lang, asked, why="elsewhere", status=403)
        try:
            body = await body_of(request, MOST_BODY)
            filled = Filled.of(body)
        except TooLong:
            return self._page(request, received, lang, asked, wrong={"text": "report_too_long"}, status=413)
        except ValueError:
            filled = Filled()
        if wrong := filled.wrong(received):
            return self._page(request, received, lang, asked, filled, wrong, status=422)
        return await self._left(request, received, lang, asked, filled)

    async def _left(
        self, request: Request, received: Received, lang: Lang, asked: Asked, filled: Filled
    ) -> Response:
        host = household(request.client.host if request.client else "")
        same = sha256("\0".join((host, *(getattr(filled, f) for f in filled.__slots__))).encode()).digest()
        async with self._one:  # a button that is pressed twice sends both before the first is kept
            known = self._told.get(same)
            if known is not None and self._now_s() - known[1] < SAME_FOR_S:
                return self._done(request, received, lang, asked, known[0])
            if wait_s := self._limit.wait_s(host):
                return self._too_often(request, received, lang, asked, filled, wait_s)
            token = fresh_token()
            letter = sealed(filled.letter(token, received.now_ns), unbase64url(received.snapshot.letter_key))
            if why := await self._put(letter):
                return self._page(request, received, lang, asked, filled, why=why, status=503)
            self._told[same] = token, self._now_s()
            while len(self._told) > MOST_REMEMBERED:
                self._told.popitem(last=False)
        return self._done(request, received, lang, asked, token)

    async def _put(self, letter: bytes) -> str | None:
        """Why it was not; None once it is on disk."""
        assert self._box is not None, "closed without one"
        try:
            return None if await asyncio.to_thread(self._box.put, letter) else "full"
        except OSError:
            return "disk"

    def _too_often(
        self, request: Request, received: Received, lang: Lang, asked: Asked, filled: Filled, wait_s: float
    ) -> Response:
        assert self._box is not None, "closed without one"
        self._box.refused["often"] += 1
        answer = self._page(request, received, lang, asked, filled, why="often", status=429)
        answer.headers["Retry-After"] = str(int(wait_s) + 1)
        return answer

    def _page(
        self,
        request: Request,
        received: Received,
        lang: Lang,
        asked: Asked,
        filled: Filled | None = None,
        wrong: Mapping[str, str] | None = None,
        *,
        why: str | None = None,
        status: int = 200,
    ) -> Response:
        t, snapshot = phrases(lang), received.snapshot
        said = {name: t[phrase] for name, phrase in (wrong or {}).items()}
        page = self._portal.pages.page(
            "report.html",
            received,
            lang,
            asked,
            PATH,
            why=WHY_CLOSED[why].in_(lang) if why else None,
            open=why in (None, "often", "elsewhere"),
            symptoms=[(one.value, SYMPTOMS[one].in_(lang)) for one in REPORTABLE],
            areas=[(area.id, area.name.in_(lang)) for area in snapshot.areas],
            filled=filled or Filled(),
            errors=said,
            wrong=dict.fromkeys(FIELDS, "") | said,
            example=example(snapshot.areas, lang),
        )
        return _own(private(request, page, status))

    def _done(self, request: Request, received: Received, lang: Lang, asked: Asked, token: str) -> Response:
        way = address(f"/{IN_PATH}/t/{token}", lang, {}, asked)
        page = self._portal.pages.page(
            "reported.html", received, lang, asked, PATH, code=spoken(token), way=way
        )
        return _own(private(request, page))


def _own(made: Response) -> Response:
    """A browser says where a form was sent from only under such a policy."""
    made.headers["Referrer-Policy"] = "same-origin"
    return made


def _from_here(request: Request, received: Received) -> bool:
    """Not sent by a page of somebody else's: what the browser says of it, where it says anything."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    ours = {request.headers.get("host", ""), urlsplit(received.snapshot.site).netloc}
    return origin is None or urlsplit(origin).netloc in ours - {""}
