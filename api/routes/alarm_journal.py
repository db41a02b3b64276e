"""What happened to the alarms, whoever or whatever did it: the journal, page by page."""

from typing import Annotated

from fastapi import Query

from api.context import Here
from api.gate import Asker, Door
from api.parameters import Id, Seq
from api.permissions import Permission
from api.routes.tags import reach
from api.shapes import entry_shape
from api.wire import Answer, Json, plain
from core.model.alarm import AlarmDefinition
from core.model.event import EventKind

Rows = Annotated[int, Query(ge=1, le=500)]


async def list_entries(
    here: Here, caller: Asker, alarm: Id | None = None, before: Seq | None = None, limit: Rows = 100
) -> Answer:
    """The newest first. `next` is the `before` of the next older page, `null` at the journal's beginning. A
    page is of `limit` entries at most, of which those outside the caller's zones are left out."""
    audience = await reach(here, caller)
    found = await here.deps.ledger.journal_before(before, limit, alarm)
    items = []
    for seq, entry in found:
        row = here.deps.definitions.get(entry.alarm)
        if audience.sees(EventKind.ALARM, row.zone if row else None):
            items.append(audience.shown({"seq": seq} | entry_shape(entry) | _measured(row)))
    return Answer({"items": items, "next": found[-1][0] if len(found) == limit else None})


def _measured(row: AlarmDefinition | None) -> Json:
    """What its value is of."""
    if row is None:
        return {}
    return {"name": plain(row.name), "kind": row.kind.value, "tag": row.tag, "zone": row.zone}


DOORS = (Door("GET", "/api/v1/alarm-journal", list_entries, Permission.ALARMS),)
