"""Alarms as they stand, and their past."""

import asyncio
from typing import Annotated

from fastapi import Query

from api.context import Here
from api.explaining import explained, found_of
from api.gate import Asker, Door
from api.parameters import Id, Limit, page_of
from api.permissions import Permission
from api.problems import not_found
from api.routes.tags import reach
from api.shapes import alarm_shape, entry_shape
from api.wire import Answer
from core.model.alarm import Alarm, State
from core.model.event import EventKind
from core.ports.ledger import Page

JOURNAL_ENTRIES = 50
AT_ONCE = 250
"""Shapes made before others have their turn."""


async def list_alarms(
    here: Here,
    caller: Asker,
    state: Annotated[list[State] | None, Query()] = None,
    zone: Id | None = None,
    after: Id | None = None,
    limit: Limit = 1_000,
) -> Answer:
    """By ISA-18.2 state; without one, all that ever changed. `state` may be given more than once."""
    asked: dict[str, object] = {"state": tuple(state)} if state else {}
    audience = await reach(here, caller)
    if zone is not None:
        asked["zone"] = zone
    async with here.deps.ledger.read() as tx:
        found = await tx.find(Alarm, Page(limit + 1, after), **asked)
    shapes = []
    for n, alarm in enumerate(found):
        if audience.sees(EventKind.ALARM, alarm.zone):
            shapes.append(audience.shown(alarm_shape(alarm, here.deps)))
        if n % AT_ONCE == 0:
            await asyncio.sleep(0)
    return Answer(page_of(shapes, limit))


async def get_alarm(here: Here, caller: Asker, id: Id) -> Answer:
    """One alarm, with the last entries of its journal, newest first."""
    audience = await reach(here, caller)
    async with here.deps.ledger.read() as tx:
        alarm = await tx.get(Alarm, id)
    if alarm is None or not audience.sees(EventKind.ALARM, alarm.zone):
        raise not_found("alarm", id)
    journal = [entry_shape(entry) for entry in await here.deps.ledger.journal_of(id, JOURNAL_ENTRIES)]
    return Answer(audience.shown(alarm_shape(alarm, here.deps) | {"journal": journal}))


async def explain_alarm(here: Here, caller: Asker, id: Id) -> Answer:
    """What its last occurrence went by: the readings, the window, what was expected of them and how far they
    lay off (`api.explaining`)."""
    audience = await reach(here, caller)
    async with here.deps.ledger.read() as tx:
        alarm = await tx.get(Alarm, id)
    row = here.deps.definitions.get(id)
    if alarm is None or row is None or not alarm.occurrence or not audience.sees(EventKind.ALARM, alarm.zone):
        raise not_found("alarm", id)
    found = found_of(alarm, await here.deps.ledger.journal_of(id, JOURNAL_ENTRIES))
    return Answer(audience.shown(explained(alarm, row, found, here.deps.plant)))


DOORS = (
    Door("GET", "/api/v1/alarms", list_alarms, Permission.ALARMS),
    Door("GET", "/api/v1/alarms/{id}", get_alarm, Permission.ALARMS),
    Door("GET", "/api/v1/alarms/{id}/explained", explain_alarm, Permission.ALARMS),
)
