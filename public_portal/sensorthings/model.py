"""The kinds of entity that are published, what each tells, and how they are linked (OGC 18-088, 8)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from public_portal.sensorthings.expression import Call, Expression, Literal, Operation, Path
from public_portal.sensorthings.query import Query
from public_portal.sensorthings.refusal import Refusal

Values = dict[str, object]
IDS = ("id", "@iot.id")


@dataclass(frozen=True, slots=True)
class Kind:
    """open: properties with an inside of their own. one, many: links, and the set that each leads into."""

    set: str
    told: tuple[str, ...]
    open: tuple[str, ...] = ()
    one: Mapping[str, str] = field(default_factory=dict)
    many: Mapping[str, str] = field(default_factory=dict)

    @property
    def links(self) -> Mapping[str, str]:
        return {**self.one, **self.many}


@dataclass(frozen=True, slots=True)
class Entity:
    """keys: of what it belongs to, by set."""

    kind: Kind
    id: str
    values: Values
    keys: Mapping[str, str]


_NAMED = ("name", "description")
_CODED = (*_NAMED, "encodingType")


def _alike(*sets: str) -> Mapping[str, str]:
    return {name: name for name in sets}


_KINDS = (
    Kind(
        "Things",
        (*_NAMED, "properties"),
        ("properties",),
        many=_alike("Locations", "HistoricalLocations", "Datastreams"),
    ),
    Kind(
        "Locations",
        (*_CODED, "location"),
        ("location",),
        many=_alike("Things", "HistoricalLocations"),
    ),
    Kind("HistoricalLocations", ("time",), one={"Thing": "Things"}, many=_alike("Locations")),
    Kind(
        "Datastreams",
        (*_NAMED, "observationType", "unitOfMeasurement", "properties"),
        ("unitOfMeasurement", "properties"),
        one={"Thing": "Things", "Sensor": "Sensors", "ObservedProperty": "ObservedProperties"},
        many=_alike("Observations"),
    ),
    Kind("Sensors", (*_CODED, "metadata"), many=_alike("Datastreams")),
    Kind("ObservedProperties", (*_NAMED, "definition"), many=_alike("Datastreams")),
    Kind(
        "Observations",
        ("phenomenonTime", "resultTime", "result", "resultQuality", "parameters"),
        ("resultQuality", "parameters"),
        one={"Datastream": "Datastreams", "FeatureOfInterest": "FeaturesOfInterest"},
    ),
    Kind("FeaturesOfInterest", (*_CODED, "feature"), ("feature",), many=_alike("Observations")),
)
KINDS: Mapping[str, Kind] = {kind.set: kind for kind in _KINDS}


def check(query: Query, kind: Kind) -> None:
    """Names nothing that is not there. Raises Refusal."""
    for name in query.select:
        if name not in kind.told and name not in IDS and name not in kind.links:
            raise Refusal(f"$select: {kind.set} have no {name}")
    asked = [query.filter, *(by for by, _ in query.orderby)]
    for path in (path for part in asked if part is not None for path in paths(part)):
        _check_path(path, kind)
    for one in query.expand:
        if one.name not in kind.links:
            raise Refusal(f"$expand: {kind.set} have no {one.name}")
        check(one.query, KINDS[kind.links[one.name]])


def paths(expression: Expression) -> Iterator[tuple[str, ...]]:
    if isinstance(expression, Path):
        yield expression.parts
    elif isinstance(expression, Call | Operation):
        for part in expression.arguments if isinstance(expression, Call) else expression.parts:
            yield from paths(part)


def conjuncts(expression: Expression | None) -> tuple[Expression, ...]:
    """All of which must hold."""
    if isinstance(expression, Operation) and expression.name == "and":
        return expression.parts
    return (expression,) if expression is not None else ()


def compared(expression: Expression) -> tuple[str, tuple[str, ...], object] | None:
    """Operator, path and value of `path operator value`."""
    if isinstance(expression, Operation) and len(expression.parts) == 2:
        left, right = expression.parts
        if isinstance(left, Path) and isinstance(right, Literal):
            return expression.name, left.parts, right.value
    return None


def _check_path(parts: tuple[str, ...], kind: Kind) -> None:
    for at, name in enumerate(parts):
        if name in kind.one:
            kind = KINDS[kind.one[name]]
            continue
        if name in kind.many:
            raise Refusal(f"{'/'.join(parts)}: by way of {name}, of which there are many, nothing is asked")
        if name in kind.open or (at == len(parts) - 1 and (name in kind.told or name in IDS)):
            return
        raise Refusal(f"{kind.set} have no {'/'.join(parts[at:])}")
    raise Refusal(f"{'/'.join(parts)} is an entity, not a property of one")
