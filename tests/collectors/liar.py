"""A Modbus device that answers as it is told, byte for byte."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple


class Asked(NamedTuple):
    transaction: int
    unit: int
    code: int
    address: int
    count: int


Answer = Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]


def frame(asked: Asked, pdu: bytes, *, transaction=None, protocol=0, length=None, unit=None) -> bytes:
    head = (
        asked.transaction if transaction is None else transaction,
        protocol,
        len(pdu) + 1 if length is None else length,
        asked.unit if unit is None else unit,
    )
    return struct.pack(">HHHB", *head) + pdu


def registers(asked: Asked, values: list[int] | None = None) -> bytes:
    """The PDU of an honest reply: register n of address a holds a + n, unless told otherwise."""
    told = [asked.address + n for n in range(asked.count)] if values is None else values
    return struct.pack(f">BB{len(told)}H", asked.code, 2 * len(told), *told)


@asynccontextmanager
async def liar(answer: Answer, at: socket.socket | None = None) -> AsyncIterator[int]:
    """A server on the returned port that calls `answer` for each request. at: a bound socket."""
    writers = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            while True:
                transaction, _, _, *rest = struct.unpack(">HHHBBHH", await reader.readexactly(12))
                await answer(Asked(transaction, *rest), writer)
        writer.close()

    where = {"sock": at} if at else {"host": "127.0.0.1", "port": 0}
    server = await asyncio.start_server(serve, backlog=1024, **where)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in writers:
            writer.close()
