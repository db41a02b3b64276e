"""MQTT packets made and taken apart by hand, apart from the hub's own framing (MQTT 3.1.1, 2 and 3)."""

import asyncio
from collections import Counter
from collections.abc import Sequence

CONNECT, PUBLISH, PUBACK, SUBSCRIBE, DISCONNECT = 1, 3, 4, 8, 14


def length(n: int) -> bytes:
    made = bytearray()
    while True:
        n, byte = n >> 7, n & 0x7F
        made.append(byte | (0x80 if n else 0))
        if not n:
            return bytes(made)


def publish(topic: bytes, payload: bytes, mid: int, qos: int = 1, flags: int = 0) -> bytes:
    name = len(topic).to_bytes(2, "big") + topic
    body = name + (mid.to_bytes(2, "big") if qos else b"") + payload
    return bytes([0x30 | qos << 1 | flags]) + length(len(body)) + body


def split(stream: bytes) -> list[tuple[int, bytes]]:
    """Each whole packet's kind and body."""
    found, at = [], 0
    while at + 2 <= len(stream):
        kind, n, shift = stream[at] >> 4, 0, 0
        at += 1
        while at < len(stream):
            byte = stream[at]
            at += 1
            n |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        found.append((kind, stream[at : at + n]))
        at += n
    return found


def packets(stream: bytes) -> Counter[int]:
    return Counter(kind for kind, _ in split(stream))


def acknowledged(stream: bytes) -> Counter[int]:
    """How often each packet identifier was acknowledged."""
    return Counter(int.from_bytes(body[:2], "big") for kind, body in split(stream) if kind == PUBACK)


async def send(port: int, messages: Sequence[tuple[bytes, bytes]], *, retain: bool = False) -> None:
    """Publishes at QoS 1 and returns when the broker has acknowledged all of them."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"\x10\x10\x00\x04MQTT\x04\x02\x00\x00\x00\x04test")
    async with asyncio.timeout(60):
        assert await reader.readexactly(4) == b"\x20\x02\x00\x00"
        answers = asyncio.create_task(reader.readexactly(4 * len(messages)))
        for mid, (topic, payload) in enumerate(messages, 1):
            writer.write(publish(topic, payload, mid, flags=int(retain)))
            await writer.drain()
        assert set(acknowledged(await answers)) == set(range(1, len(messages) + 1))
        writer.write(b"\xe0\x00")
        await writer.drain()
    writer.close()
