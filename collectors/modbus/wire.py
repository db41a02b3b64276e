"""How long a request occupies its connection, before anybody has been asked.

An estimate from the frames' sizes (MODBUS Application Protocol V1.1b3, 6; MODBUS Messaging on TCP/IP V1.0b,
3.1; MODBUS over Serial Line V1.02, 2.5) and two figures that only the field knows: how long a round trip
of the network takes, and how long a device thinks.
"""

from dataclasses import dataclass
from typing import Literal

from collectors.modbus.plan import Request

Framing = Literal["tcp", "rtu", "ascii"]

_MBAP, _FUNCTION, _SPAN, _BYTE_COUNT, _ADDRESS, _CRC = 7, 1, 4, 1, 1, 2
RTU_BITS, ASCII_BITS = 11, 10
"""Of a character: start, eight data, parity (or a second stop), stop; ASCII sends seven data bits."""

FAST_BAUD = 19_200
FAST_SILENCE_S = 1.75e-3
"""Above that rate the 3.5 characters between frames are a fixed time."""


@dataclass(frozen=True, slots=True)
class Wire:
    """round_trip_s: of the network; 0 for a port of this machine. baudrate: of the serial line, its own or
    that behind a gateway; None where there is none. turnaround_s: from a request to the device's reply."""

    framing: Framing
    round_trip_s: float
    baudrate: int | None
    turnaround_s: float

    def bytes_of(self, request: Request) -> int:
        """Of request and reply, as they leave and reach the hub."""
        return _frame(self.framing, _FUNCTION + _SPAN) + _frame(
            self.framing, _FUNCTION + _BYTE_COUNT + request.payload_size
        )

    def seconds(self, request: Request) -> float:
        """From sending it until the next may be sent."""
        if self.baudrate is None:
            return self.round_trip_s + self.turnaround_s
        line: Framing = "rtu" if self.framing == "tcp" else self.framing
        sent, got = _FUNCTION + _SPAN, _FUNCTION + _BYTE_COUNT + request.payload_size
        bits = (_frame(line, sent) + _frame(line, got)) * (ASCII_BITS if line == "ascii" else RTU_BITS)
        return self.round_trip_s + bits / self.baudrate + 2 * self._silence_s(line) + self.turnaround_s

    def _silence_s(self, line: Framing) -> float:
        if line == "ascii" or self.baudrate is None:
            return 0.0
        return FAST_SILENCE_S if self.baudrate > FAST_BAUD else 3.5 * RTU_BITS / self.baudrate


def _frame(framing: Framing, pdu: int) -> int:
    """Bytes (characters, on a serial line) that carry a PDU of so many."""
    if framing == "tcp":
        return _MBAP + pdu
    if framing == "rtu":
        return _ADDRESS + pdu + _CRC
    return 1 + 2 * (_ADDRESS + pdu + 1) + 2
