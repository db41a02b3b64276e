"""Publication of on-line quality, held for checking: which, by whom, until when, and how often (WQ-06)."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.context import Here
from api.gate import Asker, Door
from api.parameters import Id, Limit, page_of
from api.permissions import Permission
from api.wire import Answer, Json, plain
from core.model.plant import Plant
from core.model.published import PARAMETERS
from core.model.quality_hold import QualityHold
from core.model.tag import Quantity
from core.ports.ledger import Page
from response import quality_holds

Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]


class Wish(BaseModel):
    """minutes: from now; more than may be held is refused with what is left."""

    model_config = ConfigDict(extra="forbid")
    zone: Id
    parameter: Quantity
    minutes: Annotated[int, Field(ge=1, le=100_000)]
    reason: Why


class Release(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reason: Why


async def list_holds(
    here: Here,
    standing: Annotated[bool | None, Query()] = None,
    after: Id | None = None,
    limit: Limit = 100,
) -> Answer:
    """The newest first. public: of which parameters of which areas anything is published. months: as the
    public is told of them."""
    asked = {} if standing is None else {"standing": standing}
    async with here.deps.ledger.read() as tx:
        found = await tx.find(QualityHold, Page(limit + 1, after), **asked)
        months = await quality_holds.counted(tx, here.deps.clock.now_ns())
    page = page_of([plain(one) for one in found], limit)
    more = {"public": _public(here.deps.plant), "months": [plain(one) for one in months]}
    return Answer({**page, **more})


def _public(plant: Plant) -> list[Json]:
    pairs = {(tag.zone, tag.quantity) for tag in plant.tags.values() if tag.public and tag.zone}
    return [
        {"zone": zone, "parameter": parameter.value}
        for zone in plant.zones
        for parameter in PARAMETERS
        if (zone, parameter) in pairs
    ]


async def hold(here: Here, caller: Asker, body: Wish) -> Answer:
    """409 `hold_too_long`, `held`, `confirmed`; 404 where nothing is published of it."""
    now_ns = here.deps.clock.now_ns()
    async with here.deps.ledger.begin() as tx:
        made = await quality_holds.hold(
            tx,
            here.deps.plant,
            body.zone,
            body.parameter.value,
            body.minutes,
            body.reason,
            caller.user.id,
            now_ns,
        )
    return Answer(plain(made), 201)


async def release(here: Here, caller: Asker, id: Id, body: Release) -> Answer:
    """409 `over`."""
    async with here.deps.ledger.begin() as tx:
        done = await quality_holds.release(tx, id, caller.user.id, here.deps.clock.now_ns())
    return Answer(plain(done))


_PATH = "/api/v1/quality-holds"
DOORS = (
    Door("GET", _PATH, list_holds, Permission.QUALITY_DECISIONS),
    Door("POST", _PATH, hold, Permission.HOLD_PUBLICATION, 201),
    Door("POST", f"{_PATH}/{{id}}/release", release, Permission.HOLD_PUBLICATION),
)
