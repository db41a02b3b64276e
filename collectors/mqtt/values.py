"""Numbers as makers write them: enums, bits, sentinels; nothing that is not finite gets through."""

import sys
from collections.abc import Callable
from math import isfinite

from collectors.mqtt.map_spec import Value
from collectors.mqtt.refusal import Refused
from core.model.quality import Status

Read = tuple[float | None, int]
"""A number as the payload says it, before scale and unit, and its status; None exactly when Bad."""
Reader = Callable[[object], Read]

_MOST = sys.float_info.max

NO_READING: Read = (None, Status.BAD_SENSOR_FAILURE)
"""A sentinel or `null`: the instrument says that it has none."""


def compile_value(spec: Value, quoted: bool = False) -> Reader:
    """raw to (value, status). The reader raises Refused (`wrong_type`, `not_finite`, `not_in_enum`)."""
    called = spec.called
    sentinels, bit, enum = frozenset(spec.sentinels), spec.bit, spec.enum

    def read(raw: object) -> Read:
        if raw is None:
            return NO_READING
        if enum is not None:
            return _listed(enum, raw, called), Status.GOOD
        number = _number(raw, called, quoted)
        if bit is not None:
            if not isinstance(number, int):
                raise Refused("wrong_type", f"{called}: bit {bit} of {raw!r}, which is no whole number")
            return float(number >> bit & 1), Status.GOOD
        if number in sentinels:
            return NO_READING
        return float(number), Status.GOOD

    return read


def _number(raw: object, called: str, quoted: bool) -> int | float:
    if quoted and isinstance(raw, str):
        return number_in(raw, called)
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        if not abs(raw) <= _MOST:
            raise Refused("not_finite", f"{called}: {str(raw)[:80]} is not finite")
        return raw
    raise Refused("wrong_type", f"{called}: {str(raw)[:80]!r} is no number")


def number_in(text: str, called: str) -> int | float:
    """A decimal number written as text, of at most 40 characters. Raises Refused."""
    said = text.strip()
    if len(said) > 40 or not said.isascii() or "_" in said:
        raise Refused("wrong_type", f"{called}: {said[:80]!r} is no number")
    try:
        return int(said)
    except ValueError:
        pass
    try:
        number = float(said)
    except ValueError:
        raise Refused("wrong_type", f"{called}: {said!r} is no number") from None
    if not isfinite(number):
        raise Refused("not_finite", f"{called}: {said} is not finite")
    return number


def _listed(enum: dict[str, float], raw: object, called: str) -> float:
    key = ("true" if raw else "false") if isinstance(raw, bool) else str(raw)
    if key not in enum:
        raise Refused("not_in_enum", f"{called}: {key[:80]!r} is none of {', '.join(enum)}")
    return enum[key]
