"""A provider that answers JSON with JSON over HTTP, or says nothing at all: what gateways have in common."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from tests.servers.hook import serving


@dataclass(kw_only=True)
class Provider:
    """hang: nothing is said at all; hung: to how many. over: nobody waits any more."""

    hang: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)
    hung: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def replied(self, url: str, headers: dict[str, str], asked: dict) -> dict:
        """headers: by name in lower case."""
        raise NotImplementedError


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    provider: Provider

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if self.provider.hang.is_set():
            self.provider.hung += 1
            self.provider.over.wait(30)
            self.close_connection = True
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        told = json.dumps(self.provider.replied(self.path, headers, json.loads(body))).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def provider_at(port: int, provider: Provider) -> Iterator[None]:
    with serving(port, type("Handler", (_Handler,), {"provider": provider}), provider.over):
        yield
