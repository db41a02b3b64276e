"""JSON in one form only (RFC 8785, JCS), so that a hash over it can be made again anywhere.

Integers beyond 2^53, such as nanoseconds, are no numbers of I-JSON and become strings (RFC 8785, appendix D);
so do NaN and the infinities.
"""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

EXACT = 2**53


def canonical(value: object) -> str:
    """Raises TypeError for what is no JSON."""
    if value is None or isinstance(value, bool | str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        return str(value) if -EXACT <= value <= EXACT else f'"{value}"'
    if isinstance(value, float):
        return number(value) if math.isfinite(value) else f'"{value}"'
    if isinstance(value, Mapping):
        members = sorted(value.items(), key=lambda item: item[0].encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{canonical(name)}:{canonical(one)}" for name, one in members) + "}"
    if isinstance(value, Sequence):
        return "[" + ",".join(map(canonical, value)) + "]"
    raise TypeError(f"{type(value).__name__} is no JSON")


def parsed(text: str) -> Any:
    """What `canonical` wrote. Raises ValueError."""
    return json.loads(text, parse_int=_whole)


def _whole(digits: str) -> int | float:
    """A whole number beyond what is exact was a float."""
    value = int(digits) if len(digits) <= 17 else EXACT + 1
    return value if -EXACT <= value <= EXACT else float(digits)


def number(value: float) -> str:
    """As ECMAScript writes it (ECMA-262, Number::toString): what Python's shortest form is, laid out anew."""
    if value == 0:
        return "0"
    sign, body = ("-", repr(-value)) if value < 0 else ("", repr(value))
    mantissa, _, exponent = body.partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    return sign + _laid_out(digits, point)


def _laid_out(digits: str, point: int) -> str:
    """digits: significant ones, without zeros at either end. point: where the point is, from their start."""
    n = len(digits)
    if n <= point <= 21:
        return digits + "0" * (point - n)
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"0.{'0' * -point}{digits}"
    tail = f".{digits[1:]}" if n > 1 else ""
    return f"{digits[0]}{tail}e{'+' if point > 0 else '-'}{abs(point - 1)}"
