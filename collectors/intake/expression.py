"""A small language for derived tags: arithmetic over named inputs, checked for units, never `eval`.

    inlet - outlet          sum(inflows) - sum(outflows)          100 * mean(levels) / height

Python's own parser reads it; a node that is not in the list below is refused. A name is one value or a list
of values; a list can only stand in `sum`, `mean`, `min`, `max` or `median`, which take those that are known.
"""

import ast
import math
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from collectors.intake.units import Unit

LONGEST, DEEPEST = 500, 20
Values = Mapping[str, float | list[float]]
"""By name, in base units; of a list those that are known, never none of them."""
Compiled = Callable[[Values], float]

_FUNCTIONS: dict[str, Callable[[list[float]], float]] = {
    "sum": math.fsum,
    "mean": statistics.fmean,
    "median": statistics.median,
    "min": min,
    "max": max,
}
_SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_PLAIN = Unit()


class WrongExpression(ValueError):
    """Says what is wrong, with the part of the text that is."""


@dataclass(frozen=True, slots=True)
class _Part:
    """run: the value in base units; many: a list that only a function may take."""

    run: Compiled
    unit: Unit
    many: bool = False


@dataclass(frozen=True, slots=True)
class Expression:
    """run(values): the result in base units; raises ZeroDivisionError, OverflowError. names: those it asks
    for; unit: of the result, factor 1."""

    run: Compiled
    names: frozenset[str]
    unit: Unit


def compiled(text: str, units: Mapping[str, Unit], lists: frozenset[str]) -> Expression:
    """units: of every name that may be used; lists: which of them are lists. Raises WrongExpression."""
    if len(text) > LONGEST:
        raise WrongExpression(f"{len(text)} characters are more than {LONGEST}")
    try:
        tree = ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise WrongExpression(f"not an expression: {getattr(error, 'msg', error)}") from error
    reader = _Reader(text, units, lists)
    part = reader.one(tree.body, 0)
    return Expression(part.run, frozenset(reader.names), part.unit)


class _Reader:
    def __init__(self, text: str, units: Mapping[str, Unit], lists: frozenset[str]) -> None:
        self._text, self._units, self._lists = text, units, lists
        self.names: set[str] = set()

    def one(self, node: ast.expr, depth: int) -> _Part:
        part = self.any(node, depth)
        if part.many:
            raise self._wrong(node, "is a list: put it in sum, mean, min, max or median")
        return part

    def any(self, node: ast.expr, depth: int) -> _Part:
        if depth > DEEPEST:
            raise WrongExpression(f"nested more than {DEEPEST} deep")
        match node:
            case ast.Constant(value=bool()):
                raise self._wrong(node, "is no number")
            case ast.Constant(value=int() | float() as number) if math.isfinite(number):
                constant = float(number)
                return _Part(lambda _: constant, _PLAIN)
            case ast.Name(id=name):
                return self._name(node, name)
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                part = self.one(inner, depth + 1)
                return _Part(lambda values: -part.run(values), part.unit)
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div() as op, right=right):
                return self._pair(node, op, self.one(left, depth + 1), self.one(right, depth + 1))
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                return self._call(node, name, [self.any(arg, depth + 1) for arg in args])
        raise self._wrong(node, "is not allowed: use names, numbers, + - * / and the functions")

    def _name(self, node: ast.expr, name: str) -> _Part:
        if name not in self._units:
            raise self._wrong(node, f"is not among the inputs ({', '.join(sorted(self._units))})")
        self.names.add(name)
        unit = Unit(self._units[name].dimension)
        if name in self._lists:
            return _Part(lambda _: math.nan, unit, many=True)

        def run(values: Values) -> float:
            value = values[name]
            assert isinstance(value, float)
            return value

        return _Part(run, unit)

    def _pair(self, node: ast.expr, op: ast.operator, a: _Part, b: _Part) -> _Part:
        one, other = a.run, b.run
        if isinstance(op, ast.Mult):
            return _Part(lambda values: one(values) * other(values), a.unit.times(b.unit))
        if isinstance(op, ast.Div):
            return _Part(lambda values: one(values) / other(values), a.unit.times(b.unit, -1))
        if a.unit != b.unit:
            raise self._wrong(node, f"puts {a.unit} and {b.unit} together with {_SIGNS[type(op)]}")
        if isinstance(op, ast.Add):
            return _Part(lambda values: one(values) + other(values), a.unit)
        return _Part(lambda values: one(values) - other(values), a.unit)

    def _call(self, node: ast.Call, name: str, parts: list[_Part]) -> _Part:
        if name == "abs" and len(parts) == 1 and not parts[0].many:
            inner = parts[0].run
            return _Part(lambda values: abs(inner(values)), parts[0].unit)
        function = _FUNCTIONS.get(name)
        if function is None:
            raise self._wrong(node, f"is no function: use abs, {', '.join(sorted(_FUNCTIONS))}")
        if not parts or len({part.unit for part in parts}) > 1:
            raise self._wrong(node, "needs values of one dimension")
        takers = [
            self._all_of(arg) if part.many else _single(part.run)
            for arg, part in zip(node.args, parts, strict=True)
        ]
        return _Part(lambda values: function([v for take in takers for v in take(values)]), parts[0].unit)

    def _all_of(self, node: ast.expr) -> Callable[[Values], list[float]]:
        assert isinstance(node, ast.Name)
        name = node.id

        def take(values: Values) -> list[float]:
            value = values[name]
            assert isinstance(value, list)
            return value

        return take

    def _wrong(self, node: ast.expr, what: str) -> WrongExpression:
        return WrongExpression(f"`{ast.get_source_segment(self._text, node) or self._text}` {what}")


def _single(run: Compiled) -> Callable[[Values], list[float]]:
    return lambda values: [run(values)]
