"""Tags, their latest values and their past."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import msgspec
import orjson
from fastapi import Query

from api.audience import Audience, audience_of
from api.context import Here
from api.gate import Asker, Caller, Door
from api.history import history
from api.parameters import Id, Limit, Time, span
from api.permissions import Permission
from api.problems import not_found
from api.wire import Answer, Json, encode, rfc3339, rfc3339_column
from core.model.sample import Sample
from core.model.tag import Quantity, Tag

DAY_NS = 86_400_000_000_000


class Catalogue(dict[str, bytes]):
    """What never changes of each tag, encoded when it is first asked for, without the closing brace."""

    def __init__(self, tags: Mapping[str, Tag]) -> None:
        self._tags = tags

    def __missing__(self, id: str) -> bytes:
        known = self[id] = msgspec.json.encode(self._tags[id])[:-1]
        return known


def _shape(known: bytes, latest: Sample | None) -> orjson.Fragment:
    return orjson.Fragment(known + b',"latest":' + encode(_latest(latest)) + b"}")


def _latest(sample: Sample | None) -> Json | None:
    if sample is None:
        return None
    return {"t": rfc3339(sample.t_ns), "v": sample.v, "q": sample.q}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tags: of a zone, of a quantity."""

    zone: str | None = None
    quantity: Quantity | None = None

    def has(self, tag: Tag) -> bool:
        return (self.zone is None or tag.zone == self.zone) and (
            self.quantity is None or tag.quantity is self.quantity
        )


async def reach(here: Here, caller: Caller) -> Audience:
    async with here.deps.ledger.read() as tx:
        return await audience_of(caller.user, caller.limit, tx)


async def list_tags(
    here: Here,
    caller: Asker,
    zone: Id | None = None,
    quantity: Quantity | None = None,
    after: Id | None = None,
    limit: Limit = 5_000,
) -> Answer:
    """In the order of the utility's own file. `latest` is null before the first value."""
    audience, wanted = await reach(here, caller), Wanted(zone, quantity)
    tags = [tag for tag in here.deps.plant.tags.values() if wanted.has(tag) and audience.sees_tag(tag)]
    if after is not None:
        place = next((n for n, tag in enumerate(tags) if tag.id == after), None)
        if place is None:
            raise not_found("tag", after)
        tags = tags[place + 1 :]
    shown, live = tags[:limit], here.deps.live
    items = [_shape(here.catalogue[tag.id], live.get(tag.id)) for tag in shown]
    return Answer({"items": items, "next": shown[-1].id if len(tags) > limit else None})


async def tag_history(
    here: Here,
    caller: Asker,
    id: Id,
    start: Time | None = None,
    end: Time | None = None,
    points: Annotated[int, Query(ge=3, le=20_000)] = 1_000,
) -> Answer:
    """Columns t, v, q with start <= t < end; by default the last day. More samples than `points` are
    thinned: the lowest, the highest and the first Bad one of each stretch stay."""
    tag = here.deps.plant.tags.get(id)
    if tag is None or not (await reach(here, caller)).sees_tag(tag):
        raise not_found("tag", id)
    start_ns, end_ns = span(start, end, here.deps.clock.now_ns(), DAY_NS)
    series, bounds = await history(here.deps.historian, tag, start_ns, end_ns, points)
    return Answer(
        {
            "tag": tag.id,
            "unit": tag.unit,
            "start": rfc3339(start_ns),
            "end": rfc3339(end_ns),
            "aggregated": bounds,
            "t": rfc3339_column(series.t_ns),
            "v": series.v,
            "q": series.q,
        }
    )


DOORS = (
    Door("GET", "/api/v1/tags", list_tags, Permission.VALUES),
    Door("GET", "/api/v1/tags/{id}/history", tag_history, Permission.VALUES),
)
