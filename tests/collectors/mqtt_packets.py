"""MQTT packets made and taken apart by hand, apart from the hub's own framing (MQTT 3.1.1, 2 and 3)."""

from collections import Counter

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
