"""A Modbus TCP client that can only read, and believes only what it can check.

MODBUS Messaging on TCP/IP V1.0b. A reply counts when transaction id, protocol id, unit, function code,
length and byte count are those asked for; the late reply of a read that was given up is dropped; anything
else closes the connection. `asyncio.BufferedProtocol`, because the stock reader allocates 256 KiB for
every message.
"""

import asyncio
import struct
from collections import deque
from contextlib import suppress
from typing import Self, cast

from collectors.modbus.plan import Request
from collectors.modbus.registers import Table

_FUNCTION = {Table.COIL: 1, Table.DISCRETE: 2, Table.HOLDING: 3, Table.INPUT: 4}
"""All that this client can say: there is no code that writes."""

_REQUEST = struct.Struct(">HHHBBHH")
_HEADER = struct.Struct(">HHH")
_LONGEST = 6 + 254
_REMEMBERED = 64


class ExceptionReply(Exception):
    """The unit answered with a Modbus exception."""

    def __init__(self, code: int) -> None:
        super().__init__(f"exception {code}")
        self.code = code


class BadReply(ConnectionError):
    """What came is not the answer to what was asked; the connection is closed."""


class MbapClient(asyncio.BufferedProtocol):
    """One connection, one request in flight."""

    def __init__(self) -> None:
        self._buffer = bytearray(2 * _LONGEST)
        self._filled = 0
        self._transport: asyncio.Transport | None = None
        self._transaction = 0
        self._asked: Request | None = None
        self._answer: asyncio.Future[bytes] | None = None
        self._given_up: deque[int] = deque(maxlen=_REMEMBERED)
        self.late = 0
        """Replies that came after their read was given up."""
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when the connection has gone."""

    @classmethod
    async def connect(cls, host: str, port: int, timeout_s: float) -> Self:
        """Raises ConnectionError (refused, unreachable, unknown host) or TimeoutError."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout_s):
                _, client = await loop.create_connection(cls, host, port)
        except TimeoutError:
            raise
        except OSError as error:
            raise ConnectionError(f"{host}:{port}: {error}") from error
        return client

    async def read(self, request: Request, timeout_s: float) -> bytes:
        """The reply's data: 2 x count bytes of registers, or count bits packed from the least significant.

        Raises ExceptionReply, TimeoutError (the connection stays), BadReply, ConnectionError.
        """
        if self._transport is None or self._transport.is_closing():
            raise ConnectionError("not connected")
        if self._answer is not None:
            raise RuntimeError("one request at a time")
        if self._filled:
            raise self._refuse("bytes that nobody asked for")
        self._transaction = self._transaction % 0xFFFF + 1
        with suppress(ValueError):
            self._given_up.remove(self._transaction)
        self._asked = request
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._answer = answer
        code = _FUNCTION[request.table]
        self._transport.write(
            _REQUEST.pack(self._transaction, 0, 6, request.unit, code, request.address, request.count)
        )
        try:
            async with asyncio.timeout(timeout_s):
                return await answer
        except (TimeoutError, asyncio.CancelledError):
            self._given_up.append(self._transaction)
            raise
        finally:
            self._answer = None

    async def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()
            with suppress(ConnectionError):
                await asyncio.shield(self.closed)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one in all but ancestry

    def connection_lost(self, error: Exception | None) -> None:
        self._fail(ConnectionError(f"connection lost: {error or 'closed by the device'}"))
        if not self.closed.done():
            self.closed.set_result(None)

    def get_buffer(self, sizehint: int) -> memoryview:
        return memoryview(self._buffer)[self._filled :]

    def buffer_updated(self, nbytes: int) -> None:
        self._filled += nbytes
        while self._filled >= _HEADER.size:
            transaction, protocol, length = _HEADER.unpack_from(self._buffer)
            if protocol != 0 or not 3 <= length <= 254:
                self._refuse(f"protocol id {protocol}, length {length}")
                return
            size = _HEADER.size + length
            if self._filled < size:
                return
            frame = bytes(memoryview(self._buffer)[_HEADER.size : size])
            self._buffer[: self._filled - size] = self._buffer[size : self._filled]
            self._filled -= size
            if not self._take(transaction, frame):
                return

    def _take(self, transaction: int, frame: bytes) -> bool:
        if transaction in self._given_up:
            self._given_up.remove(transaction)
            self.late += 1
            return True
        if self._answer is None or self._answer.done() or self._asked is None:
            self._refuse("a reply that nobody asked for")
            return False
        wrong = _mismatch(self._asked, frame)
        if transaction != self._transaction:
            wrong = f"transaction id {transaction} for {self._transaction}"
        if wrong:
            self._refuse(wrong)
            return False
        if frame[1] & 0x80:
            self._answer.set_exception(ExceptionReply(frame[2]))
        else:
            self._answer.set_result(frame[3:])
        return True

    def _refuse(self, why: str) -> BadReply:
        error = BadReply(f"reply refused: {why}")
        self._filled = 0
        self._fail(error)
        if self._transport is not None:
            self._transport.abort()
        return error

    def _fail(self, error: ConnectionError) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)


def _mismatch(asked: Request, frame: bytes) -> str | None:
    """What in a reply (unit id and PDU) does not answer the request; None when it does."""
    unit, code, third = frame[0], frame[1], frame[2]
    function = _FUNCTION[asked.table]
    if unit != asked.unit:
        return f"unit {unit} for {asked.unit}"
    if code == function | 0x80:
        return None if len(frame) == 3 else f"exception of {len(frame)} bytes"
    if code != function:
        return f"function code {code} for {function}"
    if third != asked.payload_size or len(frame) != 3 + asked.payload_size:
        return f"{third} bytes said, {len(frame) - 3} sent, {asked.payload_size} wanted"
    return None
