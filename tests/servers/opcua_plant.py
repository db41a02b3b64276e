"""An OPC UA server by asyncua, in a process of its own: `python -m tests.servers.opcua_plant PORT [NODES]`.

Variables `s=v-0` … of namespace urn:test:plant, Double, n at first. Lines on stdin change it: `set N VALUE`,
`bad N CODE` (hexadecimal StatusCode), `stamp N VALUE SECONDS` (a source time that many seconds off),
`add NAME VALUE`. Each is answered by a line.
"""

import asyncio
import gc
import logging
import sys
from datetime import UTC, datetime, timedelta

from asyncua import Server, ua

URI = "urn:test:plant"


def reading(value: float, code: int = 0, seconds: float = 0.0) -> ua.DataValue:
    return ua.DataValue(
        ua.Variant(value, ua.VariantType.Double),
        ua.StatusCode(code),
        SourceTimestamp=datetime.now(UTC) + timedelta(seconds=seconds),
    )


async def main(port: int, nodes: int) -> None:
    logging.disable(logging.CRITICAL)
    server = Server()
    gc.disable()  # the standard address space is 4 times as fast to build without looking for cycles
    await server.init()
    gc.freeze()
    gc.enable()
    server.set_endpoint(f"opc.tcp://127.0.0.1:{port}/plant")
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    await server.register_namespace("urn:something:else")
    index = await server.register_namespace(URI)

    async def add(name: str, value: float) -> None:
        node = ua.NodeId(name, index)
        await server.nodes.objects.add_variable(node, name, value, ua.VariantType.Double)
        await server.write_attribute_value(node, reading(value))

    async def obey(line: str) -> None:
        verb, name, *rest = line.split()
        node = ua.NodeId(f"v-{name}", index)
        match verb, rest:
            case "add", [value]:
                await add(name, float(value))
            case "set", [value]:
                await server.write_attribute_value(node, reading(float(value)))
            case "bad", [code]:
                await server.write_attribute_value(node, reading(0.0, int(code, 16)))
            case "stamp", [value, seconds]:
                await server.write_attribute_value(node, reading(float(value), 0, float(seconds)))

    for n in range(nodes):
        await add(f"v-{n}", float(n))
    async with server:
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
        )
        print("ready", flush=True)
        while line := await reader.readline():
            await obey(line.decode())
            print("done", flush=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5))
