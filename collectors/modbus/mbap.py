"""A Modbus TCP client that can only read, and believes only what it can check.

MODBUS Messaging on TCP/IP V1.0b. A reply counts when transaction id, protocol id, unit, function code,
length and byte count are those asked for; the late reply of a read that was given up is dropped; anything
else closes the connection. `asyncio.BufferedProtocol`, because the stock reader allocates 256 KiB for
every message.
"""

import asyncio
import socket
import ssl
import struct
from collections import deque
from collections.abc import Callable
from typing import Self, cast

from collectors.modbus.link import CONNECT_S, Ask, BadReply, mismatch

_HEAD = struct.Struct(">H7s")
_HEADER = struct.Struct(">HHH")
_PREFIX = _HEAD.size
"""Header, unit, function code and the byte after it. Every true reply has these; an exception is these."""
_BUFFER = 1024
"""Of replies of 260 bytes at most; what does not fit waits in the socket."""
_REMEMBERED = 64


class MbapClient(asyncio.BufferedProtocol):
    """One connection (`collectors.modbus.link.Link`). How many requests may be outstanding is up to
    whoever sends; the replies of a device that pipelines may come in any order."""

    def __init__(self) -> None:
        self._buffer = memoryview(bytearray(_BUFFER))
        self._filled = 0
        self._transport: asyncio.Transport | None = None
        self._write: Callable[[bytes], None]
        self._transaction = 0
        self._asked: dict[int, Ask] = {}
        self._given_up: deque[int] = deque(maxlen=_REMEMBERED)
        self._why: ConnectionError | None = ConnectionError("not connected yet")
        self.late = 0
        self.closed: asyncio.Future[ConnectionError] = asyncio.get_running_loop().create_future()

    @classmethod
    async def connect(
        cls,
        host: str,
        port: int,
        timeout_s: float = CONNECT_S,
        *,
        tls: ssl.SSLContext | None = None,
        server_name: str | None = None,
    ) -> Self:
        """Raises ConnectionError: refused, unreachable, unknown host, no answer, not trusted."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout_s):
                _, client = await loop.create_connection(
                    cls, host, port, ssl=tls, server_hostname=server_name
                )
        except TimeoutError as error:
            raise ConnectionError(f"{host}:{port}: no answer to connect in {timeout_s:g} s") from error
        except OSError as error:
            raise ConnectionError(f"{host}:{port}: {error}") from error
        return client

    def notice_death(self, within_s: float) -> None:
        """Bytes that nobody acknowledges for `within_s` end the connection: its peer went without a FIN."""
        sock = self._transport.get_extra_info("socket") if self._transport else None
        if sock is not None:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(within_s * 1000))
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, max(1, int(within_s)))
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, max(1, int(within_s)))

    def send(self, ask: Ask) -> None:
        """Raises ConnectionError when the connection is gone."""
        if self._why is not None:
            raise ConnectionError("not connected")
        transaction = self._transaction = self._transaction % 0xFFFF + 1
        if transaction in self._given_up:
            self._given_up.remove(transaction)
        self._asked[transaction] = ask
        self._write(transaction.to_bytes(2, "big") + ask.question.tail)

    def give_up(self, ask: Ask) -> None:
        for transaction, asked in self._asked.items():
            if asked is ask:
                del self._asked[transaction]
                self._given_up.append(transaction)
                return

    async def close(self) -> None:
        if self._transport is not None:
            self._why = self._why or ConnectionError("closed")
            self._transport.abort()
            await asyncio.shield(self.closed)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one in all but ancestry
        self._write, self._why = self._transport.write, None

    def eof_received(self) -> None:
        self._why = self._why or ConnectionError("connection lost: closed by the device")

    def connection_lost(self, error: Exception | None) -> None:
        self._why = self._why or ConnectionError(f"connection lost: {error or 'closed by the device'}")
        self._asked.clear()
        if not self.closed.done():
            self.closed.set_result(self._why)

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._buffer[self._filled :] if self._filled else self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        buffer, at, end = self._buffer, 0, self._filled + nbytes
        self._filled = 0
        while end - at >= _PREFIX and self._why is None:
            transaction, head = _HEAD.unpack_from(buffer, at)
            asked = self._asked.get(transaction)
            if asked is not None and head == asked.question.wanted:
                size = asked.question.size
                if end - at < size:
                    break
                del self._asked[transaction]
                asked.answered(buffer[at + _PREFIX : at + size])
                at += size
                continue
            size = self._other(transaction, at, end)
            if size == 0:
                break
            at += size
        if end > at and self._why is None:
            self._short(at, end)
            if at:
                buffer[: end - at] = buffer[at:end]
        self._filled = end - at if self._why is None else 0

    def _short(self, at: int, end: int) -> None:
        """Looks at the header of a frame that is not whole yet, so that nonsense is not waited for."""
        if end - at >= _HEADER.size:
            _, protocol, length = _HEADER.unpack_from(self._buffer, at)
            if protocol != 0 or not 3 <= length <= 254:
                self._refuse(f"protocol id {protocol}, length {length}")

    def _other(self, transaction: int, at: int, end: int) -> int:
        """Any frame but the plain true answer. Returns its size; 0 when it is not whole or was refused."""
        _, protocol, length = _HEADER.unpack_from(self._buffer, at)
        if protocol != 0 or not 3 <= length <= 254:
            self._refuse(f"protocol id {protocol}, length {length}")
            return 0
        size = int(_HEADER.size + length)
        if end - at < size:
            return 0
        if transaction in self._given_up:
            self._given_up.remove(transaction)
            self.late += 1
            return size
        asked = self._asked.get(transaction)
        if asked is None:
            self._refuse(f"transaction id {transaction} that nobody asked for")
            return 0
        body = self._buffer[at + _HEADER.size : at + size]
        wrong = mismatch(asked.question.request, body)
        if wrong:
            self._refuse(wrong, asked)
            return 0
        del self._asked[transaction]
        asked.refused(body[2])
        return size

    def _refuse(self, why: str, ask: Ask | None = None) -> None:
        self._why = error = BadReply(f"reply refused: {why}")
        error.ask = ask or (next(iter(self._asked.values())) if len(self._asked) == 1 else None)
        if self._transport is not None:
            self._transport.abort()
