"""Binary payloads by a map of places: offset, type, byte order."""

import struct
from collections.abc import Callable
from typing import Literal

from collectors.mqtt.map_spec import BinaryDevice, BinaryMap, Place
from collectors.mqtt.reading import Decoder, Reading, Said
from collectors.mqtt.refusal import Refused
from collectors.mqtt.times import compile_time
from collectors.mqtt.values import compile_value

_FLOATS = {"f32": "f", "f64": "d"}
At = Callable[[bytes, int], int | float]
"""(payload, start of the record) to a number. Raises Refused."""


def compile_binary(spec: BinaryMap) -> Decoder:
    values = [(i, v.optional, _place(v, spec.endian), compile_value(v)) for i, v in enumerate(spec.values)]
    time_at = _place(spec.time, spec.endian) if spec.time else None
    time = compile_time(spec.time) if spec.time else None
    step_ns = round((spec.time.step_s or 0.0) * 1e9) if spec.time else 0

    def record(said: Said, payload: bytes, device: str | None, start: int, i: int) -> None:
        t_ns = None
        if time and time_at:
            t_ns = time(time_at(payload, 0 if step_ns else start)) + i * step_ns
        for index, optional, at, read in values:
            try:
                said.readings.append(Reading(device, t_ns, index, read(at(payload, start))))
            except Refused as refusal:
                if refusal.reason != "too_short" or not optional:
                    said.refused.append(refusal)

    def decode(payload: bytes) -> Said:
        starts = _starts(spec, payload)
        device = _device(spec.device, payload) if spec.device else None
        said = Said()
        for i, start in enumerate(starts):
            try:
                record(said, payload, device, start, i)
            except Refused as refusal:
                said.refused.append(refusal)
        return said

    return decode


def _starts(spec: BinaryMap, payload: bytes) -> range:
    if not payload:
        raise Refused("empty", "an empty payload")
    if spec.length is not None and len(payload) != spec.length:
        raise Refused("wrong_length", f"{len(payload)} bytes where the map says {spec.length}")
    if not payload.startswith(bytes.fromhex(spec.magic)):
        raise Refused("wrong_magic", f"does not begin with {spec.magic}")
    if spec.records is None:
        return range(1)
    begin, size = spec.records.start, spec.records.size
    if len(payload) <= begin or (len(payload) - begin) % size:
        raise Refused("wrong_length", f"{len(payload)} bytes are not {begin} and whole records of {size}")
    return range(begin, len(payload), size)


def _device(spec: BinaryDevice, payload: bytes) -> str:
    raw = payload[spec.offset : spec.offset + spec.size]
    if len(raw) < spec.size:
        raise Refused("too_short", "the payload ends before the meter's id")
    raw = raw[::-1] if spec.reverse else raw
    if spec.text == "hex":
        return raw.hex().upper()
    text = raw.rstrip(b"\0 ")
    if not text.isascii() or not text:
        raise Refused("no_identity", f"{raw.hex()} is no ASCII id")
    return text.decode("ascii")


def _place(place: Place, endian: Literal["big", "little"]) -> At:
    order: Literal["big", "little"] = place.endian or endian
    offset, width, root = place.offset, place.width, place.root
    signed = place.type.startswith("i")
    floats = (
        struct.Struct((">" if order == "big" else "<") + _FLOATS[place.type])
        if place.type in _FLOATS
        else None
    )

    def at(payload: bytes, start: int) -> int | float:
        begin = offset if root else start + offset
        raw = payload[begin : begin + width]
        if len(raw) < width:
            raise Refused("too_short", f"the payload ends before byte {begin + width}")
        if floats is not None:
            number: float = floats.unpack(raw)[0]
            return number
        if place.type == "bcd":
            return _bcd(raw if order == "big" else raw[::-1])
        return int.from_bytes(raw, order, signed=signed)

    return at


def _bcd(raw: bytes) -> int:
    digits = raw.hex()
    if not digits.isdecimal():
        raise Refused("wrong_type", f"{digits} is no BCD number")
    return int(digits)
