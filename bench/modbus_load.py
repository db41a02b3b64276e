"""The Modbus clients that `bench.modbus` compares, each in a process of its own, on the hub's event loop.

`python -m bench.modbus_load WHAT PORT N REGISTERS SECONDS DEPTH` prints what was done, and its CPU seconds.
"""

import asyncio
import gc
import os
import resource
import sys
from collections.abc import Callable, Coroutine
from typing import NoReturn

import numpy as np
import uvloop
from pymodbus.client import AsyncModbusTcpClient

from collectors.modbus.driver import ModbusSource
from collectors.modbus.group import Groups
from collectors.modbus.link import Question
from collectors.modbus.mbap import MbapClient
from collectors.modbus.plan import Request
from collectors.modbus.registers import Table
from collectors.modbus.slices import Slices
from collectors.modbus.spec import ModbusSpec
from core.model.conservation import Fate
from core.model.sample import Batch
from core.model.tag import Quantity, Tag
from core.model.text import Text
from core.runtime.clock import AnchoredClock

HZ = 4
CONNECTING_S = 2.0


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


class _Again:
    """Asks the same again as soon as it is answered, its data straight into a row of the matrix."""

    def __init__(self, client: MbapClient, row: memoryview, registers: int, done: list[int]) -> None:
        self.question = Question(Request(1, Table.HOLDING, 0, registers, ()))
        self._client, self._row, self._done = client, row, done

    def answered(self, payload: memoryview) -> None:
        self._row[:] = payload
        self._done[0] += 1
        self._client.send(self)

    def refused(self, code: int) -> None:
        raise RuntimeError(f"exception {code}")


async def ours(port: int, n: int, registers: int, seconds: float, depth: int) -> None:
    done, rows = [0], np.zeros((n * depth, 2 * registers), np.uint8)
    clients = [await MbapClient.connect("127.0.0.1", port) for _ in range(n)]
    for i in range(n * depth):
        client = clients[i // depth]
        client.send(_Again(client, rows[i].data.cast("B"), registers, done))
    await _steady(lambda: done[0], seconds)


async def pymodbus(port: int, n: int, registers: int, seconds: float, depth: int) -> None:
    done = [0]

    async def ask(client: AsyncModbusTcpClient) -> None:
        while True:
            reply = await client.read_holding_registers(0, count=registers, device_id=1)
            done[0] += len(reply.registers) == registers

    clients = [AsyncModbusTcpClient("127.0.0.1", port=port, retries=0) for _ in range(n)]
    for client in clients:
        await client.connect()
    _alive = [asyncio.create_task(ask(client)) for client in clients for _ in range(depth)]
    await _steady(lambda: done[0], seconds)


class _Nowhere:
    """A sink that only counts: what follows it is another bench's."""

    def __init__(self) -> None:
        self.samples = 0

    async def put(self, batch: Batch) -> int:
        self.samples += len(batch)
        return self.samples

    async def count(self, source: str, fate: Fate, samples: int) -> None:
        self.samples += samples


def _source(device: int, port: int, registers: int, clock: AnchoredClock, groups: Groups) -> ModbusSource:
    names = [f"d{device}.f{k}" for k in range(registers // 2)]
    points = [{"tag": name, "address": 2 * k, "type": "f32"} for k, name in enumerate(names)]
    spec = ModbusSpec.model_validate(
        {"type": "modbus", "id": f"d{device}", "host": "127.0.0.1", "port": port, "period_s": 1 / HZ}
        | {"units": [{"unit": 1, "points": points}]}
    )
    tags = {
        name: Tag(
            id=name, name=Text(name, name), quantity=Quantity.FLOW, unit="m3/h", station="st", period_s=1 / HZ
        )
        for name in names
    }
    return ModbusSource(spec, tags, clock, groups)


async def paced_ours(port: int, n: int, registers: int, seconds: float, depth: int) -> None:
    clock, sink = AnchoredClock(), _Nowhere()
    groups = Groups(Slices(clock))
    sources = [_source(i, port, registers, clock, groups) for i in range(n)]
    _alive = [asyncio.create_task(source.run(sink)) for source in sources]
    await _steady(lambda: sink.samples // (registers // 2), seconds)


async def paced_pymodbus(port: int, n: int, registers: int, seconds: float, depth: int) -> None:
    done = [0]

    async def device(number: int) -> None:
        client = AsyncModbusTcpClient("127.0.0.1", port=port, retries=0)
        await client.connect()
        loop = asyncio.get_running_loop()
        due = loop.time() + number / n / HZ
        while True:
            await asyncio.sleep(max(0.0, due - loop.time()))
            due += 1 / HZ
            reply = await client.read_holding_registers(0, count=registers, device_id=1)
            words = np.array(reply.registers, ">u2")
            done[0] += len(words.view(">f4").astype(float)) == registers // 2

    _alive = [asyncio.create_task(device(i)) for i in range(n)]
    await _steady(lambda: done[0], seconds)


async def _steady(done: Callable[[], int], seconds: float) -> NoReturn:
    """Tells what is done in `seconds` of steady running, after the connecting; what lives until the end is no
    matter of the garbage collector's, as in the hub. Then the process ends at once:
    pymodbus' calls do not always end when they are cancelled."""
    await asyncio.sleep(CONNECTING_S)
    gc.freeze()
    before, spent = done(), cpu()
    await asyncio.sleep(seconds)
    print(done() - before, cpu() - spent, flush=True)
    os._exit(0)


Load = Callable[[int, int, int, float, int], Coroutine[None, None, None]]
LOADS: dict[str, Load] = {
    "ours": ours,
    "pymodbus": pymodbus,
    "paced-ours": paced_ours,
    "paced-pymodbus": paced_pymodbus,
}


if __name__ == "__main__":
    what, port, n, registers, seconds, depth = sys.argv[1:]
    uvloop.run(LOADS[what](int(port), int(n), int(registers), float(seconds), int(depth)))
