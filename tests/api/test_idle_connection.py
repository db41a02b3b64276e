"""A connection that was idle for a while is still good: whoever sends a command on it is answered."""

import asyncio

from tests.api.hub_at_work import hub_at_work

IDLE_S = 6.0
"""More than uvicorn allows by itself."""
ASKED = b"GET /healthz HTTP/1.1\r\nHost: hub\r\n\r\n"


async def test_a_command_is_never_sent_into_a_connection_that_is_just_being_closed(tmp_path):
    async with hub_at_work(tmp_path) as hub:
        host, port = hub.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        for wait_s in (0.0, IDLE_S):
            await asyncio.sleep(wait_s)
            writer.write(ASKED)
            status = await asyncio.wait_for(reader.readline(), 20)
            assert status.startswith(b"HTTP/1.1 200")
            await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20)
            await asyncio.sleep(0.1)
            reader._buffer.clear()  # the body
        writer.close()
        await writer.wait_closed()
