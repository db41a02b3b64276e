"""JSON payloads: one reading or a list of them, values and times at paths."""

from collections.abc import Callable, Sequence
from typing import Any

import orjson

from collectors.mqtt.map_spec import JsonMap, JsonTime
from collectors.mqtt.reading import Decoder, Reading, Said
from collectors.mqtt.refusal import Refused
from collectors.mqtt.times import compile_time
from collectors.mqtt.values import Reader, compile_value

MAX_DEPTH = 32

_NOTHING: Any = object()
Path = Callable[[Any], Any]
Part = tuple[int, str, Path, Reader, bool]
"""Of a value: its index, path as written, path, reader, whether it may be absent."""


def parse(payload: bytes) -> Any:
    """Raises Refused `empty`, `not_json`, `too_deep`."""
    if not payload.strip():
        raise Refused("empty", "an empty payload")
    try:
        document = orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        raise Refused("not_json", f"not JSON: {error}"[:200]) from None
    if payload.count(b"[") + payload.count(b"{") > MAX_DEPTH and _deeper(document, MAX_DEPTH):
        raise Refused("too_deep", f"nested deeper than {MAX_DEPTH}")
    return document


def compile_json(spec: JsonMap) -> Decoder:
    parts = [
        (i, v.path, _path(v.path), compile_value(v, v.quoted), v.optional) for i, v in enumerate(spec.values)
    ]
    once = [part for part in parts if part[1].startswith("/")]
    each = [part for part in parts if not part[1].startswith("/")]
    device_at = _path(spec.device) if spec.device is not None else None
    elements_at = _path(spec.readings) if spec.readings is not None else None
    times = _Times(spec.time)

    def decode(payload: bytes) -> Said:
        document = parse(payload)
        device = _identity(device_at(document), spec.device) if device_at else None
        elements = elements_at(document) if elements_at else [document]
        if not isinstance(elements, list) or not elements:
            raise Refused("missing", f"no list of readings at {spec.readings!r}")
        said, newest = Said(), None
        times.begin(document, said)
        for i, element in enumerate(elements):
            try:
                t_ns = times.of(element, i)
            except Refused as refusal:
                said.refused.append(refusal)
                continue
            if t_ns is not None and (newest is None or t_ns > newest):
                newest = t_ns
            _values(said, device, t_ns, element, each)
        if once and (newest is not None or spec.time is None):
            _values(said, device, newest, document, once)
        return said

    return decode


class _Times:
    """The time of each element: its own, the payload's, or the payload's and equal steps from there."""

    def __init__(self, spec: JsonTime | None) -> None:
        self._at = _path(spec.path) if spec else None
        self._read = compile_time(spec) if spec else None
        self._of_payload = spec is not None and (spec.path.startswith("/") or spec.step_s is not None)
        self._step_ns = round((spec.step_s or 0.0) * 1e9) if spec else 0
        self._path = spec.path if spec else ""
        self._first: int | Refused | None = None

    def begin(self, document: Any, said: Said) -> None:
        if self._of_payload:
            try:
                self._first = self._time(document)
            except Refused as refusal:
                raise Refused(refusal.reason, refusal.detail) from None

    def of(self, element: Any, i: int) -> int | None:
        """Raises Refused."""
        if self._read is None:
            return None
        if self._of_payload and isinstance(self._first, int):
            return self._first + i * self._step_ns
        return self._time(element)

    def _time(self, document: Any) -> int:
        if self._at is None or self._read is None:
            raise Refused("no_time", "the map names no time")
        raw = self._at(document)
        if raw is _NOTHING or raw is None:
            raise Refused("no_time", f"no time at {self._path!r}")
        try:
            return self._read(raw)
        except Refused as refusal:
            raise Refused(refusal.reason, f"{self._path!r}: {refusal.detail}") from None


def _values(said: Said, device: str | None, t_ns: int | None, element: Any, parts: Sequence[Part]) -> None:
    for index, written, path, reader, optional in parts:
        raw = path(element)
        if raw is _NOTHING:
            if not optional:
                said.refused.append(Refused("missing", f"nothing at {written!r}"))
            continue
        try:
            said.readings.append(Reading(device, t_ns, index, reader(raw)))
        except Refused as refusal:
            said.refused.append(refusal)


def _identity(raw: Any, path: str | None) -> str:
    if isinstance(raw, str) and raw:
        return raw
    if isinstance(raw, int) and not isinstance(raw, bool):
        return str(raw)
    raise Refused("no_identity", f"no meter's id at {path!r}")


def _path(written: str) -> Path:
    keys = [key for key in written.removeprefix("/").split(".") if key]
    if not keys:
        return lambda document: document
    if len(keys) == 1:
        only = keys[0]
        return lambda document: document.get(only, _NOTHING) if type(document) is dict else _NOTHING

    def walk(document: Any) -> Any:
        for key in keys:
            if type(document) is dict:
                document = document.get(key, _NOTHING)
            elif type(document) is list and key.isdecimal() and int(key) < len(document):
                document = document[int(key)]
            else:
                return _NOTHING
        return document

    return walk


def _deeper(document: Any, than: int) -> bool:
    """Level by level, so that no depth of it exhausts the stack."""
    level = [document]
    for _ in range(than + 1):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return False
    return True
