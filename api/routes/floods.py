"""Floods of alarms: those that are on, and those that were."""

from alarms.kpi import FLOOD_BEGINS
from alarms.upkeep import rates
from api.context import Here
from api.gate import Asker, Door
from api.parameters import Id, Limit, page_of
from api.permissions import Permission
from api.routes.tags import reach
from api.shapes import flood_shape
from api.wire import Answer, plain
from core.model.event import EventKind
from core.model.flood import Flood
from core.ports.ledger import Page

TARGET = 1
"""New alarms within ten minutes that one person answers well (EEMUA 191)."""


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


async def get_rate(here: Here, caller: Asker) -> Answer:
    """New alarms of the last ten minutes at each position. Beyond `flood` it is not counted on."""
    async with here.deps.ledger.read() as tx:
        known = await rates(tx, here.deps.clock.now_ns())
    items = [
        {"id": position.id, "name": plain(position.name), "annunciated": known.get(position.id, 0)}
        for position in here.deps.positions
    ]
    audience = await reach(here, caller)
    return Answer(audience.shown({"target": TARGET, "flood": FLOOD_BEGINS, "items": items}))


DOORS = (
    Door("GET", "/api/v1/floods", list_floods, Permission.ALARMS),
    Door("GET", "/api/v1/alarm-rate", get_rate, Permission.ALARMS),
)
