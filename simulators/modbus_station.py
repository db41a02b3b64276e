"""A Modbus TCP station of the town: pymodbus' own server over what the board says.

    python -m simulators.modbus_station --config configs/demo --data .waterhub/demo --station st-01

Read-only: writing function codes are answered with exception 1 (illegal function).
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice
from pymodbus.simulator.simdevice import SimAction

from simulators.board import BoardError, BoardReader
from simulators.field_map import FieldMap, Station
from simulators.lifecycle import (
    EXIT_PORT_IN_USE,
    HOST,
    arguments,
    die_with_parent,
    need_port,
    refuse,
    say,
    stopping,
)
from simulators.registers import BIT_TABLES, UnitImage

TABLES = ("coil", "discrete", "holding", "input")
"""In the order of pymodbus' non-shared blocks; function codes 1 to 4 read them."""
_UNIT_AT = 6
"""Where the unit id lies in a frame (MODBUS Messaging on TCP/IP V1.0b, 3.1.3)."""


class StationMemory:
    """The registers of a station's units, refreshed from the board at most once a tick, when asked."""

    def __init__(self, station: Station, board: BoardReader) -> None:
        """Raises BoardError for a point whose tag the town does not have."""
        missing = [p.tag for points in station.units.values() for p in points if p.tag not in board.slot]
        if missing:
            raise BoardError(f"{station.id}: not on the town's board: {', '.join(missing)}")
        self._board = board
        self._generation = -1
        self.units = {unit: UnitImage(points) for unit, points in station.units.items()}
        self._slots = {unit: [board.slot[p.tag] for p in points] for unit, points in station.units.items()}

    def refresh(self) -> None:
        if self._board.generation == self._generation:
            return
        tick = self._board.snapshot()
        for unit, image in self.units.items():
            image.update([(tick.v[slot], tick.q[slot]) for slot in self._slots[unit]])
        self._generation = tick.generation


def _block(image: UnitImage, table: str) -> list[SimData]:
    first, last = image.span(table) or (0, 0)
    if table in BIT_TABLES:
        return [SimData(first, values=[False] * (last - first + 1), datatype=DataType.BITS)]
    return [SimData(first, count=last - first + 1, values=0, datatype=DataType.REGISTERS)]


def _bits_to_words(bits: Sequence[int]) -> list[int]:
    """pymodbus keeps sixteen coils in a word, the lowest address in the lowest bit."""
    return [
        sum((bit & 1) << place for place, bit in enumerate(bits[at : at + 16]))
        for at in range(0, len(bits), 16)
    ]


def answer(memory: StationMemory, unit: int) -> SimAction:
    """pymodbus' hook: called for every request that stays within the tables of `unit`."""
    image = memory.units[unit]

    async def action(
        function: int,
        start: int,
        address: int,
        count: int,
        registers: list[int],
        written: list[int] | list[bool] | None,
    ) -> ExcCodes | None:
        if written is not None or not 1 <= function <= 4:
            return ExcCodes.ILLEGAL_FUNCTION
        table = TABLES[function - 1]
        if image.span(table) is None:
            return ExcCodes.ILLEGAL_ADDRESS
        memory.refresh()
        if table in BIT_TABLES:
            word = address // 16
            bits = image.read(table, word * 16, count * 16)
            reachable = image.answers(table, address, count * 16)
            registers[word - start : word - start + count] = _bits_to_words(bits)
        else:
            reachable = image.answers(table, address, count)
            registers[address - start : address - start + count] = image.read(table, address, count)
        return None if reachable else ExcCodes.DEVICE_FAILURE

    return action


async def nobody(*_request: object) -> ExcCodes:
    """The gateway's answer for a unit that is not on its bus (MODBUS Application Protocol V1.1b3, 7)."""
    return ExcCodes.GATEWAY_NO_RESPONSE


async def serve(station: Station, board: BoardReader, port: int) -> ModbusTcpServer:
    """Listens on 127.0.0.1. Raises RuntimeError when it cannot."""
    memory = StationMemory(station, board)
    memory.refresh()
    devices = [
        SimDevice(
            id=unit,
            simdata=(
                _block(image, "coil"),
                _block(image, "discrete"),
                _block(image, "holding"),
                _block(image, "input"),
            ),
            action=answer(memory, unit),
        )
        for unit, image in memory.units.items()
    ]
    if 0 not in memory.units:  # pymodbus asks unit 0 for all that are not listed
        everywhere = SimData(0, count=65536, datatype=DataType.REGISTERS)
        devices.append(SimDevice(id=0, simdata=everywhere, action=nobody))

    def mute(sending: bool, frame: bytes) -> bytes:
        """A unit whose line is cut says nothing at all."""
        image = memory.units.get(frame[_UNIT_AT]) if sending and len(frame) > _UNIT_AT else None
        return b"" if image is not None and image.silent else frame

    server = ModbusTcpServer(devices, address=(HOST, port), trace_packet=mute)
    await server.serve_forever(background=True)
    return server


async def run(config: Path, data: Path, station_id: str, port: int | None) -> None:
    stop = stopping()
    station = FieldMap(config).stations().get(station_id)
    if station is None:
        refuse(f"{config / 'collectors.yaml'} has no Modbus collector {station_id!r}")
    port = port or station.port
    need_port(port, f"Modbus station {station_id}")
    try:
        board = await asyncio.to_thread(BoardReader.open, data / "town", 30.0)
        await serve(station, board, port)
    except BoardError as error:
        refuse(str(error))
    except RuntimeError as error:
        refuse(f"Modbus station {station_id}: port {port}: {error}", EXIT_PORT_IN_USE)
    say(ready=station_id, port=port, points=sum(map(len, station.units.values())))
    await stop.wait()


def main() -> None:
    die_with_parent()
    parser = arguments("One Modbus TCP station of the simulated town.")
    parser.add_argument("--station", required=True, help="id of the collector it answers")
    parser.add_argument("--port", type=int, help="default: as collectors.yaml says")
    args = parser.parse_args()
    asyncio.run(run(args.config, args.data, args.station, args.port))


if __name__ == "__main__":
    main()
