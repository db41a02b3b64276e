"""A real HTTP server that takes webhooks, and answers as a test bids it."""

import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Hook:
    """answers: (status, headers, body) for the next posts, then 200. hang: nothing is said at all; slow:
    posts are taken, and answered once it is `over`. asked: when by GET."""

    port: int = 0
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    hang: threading.Event = field(default_factory=threading.Event)
    slow: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)
    hung: int = 0
    asked: list[float] = field(default_factory=list)

    @property
    def bodies(self) -> list[dict]:
        return [json.loads(body) for _, body in list(self.got)]

    @property
    def keys(self) -> list[str]:
        return [headers["idempotency-key"] for headers, _ in list(self.got)]


class _Handler(BaseHTTPRequestHandler):
    hook: Hook

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        body = self.rfile.read(length)
        if len(body) < length:
            return  # whoever sent it was killed meanwhile
        if self.hook.hang.is_set():
            self.hook.hung += 1
            self.hook.over.wait(30)
            return
        self.hook.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
        if self.hook.slow.is_set():
            self.hook.over.wait(30)
        status, headers, content = self.hook.answers.pop(0) if self.hook.answers else (200, {}, b"ok")
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(content)

    def do_GET(self) -> None:
        self.hook.asked.append(time.monotonic())
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        pass

    def server_bind(self) -> None:
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        super().server_bind()


@contextmanager
def serving(
    port: int,
    handler: type[BaseHTTPRequestHandler],
    over: threading.Event,
    tls: tuple[str, str] | None = None,
) -> Iterator[None]:
    """over: set at the end, for handlers that keep somebody waiting."""
    server = _Server(("127.0.0.1", port), handler)
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


@contextmanager
def hook_at(port: int, tls: tuple[str, str] | None = None) -> Iterator[Hook]:
    """tls: files of certificate and key."""
    hook = Hook(port)
    with serving(port, type("Handler", (_Handler,), {"hook": hook}), hook.over, tls):
        yield hook
