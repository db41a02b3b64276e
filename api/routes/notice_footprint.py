"""Who calls from outside a notice's footprint, and the version that takes their streets in (HL-12)."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.context import Here
from api.gate import Asker, Door
from api.parameters import Id
from api.permissions import Limit as Reach
from api.permissions import Permission
from api.problems import not_found
from api.routes.notices import readable, shown
from api.wire import Answer, plain
from response.notices import enlarging
from response.notices.versions import prepared


class Larger(BaseModel):
    """Streets to take in, beside all that is inside already."""

    model_config = ConfigDict(extra="forbid")
    streets: Annotated[tuple[Id, ...], Field(min_length=1, max_length=100)]


async def outside(here: Here, caller: Asker, id: Id) -> Answer:
    """Counts by street only; 404 for whoever may read what was published alone."""
    if caller.limit is Reach.PUBLISHED:
        raise not_found("notice", id)
    async with here.deps.ledger.read() as tx:
        await readable(caller, tx, id)
        found = await enlarging.outside(tx, here.deps.plant, await prepared(tx, id))
    return Answer(plain(found))


async def enlarge(here: Here, caller: Asker, id: Id, body: Larger) -> Answer:
    """201. What is being prepared, or else the next version, reaches these streets too; to be approved."""
    deps = here.deps
    async with deps.ledger.begin() as tx:
        await enlarging.enlarge(tx, deps.plant, id, body.streets, caller.user, deps.clock.now_ns())
        answer = await shown(tx, id, deps.clock.now_ns())
    return Answer(answer, 201)


_PATH = "/api/v1/notices/{id}"
DOORS = (
    Door("GET", f"{_PATH}/outside", outside, Permission.NOTICES),
    Door("POST", f"{_PATH}/enlarge", enlarge, Permission.DRAFT_NOTICE, 201),
)
