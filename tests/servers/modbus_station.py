"""Modbus TCP stations by pymodbus, each in a process of its own, forked of this one.

A message (see `tests.forks`) is PORT and UNIT..., 1 when there is none. Every unit holds the float32 100 x
unit + n (ABCD) at holding registers 2n for n < 60, the int16 -n at input register n, and a coil n that is on
when n is odd. Lines on stdin change it: `set UNIT N VALUE` writes a float, `fail UNIT CODE` answers every
read of the unit with that exception, `mute UNIT SECONDS` answers late, `heal UNIT` ends both. Each is
answered by a line.
"""

import asyncio
import struct
import sys
from functools import partial

from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from tests.forks import bear

FLOATS = 60


class Station:
    def __init__(self, units: list[int]) -> None:
        self.floats = {u: [100.0 * u + n for n in range(FLOATS)] for u in units}
        self.exception: dict[int, ExcCodes] = {}
        self.late_s: dict[int, float] = {}

    async def act(self, unit, code, start, address, count, registers, values) -> ExcCodes | None:
        await asyncio.sleep(self.late_s.get(unit, 0.0))
        if unit in self.exception:
            return self.exception[unit]
        if code == 3:
            words = struct.unpack(f">{2 * FLOATS}H", struct.pack(f">{FLOATS}f", *self.floats[unit]))
            registers[: len(words)] = words
        return None

    def device(self, unit: int) -> SimDevice:
        coils = [SimData(0, values=[bool(n % 2) for n in range(16)], datatype=DataType.BITS)]
        holding = [SimData(0, count=2 * FLOATS, values=0, datatype=DataType.REGISTERS)]
        inputs = [SimData(0, values=[-n for n in range(20)], datatype=DataType.INT16)]
        return SimDevice(unit, (coils, coils, holding, inputs), action=partial(self.act, unit))

    def obey(self, line: str) -> None:
        verb, unit, *rest = line.split()
        match verb, rest:
            case "set", [n, value]:
                self.floats[int(unit)][int(n)] = float(value)
            case "fail", [code]:
                self.exception[int(unit)] = ExcCodes(int(code))
            case "mute", [seconds]:
                self.late_s[int(unit)] = float(seconds)
            case _:
                self.exception.pop(int(unit), None)
                self.late_s.pop(int(unit), None)


async def main(port: int, *units: int) -> None:
    station = Station(list(units) or [1])
    server = ModbusTcpServer([station.device(u) for u in station.floats], address=("127.0.0.1", port))
    await server.listen()
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    print("ready", flush=True)
    while line := await reader.readline():
        station.obey(line.decode())
        print("done", flush=True)
    await server.shutdown()


if __name__ == "__main__":
    bear(lambda message: main(*map(int, message.split())))
