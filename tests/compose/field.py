"""The field of the container test: a Modbus station, an OPC UA server and two meters that publish over TLS.

    python -m tests.compose.field FOLDER

FOLDER holds `meters.json` ({meter: password}) and `ca.crt`; every reading that the broker has acknowledged is
appended to `acknowledged.jsonl` there, so that what the hub stored can be held against it. A reading's
register is its own number, so that no two are equal.
"""

import asyncio
import json
import math
import random
import struct
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from asyncua import Server, ua
from asyncua.crypto.cert_gen import (
    dump_private_key_as_pem,
    generate_private_key,
    generate_self_signed_app_certificate,
)
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

URI = "urn:test:field"
USUAL = {"free_chlorine": 0.45, "turbidity": 0.25, "ph": 7.4}
EVERY_S = 0.5


def wobble(usual: float) -> float:
    return round(usual * (1 + 0.02 * math.sin(time.time() / 60) + random.gauss(0, 0.003)), 4)


async def modbus() -> None:
    async def act(
        function: int, _start: int, _address: int, _count: int, registers: list[int], _v: Any
    ) -> None:
        if function == 3:
            registers[:2] = struct.unpack(">2H", struct.pack(">f", wobble(120.0)))
        if function == 4:
            registers[0] = round(100 * wobble(32.0))

    words = [SimData(0, count=4, values=0, datatype=DataType.REGISTERS)]
    bits = [SimData(0, values=[False] * 16, datatype=DataType.BITS)]
    device = SimDevice(1, (bits, bits, words, words), action=act)
    await ModbusTcpServer([device], address=("0.0.0.0", 1502)).serve_forever()


async def opcua() -> None:
    server = Server()
    await server.init()
    server.set_endpoint("opc.tcp://0.0.0.0:4840/plant")
    server.set_security_policy([ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt])
    await server.set_application_uri(URI)
    key = generate_private_key()
    names = [x509.UniformResourceIdentifier(URI), x509.DNSName("field")]
    certificate = generate_self_signed_app_certificate(
        key, "Field", {}, names, [ExtendedKeyUsageOID.SERVER_AUTH], days=30
    )
    await server.load_certificate(certificate.public_bytes(Encoding.DER), format="der")
    await server.load_private_key(dump_private_key_as_pem(key), format="pem")
    index = await server.register_namespace(URI)
    nodes = {
        name: await server.nodes.objects.add_variable(ua.NodeId(name, index), name, usual)
        for name, usual in USUAL.items()
    }
    async with server:
        while True:
            for name, node in nodes.items():
                await server.write_attribute_value(node.nodeid, ua.DataValue(wobble(USUAL[name])))
            await asyncio.sleep(1.0)


def acknowledged(client: Client, topic: str, body: str) -> bool:
    """Whether the broker has it; False while there is no connection."""
    told = client.publish(topic, body, qos=1)
    with suppress(RuntimeError, ValueError):
        while not told.is_published():
            told.wait_for_publish(1.0)
        return True
    return False


def readings(meter: str, password: str, folder: Path) -> None:
    """Publishes one reading after another for ever; the next goes out when the last is acknowledged."""
    client = Client(CallbackAPIVersion.VERSION2, client_id=f"meter-{meter}")
    client.username_pw_set(meter, password)
    client.tls_set(str(folder / "ca.crt"))
    client.connect_async("mosquitto", 8883)
    client.loop_start()
    number = 0
    while True:
        number += 1
        t = datetime.now(UTC).isoformat(timespec="milliseconds")
        body = json.dumps({"meter": meter, "readings": [{"t": t, "m3": float(number)}]})
        while not acknowledged(client, f"meters/{meter}/readings", body):
            time.sleep(0.2)
        with (folder / "acknowledged.jsonl").open("a") as log:
            log.write(json.dumps({"tag": f"meter.{meter}", "t": t, "m3": number}) + "\n")
        time.sleep(EVERY_S)


async def main(folder: Path) -> None:
    meters: dict[str, str] = json.loads((folder / "meters.json").read_text())
    await asyncio.gather(
        modbus(), opcua(), *(asyncio.to_thread(readings, m, p, folder) for m, p in meters.items())
    )


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
