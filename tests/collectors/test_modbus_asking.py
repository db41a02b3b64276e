"""What asks devices by hand cannot write to them."""

import asyncio

import pytest

from collectors.modbus.asking import Asker, Door
from collectors.modbus.registers import Table
from tests.servers.registers import at, device


def test_a_frame_that_writes_never_leaves_the_machine():
    async def write(port):
        asker = Asker(Door("127.0.0.1", port))
        await asker.open()
        try:
            with pytest.raises(PermissionError, match="function 6"):
                await asker._client.write_register(0, 99)
            return await asker.read(1, Table.HOLDING, 0, 1)
        finally:
            asker.close()

    with device(at("holding", 0, [7])) as port:
        assert asyncio.run(write(port)) == [7]
