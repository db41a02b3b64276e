"""A field of three protocols that remembers everything it ever said: `python -m tests.servers.three_fields`.

    … MODBUS_PORT OPCUA_PORT MQTT_PORT MODBUS_UNITS OPCUA_NODES METERS

Modbus: each unit has 100 input registers, which all hold the number of the read that asks for them. OPC UA:
`s=n-0` … of namespace urn:test:three, each written once a second. MQTT: each meter publishes one reading a
second, QoS 1. Lines of standard input: `publish` begins the meters, `quiet` ends writing and publishing,
`tell FILE` writes what was said: reads by unit, writes by node and publications by meter as (source time in
microseconds, value).
"""

import asyncio
import json
import logging
import sys
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from asyncua import Server, ua
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

REGISTERS = 100
URI = "urn:test:three"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Field:
    def __init__(self, units: int, nodes: int, meters: int) -> None:
        self.reads = dict.fromkeys(range(1, units + 1), 0)
        self.writes: dict[int, list[tuple[int, float]]] = {n: [] for n in range(nodes)}
        self.published: dict[int, list[tuple[int, float]]] = {n: [] for n in range(meters)}
        self.said: list[Any] = []

    async def modbus(self, port: int) -> None:
        async def answer(
            unit: int, _f: int, _s: int, _a: int, _c: int, registers: list[int], _v: Any
        ) -> None:
            self.reads[unit] += 1
            registers[:] = [self.reads[unit] % 60_000] * len(registers)

        bits = [SimData(0, values=[False] * 16, datatype=DataType.BITS)]
        words = [SimData(0, count=REGISTERS, values=0, datatype=DataType.REGISTERS)]
        devices = [SimDevice(u, (bits, bits, words, words), action=partial(answer, u)) for u in self.reads]
        await ModbusTcpServer(devices, address=("127.0.0.1", port)).serve_forever()

    async def opcua(self, port: int) -> None:
        server = Server()
        await server.init()
        server.set_endpoint(f"opc.tcp://127.0.0.1:{port}/three")
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        index = await server.register_namespace(URI)
        folders = [
            await server.nodes.objects.add_folder(index, f"f-{n}") for n in range(len(self.writes) // 50 + 1)
        ]
        for n in self.writes:
            await folders[n // 50].add_variable(ua.NodeId(f"n-{n}", index), f"n-{n}", 0.0)
        async with server:
            print("ready", flush=True)
            count = 0
            while True:
                count += 1
                for n, written in self.writes.items():
                    now = datetime.now(UTC)
                    value = ua.DataValue(ua.Variant(float(count), ua.VariantType.Double), SourceTimestamp=now)
                    written.append(((now - EPOCH) // timedelta(microseconds=1), float(count)))
                    await server.write_attribute_value(ua.NodeId(f"n-{n}", index), value)
                await asyncio.sleep(1.0)

    async def mqtt(self, port: int) -> None:
        client = Client(CallbackAPIVersion.VERSION2, client_id="three-fields")
        client.max_queued_messages_set(0)
        client.connect("127.0.0.1", port)
        client.loop_start()
        count = 0
        while True:
            count += 1
            for meter, published in self.published.items():
                now = datetime.now(UTC)
                body = {"meter": f"M{meter}", "readings": [{"t": now.isoformat(), "m3": float(count)}]}
                published.append(((now - EPOCH) // timedelta(microseconds=1), float(count)))
                self.said.append(client.publish(f"meters/M{meter}/readings", json.dumps(body), qos=1))
            await asyncio.sleep(1.0)

    def tell(self, file: Path) -> None:
        """Only what the broker has acknowledged counts as published."""
        for told in self.said:
            told.wait_for_publish(10)
        file.write_text(json.dumps({"reads": self.reads, "writes": self.writes, "published": self.published}))


async def main(modbus: int, opcua: int, mqtt: int, units: int, nodes: int, meters: int) -> None:
    logging.disable(logging.CRITICAL)
    field = Field(units, nodes, meters)
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    servers = [asyncio.create_task(field.modbus(modbus)), asyncio.create_task(field.opcua(opcua))]
    while line := (await reader.readline()).decode().split():
        if line[0] == "publish":
            servers.append(asyncio.create_task(field.mqtt(mqtt)))
        elif line[0] == "quiet":
            for server in servers[1:]:
                server.cancel()
        else:
            await asyncio.to_thread(field.tell, Path(line[1]))
        print("done", flush=True)


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))
