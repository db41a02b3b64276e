"""The outermost layer: headers every answer carries, no command from a foreign page, no endless body.

Plain ASGI, so that nothing stands between an event stream and its socket.
"""

import re
from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Problem, answer
from core.model.ids import ID_PATTERN
from response.photos import MOST_BYTES

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
HSTS = "max-age=31536000"
MOST_BODY = 64 * 1024
"""Bytes of a request's body."""
LARGER: Sequence[tuple[str, re.Pattern[str], int]] = (
    ("PUT", re.compile(rf"/api/v1/work-orders/{ID_PATTERN}/photos/{ID_PATTERN}"), MOST_BYTES),
)
"""Method, path and bytes of what may be longer; its route reads it only once it knows who sends it."""


class Guard:
    """secure: the hub is reached by TLS, and browsers shall remember it."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._headers = HEADERS | ({"Strict-Transport-Security": HSTS} if secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        if refusal := refused(scope["method"], scope["path"], Headers(scope=scope)):
            await answer(refusal)(scope, receive, guarded)
            return
        await self._app(scope, receive, guarded)


def refused(method: str, path: str, headers: Headers) -> Problem | None:
    """Why a request is turned away before anyone has read it."""
    if method not in _SAFE and foreign(headers):
        return Problem(403, "foreign_origin", "commands are taken from the hub's own pages only")
    if "transfer-encoding" in headers:
        return Problem(411, "length_required", "say how long the body is (Content-Length)")
    length, most = headers.get("content-length", "0"), most_body(method, path)
    if not length.isdecimal() or int(length) > most:
        return Problem(413, "too_long", f"a body has {most} bytes at most")
    return None


def most_body(method: str, path: str) -> int:
    larger = (most for verb, which, most in LARGER if verb == method and which.fullmatch(path))
    return next(larger, MOST_BODY)


def foreign(headers: Headers) -> bool:
    """True when a browser says that another site's page sent this. Programs say nothing of the kind."""
    if (site := headers.get("sec-fetch-site")) is not None:
        return site not in ("same-origin", "none")
    if (origin := headers.get("origin")) is not None:
        return origin.partition("://")[2].lower() != headers.get("host", "").lower()
    return False
