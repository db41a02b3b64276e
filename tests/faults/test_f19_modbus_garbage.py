"""F19: what is not the one true reply is never a value: a million frames (short: 20,000), none believed.

The protocol is fed directly, as the event loop feeds it, so that a million frames take minutes and not hours;
the dozen lies of the reliability matrix go over real sockets in tests/collectors/test_modbus_client.py.
"""

import asyncio
import random
import struct

from collectors.modbus.link import Question
from collectors.modbus.mbap import MbapClient
from collectors.modbus.plan import Request
from collectors.modbus.registers import Table
from tests.collectors.bus import rtu
from tests.faults.forms import form

FRAMES = form(20_000, 1_000_000)
SEED = 20261125


class Transport(asyncio.Transport):
    """Where the client's bytes go; what matters is whether it was closed."""

    def __init__(self) -> None:
        super().__init__()
        self.sent, self.gone = b"", False

    def write(self, data) -> None:
        self.sent = bytes(data)

    def is_closing(self) -> bool:
        return self.gone

    def abort(self) -> None:
        self.gone = True


class Ask:
    def __init__(self, request: Request) -> None:
        self.question, self.payload, self.code = Question(request), None, None

    def answered(self, payload) -> None:
        assert self.payload is None
        self.payload = bytes(payload)

    def refused(self, code) -> None:
        self.code = code


def deal(client: MbapClient, data: bytes, chance: random.Random) -> None:
    """In pieces, as a network does."""
    while data and not client._transport.gone:
        buffer = client.get_buffer(-1)
        size = min(len(data), len(buffer), chance.choice((1, 5, 9, 64, 4096)))
        buffer[:size], data = data[:size], data[size:]
        client.buffer_updated(size)


def mutate(true: bytes, chance: random.Random) -> bytes:
    made = bytearray(true)
    for _ in range(chance.choice((1, 1, 2, 5))):
        match chance.randrange(5):
            case 0:
                made[chance.randrange(len(made))] ^= 1 << chance.randrange(8)
            case 1:
                del made[chance.randrange(len(made)) :]
            case 2:
                made[chance.randrange(len(made) + 1) : 0] = chance.randbytes(chance.randrange(1, 8))
            case 3:
                made += chance.randbytes(chance.randrange(1, 300))
            case _:
                made = bytearray(chance.randbytes(chance.randrange(1, 300)))
        made = made or bytearray(b"\0")
    return bytes(made)


async def test_f19_no_fuzzed_frame_becomes_a_value_but_the_true_one():
    """A value is taken only when the frame it came in was, byte for byte, a whole true reply but for its
    data: in data alone no protocol without a checksum can see a flipped bit, and TCP has one."""
    chance = random.Random(SEED)
    table = {1: Table.COIL, 2: Table.DISCRETE, 3: Table.HOLDING, 4: Table.INPUT}
    taken = 0
    for number in range(FRAMES):
        client, wire = MbapClient(), Transport()
        client.connection_made(wire)
        code, unit, count = chance.randrange(1, 5), chance.randrange(256), chance.randrange(1, 126)
        ask = Ask(Request(unit, table[code], chance.randrange(60_000), count, ()))
        client.send(ask)
        size = (count + 7) // 8 if code <= 2 else 2 * count
        head = wire.sent[:2] + struct.pack(">HHBBB", 0, 3 + size, unit, code, size)
        sent = mutate(head + chance.randbytes(size), chance)
        deal(client, sent, chance)
        if ask.payload is not None:
            at = sent.find(head + ask.payload)
            assert at == 0, f"frame {number} of seed {SEED}: {sent.hex()}"
            taken += 1
        elif ask.code is not None:
            assert sent[6:9] == bytes([unit, code | 0x80, ask.code])
        client.connection_lost(None)
    assert taken < FRAMES / 2


async def test_f19_no_fuzzed_rtu_frame_becomes_a_value_but_one_whose_checksum_holds():
    from collectors.modbus.framed import FramedClient
    from collectors.modbus.spec import ModbusSpec

    spec = ModbusSpec.model_validate(
        {"type": "modbus", "id": "x", "host": "h", "framing": "rtu"}
        | {"units": [{"unit": 5, "points": [{"tag": "t", "address": 7}]}]}
    )
    chance = random.Random(SEED)
    for number in range(FRAMES // 10):
        client, count = FramedClient(spec), chance.randrange(1, 126)
        ask = Ask(Request(5, Table.HOLDING, 7, count, ()))
        client._asked = ask
        data = chance.randbytes(2 * count)
        sent = mutate(rtu(bytes([5, 3, 2 * count]) + data), chance)
        at, heard = 0, b""
        while at < len(sent) and not client.closed.done():
            at += chance.choice((1, 5, 64, 300))
            heard = client._packet(False, sent[:at])
        if client._payload is not None and not client.closed.done():
            assert sent[:at] == rtu(b"\x05\x03" + bytes([2 * count]) + client._payload), f"{number} of {SEED}"
        assert heard in (b"", sent[:at])
        client._lose(ConnectionError("next"))
