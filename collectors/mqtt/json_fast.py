"""The usual JSON payload, decoded into typed structs in C (msgspec).

`json_map` says what a payload means; this only says the same sooner, or nothing. What it does not take (a
value missing, null or of another type, deep nesting, a time of another form) goes to `json_map`, which
names what is wrong.
"""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

import msgspec

from collectors.mqtt.json_map import MAX_DEPTH
from collectors.mqtt.map_spec import JsonMap, JsonValue
from collectors.mqtt.reading import Fast, Quick
from collectors.mqtt.refusal import Refused
from collectors.mqtt.times import compile_time
from collectors.mqtt.values import Reader, compile_value

_ERRORS = (msgspec.DecodeError, RecursionError, UnicodeDecodeError, Refused, AttributeError)
_MOST_NS = 2**63 - 1
Tree = dict[str, Any]
Leaves = dict[tuple[str, ...], Any]


def compile_fast(spec: JsonMap) -> Fast | None:
    """None for a map with list indices, values at the root beside a list, or times in steps."""
    time = spec.time
    paths = [value.path for value in spec.values]
    if spec.readings is not None and any(path.startswith("/") for path in paths):
        return None
    if time is None or time.step_s is not None or (spec.readings and time.path.startswith("/")):
        return None
    inner: Leaves = {_keys(v.path): _type(v) for v in spec.values} | {
        _keys(time.path): str if time.form in ("iso", "local") else int | float
    }
    if len(inner) <= len(paths) or not all(inner) or any(k.isdecimal() for keys in inner for k in keys):
        return None
    outer: Leaves = {_keys(spec.device): str} if spec.device else {}
    if spec.readings is not None:
        outer |= {_keys(spec.readings): _listed(_struct(_tree(inner)))}
    else:
        outer |= inner
    if not all(outer):
        return None
    try:
        decoder = msgspec.json.Decoder(_struct(_tree(outer)))
    except (TypeError, ValueError):
        return None
    return _reader(spec, decoder.decode)


def _reader(spec: JsonMap, decode: Callable[[bytes], Any]) -> Fast:
    assert spec.time is not None
    device_of = attrgetter(_attribute(spec.device)) if spec.device else None
    time_of, time = attrgetter(_attribute(spec.time.path)), compile_time(spec.time)
    paths = [_attribute(value.path) for value in spec.values]
    values_of = attrgetter(*paths) if len(paths) > 1 else _single(attrgetter(paths[0]))
    elements_of = attrgetter(_attribute(spec.readings)) if spec.readings else None
    odd = [(i, compile_value(v, v.quoted)) for i, v in enumerate(spec.values) if not _is_plain(v)]

    def read(payload: bytes) -> Quick | None:
        if payload.count(b"{") + payload.count(b"[") > MAX_DEPTH:
            return None
        try:
            said = decode(payload)
            elements = elements_of(said) if elements_of else (said,)
            times: list[int] = []
            raw: list[float] = []
            marks: list[tuple[int, int]] = []
            for element in elements:
                t_ns = time(time_of(element))
                values: Sequence[float] = values_of(element)
                if odd:
                    values = _odd(values, odd, marks, len(raw))
                times += [t_ns] * len(values)
                raw += values
            if not raw or not 0 <= min(times) <= max(times) <= _MOST_NS:
                return None
            return (device_of(said) if device_of else None), times, raw, marks
        except _ERRORS:
            return None

    return read


def _odd(
    values: Sequence[Any], odd: Sequence[tuple[int, Reader]], marks: list[tuple[int, int]], begin: int
) -> list[float]:
    """Enums, bits and sentinels read. Raises Refused."""
    made = list(values)
    for i, read in odd:
        number, status = read(made[i])
        if status:
            marks.append((begin + i, status))
        made[i] = 0.0 if number is None else number
    return made


def _single(get: Callable[[Any], Any]) -> Callable[[Any], tuple[Any]]:
    return lambda element: (get(element),)


def _is_plain(value: JsonValue) -> bool:
    return not value.sentinels and value.enum is None and value.bit is None and not value.quoted


def _type(value: JsonValue) -> Any:
    if value.enum is not None:
        return str | int | float | bool
    if value.quoted:
        return str | int | float
    return int if value.bit is not None else float


def _keys(path: str) -> tuple[str, ...]:
    return tuple(key for key in path.removeprefix("/").split(".") if key)


def _attribute(path: str) -> str:
    """Keys may be any text; attributes of structs are numbered by it."""
    return ".".join(_name(key) for key in _keys(path))


def _name(key: str) -> str:
    return "k" + key.encode().hex()


def _tree(leaves: Leaves) -> Tree:
    tree: Tree = {}
    for keys, leaf in leaves.items():
        below = tree
        for key in keys[:-1]:
            below = below.setdefault(key, {})
        below[keys[-1]] = leaf
    return tree


def _listed(kind: Any) -> Any:
    return list[kind]


def _struct(tree: Tree) -> Any:
    fields = [(_name(key), _struct(kind) if isinstance(kind, dict) else kind) for key, kind in tree.items()]
    return msgspec.defstruct("Payload", fields, rename={_name(key): key for key in tree}, gc=False)
