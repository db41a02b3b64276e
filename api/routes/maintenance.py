"""Sensors in maintenance: which, by whom, until when."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from api.audience import Audience
from api.context import Here
from api.gate import Asker, Door
from api.parameters import Id, Limit, Time, page_of
from api.permissions import Permission
from api.problems import Problem, not_found
from api.routes.tags import reach
from api.wire import Answer, parse_time, plain
from collectors.intake.maintenance import TooLong, begin, end
from core.model.maintenance import Maintenance, Scope
from core.model.plant import Plant
from core.ports.ledger import Page


class Wish(BaseModel):
    """One tag, or everything a station measures; until: plant time."""

    model_config = ConfigDict(extra="forbid")
    scope: Scope
    subject: Id
    until: Time
    note: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


async def list_maintenance(
    here: Here, caller: Asker, active: bool = True, after: Id | None = None, limit: Limit = 1_000
) -> Answer:
    """Newest first; `active=false` for those that are over."""
    audience = await reach(here, caller)
    async with here.deps.ledger.read() as tx:
        found = await tx.find(Maintenance, Page(limit + 1, after), active=active)
    seen = [audience.shown(plain(one)) for one in found if _sees(audience, here.deps.plant, one)]
    return Answer(page_of(seen, limit))


async def begin_maintenance(here: Here, caller: Asker, body: Wish) -> Answer:
    """A second one of the same subject takes the first one's place: its end can be moved."""
    if not _tags_of(here.deps.plant, body.scope, body.subject):
        raise not_found(body.scope.value, body.subject)
    now_ns = here.deps.clock.now_ns()
    try:
        async with here.deps.ledger.begin() as tx:
            until_ns = parse_time(body.until)
            made = await begin(tx, body.scope, body.subject, caller.user.id, body.note, until_ns, now_ns)
    except TooLong as error:
        raise Problem(422, "invalid", f"body.until: {error}") from error
    return Answer(plain(made), 201)


async def end_maintenance(here: Here, caller: Asker, id: Id) -> Answer:
    """409 when it is over already."""
    async with here.deps.ledger.begin() as tx:
        if (one := await tx.get(Maintenance, id)) is None:
            raise not_found("maintenance", id)
        if not one.active:
            raise Problem(409, "stale", f"{id} is over already")
        one = await end(tx, one, caller.user.id, here.deps.clock.now_ns())
    return Answer(plain(one))


def _tags_of(plant: Plant, scope: Scope, subject: str) -> list[str]:
    """The tags meant; none when there is no such tag or station."""
    if scope is Scope.TAG:
        return [subject] if subject in plant.tags else []
    return [tag.id for tag in plant.tags_at(subject)]


def _sees(audience: Audience, plant: Plant, one: Maintenance) -> bool:
    tags = _tags_of(plant, one.scope, one.subject)
    return any(audience.sees_tag(plant.tags[tag]) for tag in tags)


DOORS = (
    Door("GET", "/api/v1/maintenance", list_maintenance, Permission.VALUES),
    Door("POST", "/api/v1/maintenance", begin_maintenance, Permission.PLAN, 201),
    Door("DELETE", "/api/v1/maintenance/{id}", end_maintenance, Permission.PLAN),
)
