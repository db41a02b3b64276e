"""What is said to browsers that came by TLS: to come so always."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

HSTS = (b"strict-transport-security", b"max-age=31536000")
"""A year (RFC 6797). Without `includeSubDomains`: other hosts of the domain are not ours to bind."""


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
