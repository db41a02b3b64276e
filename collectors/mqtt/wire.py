"""paho's client on a socket that somebody else reads and writes.

paho keeps CONNECT, TLS, SUBSCRIBE and keep-alive; every packet but PUBLISH is fed to it, and what it sends
joins the one buffer of outgoing bytes, so that its packets and our acknowledgements never mix.
"""

import socket
import ssl
from pathlib import Path
from typing import cast

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

CONNECT_S = 10.0


class Wire(Client):
    """`receive` and `flush` are the only places where bytes pass the socket."""

    def __init__(self, client_id: str) -> None:
        super().__init__(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            clean_session=False,
            protocol=MQTTProtocolVersion.MQTTv311,
            manual_ack=True,
            reconnect_on_failure=False,
        )
        self.connect_timeout = CONNECT_S
        self.unsent = bytearray()
        self._fed = bytearray()

    def secure(self, ca: Path, certificate: Path | None, key: Path | None) -> None:
        """TLS 1.2 or newer, the server's certificate and name checked against `ca`. Raises OSError."""
        context = ssl.create_default_context(cafile=str(ca))
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if certificate is not None:
            context.load_cert_chain(certificate, key)
        self.tls_set_context(context)

    def receive(self, room: memoryview) -> int | None:
        """How many bytes came into `room`; None when there are none just now, 0 at the end of the stream."""
        if self._sock is None:
            return 0
        try:
            return cast(socket.socket, self._sock).recv_into(room)
        except (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return None

    @property
    def tls(self) -> bool:
        """A short read says nothing then: there may be more records, here or in the socket."""
        return isinstance(self._sock, ssl.SSLSocket)

    def feed(self, packet: bytes) -> None:
        """A whole packet for paho, whose callbacks run now."""
        self._fed += packet
        while self._fed and self._sock is not None:
            self.loop_read()
        if self.want_write():
            self.loop_write()

    def send(self, data: bytes) -> None:
        """Raises OSError."""
        self.unsent += data
        self.flush()

    def flush(self) -> None:
        """Sends what the socket takes now. Raises OSError."""
        if self._sock is None:
            raise ConnectionError("the socket is closed")
        try:
            while self.unsent:
                del self.unsent[: self._sock.send(self.unsent)]
        except (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            pass

    def _sock_recv(self, bufsize: int) -> bytes:
        if not self._fed:
            raise BlockingIOError
        taken = bytes(self._fed[:bufsize])
        del self._fed[:bufsize]
        return taken

    def _sock_send(self, buf: bytes | bytearray) -> int:
        self.send(bytes(buf))
        return len(buf)
