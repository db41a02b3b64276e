"""One question at a time to a device that is not yet configured: by pymodbus, over any framing, reading only.

For people at a device (`waterhub probe`); the driver has transports of its own.
"""

import asyncio
import os
from dataclasses import dataclass
from typing import Any, Literal

from pymodbus.client import AsyncModbusSerialClient, AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException, ModbusIOException
from pymodbus.framer import FramerType
from pymodbus.pdu import ModbusPDU

from collectors.modbus.registers import Table

READS = frozenset({1, 2, 3, 4})
_FRAMERS = {"tcp": FramerType.SOCKET, "rtu": FramerType.RTU, "ascii": FramerType.ASCII}
_UNIT_IN_MBAP = 6


class Refused(Exception):
    """The device answered with a Modbus exception."""

    def __init__(self, code: int) -> None:
        super().__init__(f"exception {code}")
        self.code = code


class NoAnswer(Exception):
    """answered_as: the unit that answered in place of the one asked, where one did."""

    def __init__(self, answered_as: int | None) -> None:
        super().__init__("no answer")
        self.answered_as = answered_as


@dataclass(frozen=True, slots=True)
class Door:
    """Where to ask: host and port, or a serial device."""

    host: str = ""
    port: int = 502
    serial: str | None = None
    framing: Literal["tcp", "rtu", "ascii"] = "tcp"
    baudrate: int = 19_200
    parity: Literal["N", "E", "O"] = "E"
    timeout_s: float = 1.0

    def __str__(self) -> str:
        return self.serial or f"{self.host}:{self.port}"


class Asker:
    """An open connection. No frame that does not read can leave it."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._heard = b""
        ours: dict[str, Any] = {
            "framer": _FRAMERS[door.framing],
            "retries": 0,
            "reconnect_delay": 0,
            "timeout": door.timeout_s,
            "trace_packet": self._packet,
            "trace_pdu": _only_reads,
        }
        self._client: AsyncModbusTcpClient | AsyncModbusSerialClient = (
            AsyncModbusSerialClient(door.serial, baudrate=door.baudrate, parity=door.parity, **ours)
            if door.serial
            else AsyncModbusTcpClient(door.host, port=door.port, **ours)
        )

    async def open(self) -> None:
        """Raises ConnectionError."""
        if await self._client.connect():
            return
        if self._door.serial is None:
            await self._learn_why()
        raise ConnectionError(f"{self._door}: cannot be opened")

    async def _learn_why(self) -> None:
        """pymodbus only logs why a connection failed. Raises ConnectionError with the system's word."""
        try:
            async with asyncio.timeout(self._door.timeout_s):
                _, writer = await asyncio.open_connection(self._door.host, self._door.port)
        except TimeoutError as error:
            raise ConnectionError(f"{self._door}: no answer to connect") from error
        except OSError as error:
            raise ConnectionError(
                f"{self._door}: {os.strerror(error.errno) if error.errno else error}"
            ) from error
        writer.close()

    def close(self) -> None:
        self._client.close()

    async def read(self, unit: int, table: Table, address: int, count: int) -> list[int]:
        """Registers. Raises Refused, NoAnswer, ConnectionError.

        After a time-out on a serial framing the connection is made anew, for a late reply would be taken
        for the next one.
        """
        if not self._client.connected:
            await self.open()
        ask = (
            self._client.read_holding_registers
            if table is Table.HOLDING
            else self._client.read_input_registers
        )
        self._heard = b""
        try:
            reply = await ask(address, count=count, device_id=unit)
        except ModbusIOException as error:
            if self._door.framing != "tcp":
                self._client.close()
            heard = self._heard
            other = (
                heard[_UNIT_IN_MBAP] if self._door.framing == "tcp" and len(heard) > _UNIT_IN_MBAP else None
            )
            raise NoAnswer(other if other != unit else None) from error
        except ModbusException as error:
            raise ConnectionError(f"{self._door}: {error}") from error
        if reply.isError():
            raise Refused(reply.exception_code)
        if len(reply.registers) != count:
            raise ConnectionError(f"{self._door}: asked for {count} registers, {len(reply.registers)} came")
        return list(reply.registers)

    def _packet(self, sending: bool, data: bytes) -> bytes:
        if not sending:
            self._heard += data
        return data


def _only_reads(sending: bool, pdu: ModbusPDU) -> ModbusPDU:
    if sending and pdu.function_code not in READS:
        raise PermissionError(f"function {pdu.function_code} does not only read")
    return pdu
