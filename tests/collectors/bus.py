"""A serial bus that answers as it is told, byte for byte: behind a TCP gateway, or on a pseudo-terminal.

Its own framing and checksums: it shares no code with what it tests.
"""

import asyncio
import contextlib
import os
import struct
import tty
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from tests.collectors.liar import Asked

Send = Callable[[bytes], None]
Answer = Callable[[Asked, Send], None]


def crc(data: bytes) -> bytes:
    """CRC-16 of MODBUS over Serial Line V1.02, 6.2.2, bit by bit."""
    register = 0xFFFF
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ (0xA001 if register & 1 else 0)
    return struct.pack("<H", register)


def rtu(body: bytes) -> bytes:
    return body + crc(body)


def ascii_frame(body: bytes) -> bytes:
    return b":" + (body + bytes([-sum(body) & 0xFF])).hex().upper().encode() + b"\r\n"


def honest(asked: Asked) -> bytes:
    """Unit and PDU of a true reply: register or bit n of unit u holds u x 1000 + n (bits: n odd)."""
    if asked.code <= 2:
        bits = [(asked.address + n) % 2 for n in range(asked.count)]
        packed = bytearray((asked.count + 7) // 8)
        for n, bit in enumerate(bits):
            packed[n // 8] |= bit << n % 8
        return bytes([asked.unit, asked.code, len(packed)]) + packed
    words = [(asked.unit * 1000 + asked.address + n) & 0xFFFF for n in range(asked.count)]
    return struct.pack(f">BBB{len(words)}H", asked.unit, asked.code, 2 * len(words), *words)


class Bus:
    """Counts what was asked by unit; `codes` are the function codes that ever came."""

    def __init__(self, answer: Answer, framing: str = "rtu") -> None:
        self._answer, self._framing = answer, framing
        self.asked: list[Asked] = []
        self.connections = 0

    @property
    def codes(self) -> set[int]:
        return {asked.code for asked in self.asked}

    def _whole(self, pending: bytearray) -> bytes | None:
        if self._framing == "rtu":
            if len(pending) < 8:
                return None
            frame = bytes(pending[:8])
            del pending[:8]
            assert crc(frame[:6]) == frame[6:]
            return frame[:6]
        end = pending.find(b"\r\n")
        if end < 0:
            return None
        body = bytes.fromhex(pending[1:end].decode())
        del pending[: end + 2]
        assert sum(body) & 0xFF == 0
        return body[:-1]

    def feed(self, pending: bytearray, data: bytes, send: Send) -> None:
        pending += data
        while (body := self._whole(pending)) is not None:
            asked = Asked(0, *struct.unpack(">BBHH", body))
            self.asked.append(asked)
            self._answer(asked, send)

    def frame(self, body: bytes) -> bytes:
        return rtu(body) if self._framing == "rtu" else ascii_frame(body)

    @asynccontextmanager
    async def gateway(self) -> AsyncIterator[int]:
        """On the returned TCP port."""
        writers: list[asyncio.StreamWriter] = []

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.connections += 1
            writers.append(writer)
            pending = bytearray()
            with contextlib.suppress(ConnectionError):
                while data := await reader.read(1024):
                    self.feed(pending, data, lambda out: None if writer.is_closing() else writer.write(out))
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            for writer in writers:
                writer.close()

    @asynccontextmanager
    async def line(self) -> AsyncIterator[str]:
        """On the returned serial device, a pseudo-terminal."""
        ours, theirs = os.openpty()
        tty.setraw(theirs)
        os.set_blocking(ours, False)
        pending, loop = bytearray(), asyncio.get_running_loop()

        def ready() -> None:
            with contextlib.suppress(BlockingIOError, OSError):
                self.feed(pending, os.read(ours, 1024), lambda out: os.write(ours, out))

        loop.add_reader(ours, ready)
        try:
            yield os.ttyname(theirs)
        finally:
            loop.remove_reader(ours)
            os.close(ours)
            os.close(theirs)
