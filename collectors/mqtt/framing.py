"""PUBLISH packets cut out of a byte stream, and the bytes that acknowledge them (MQTT 3.1.1, 2.2, 3.3, 3.4).

paho takes three reads and a dozen objects for each packet; here one buffer is filled by one read and cut in
place. Packets of every other kind are handed on whole.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

MAX_BYTES = 64 * 1024
"""A longer payload is drained as it comes, and only its first `HEAD_BYTES` are kept."""
HEAD_BYTES = 1024
BUFFER = 256 * 1024
"""Holds the longest packet that is kept whole: a topic of 65,535 bytes and a payload of MAX_BYTES."""
PINGREQ = b"\xc0\x00"
PINGRESP = b"\xd0\x00"
DISCONNECT = b"\xe0\x00"

_PUBLISH = 3
_PUBACK = b"\x40\x02"
_MAX_CONTROL = 128 * 1024


class Malformed(ConnectionError):
    """The bytes are not MQTT 3.1.1: nothing that follows can be trusted."""


class Message(NamedTuple):
    """A PUBLISH. mid: its packet identifier, 0 for QoS 0; size: of the payload as sent, more than
    len(payload) when it was too long to keep."""

    topic: bytes
    payload: bytes
    mid: int
    size: int
    retain: bool
    again: bool
    """The DUP flag: the broker sent it before."""


def pubacks(mids: Iterable[int]) -> bytes:
    return b"".join([_PUBACK + mid.to_bytes(2, "big") for mid in mids])


class Framer:
    """Fill `room()` from the socket, tell `feed` how many bytes came. Memory is BUFFER, whatever is sent."""

    def __init__(self, heard: Callable[[Message], None], control: Callable[[bytes], None]) -> None:
        self._heard, self._control = heard, control
        self._buffer = bytearray(BUFFER)
        self._view = memoryview(self._buffer)
        self._end = 0
        self._drain = 0

    def room(self) -> memoryview:
        return self._view[self._end :]

    def feed(self, n: int) -> None:
        """Raises Malformed."""
        end = self._end + n
        at = self._cut(min(self._drain, end), end)
        self._end = end - at
        if at and self._end:
            self._buffer[: self._end] = self._buffer[at:end]

    def _cut(self, at: int, end: int) -> int:
        """Hands on every whole packet from `at`; where the first that is not whole begins."""
        self._drain -= at
        buffer, view = self._buffer, self._view
        while end - at >= 2:
            body, length = at + 2, buffer[at + 1]
            if length & 0x80:
                body, length = _length(buffer, at + 1, end)
                if not body:
                    return at
            after = body + length
            if buffer[at] >> 4 == _PUBLISH:
                if after > end and (length <= MAX_BYTES or not self._head_is_here(body, length, end)):
                    return at
                self._heard(self._publish(buffer[at], body, after))
                if after > end:
                    self._drain = after - end
                    return end
            elif after > end:
                if length > _MAX_CONTROL:
                    raise Malformed(f"a packet of kind {buffer[at] >> 4} with {length} bytes")
                return at
            else:
                self._control(bytes(view[at:after]))
            at = after
        return at

    def _head_is_here(self, body: int, length: int, end: int) -> bool:
        """Of a packet that is not whole: its payload is too long to keep, and as much as is kept has come."""
        if end - body < 2:
            return False
        start = body + 4 + (self._buffer[body] << 8 | self._buffer[body + 1])
        return body + length - start > MAX_BYTES and end - start >= HEAD_BYTES

    def _publish(self, head: int, body: int, after: int) -> Message:
        buffer, view = self._buffer, self._view
        name = body + 2
        start = name + (buffer[body] << 8 | buffer[body + 1]) if after >= name else after + 1
        topic_end, qos, mid = start, head >> 1 & 3, 0
        if qos:
            start += 2
        if qos > 1 or start > after:
            raise Malformed(f"a PUBLISH with flags {head & 15:04b} and {after - body} bytes")
        if qos:
            mid = buffer[topic_end] << 8 | buffer[topic_end + 1]
        size = after - start
        kept = size if size <= MAX_BYTES else HEAD_BYTES
        payload = bytes(view[start : start + kept])
        return Message(bytes(view[name:topic_end]), payload, mid, size, bool(head & 1), bool(head & 8))


def _length(buffer: bytearray, at: int, end: int) -> tuple[int, int]:
    """Where the body begins and its length (2.2.3); (0, 0) while the length itself is not whole."""
    length = 0
    for i in range(4):
        if at + i >= end:
            return 0, 0
        byte = buffer[at + i]
        length |= (byte & 0x7F) << 7 * i
        if not byte & 0x80:
            return at + i + 1, length
    raise Malformed("a remaining length of more than four bytes")
