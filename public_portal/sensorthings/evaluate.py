"""What an expression is worth for one entity. What cannot be worked out is null, and null matches nothing."""

import math
from collections.abc import Callable
from datetime import UTC, datetime

from public_portal.sensorthings.expression import Call, Duration, Expression, Literal, Operation, Path, Span

Value = object
Get = Callable[[tuple[str, ...]], Value]
"""The value at a path, None where there is none."""
_NS = 1_000_000_000
_LONGEST = 10_000


def value_of(expression: Expression, get: Get, now_ns: int) -> Value:
    if isinstance(expression, Literal):
        return expression.value
    if isinstance(expression, Path):
        found = get(expression.parts)
        return float(found) if isinstance(found, int) and not isinstance(found, bool) else found
    if isinstance(expression, Call):
        return _called(expression.name, [value_of(a, get, now_ns) for a in expression.arguments], now_ns)
    return _operated(expression, get, now_ns)


def holds(expression: Expression, get: Get, now_ns: int) -> bool:
    return value_of(expression, get, now_ns) is True


def _operated(operation: Operation, get: Get, now_ns: int) -> Value:
    if operation.name == "and":
        return all(holds(part, get, now_ns) for part in operation.parts)
    if operation.name == "or":
        return any(holds(part, get, now_ns) for part in operation.parts)
    values = [value_of(part, get, now_ns) for part in operation.parts]
    if operation.name == "not":
        return not values[0] if isinstance(values[0], bool) else None
    left, right = values
    if operation.name in ("eq", "ne"):
        return _same(left, right) is (operation.name == "eq")
    if operation.name in ("gt", "ge", "lt", "le"):
        return _ordered(operation.name, left, right)
    return _reckoned(operation.name, left, right)


def _same(left: Value, right: Value) -> bool:
    return type(left) is type(right) and left == right


def _ordered(name: str, left: Value, right: Value) -> Value:
    """An interval is before a time when it has ended by then, and after it when it has not begun before."""
    if isinstance(left, Span) and isinstance(right, Span):
        instants = left.begin_ns == left.end_ns and right.begin_ns == right.end_ns
        if name in ("lt", "le"):
            return left.end_ns < right.begin_ns or (
                left.end_ns == right.begin_ns and (name == "le" or not instants)
            )
        return left.begin_ns > right.end_ns or (
            left.begin_ns == right.end_ns and (name == "ge" or not instants)
        )
    if isinstance(left, float) and isinstance(right, float):
        return {"gt": left > right, "ge": left >= right, "lt": left < right, "le": left <= right}[name]
    if isinstance(left, str) and isinstance(right, str):
        return {"gt": left > right, "ge": left >= right, "lt": left < right, "le": left <= right}[name]
    return None


def _reckoned(name: str, left: Value, right: Value) -> Value:
    if isinstance(left, Span) and isinstance(right, Duration) and name in ("add", "sub"):
        by = right.ns if name == "add" else -right.ns
        return Span(left.begin_ns + by, left.end_ns + by)
    if not (isinstance(left, float) and isinstance(right, float)):
        return None
    try:
        return {
            "add": lambda: left + right,
            "sub": lambda: left - right,
            "mul": lambda: left * right,
            "div": lambda: left / right,
            "mod": lambda: math.fmod(left, right),
        }[name]()
    except (ArithmeticError, ValueError):
        return None


def _called(name: str, given: list[Value], now_ns: int) -> Value:
    if name == "now":
        return Span(now_ns, now_ns)
    first = given[0]
    if isinstance(first, str):
        return _of_text(name, first, given[1:])
    if isinstance(first, float) and name in ("round", "floor", "ceiling"):
        return _whole(name, first)
    if isinstance(first, Span) and name in ("year", "month", "day", "hour", "minute", "second"):
        try:
            return float(getattr(datetime.fromtimestamp(first.begin_ns // _NS, UTC), name))
        except (ValueError, OverflowError, OSError):
            return None
    return None


def _whole(name: str, value: float) -> Value:
    if not math.isfinite(value):
        return None
    if name == "round":
        return float(math.floor(abs(value) + 0.5)) * math.copysign(1.0, value)
    return float(math.floor(value) if name == "floor" else math.ceil(value))


def _of_text(name: str, first: str, rest: list[Value]) -> Value:
    simple = {"length": lambda: float(len(first)), "tolower": first.lower, "toupper": first.upper}
    simple |= {"trim": first.strip}
    if name in simple:
        return simple[name]()
    if name == "substring":
        ends = [int(n) for n in rest if isinstance(n, float) and 0 <= n <= _LONGEST]
        return None if len(ends) < len(rest) else first[ends[0] :][slice(*ends[1:])]
    second = rest[0] if rest else None
    if not isinstance(second, str):
        return None
    if name == "concat":
        return first + second
    return {
        "substringof": lambda: first in second,
        "contains": lambda: second in first,
        "startswith": lambda: first.startswith(second),
        "endswith": lambda: first.endswith(second),
        "indexof": lambda: float(first.find(second)),
    }.get(name, lambda: None)()
