"""The query options of an address, read and bounded: whatever is sent is a `Query` or a `Refusal`."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote

from public_portal.sensorthings.expression import Expression, read, read_order
from public_portal.sensorthings.refusal import NotSupported, Refusal

LONGEST = 4_000
"""Characters of a query."""
MOST_TOP = 2_000
"""Entities of one page; who asks for more gets these and a next link."""
USUAL_TOP = 100
DEEPEST_EXPAND = 4
MOST_EXPANDED = 12
"""`$expand`s of a query, all levels together."""
DEEPEST_BRACKETS = 30
_OPTIONS = ("$filter", "$expand", "$select", "$orderby", "$top", "$skip", "$count")


@dataclass(slots=True)
class Query:
    """top: None where none is named. texts: options as they were sent."""

    filter: Expression | None = None
    expand: list["Expand"] = field(default_factory=list)
    select: tuple[str, ...] = ()
    orderby: tuple[tuple[Expression, bool], ...] = ()
    top: int | None = None
    skip: int = 0
    count: bool = False
    texts: dict[str, str] = field(default_factory=dict)

    @property
    def page(self) -> int:
        return USUAL_TOP if self.top is None else min(self.top, MOST_TOP)


@dataclass(slots=True)
class Expand:
    """What is linked under this name is told in its place."""

    name: str
    query: Query


def parsed(query_string: str) -> Query:
    if len(query_string) > LONGEST:
        raise Refusal(f"a query of more than {LONGEST} characters")
    options: dict[str, str] = {}
    for name, value in parse_qsl(query_string, keep_blank_values=True):
        if name.startswith("$"):
            _put(options, name, value)
    query = _query(options, 0)
    if sum(1 for _ in _expands(query)) > MOST_EXPANDED:
        raise Refusal(f"more than {MOST_EXPANDED} expansions")
    return query


def text_of(query: Query, *, skip: int) -> str:
    """As it goes into an address, from another place on."""
    return "&".join(f"{name}={quote(value, safe=_SAFE)}" for name, value in _parts(query, skip))


_SAFE = "$'()=,;/:*@!~"


def _parts(query: Query, skip: int) -> Iterator[tuple[str, str]]:
    yield from query.texts.items()
    if query.expand:
        yield "$expand", ",".join(_written(one) for one in query.expand)
    if skip:
        yield "$skip", str(skip)


def _written(one: Expand) -> str:
    within = ";".join(f"{name}={value}" for name, value in _parts(one.query, one.query.skip))
    return f"{one.name}({within})" if within else one.name


def _put(options: dict[str, str], name: str, value: str) -> None:
    if name not in _OPTIONS:
        raise NotSupported(f"{name} is not supported")
    if name in options:
        raise Refusal(f"{name} is given twice")
    options[name] = value


def _query(options: dict[str, str], depth: int) -> Query:
    query = Query(texts={name: text for name, text in options.items() if name not in ("$expand", "$skip")})
    for name, text in options.items():
        if name == "$filter":
            query.filter = read(text)
        elif name == "$orderby":
            query.orderby = read_order(text)
        elif name == "$select":
            query.select = tuple(part.strip() for part in text.split(","))
        elif name == "$count":
            if text not in ("true", "false"):
                raise Refusal("$count is true or false")
            query.count = text == "true"
        elif name == "$expand":
            for item in split(text, ","):
                _expand(query, item.strip(), depth + 1)
    query.top = _number(options, "$top")
    query.skip = _number(options, "$skip") or 0
    return query


def _number(options: dict[str, str], name: str) -> int | None:
    text = options.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise Refusal(f"{name} is a whole number, 0 or more")
    return int(text)


def _expand(query: Query, item: str, depth: int) -> None:
    path, bracket, within = item.partition("(")
    names = path.strip().split("/")
    if not all(name.isidentifier() for name in names):
        raise Refusal(f"$expand does not take: {item[:40]}")
    if depth + len(names) - 1 > DEEPEST_EXPAND:
        raise Refusal(f"$expand goes more than {DEEPEST_EXPAND} deep")
    if bracket and not within.endswith(")"):
        raise Refusal(f"a bracket is not closed in: {item[:40]}")
    options: dict[str, str] = {}
    for option in split(within[:-1], ";") if bracket else ():
        name, equals, value = option.strip().partition("=")
        if not equals:
            raise Refusal(f"an option within $expand is name=value, not: {option[:40]}")
        _put(options, name, value)
    *before, last = names
    for name in before:
        query = _within(query, name)
    own = _query(options, depth + len(before))
    known = next((one for one in query.expand if one.name == last), None)
    if known is None:
        query.expand.append(Expand(last, own))
    elif options:
        raise Refusal(f"{last} is expanded twice")


def _within(query: Query, name: str) -> Query:
    """`A/B` and `A/C` are of one A."""
    known = next((one for one in query.expand if one.name == name), None)
    if known is None:
        known = Expand(name, Query())
        query.expand.append(known)
    return known.query


def _expands(query: Query) -> Iterator[Expand]:
    for one in query.expand:
        yield one
        yield from _expands(one.query)


def split(text: str, mark: str) -> list[str]:
    """At the marks that stand in no bracket and no quoted text."""
    found, depth, quoted, begin = [], 0, False, 0
    for at, letter in enumerate(text):
        if letter == "'":
            quoted = not quoted
        elif quoted:
            continue
        elif letter == "(":
            depth += 1
        elif letter == ")":
            depth -= 1
        elif letter == mark and depth == 0:
            found.append(text[begin:at])
            begin = at + 1
        if not 0 <= depth <= DEEPEST_BRACKETS:
            raise Refusal("brackets do not match, or are nested too deep")
    if depth or quoted:
        raise Refusal("a bracket or a quoted text is not closed")
    return [*found, text[begin:]]
