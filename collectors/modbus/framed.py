"""RTU and ASCII framing, on a serial port or through TCP: pymodbus speaks, and every byte is checked here.

Such frames carry no transaction id, so that a late reply looks like the answer to the next question
(pymodbus gives it). Therefore one question at a time; whoever owns the link closes it after any time-out,
and a byte that the one true reply would not have, or that nobody asked for, closes it as well.
"""

import asyncio
import struct
import termios
from typing import Any, Literal

from pymodbus.client import AsyncModbusSerialClient, AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException
from pymodbus.framer import FramerType
from pymodbus.framer.ascii import FramerAscii
from pymodbus.framer.rtu import FramerRTU
from pymodbus.pdu import ModbusPDU

from collectors.modbus.link import CONNECT_S, FUNCTION, Ask, BadReply, mismatch
from collectors.modbus.plan import Request
from collectors.modbus.spec import ModbusSpec
from collectors.modbus.transport import Serial

_FRAMERS = {"rtu": FramerType.RTU, "ascii": FramerType.ASCII}


class FramedClient:
    """One open connection (`collectors.modbus.link.Link`)."""

    def __init__(self, spec: ModbusSpec) -> None:
        self._framing: Literal["tcp", "rtu", "ascii"] = spec.wire_framing
        self._silence_s = spec.serial.silence_s if spec.serial else 0.0
        self._patience_s = spec.timeout_s + CONNECT_S  # the owner gives up sooner; this only ends the wait
        self._client = self._make(spec)
        self._asked: Ask | None = None
        self._exchange: asyncio.Task[None] | None = None
        self._payload: bytes | None = None
        self._strays = 0
        self.late = 0
        self.closed: asyncio.Future[ConnectionError] = asyncio.get_running_loop().create_future()

    def _make(self, spec: ModbusSpec) -> AsyncModbusTcpClient | AsyncModbusSerialClient:
        framer = _FRAMERS[self._framing]
        ours: dict[str, Any] = {
            "framer": framer,
            "retries": 0,
            "reconnect_delay": 0,
            "timeout": self._patience_s,
            "trace_packet": self._packet,
            "trace_pdu": only_reads,
            "trace_connect": self._connected,
        }
        if spec.serial is None:
            return AsyncModbusTcpClient(spec.host, port=spec.port, **ours)
        line: Serial = spec.serial
        bits = line.bytesize or (7 if self._framing == "ascii" else 8)
        return AsyncModbusSerialClient(
            line.device,
            baudrate=line.baudrate,
            bytesize=bits,
            parity=line.parity,
            stopbits=line.stopbits,
            **ours,
        )

    @classmethod
    async def connect(cls, spec: ModbusSpec, *, drain_s: float = 0.0) -> "FramedClient":
        """drain_s: how long to throw away what comes first, after a time-out on a serial line. Raises
        ConnectionError."""
        client = cls(spec)
        try:
            async with asyncio.timeout(CONNECT_S):
                there = await client._client.connect()
        except (TimeoutError, OSError, termios.error) as error:
            raise ConnectionError(f"{spec.owner}: {error or 'no answer to connect'}") from error
        task = asyncio.current_task()
        if task is not None and task.cancelling():  # wait_for of CPython 3.11 swallows it (gh-86296)
            client._lose(ConnectionError("cancelled"))
            raise asyncio.CancelledError
        if not there:
            raise ConnectionError(f"{spec.owner}: cannot be opened")
        quiet_until = drain_s
        while quiet_until > 0:
            before = client._strays
            await asyncio.sleep(quiet_until)
            quiet_until = drain_s / 4 if client._strays > before else 0
        return client

    def send(self, ask: Ask) -> None:
        """Raises ConnectionError when the connection is gone."""
        if self.closed.done():
            raise ConnectionError("not connected")
        if self._asked is not None:
            raise RuntimeError("one question at a time")
        self._asked, self._payload = ask, None
        self._exchange = asyncio.create_task(self._ask(ask))

    def give_up(self, ask: Ask) -> None:
        """The owner closes the link: on this framing there is no other way to be rid of a late reply."""
        self._lose(ConnectionError("given up after a time-out"))

    async def close(self) -> None:
        self._lose(ConnectionError("closed"))
        if self._exchange is not None:
            self._exchange.cancel()
            await asyncio.wait([self._exchange])

    async def _ask(self, ask: Ask) -> None:
        request = ask.question.request
        try:
            await asyncio.sleep(self._silence_s)
            reply = await self._read(request)
        except (ModbusException, ConnectionError, OSError) as error:
            self._lose(error if isinstance(error, ConnectionError) else ConnectionError(str(error)))
            return
        if self.closed.done() or self._asked is not ask:
            return
        self._asked = None
        if reply.isError():
            ask.refused(reply.exception_code)
        elif self._payload is not None:
            ask.answered(memoryview(self._payload))

    async def _read(self, request: Request) -> ModbusPDU:
        client, unit = self._client, request.unit
        match FUNCTION[request.table]:
            case 1:
                return await client.read_coils(request.address, count=request.count, device_id=unit)
            case 2:
                return await client.read_discrete_inputs(request.address, count=request.count, device_id=unit)
            case 3:
                return await client.read_holding_registers(
                    request.address, count=request.count, device_id=unit
                )
            case _:
                return await client.read_input_registers(request.address, count=request.count, device_id=unit)

    def _packet(self, sending: bool, data: bytes) -> bytes:
        """All that came since the question. Handed on only when it is the one true reply, whole."""
        if sending or not data:
            return data
        ask = self._asked
        if ask is None or self._payload is not None:
            self._strays += 1
            if self._payload is not None:
                self._lose(BadReply("reply refused: bytes that nobody asked for"))
            return b""
        request = ask.question.request
        body, wrong = _rtu(request, data) if self._framing == "rtu" else _ascii(data)
        wrong = wrong or (mismatch(request, body) if body is not None else None)
        if wrong:
            self._lose(BadReply(f"reply refused: {wrong}"))
            return b""
        if body is None:
            return b""
        self._payload = body[3:]
        return data

    def _connected(self, there: bool) -> None:
        if not there:
            self._lose(ConnectionError("connection lost: closed by the device"))

    def _lose(self, why: ConnectionError) -> None:
        if self.closed.done():
            return
        if isinstance(why, BadReply):
            why.ask = self._asked
        self._asked = None
        self.closed.set_result(why)
        waiting = self._client.ctx.response_future
        if not waiting.done():
            waiting.set_exception(why)
            waiting.exception()  # seen, also when nobody awaits it
        self._client.close()


def only_reads(sending: bool, pdu: ModbusPDU) -> ModbusPDU:
    if sending and pdu.function_code not in FUNCTION.values():
        raise RuntimeError(f"function code {pdu.function_code} never leaves this hub")
    return pdu


def _rtu(request: Request, data: bytes) -> tuple[bytes | None, str | None]:
    """Unit and PDU of an RTU frame (None while it is not whole), and what is wrong with it."""
    exception = len(data) > 1 and bool(data[1] & 0x80)
    size = 5 if exception else 5 + request.payload_size
    if len(data) < size:
        wrong = len(data) > 2 and not exception and data[2] != request.payload_size
        return None, f"{data[2]} bytes said, {request.payload_size} wanted" if wrong else None
    if len(data) > size:
        return None, f"{len(data)} bytes for {size}"
    if FramerRTU.compute_CRC(data[:-2]) != struct.unpack(">H", data[-2:])[0]:
        return None, "checksum (CRC) does not hold"
    return data[:-2], None


def _ascii(data: bytes) -> tuple[bytes | None, str | None]:
    """The same of an ASCII frame."""
    if data[:1] != b":":
        return None, "a frame without its colon"
    if not data.endswith(b"\r\n"):
        return None, "a frame without end" if len(data) > 515 else None
    try:
        whole = bytes.fromhex(data[1:-2].decode("ascii"))
    except ValueError:
        return None, "not hexadecimal"
    if len(whole) < 4 or FramerAscii.compute_LRC(whole[:-1]) != whole[-1]:
        return None, "checksum (LRC) does not hold"
    return whole[:-1], None
