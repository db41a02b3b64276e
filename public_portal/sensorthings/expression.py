"""The expressions of `$filter` and `$orderby` (OData 4.0 as OGC 18-088 takes it), read into a tree.

Descends by recursion, to a depth and a size that are bounded: whatever is sent, it ends in a tree or in a
`Refusal`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from public_portal.sensorthings.refusal import NotSupported, Refusal

MOST_NODES = 200
DEEPEST = 20
"""Parentheses and calls within one another."""
LONGEST_NUMBER = 30
_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Span:
    """A time, UTC ns; an instant begins and ends at once."""

    begin_ns: int
    end_ns: int


@dataclass(frozen=True, slots=True)
class Duration:
    ns: int


@dataclass(frozen=True, slots=True)
class Literal:
    value: bool | float | str | Span | Duration | None


@dataclass(frozen=True, slots=True)
class Path:
    """`Datastream/properties/area`: by way of entities of which there is one, to a property or into it."""

    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    arguments: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """`and` and `or` have two parts or more, `not` one, every other two."""

    name: str
    parts: tuple["Expression", ...]


Expression = Literal | Path | Call | Operation

FUNCTIONS = {"substringof": (2, 2), "startswith": (2, 2), "endswith": (2, 2), "contains": (2, 2)}
FUNCTIONS |= {"length": (1, 1), "indexof": (2, 2), "substring": (2, 3), "concat": (2, 2), "now": (0, 0)}
FUNCTIONS |= dict.fromkeys(("tolower", "toupper", "trim", "round", "floor", "ceiling"), (1, 1))
FUNCTIONS |= dict.fromkeys(("year", "month", "day", "hour", "minute", "second"), (1, 1))
"""With the fewest and the most arguments of each."""
_LEFT_OUT = ("geo.", "st_")
_OTHERS = {
    "date",
    "time",
    "totaloffsetminutes",
    "fractionalseconds",
    "mindatetime",
    "maxdatetime",
    "any",
    "all",
}
COMPARISONS = ("eq", "ne", "gt", "ge", "lt", "le")
_LEVELS = (("or",), ("and",), COMPARISONS, ("add", "sub"), ("mul", "div", "mod"))
_WORDS = {word for level in _LEVELS for word in level} | {"not", "asc", "desc"}

_DATE = r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)"
_TOKEN = re.compile(
    r"\s*(?:"
    rf"(?P<time>{_DATE}(?:/{_DATE})?)"
    r"|(?P<duration>duration'[^']{0,40}')"
    r"|(?P<text>'(?:[^']|'')*')"
    r"|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?)(?![\w.])"
    r"|(?P<name>@?[A-Za-z_][\w.]*)"
    r"|(?P<mark>[(),/])"
    r")"
)
_DURATION = re.compile(r"P(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?")


def read(text: str) -> Expression:
    """The whole of the text is one expression."""
    reader = _Reader(text)
    found = reader.level(0)
    reader.end()
    return found


def read_order(text: str) -> tuple[tuple[Expression, bool], ...]:
    """Each with whether the greatest comes first."""
    reader, found = _Reader(text), []
    while True:
        by = reader.level(0)
        word = reader.word(("asc", "desc"))
        found.append((by, word == "desc"))
        if not reader.mark(","):
            break
    reader.end()
    return tuple(found)


class _Reader:
    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._at = self._nodes = self._depth = 0

    def level(self, n: int) -> Expression:
        """An expression of operators that bind as `_LEVELS[n]` or more closely."""
        if n == len(_LEVELS):
            return self._unary()
        found = self.level(n + 1)
        if n < 2:
            return self._chain(n, found)
        while word := self.word(_LEVELS[n]):
            found = self._node(Operation(word, (found, self.level(n + 1))))
        return found

    def _chain(self, n: int, first: Expression) -> Expression:
        """`and` and `or`: one node, however many there are."""
        parts = [first]
        while self.word(_LEVELS[n]):
            parts.append(self.level(n + 1))
        return self._node(Operation(_LEVELS[n][0], tuple(parts))) if len(parts) > 1 else first

    def _unary(self) -> Expression:
        if self.word(("not",)):
            return self._node(Operation("not", (self._within(self._unary),)))
        if self.mark("("):
            found = self._within(lambda: self.level(0))
            self._must(")")
            return found
        return self._operand()

    def _operand(self) -> Expression:
        kind, text = self._take()
        if kind == "name":
            if text in ("true", "false", "null"):
                return self._node(Literal({"true": True, "false": False, "null": None}[text]))
            return self._call(text) if self.mark("(") else self._path(text)
        if kind == "number":
            if len(text) > LONGEST_NUMBER:
                raise Refusal(f"a number of more than {LONGEST_NUMBER} characters")
            return self._node(Literal(float(text)))
        if kind == "text":
            return self._node(Literal(text[1:-1].replace("''", "'")))
        if kind == "time":
            return self._node(Literal(span(text)))
        if kind == "duration":
            return self._node(Literal(_duration(text)))
        raise Refusal(f"a value is expected where {text or 'the end'} stands")

    def _path(self, first: str) -> Expression:
        parts = [first]
        while self.mark("/"):
            kind, text = self._take()
            if kind != "name":
                raise Refusal(f"a name is expected after {'/'.join(parts)}/")
            parts.append(text)
        if len(parts) == 1 and first in _WORDS:
            raise Refusal(f"a value is expected where {first} stands")
        if len(parts) > DEEPEST:
            raise Refusal(f"a path of more than {DEEPEST} names")
        return self._node(Path(tuple(parts)))

    def _call(self, name: str) -> Expression:
        if name.startswith(_LEFT_OUT) or name in _OTHERS:
            raise NotSupported(f"the function {name} is not supported")
        if name not in FUNCTIONS:
            raise Refusal(f"there is no function {name}")
        found: list[Expression] = []
        if not self.mark(")"):
            found.append(self._within(lambda: self.level(0)))
            while self.mark(","):
                found.append(self._within(lambda: self.level(0)))
            self._must(")")
        fewest, most = FUNCTIONS[name]
        if not fewest <= len(found) <= most:
            raise Refusal(f"{name} takes {fewest if fewest == most else f'{fewest} or {most}'} arguments")
        return self._node(Call(name, tuple(found)))

    def _within(self, read_one: Callable[[], Expression]) -> Expression:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Refusal(f"nested more than {DEEPEST} deep")
        found = read_one()
        self._depth -= 1
        return found

    def _node(self, made: Expression) -> Expression:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise Refusal(f"an expression of more than {MOST_NODES} parts")
        return made

    def word(self, words: Sequence[str]) -> str:
        """The next token when it is one of these, which is then taken; else nothing."""
        kind, text = self._tokens[self._at]
        if kind != "name" or text not in words:
            return ""
        self._at += 1
        return text

    def mark(self, mark: str) -> bool:
        if self._tokens[self._at] != ("mark", mark):
            return False
        self._at += 1
        return True

    def _must(self, mark: str) -> None:
        if not self.mark(mark):
            raise Refusal(f"{mark} is expected where {self._tokens[self._at][1] or 'the end'} stands")

    def _take(self) -> tuple[str, str]:
        found = self._tokens[self._at]
        self._at += found[0] != "end"
        return found

    def end(self) -> None:
        kind, text = self._tokens[self._at]
        if kind != "end":
            raise Refusal(f"{text} is one too many")


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at, text = [], 0, text.strip()
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None or token.lastgroup is None:
            raise Refusal(f"not understood from: {text[at : at + 20]}")
        found.append((token.lastgroup, token[token.lastgroup]))
        at = token.end()
    return [*found, ("end", "")]


def span(text: str) -> Span:
    """An instant, or begin and end with a slash between them. Raises Refusal."""
    begin, _, end = text.partition("/")
    return Span(_ns(begin), _ns(end or begin))


def _ns(text: str) -> int:
    whole, dot, rest = text.partition(".")
    fraction = re.match(r"\d*", rest)
    digits = fraction[0] if fraction else ""
    try:
        at = datetime.fromisoformat(whole + rest[len(digits) :] if dot else text)
        return int(at.astimezone(UTC).timestamp()) * _NS + int(digits.ljust(9, "0"))
    except (ValueError, OverflowError):
        raise Refusal(f"there is no time {text}") from None


def _duration(text: str) -> Duration:
    given = text.removeprefix("duration'").removesuffix("'")
    found = _DURATION.fullmatch(given)
    if found is None or given.endswith(("P", "T")):
        raise Refusal(f"{text} is no duration of days, hours, minutes and seconds")
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return Duration((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * _NS)
