"""What a connection owner asks of a transport, and how a reply is checked, whatever the framing."""

import asyncio
import struct
from typing import Protocol

from collectors.modbus.plan import Request
from collectors.modbus.registers import Table

CONNECT_S = 3.0

FUNCTION = {Table.COIL: 1, Table.DISCRETE: 2, Table.HOLDING: 3, Table.INPUT: 4}
"""All that can be said to a device: there is no code that writes."""


class BadReply(ConnectionError):
    """What came is not the answer to what was asked; the connection is closed. ask: whose answer it was
    to be, where that is known."""

    ask: "Ask | None" = None


_TAIL = struct.Struct(">HHBBHH")
_TRUE = struct.Struct(">HHBBB")


class Question:
    """A request in the bytes of MBAP. tail: all of it after the transaction id; wanted: what its one true
    reply has between transaction id and data; size: of that reply."""

    __slots__ = ("request", "size", "tail", "wanted")

    def __init__(self, request: Request) -> None:
        code, data = FUNCTION[request.table], request.payload_size
        self.request = request
        self.tail = _TAIL.pack(0, 6, request.unit, code, request.address, request.count)
        self.wanted = _TRUE.pack(0, 3 + data, request.unit, code, data)
        self.size = 9 + data


class Ask(Protocol):
    """A question under way. Exactly one of the two is called, at most once, unless it is given up."""

    @property
    def question(self) -> Question: ...

    def answered(self, payload: memoryview) -> None:
        """payload: the reply's data, valid during the call only: 2 x count bytes of registers, or count
        bits packed from the least significant."""
        ...

    def refused(self, code: int) -> None:
        """The unit answered with this Modbus exception."""
        ...


class Link(Protocol):
    """One open connection. When it goes, by itself or because a reply was refused, `closed` has the
    ConnectionError as its result, and nothing more is called on the asks outstanding."""

    closed: asyncio.Future[ConnectionError]
    late: int
    """Replies that came after their question was given up."""

    def send(self, ask: Ask) -> None: ...

    def give_up(self, ask: Ask) -> None:
        """Its reply, should it still come, is dropped."""
        ...

    async def close(self) -> None: ...


def mismatch(asked: Request, body: bytes | memoryview) -> str | None:
    """What in a reply (unit id and PDU) does not answer the request; None when it does."""
    if len(body) < 3:
        return f"a reply of {len(body)} bytes"
    unit, code, third = body[0], body[1], body[2]
    function = FUNCTION[asked.table]
    if unit != asked.unit:
        return f"unit {unit} for {asked.unit}: device answers as unit {unit}: set unit"
    if code == function | 0x80:
        return None if len(body) == 3 else f"exception of {len(body)} bytes"
    if code != function:
        return f"function code {code} for {function}"
    if third != asked.payload_size or len(body) != 3 + asked.payload_size:
        return f"{third} bytes said, {len(body) - 3} sent, {asked.payload_size} wanted"
    return None
