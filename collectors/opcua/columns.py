"""Arrays of DataValues off the wire, decoded straight into columns (IEC 62541-6, 5.2.2.17).

asyncua makes five Python objects of every value. Here the layout of each value is looked up in a table by
its two first bytes (which fields are there, which type): values of one layout are one strided view. What
has no fixed size (text, arrays) is left to asyncua, which is also the oracle of the tests.
"""

import struct
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from asyncua import ua
from asyncua.ua.ua_binary import struct_from_binary
from asyncua.ua.uatypes import datetime_to_win_epoch

from core.model.quality import Status
from core.model.sample import Floats, Int64s

NO_TIME = np.iinfo(np.int64).min
"""Stands for a time stamp that is not there."""
ABSURD_TIME = np.iinfo(np.int64).max
"""Stands for a time stamp beyond what 64 bits of nanoseconds hold (the year 2262)."""

_VALUE, _STATUS, _SOURCE, _SERVER, _SOURCE_PICO, _SERVER_PICO = 1, 2, 4, 8, 16, 32
_NUMBERS = {1: "?", 2: "<i1", 3: "<u1", 4: "<i2", 5: "<u2", 6: "<i4", 7: "<u4", 8: "<i8", 9: "<u8"}
_NUMBERS |= {10: "<f4", 11: "<f8"}
_EPOCH_TICKS = 116_444_736_000_000_000
_YEAR_TICKS = 366 * 24 * 3600 * 10**7
_MAX_TICKS = _EPOCH_TICKS + ABSURD_TIME // 100
_CONFIGURATION = np.uint32(Status.BAD_CONFIGURATION_ERROR)


UNREADABLE = (
    struct.error,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    ua.UaError,
)
"""What reading wrong bytes raises, by us or by asyncua (fuzzed)."""


class Malformed(ValueError):
    """The bytes are not what they should be."""


class Columns(NamedTuple):
    """Equally long. handle: whose value it is; v: NaN where Bad, or where it is no number (then q is Bad
    configuration error); source_ns, server_ns: UTC, `NO_TIME` where absent."""

    handle: npt.NDArray[np.uint32]
    v: Floats
    q: npt.NDArray[np.uint32]
    source_ns: Int64s
    server_ns: Int64s


def _fields(mask: int, kind: int) -> list[tuple[str, str]]:
    """A value's fields in their order on the wire, for a scalar of numeric type `kind`, or 0 for null."""
    fields = [("mask", "u1")]
    if mask & _VALUE:
        fields += [("kind", "u1"), *([("v", _NUMBERS[kind])] if kind else [])]
    optional = [
        (_STATUS, "q", "<u4"),
        (_SOURCE, "source", "<i8"),
        (_SOURCE_PICO, "source_pico", "<u2"),
        (_SERVER, "server", "<i8"),
        (_SERVER_PICO, "server_pico", "<u2"),
    ]
    return fields + [(name, form) for bit, name, form in optional if mask & bit]


def _sizes() -> list[int]:
    """By mask + 256 × kind: bytes of such a value; 0 where only asyncua knows. Without a value the second
    byte is something else, and may be anything."""
    sizes = [0] * 65536
    for mask in range(64):
        for second in range(256):
            kind = second if mask & _VALUE else 0
            if kind == 0 or kind in _NUMBERS:
                sizes[mask + 256 * second] = np.dtype(_fields(mask, kind)).itemsize
    return sizes


_SIZES = _sizes()


@cache
def _layout(key: int, prefix: int) -> np.dtype[np.void]:
    kind = key >> 8 if key & _VALUE else 0
    return np.dtype([*([("handle", "<u4")] if prefix else []), *_fields(key & 0xFF, kind)])


def data_values(body: bytes, at: int, n: int, *, handles: bool) -> tuple[Columns, int]:
    """n values from position `at`, each with its client handle before it, or (handles False) numbered as
    they come; and the position after them. Raises Malformed."""
    prefix = 4 if handles else 0
    try:
        key = body[at + prefix] | body[at + prefix + 1] << 8 if n else 0
        if n and (size := _SIZES[key]) and at + n * (prefix + size) <= len(body):
            rows = np.frombuffer(body, _layout(key, prefix), n, at)
            if (rows["mask"] == rows["mask"][0]).all() and _one_kind(rows):
                return _columns(rows, np.arange(n, dtype=np.uint32)), at + n * (prefix + size)
        return _by_table(body, at, n, prefix)
    except UNREADABLE as error:
        raise Malformed(f"a value is cut short or unknown: {error}") from error


def _one_kind(rows: npt.NDArray[Any]) -> bool:
    names = rows.dtype.names or ()
    return "kind" not in names or bool((rows["kind"] == rows["kind"][0]).all())


def _columns(rows: npt.NDArray[Any], numbers: npt.NDArray[np.uint32]) -> Columns:
    names, n = rows.dtype.names or (), len(rows)
    q = rows["q"].astype(np.uint32) if "q" in names else np.zeros(n, np.uint32)
    if "v" in names:
        v = np.where(q >> 31, np.nan, rows["v"].astype(np.float64))
    else:
        v, q = np.full(n, np.nan), np.where(q >> 31, q, _CONFIGURATION)
    return Columns(
        rows["handle"].astype(np.uint32) if "handle" in names else numbers,
        v,
        q,
        _times(rows["source"]) if "source" in names else np.full(n, NO_TIME),
        _times(rows["server"]) if "server" in names else np.full(n, NO_TIME),
    )


def _times(ticks: npt.NDArray[np.int64]) -> Int64s:
    """From 100 ns since 1601; the first year of that stands for none."""
    ns = (np.clip(ticks, 0, _MAX_TICKS) - _EPOCH_TICKS) * 100
    return np.where(ticks < _YEAR_TICKS, NO_TIME, np.where(ticks > _MAX_TICKS, ABSURD_TIME, ns))


def _by_table(body: bytes, at: int, n: int, prefix: int) -> tuple[Columns, int]:
    """Values of several layouts: two bytes read for each, then a view for each layout."""
    starts, keys, odd = [], [], {}
    for number in range(n):
        key = body[at + prefix] | body[at + prefix + 1] << 8
        size = _SIZES[key]
        if not size:
            odd[number], size = _odd(body, at + prefix)
            key = -1
        starts.append(at)
        keys.append(key)
        at += prefix + size
    if at > len(body):
        raise Malformed("the last value is cut short")
    found = _empty(n)
    offsets, kinds, raw = np.array(starts, np.int64), np.array(keys), np.frombuffer(body, np.uint8)
    for key in set(keys) - {-1}:
        (where,) = np.nonzero(kinds == key)
        layout = _layout(key, prefix)
        rows = raw[offsets[where, None] + np.arange(layout.itemsize)].view(layout).ravel()
        _put(found, where, _columns(rows, where.astype(np.uint32)))
    for number, value in odd.items():
        handle = int.from_bytes(body[starts[number] : starts[number] + 4], "little") if prefix else number
        _put(found, np.array([number]), columns_of([(handle, value)]))
    return found, at


def _empty(n: int) -> Columns:
    return Columns(
        np.zeros(n, np.uint32),
        np.zeros(n),
        np.zeros(n, np.uint32),
        np.zeros(n, np.int64),
        np.zeros(n, np.int64),
    )


def _put(into: Columns, where: npt.NDArray[np.intp], part: Columns) -> None:
    into.handle[where], into.v[where], into.q[where] = part.handle, part.v, part.q
    into.source_ns[where], into.server_ns[where] = part.source_ns, part.server_ns


def _odd(body: bytes, at: int) -> tuple[ua.DataValue, int]:
    buffer = ua.utils.Buffer(body, at)
    value = struct_from_binary(ua.DataValue, buffer)
    return value, buffer.cur_pos - at


def columns_of(values: Sequence[tuple[int, ua.DataValue]]) -> Columns:
    """The same of values that asyncua decoded."""
    made = _empty(len(values))
    for i, (handle, value) in enumerate(values):
        q = int(value.StatusCode.value) if value.StatusCode is not None else 0
        said = value.Value.Value if value.Value is not None else None
        number = isinstance(said, bool | int | float)
        made.handle[i] = handle
        made.v[i] = np.nan if q >> 31 or not isinstance(said, bool | int | float) else float(said)
        made.q[i] = q if q >> 31 or number else _CONFIGURATION
        made.source_ns[i] = _time(value.SourceTimestamp)
        made.server_ns[i] = _time(value.ServerTimestamp)
    return made


def _time(stamp: datetime | None) -> int:
    if stamp is None:
        return int(NO_TIME)
    return int(_times(np.array([datetime_to_win_epoch(stamp)], np.int64))[0])
