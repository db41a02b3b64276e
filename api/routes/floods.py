"""Floods of alarms: those that are on, and those that were."""

from api.context import Here
from api.gate import Asker, Door
from api.parameters import Id, Limit, page_of
from api.permissions import Permission
from api.routes.tags import reach
from api.shapes import flood_shape
from api.wire import Answer
from core.model.event import EventKind
from core.model.flood import Flood
from core.ports.ledger import Page


async def list_floods(
    here: Here, caller: Asker, open: bool | None = None, after: Id | None = None, limit: Limit = 1_000
) -> Answer:
    """Newest first; `open=true` for those that are on. `covers`: the zones of its position, `null` for what
    has none."""
    audience = await reach(here, caller)
    asked: dict[str, object] = {} if open is None else {"open": open}
    async with here.deps.ledger.read() as tx:
        found = await tx.find(Flood, Page(limit + 1, after), **asked)
    shapes = [flood_shape(flood, here.deps.plant, here.deps.positions) for flood in found]
    seen = [audience.shown(shape) for shape in shapes if audience.sees(EventKind.FLOOD, None)]
    return Answer(page_of(seen, limit))


DOORS = (Door("GET", "/api/v1/floods", list_floods, Permission.ALARMS),)
