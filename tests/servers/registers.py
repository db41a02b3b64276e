"""A Modbus device that holds nothing but the registers it is given, by pymodbus, in a thread of its own.

A read of any other address is exception 2; another unit does not answer.
"""

import asyncio
import contextlib
import os
import select
import struct
import threading
import tty
from collections.abc import Iterator, Mapping

from pymodbus import FramerType
from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from tests.ports import free_port

Registers = Mapping[tuple[str, int], int]
"""Words by table (holding, input) and address."""

_NOWHERE = 0xFFF0


def f32(value: float, order: str = "ABCD") -> list[int]:
    """The two words of a float, the letters naming its bytes as they travel."""
    big = struct.pack(">f", value)
    wire = bytes(big["ABCD".index(letter)] for letter in order)
    return list(struct.unpack(">2H", wire))


def at(table: str, address: int, words: list[int]) -> dict[tuple[str, int], int]:
    return {(table, address + n): word for n, word in enumerate(words)}


def _blocks(registers: Registers, table: str) -> list[SimData]:
    words = sorted((address, word) for (of, address), word in registers.items() if of == table)
    made, run = [], list[tuple[int, int]]()
    for address, word in [*words, (1 << 20, 0)]:
        if run and address != run[-1][0] + 1:
            values = [w for _, w in run]
            made.append(SimData(run[0][0], values=values, datatype=DataType.REGISTERS))
            run = []
        run.append((address, word))
    return made or [SimData(_NOWHERE, values=[0], datatype=DataType.REGISTERS)]


async def _refuse(*_request: object) -> ExcCodes:
    return ExcCodes.GATEWAY_NO_RESPONSE


def _crc(frame: bytes) -> bytes:
    """CRC-16 of MODBUS over Serial Line V1.02, 6.2.2, bit by bit."""
    register = 0xFFFF
    for byte in frame:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ (0xA001 if register & 1 else 0)
    return struct.pack("<H", register)


@contextlib.contextmanager
def on_serial_line(registers: Registers, unit: int = 1) -> Iterator[str]:
    """The same device in RTU framing at the far end of a pseudo-terminal; the path of the near end."""
    far, near = os.openpty()
    tty.setraw(near)
    stopping = threading.Event()

    def serve() -> None:
        pending = b""
        while not stopping.is_set():
            if not select.select([far], [], [], 0.05)[0]:
                continue
            pending += os.read(far, 256)
            while len(pending) >= 8:
                asked, pending = pending[:8], pending[8:]
                who, code, address, count = struct.unpack(">BBHH", asked[:6])
                if who == unit and _crc(asked[:6]) == asked[6:]:
                    body = _body(registers, code, range(address, address + count))
                    os.write(far, bytes([who]) + body + _crc(bytes([who]) + body))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield os.ttyname(near)
    finally:
        stopping.set()
        thread.join(10)
        os.close(far)
        os.close(near)


def _body(registers: Registers, code: int, addresses: range) -> bytes:
    table = {3: "holding", 4: "input"}[code]
    if any((table, address) not in registers for address in addresses):
        return bytes([code | 0x80, 2])
    words = [registers[table, address] for address in addresses]
    return bytes([code, 2 * len(words)]) + struct.pack(f">{len(words)}H", *words)


@contextlib.contextmanager
def device(
    registers: Registers, unit: int = 1, *, framer: FramerType = FramerType.SOCKET, gateway: bool = False
) -> Iterator[int]:
    """Its port. gateway: other units are answered with exception 11, not with silence."""
    bits = [SimData(_NOWHERE, values=[False] * 16, datatype=DataType.BITS)]
    simdata = (bits, bits, _blocks(registers, "holding"), _blocks(registers, "input"))
    devices = [SimDevice(unit, simdata)]
    if gateway:
        everywhere = SimData(0, count=65536, datatype=DataType.REGISTERS)
        devices.append(SimDevice(0, everywhere, action=_refuse))
    port, ready, loop = free_port(), threading.Event(), asyncio.new_event_loop()
    stop = asyncio.Event()

    def mute(sending: bool, frame: bytes) -> bytes:
        at = 6 if framer is FramerType.SOCKET else 0
        return b"" if sending and not gateway and frame[at : at + 1] != bytes([unit]) else frame

    async def serve() -> None:
        server = ModbusTcpServer(devices, framer=framer, address=("127.0.0.1", port), trace_packet=mute)
        await server.serve_forever(background=True)
        ready.set()
        await stop.wait()
        await server.shutdown()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield port
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()
