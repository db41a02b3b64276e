"""mbpoll (libmodbus, C) and the hub read the same registers of the same station."""

import asyncio
import re

from collectors.modbus.driver import ModbusSource
from collectors.modbus.spec import ModbusSpec
from tests.collectors.field import eventually, running, serving, tags
from tests.need import need
from tests.ports import free_port


async def mbpoll(port: int, *arguments: str) -> list[float]:
    """Values of one poll, by 0-based address."""
    process = await asyncio.create_subprocess_exec(
        *(need("mbpoll"), "-m", "tcp", "-p", str(port), "-0", "-1", *arguments, "127.0.0.1"),
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await process.communicate()
    assert process.returncode == 0
    lines = re.findall(r"^\[\d+\]:\s+(\S+)(?: \((-\d+)\))?", printed.decode(), re.MULTILINE)
    return [float(signed or plain) for plain, signed in lines]


async def test_mbpoll_reads_what_the_hub_reads(kept, clock):
    port = free_port()
    need("mbpoll")
    tables = {
        "holding": [{"tag": f"h{n}", "table": "holding", "address": 2 * n, "type": "f32"} for n in range(60)],
        "input": [{"tag": f"i{n}", "table": "input", "address": n, "type": "i16"} for n in range(20)],
        "coil": [{"tag": f"c{n}", "table": "coil", "address": n, "type": "bool"} for n in range(16)],
    }
    spec = ModbusSpec.model_validate(
        {"type": "modbus", "id": "st", "host": "127.0.0.1", "port": port, "period_s": 0.1}
        | {"units": [{"unit": 2, "points": [p for some in tables.values() for p in some]}]}
    )
    names = [p.tag for p in spec.units[0].points]
    async with serving("modbus_station", port, 1, 2) as station:
        await station.tell("set 2 17 -1234.5")
        async with running(ModbusSource(spec, tags(names), clock), kept):
            await eventually(lambda: {s.tag for batch in kept.batches for s in batch.samples()} == set(names))
        ours = {s.tag: s.v for batch in kept.batches for s in batch.samples()}
        floats = await mbpoll(port, "-a", "2", "-t", "4:float", "-B", "-r", "0", "-c", "60")
        numbers = await mbpoll(port, "-a", "2", "-t", "3", "-r", "0", "-c", "20")
        coils = await mbpoll(port, "-a", "2", "-t", "0", "-r", "0", "-c", "16")
    assert [ours[f"h{n}"] for n in range(60)] == floats
    assert [ours[f"i{n}"] for n in range(20)] == numbers
    assert [ours[f"c{n}"] for n in range(16)] == coils
