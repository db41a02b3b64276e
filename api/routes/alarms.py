"""Alarms as they stand, and their past."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from alarms import commands
from api.context import Here
from api.deps import Deps
from api.gate import Asker, Door
from api.parameters import Id, Limit, page_of
from api.permissions import Limit as Reach
from api.permissions import Permission
from api.problems import Problem, not_found
from api.routes.tags import reach
from api.shapes import alarm_shape
from api.wire import Answer, plain
from core.model.alarm import Alarm, AlarmClass, State
from core.model.event import EventKind
from core.model.tag import QUALITY
from core.ports.ledger import Page, Tx

JOURNAL_ENTRIES = 50


class Seen(BaseModel):
    """What its author saw of the alarm: both are in every shape of it."""

    model_config = ConfigDict(extra="forbid")
    occurrence: Annotated[int, Field(ge=0, le=2**53)]
    seq: Annotated[int, Field(ge=0, le=2**53)]


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
    shapes = [
        audience.shown(alarm_shape(alarm, here.deps.definitions))
        for alarm in found
        if audience.sees(EventKind.ALARM, alarm.zone)
    ]
    return Answer(page_of(shapes, limit))


async def get_alarm(here: Here, caller: Asker, id: Id) -> Answer:
    """One alarm, with the last entries of its journal, newest first."""
    audience = await reach(here, caller)
    async with here.deps.ledger.read() as tx:
        alarm = await tx.get(Alarm, id)
    if alarm is None or not audience.sees(EventKind.ALARM, alarm.zone):
        raise not_found("alarm", id)
    journal = plain(await here.deps.ledger.journal_of(id, JOURNAL_ENTRIES))
    return Answer(audience.shown(alarm_shape(alarm, here.deps.definitions) | {"journal": journal}))


async def acknowledge(here: Here, caller: Asker, id: Id, body: Seen) -> Answer:
    """409 when the alarm has changed since its author saw it, or needs no acknowledgement."""
    async with here.deps.ledger.begin() as tx:
        if caller.limit is Reach.QUALITY and not await _of_quality(tx, here.deps, id):
            raise Problem(403, "role", "your role acknowledges alarms of water quality only")
        now_ns = here.deps.clock.now_ns()
        alarm = await commands.acknowledge(tx, id, body.occurrence, body.seq, caller.user.id, now_ns)
    return Answer(alarm_shape(alarm, here.deps.definitions))


async def _of_quality(tx: Tx, deps: Deps, id: str) -> bool:
    alarm, definition = await tx.get(Alarm, id), deps.definitions.get(id)
    if alarm is None:
        raise not_found("alarm", id)
    tag = deps.plant.tags.get(alarm.tag or "")
    public_health = definition is not None and definition.alarm_class is AlarmClass.PUBLIC_HEALTH
    return public_health or (tag is not None and tag.quantity in QUALITY)


DOORS = (
    Door("GET", "/api/v1/alarms", list_alarms, Permission.ALARMS),
    Door("GET", "/api/v1/alarms/{id}", get_alarm, Permission.ALARMS),
    Door("POST", "/api/v1/alarms/{id}/ack", acknowledge, Permission.ACKNOWLEDGE),
)
