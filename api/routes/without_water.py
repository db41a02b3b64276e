"""The town's figure of those without water: sums of its incidents would count people twice."""

from api.context import Here
from api.gate import Asker, Door
from api.permissions import Permission
from api.routes.tags import reach
from api.wire import Answer
from core.model.event import EventKind
from response.without_water import without_water


async def get_without_water(here: Here, caller: Asker) -> Answer:
    """`off`, `may_be_off`, `weak`: accounts, each counted once, over all open incidents; nobody by name."""
    audience = await reach(here, caller)
    async with here.deps.ledger.read() as tx:
        counted = await without_water(tx, lambda one: audience.sees(EventKind.INCIDENT, one.zone))
    return Answer({water.value: n for water, n in counted.items()})


DOORS = (Door("GET", "/api/v1/without-water", get_without_water, Permission.INCIDENTS),)
