"""What browsers are told: to come by TLS always, once they did; and in whose pages ours may stand."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

HSTS = (b"strict-transport-security", b"max-age=31536000")
"""A year (RFC 6797). Without `includeSubDomains`: other hosts of the domain are not ours to bind."""
ANCESTOR = r"^https?://(\*\.)?[A-Za-z0-9]([A-Za-z0-9.\-]*[A-Za-z0-9])?(:[0-9]{1,5})?$"
"""A site that may frame a page: scheme and host, no path (CSP 3, 2.3.1)."""


class Hsts:
    """By the request's own scheme: TLS ends here, or at a proxy that is trusted (`X-Forwarded-Proto`)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["scheme"] != "https":
            await self._app(scope, receive, send)
            return

        async def bound(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], HSTS]}
            await send(message)

        await self._app(scope, receive, bound)
