"""Runs the application inside the hub's own event loop, and stops it with streams open.

uvicorn 0.54 waits for open streams before it tells the application to stop, so it must be the other way
round: streams end first. The hub's signals are the hub's.
"""

import asyncio
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from api.context import Context

STOP_S = 2.0
GONE_AFTER_MS = 20_000
"""A peer that takes nothing for so long is cut by the kernel (TCP_USER_TIMEOUT)."""
IDLE_S = 75
"""So long a connection stays open that nobody uses: longer than reverse proxies keep theirs (nginx: 60 s), so
that none sends a command into one that is just being closed."""


class _Server(uvicorn.Server):
    """Leaves the signals to the hub, and says when it accepts connections."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()


async def serve(
    app: FastAPI,
    host: str,
    port: int,
    *,
    tls_cert: Path | None = None,
    tls_key: Path | None = None,
    trusted_proxies: Sequence[str] = (),
    ready: Callable[[int], None] | None = None,
) -> None:
    """Until cancelled; then it is gone within about STOP_S, streams and all. Raises OSError when the port
    is taken. port 0 takes a free one. ready: told the port once connections are accepted.
    trusted_proxies: addresses and networks whose X-Forwarded-For is believed; nobody's else is."""
    config = uvicorn.Config(
        app,
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=list(trusted_proxies),
        ssl_certfile=tls_cert,
        ssl_keyfile=tls_key,
        timeout_graceful_shutdown=int(STOP_S),
        timeout_keep_alive=IDLE_S,
    )
    with listen(host, port) as listener:
        bound = listener.getsockname()[1]
        server = _Server(config, lambda: ready(bound) if ready else None)
        async with app.router.lifespan_context(app):
            running = asyncio.create_task(server.serve(sockets=[listener]), name="http server")
            try:
                await asyncio.shield(running)
            finally:
                context: Context = app.state.context
                context.stream.stop()
                server.should_exit = True
                await asyncio.wait([running], timeout=2 * STOP_S)
                running.cancel()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket whose connections die when their peer is silent. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, GONE_AFTER_MS)
        listener.bind((host, port))
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener
