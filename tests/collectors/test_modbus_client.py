"""The client believes a reply only when everything in it is what was asked."""

import asyncio
import struct

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collectors.modbus.link import BadReply
from collectors.modbus.mbap import MbapClient
from collectors.modbus.plan import Request
from collectors.modbus.reading import ExceptionReply, read
from collectors.modbus.registers import Table
from tests.collectors.liar import frame, liar, registers

TEN = Request(7, Table.HOLDING, 100, 10, ())

LIES = {
    "another transaction": lambda a: frame(a, registers(a), transaction=a.transaction + 1),
    "transaction 0": lambda a: frame(a, registers(a), transaction=0),
    "another protocol": lambda a: frame(a, registers(a), protocol=1),
    "another unit": lambda a: frame(a, registers(a), unit=8),
    "input registers for holding": lambda a: frame(a, b"\x04" + registers(a)[1:]),
    "coils for registers": lambda a: frame(a, b"\x01\x02\xff\xff"),
    "fewer registers": lambda a: frame(a, registers(a, [1, 2])),
    "more registers": lambda a: frame(a, registers(a, list(range(11)))),
    "an odd byte count": lambda a: frame(a, b"\x03\x13" + bytes(19)),
    "byte count and data differ": lambda a: frame(a, b"\x03\x14" + bytes(18)),
    "no data at all": lambda a: frame(a, b"\x03", length=2),
    "a length beyond a frame": lambda a: frame(a, registers(a), length=255),
    "an exception with a tail": lambda a: frame(a, b"\x83\x02\x00"),
    "another function's exception": lambda a: frame(a, b"\x84\x02"),
    "garbage": lambda a: b"\xde\xad\xbe\xef" * 8,
    "two replies": lambda a: 2 * frame(a, registers(a)),
}


async def ask(port: int, request: Request = TEN, timeout_s: float = 1.0) -> bytes:
    client = await MbapClient.connect("127.0.0.1", port, 1.0)
    try:
        return await read(client, request, timeout_s)
    finally:
        await client.close()


@pytest.mark.parametrize("lie", [name for name in LIES if name != "two replies"])
async def test_a_lie_is_refused_and_the_connection_closed(lie):
    async def answer(asked, writer):
        writer.write(LIES[lie](asked))

    async with liar(answer) as port:
        client = await MbapClient.connect("127.0.0.1", port, 1.0)
        with pytest.raises(BadReply):
            await read(client, TEN, 1.0)
        await asyncio.wait_for(client.closed, 1.0)
        with pytest.raises(ConnectionError):
            await read(client, TEN, 1.0)


async def test_a_reply_nobody_asked_for_closes_the_connection():
    async def answer(asked, writer):
        writer.write(LIES["two replies"](asked))

    async with liar(answer) as port:
        client = await MbapClient.connect("127.0.0.1", port, 1.0)
        assert await read(client, TEN, 1.0) == struct.pack(">10H", *range(100, 110))
        await asyncio.wait_for(client.closed, 1.0)


async def test_an_exception_is_told_and_the_connection_stays():
    async def answer(asked, writer):
        writer.write(frame(asked, bytes([asked.code | 0x80, 2]) if asked.address else registers(asked)))

    async with liar(answer) as port:
        client = await MbapClient.connect("127.0.0.1", port, 1.0)
        with pytest.raises(ExceptionReply) as refusal:
            await read(client, TEN, 1.0)
        assert refusal.value.code == 2
        assert len(await read(client, Request(7, Table.HOLDING, 0, 2, ()), 1.0)) == 4
        await client.close()


async def test_a_reply_in_single_bytes_is_one_reply():
    async def answer(asked, writer):
        for byte in frame(asked, registers(asked)):
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0)

    async with liar(answer) as port:
        assert await ask(port) == struct.pack(">10H", *range(100, 110))


async def test_the_late_reply_of_one_read_is_never_the_answer_to_another():
    """pymodbus on RTU framing gives register 200's value to the read of 300; here each is its own."""
    late = []

    async def answer(asked, writer):
        if asked.address % 3 == 0:
            late.append(frame(asked, registers(asked)))
            return
        writer.write(b"".join(late) + frame(asked, registers(asked)))
        late.clear()

    async with liar(answer) as port:
        client = await MbapClient.connect("127.0.0.1", port, 1.0)
        for address in range(40):
            request = Request(7, Table.HOLDING, address, 3, ())
            if address % 3 == 0:
                with pytest.raises(TimeoutError):
                    await read(client, request, 0.02)
            else:
                expected = struct.pack(">3H", address, address + 1, address + 2)
                assert await read(client, request, 1.0) == expected
        assert client.late == 13
        await client.close()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(min_size=1, max_size=40)
    | st.binary(max_size=40).map(lambda tail: b"\x00\x01\x00\x00" + tail)
    | st.binary(max_size=9).map(lambda tail: b"\x00\x01\x00\x00\x00\x05\x07\x03" + tail)
)
def test_no_bytes_make_a_wrong_value_or_an_uncaught_error(junk):
    """Whatever comes for the first read (transaction 1) of one register of value 100: that, or an error."""

    async def trial() -> bytes | None:
        problems = []
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: problems.append(context))

        async def answer(asked, writer):
            writer.write(junk)
            writer.write_eof()

        async with liar(answer) as port:
            try:
                found = await ask(port, Request(7, Table.HOLDING, 100, 1, ()), 0.5)
            except (ConnectionError, TimeoutError, ExceptionReply):
                found = None
        assert not problems
        return found

    found = asyncio.run(trial())
    honest = struct.pack(">HHHBBB", 1, 0, 5, 7, 3, 2)
    assert found is None or junk.startswith(honest + found)


async def test_bits_come_packed():
    async def answer(asked, writer):
        writer.write(frame(asked, b"\x01\x02\xcd\x01"))

    async with liar(answer) as port:
        assert await ask(port, Request(1, Table.COIL, 0, 9, ())) == b"\xcd\x01"


async def test_nobody_there_is_a_connection_error():
    async with liar(lambda *_: None) as port:
        pass
    with pytest.raises(ConnectionError):
        await MbapClient.connect("127.0.0.1", port, 1.0)
