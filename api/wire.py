"""How the model looks in JSON: names as in the model, `_ns` stamps as RFC 3339 in UTC, Text as zh and en."""

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
from fastapi import Response

Json = dict[str, Any]

_TIME = re.compile(r"(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?([Zz]|[+ -]\d\d:\d\d)")
_AS_IT_IS = frozenset({str, int, float, bool, type(None)})
_LATEST_NS = 2**63 - 1
_SECOND = 19
"""Characters of a stamp to the second, without its Z."""
_UNITS = ((1_000_000_000, "s", 0), (1_000_000, "ms", 3), (1_000, "us", 6), (1, "ns", 9))

NAMES = frozenset(
    {"acked_by", "actor", "author", "by", "approved_by", "decided_by", "published_by", "ended_by"}
    | {"user", "note", "who", "agents", "answered_by", "taken_by", "withdrawn_by"}
    | {"first_owner", "owner", "sent_by", "handover", "rejections"}
)
"""Fields that name a person, or hold what a person wrote: left out where nobody may be named."""


class Answer(Response):
    """Bytes of JSON, made once."""

    media_type = "application/json"

    def __init__(self, content: object, status_code: int = 200) -> None:
        super().__init__(encode(content), status_code, {"Cache-Control": "no-store"})


def encode(content: object) -> bytes:
    """Non-finite numbers become null."""
    return orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY)


def rfc3339(t_ns: int) -> str:
    """UTC, with as many digits of a second as it has, in steps of three."""
    seconds, rest = divmod(t_ns, 1_000_000_000)
    whole = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat()
    for unit_ns, _, digits in _UNITS:
        if rest % unit_ns == 0:
            return f"{whole}.{rest // unit_ns:0{digits}d}Z" if digits else f"{whole}Z"
    raise AssertionError("every number is a multiple of 1")


def rfc3339_column(t_ns: npt.NDArray[np.int64]) -> list[str]:
    """Many at once, all with as many digits as the finest needs."""
    unit_ns, unit = next((ns, name) for ns, name, _ in _UNITS if not (t_ns % ns).any())
    stamps = (t_ns // unit_ns).astype(f"datetime64[{unit}]")
    return [f"{text}Z" for text in np.datetime_as_string(stamps).tolist()]


def rfc3339_millis(t_ns: npt.NDArray[np.int64]) -> bytes:
    """A JSON array of stamps cut to the millisecond, without a fraction when none has one. The text of each
    second is made once: the samples of a second share it."""
    if not len(t_ns):
        return b"[]"
    seconds, millis = np.divmod(t_ns // 1_000_000, 1_000)
    unique, at = np.unique(seconds, return_inverse=True)
    texts = np.datetime_as_string(unique.astype("datetime64[s]")).astype(f"S{_SECOND}")
    fraction = 4 if millis.any() else 0
    table = np.empty((len(t_ns), _SECOND + fraction + 4), np.uint8)
    table[:, 0] = table[:, -2] = ord('"')
    table[:, 1 : _SECOND + 1] = texts.view(np.uint8).reshape(-1, _SECOND)[at]
    if fraction:
        table[:, _SECOND + 1] = ord(".")
        for place, digit in enumerate((100, 10, 1)):
            table[:, _SECOND + 2 + place] = millis // digit % 10 + ord("0")
    table[:, -3], table[:, -1] = ord("Z"), ord(",")
    return b"[" + table.tobytes()[:-1] + b"]"


def parse_time(text: str) -> int:
    """UTC ns. Raises ValueError unless RFC 3339 between 1970 and 2262. An unescaped + (a blank) is taken."""
    if not (found := _TIME.fullmatch(text)):
        raise ValueError("a time is RFC 3339, for instance 2026-11-22T08:00:00Z")
    whole, fraction, zone = found.groups()
    stamp = datetime.fromisoformat(whole.upper() + zone.upper().replace(" ", "+").replace("Z", "+00:00"))
    try:
        t_ns = round(stamp.timestamp()) * 1_000_000_000 + int((fraction or "0").ljust(9, "0"))
    except OverflowError as error:
        raise ValueError("a time lies between 1970 and 2262") from error
    if not 0 <= t_ns <= _LATEST_NS:
        raise ValueError("a time lies between 1970 and 2262")
    return t_ns


def wire_name(name: str) -> str:
    """`raised_ns` is `raised` on the wire: there it is no count of nanoseconds."""
    return name.removesuffix("_ns")


@cache
def _fields(kind: type[Any]) -> tuple[tuple[str, str, bool], ...]:
    """Name, name on the wire, and whether a plain number there is a time."""
    return tuple((field.name, wire_name(field.name), field.name.endswith("_ns")) for field in fields(kind))


def plain(value: Any) -> Any:
    """A record of the model as JSON values."""
    if value.__class__ in _AS_IT_IS:
        return value
    if is_dataclass(value) and not isinstance(value, type):
        shape = {}
        for name, wire, timed in _fields(value.__class__):
            part = getattr(value, name)
            shape[wire] = part if part.__class__ in _AS_IT_IS and not timed else _item(name, part)
        return shape
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {wire_name(str(plain(k))): _item(str(k), part) for k, part in value.items()}
    if isinstance(value, tuple | list | frozenset | set):
        return [plain(part) for part in value]
    return value


def _item(name: str, value: Any) -> Any:
    if name.endswith("_ns") and isinstance(value, int):
        return rfc3339(value)
    if name == "progress":
        return [{"stage": plain(stage), "at": rfc3339(at_ns)} for stage, at_ns in value]
    if name == "clocks":
        return [{"clock": clock, "due": rfc3339(due_ns)} for clock, due_ns in value]
    return plain(value)


def nameless(value: Any) -> Any:
    """JSON values without what names a person; of a reason such as `confirmed_by_x` the person is cut."""
    if isinstance(value, dict):
        kept = {name: nameless(part) for name, part in value.items() if name not in NAMES}
        if isinstance(why := kept.get("why"), list):
            kept["why"] = [str(reason).partition("_by_")[0] for reason in why]
        return kept
    if isinstance(value, list):
        return [nameless(part) for part in value]
    return value
