"""Notes beside trends: which, by whom, and withdrawn by whom."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.context import Here
from api.gate import Asker, Caller, Door
from api.parameters import Id, Limit, Time, span
from api.permissions import Limit as Reach
from api.permissions import Permission
from api.problems import Problem, not_found
from api.routes.tags import DAY_NS, reach
from api.wire import Answer, parse_time, plain
from core.model.annotation import Annotation
from core.model.tag import QUALITY
from response.annotations import MOST_TAGS, annotate, between, withdraw

Tags = Annotated[tuple[Id, ...], Field(min_length=1, max_length=MOST_TAGS)]


class Wish(BaseModel):
    """end: that of an instant is its start."""

    model_config = ConfigDict(extra="forbid")
    tags: Tags
    start: Time
    end: Time | None = None
    note: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


async def list_annotations(
    here: Here,
    caller: Asker,
    tags: Annotated[list[Id] | None, Query()] = None,
    start: Time | None = None,
    end: Time | None = None,
    withdrawn: bool = False,
    limit: Limit = 500,
) -> Answer:
    """Of any of these tags (of all, without), that touch start <= t < end; by default the last day."""
    audience, known = await reach(here, caller), here.deps.plant.tags
    start_ns, end_ns = span(start, end, here.deps.clock.now_ns(), DAY_NS)
    seen = [id for id in (tags or known) if id in known and audience.sees_tag(known[id])]
    async with here.deps.ledger.read() as tx:
        found = await between(tx, seen, start_ns, end_ns, limit, withdrawn=withdrawn)
    return Answer({"items": [audience.shown(plain(one)) for one in found], "next": None})


async def write_annotation(here: Here, caller: Asker, body: Wish) -> Answer:
    """409 `future`, `backwards` or `too_long`."""
    tags = tuple(dict.fromkeys(body.tags))
    _within(here, caller, tags)
    start_ns = parse_time(body.start)
    end_ns = parse_time(body.end) if body.end else start_ns
    now_ns = here.deps.clock.now_ns()
    async with here.deps.ledger.begin() as tx:
        made = await annotate(tx, tags, start_ns, end_ns, body.note, caller.user.id, now_ns)
    return Answer(plain(made), 201)


async def withdraw_annotation(here: Here, caller: Asker, id: Id) -> Answer:
    """409 when it is withdrawn already."""
    async with here.deps.ledger.begin() as tx:
        if (one := await tx.get(Annotation, id)) is None:
            raise not_found("annotation", id)
        _within(here, caller, tuple(tag for tag in one.tags if tag in here.deps.plant.tags))
        gone = await withdraw(tx, one, caller.user.id, here.deps.clock.now_ns())
    return Answer(plain(gone))


def _within(here: Here, caller: Caller, tags: tuple[str, ...]) -> None:
    """Raises Problem 404 for a tag that is not there, 403 for one that the permission does not reach."""
    for id in tags:
        if (tag := here.deps.plant.tags.get(id)) is None:
            raise not_found("tag", id)
        if caller.limit is Reach.QUALITY and tag.quantity not in QUALITY:
            why = {"zh": "您只能标注水质测点", "en": "your role notes measurements of water quality only"}
            raise Problem(403, "role", why["en"], why=why)


_PATH = "/api/v1/annotations"
DOORS = (
    Door("GET", _PATH, list_annotations, Permission.VALUES),
    Door("POST", _PATH, write_annotation, Permission.ACKNOWLEDGE, 201),
    Door("DELETE", f"{_PATH}/{{id}}", withdraw_annotation, Permission.ACKNOWLEDGE),
)
