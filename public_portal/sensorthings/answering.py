"""A question answered out of a catalog: filtered, ordered, paged, expanded, written as the standard says."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from urllib.parse import quote

from core.model.shanghai import rfc3339
from public_portal.sensorthings.catalog import Catalog
from public_portal.sensorthings.evaluate import holds, value_of
from public_portal.sensorthings.expression import Expression, Path, Span
from public_portal.sensorthings.model import IDS, Entity, Values, compared, conjuncts, paths
from public_portal.sensorthings.query import Query, text_of
from public_portal.sensorthings.record import Between, Cost, Stream
from public_portal.sensorthings.refusal import Refusal

MOST_TOLD = 10_000
"""Entities of one answer, those within others too."""
_TIME = ("phenomenonTime",)
_PLAIN = re.compile(r"[A-Za-z0-9:._-]+")


@dataclass(slots=True)
class Answering:
    """root: the address of the service, without a slash at the end."""

    catalog: Catalog
    root: str
    now_ns: int
    cost: Cost
    told: int = 0
    _times: dict[Span, str] = field(default_factory=dict)
    _texts: dict[int, str] = field(default_factory=dict)

    def collection(self, set_: str, parent: Entity | None, address: str, query: Query) -> Values:
        """address: of these, below the root."""
        found, count, more = self._found(set_, parent, query)
        body: Values = {}
        if count is not None:
            body["@iot.count"] = count
        if more:
            body["@iot.nextLink"] = self._next(address, query)
        body["value"] = [self.entity(one, query) for one in found]
        return body

    def entity(self, entity: Entity, query: Query) -> Values:
        self.told += 1
        if self.told > MOST_TOLD:
            raise Refusal(f"more than {MOST_TOLD} entities in one answer: ask with $top within $expand")
        kind, own = entity.kind, address_of(entity)
        chosen = query.select
        body: Values = {}
        if not chosen or any(name in IDS for name in chosen):
            body["@iot.id"] = entity.id
        if not chosen:
            body["@iot.selfLink"] = f"{self.root}/{own}"
        for name in kind.told:
            if (not chosen or name in chosen) and name in entity.values:
                value = entity.values[name]
                body[name] = self._time(value) if isinstance(value, Span) else value
        expanded = {one.name for one in query.expand}
        for name in kind.links:
            if name not in expanded and (not chosen or name in chosen):
                body[f"{name}@iot.navigationLink"] = f"{self.root}/{own}/{name}"
        for one in query.expand:
            self._expand(body, entity, one.name, one.query)
        return body

    def _expand(self, body: Values, entity: Entity, name: str, query: Query) -> None:
        kind = entity.kind
        if name in kind.one:
            linked = self.linked(entity, name)
            body[name] = self.entity(linked, query) if linked else None
            return
        found, count, more = self._found(kind.many[name], entity, query)
        if count is not None:
            body[f"{name}@iot.count"] = count
        body[name] = [self.entity(one, query) for one in found]
        if more:
            body[f"{name}@iot.nextLink"] = self._next(f"{address_of(entity)}/{name}", query)

    def linked(self, entity: Entity, name: str) -> Entity | None:
        set_ = entity.kind.one[name]
        return self.catalog.one(set_, entity.keys[set_], self.cost)

    def _next(self, address: str, query: Query) -> str:
        """One query is of many entities, and its text the same for each."""
        text = self._texts.get(id(query))
        if text is None:
            text = self._texts[id(query)] = text_of(query, skip=query.skip + query.page)
        return f"{self.root}/{address}?{text}"

    def _time(self, span: Span) -> str:
        """Most are told many times over."""
        if span not in self._times:
            self._times[span] = str(shown(span))
        return self._times[span]

    def _found(
        self, set_: str, parent: Entity | None, query: Query
    ) -> tuple[Sequence[Entity], int | None, bool]:
        """A page, how many there are where that was asked for, and whether there are more."""
        rows = self._rows(set_, parent, query)
        count = None
        if query.count:
            every = list(rows)
            count, rows = len(every), iter(every)
        page = list(islice(rows, query.skip, query.skip + query.page + bool(query.page)))
        return page[: query.page], count, len(page) > query.page

    def _rows(self, set_: str, parent: Entity | None, query: Query) -> Iterator[Entity]:
        if set_ == "Observations":
            rows = self.catalog.observations(self._asked(parent, query), _between(query), self.cost)
        else:
            rows = self.catalog.members(set_, parent, self.cost)
        if query.filter is not None:
            wanted = query.filter
            rows = (row for row in rows if holds(wanted, partial(self.get, row), self.now_ns))
        if not query.orderby or (set_ == "Observations" and _by_time(query)):
            return rows
        every = list(rows)
        for by, greatest_first in reversed(query.orderby):
            ranks = {id(row): _rank(value_of(by, partial(self.get, row), self.now_ns)) for row in every}
            every.sort(key=lambda row: ranks[id(row)], reverse=greatest_first)
        return iter(every)

    def _asked(self, parent: Entity | None, query: Query) -> list[Stream]:
        """The streams that the filter leaves, as far as it is about streams alone."""
        streams = self.catalog.streams_of(parent)
        about = [
            part
            for part in conjuncts(query.filter)
            if (asked := list(paths(part))) and all(path[0] == "Datastream" for path in asked)
        ]
        if not about:
            return streams
        return [stream for stream in streams if all(self._fits(stream, part) for part in about)]

    def _fits(self, stream: Stream, part: Expression) -> bool:
        own = self.catalog.sets["Datastreams"][stream.id]
        return holds(part, lambda path: self.get(own, path[1:]), self.now_ns)

    def get(self, entity: Entity, path: tuple[str, ...]) -> object:
        """What is at the end of a path; None where it ends before."""
        for at, name in enumerate(path):
            if name in entity.kind.one:
                linked = self.linked(entity, name)
                if linked is None:
                    return None
                entity = linked
                continue
            found: object = entity.id if name in IDS else entity.values.get(name)
            for inner in path[at + 1 :]:
                found = found.get(inner) if isinstance(found, dict) else None
            return found
        return None


def address_of(entity: Entity) -> str:
    plain = _PLAIN.fullmatch(entity.id)
    id = entity.id if plain else quote(entity.id.replace("'", "''"), safe=":'~")
    return f"{entity.kind.set}('{id}')"


def shown(value: object) -> object:
    if not isinstance(value, Span):
        return value
    begin, end = rfc3339(value.begin_ns), rfc3339(value.end_ns)
    return begin if value.begin_ns == value.end_ns else f"{begin}/{end}"


def _by_time(query: Query) -> bool:
    return len(query.orderby) == 1 and query.orderby[0][0] == Path(_TIME)


def _between(query: Query) -> Between:
    """How far the record must be read; the filter itself is asked for every row of it."""
    begins, ends = [], []
    for name, path, value in filter(None, map(compared, conjuncts(query.filter))):
        if path == _TIME and isinstance(value, Span):
            if name in ("gt", "ge", "eq"):
                begins.append(value.begin_ns)
            if name in ("lt", "le", "eq"):
                ends.append(value.end_ns)
    newest_first = not _by_time(query) or query.orderby[0][1]
    return Between(max(begins, default=None), min(ends, default=None), newest_first)


def _rank(value: object) -> tuple[int, float | int, str]:
    """Nothing before figures, figures before text."""
    if isinstance(value, Span):
        return (2, value.begin_ns, "")
    if isinstance(value, bool | float) and value == value:
        return (1, value, "")
    return (3, 0, value) if isinstance(value, str) else (0, 0, "")
