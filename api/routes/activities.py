"""Planned activities: what is going on, what it withholds, and what would be withheld; and the rules by which
alarms are suppressed by design."""

from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from alarms import planning
from alarms.expected import Expected, expected
from alarms.planning import NotYours, Unplannable
from alarms.stations import PREFIX
from api.audience import Audience
from api.context import Here
from api.deps import Deps
from api.gate import Asker, Door
from api.glossary import GLOSSARY
from api.parameters import Id, Limit, Time, page_of
from api.permissions import Permission
from api.problems import Problem, not_found
from api.routes.tags import reach
from api.wire import Answer, Json, parse_time, plain, rfc3339
from core.model.activity import OPEN, Activity, ActivityKind, ActivityState
from core.model.alarm import Alarm, AlarmDefinition, State
from core.model.event import EventKind
from core.ports.ledger import Page

Text = StringConstraints(strip_whitespace=True, min_length=1, max_length=200)
Ids = Annotated[tuple[Id, ...], Field(max_length=200)]
RULED = (State.DSUPR, State.OOSRV)


class Wish(BaseModel):
    """What is done where (zones and tags of the plant; rows of alarms, of a test), from when (now) until when
    (plant time), how long its effects may last, who does it and on which order or permit."""

    model_config = ConfigDict(extra="forbid")
    kind: ActivityKind
    zones: Ids = ()
    tags: Ids = ()
    rows: Ids = ()
    start: Time | None = None
    end: Time
    grace_s: Annotated[float, Field(ge=0)] = 600.0
    who: Annotated[str, Text]
    work: Annotated[str, Text]
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""

    def activity(self, by: str, now_ns: int) -> Activity:
        return Activity(
            id="",
            kind=self.kind,
            zones=tuple(dict.fromkeys(self.zones)),
            tags=tuple(dict.fromkeys(self.tags)),
            rows=tuple(dict.fromkeys(self.rows)),
            start_ns=parse_time(self.start) if self.start else now_ns,
            end_ns=parse_time(self.end),
            grace_s=self.grace_s,
            by=by,
            asked_ns=now_ns,
            who=self.who,
            work=self.work,
            note=self.note,
        )


class Seen(BaseModel):
    """seq: of the activity as its author saw it."""

    model_config = ConfigDict(extra="forbid")
    seq: Annotated[int, Field(ge=0, le=2**53)]


class Extend(Seen):
    """end: plant time, sooner or later."""

    end: Time


async def list_activities(
    here: Here,
    caller: Asker,
    state: Annotated[list[ActivityState] | None, Query()] = None,
    after: Id | None = None,
    limit: Limit = 200,
) -> Answer:
    """The newest first; without a state those that are planned, running or overrun."""
    audience = await reach(here, caller)
    async with here.deps.ledger.read() as tx:
        found = await tx.find(Activity, Page(limit + 1, after), state=tuple(state or OPEN))
    shapes = [audience.shown(_shape(one)) for one in found if _sees(audience, here.deps, one)]
    return Answer(page_of(shapes, limit))


async def get_activity(here: Here, caller: Asker, id: Id) -> Answer:
    """With the alarms it explains, as they stand."""
    audience = await reach(here, caller)
    async with here.deps.ledger.read() as tx:
        one = await tx.get(Activity, id)
        if one is None or not _sees(audience, here.deps, one):
            raise not_found("activity", id)
        found = _explained(here.deps, one)
        alarms = {alarm.id: alarm for alarm in await tx.find(Alarm, id=found.withheld)}
    return Answer(audience.shown(_shape(one) | _told(here.deps, found, alarms)))


async def preview(here: Here, caller: Asker, body: Wish) -> Answer:
    """What it would withhold, nothing saved: `withheld`, `to_approve` (priority 1, once another person has
    approved), `never` (highly managed)."""
    wish = body.activity(caller.user.id, here.deps.clock.now_ns())
    _refuse(lambda: planning.check(wish, here.deps.plant, here.deps.clock.now_ns()))
    found = _explained(here.deps, wish)
    async with here.deps.ledger.read() as tx:
        alarms = {alarm.id: alarm for alarm in await tx.find(Alarm, id=(*found.withheld, *found.to_approve))}
    return Answer(_told(here.deps, found, alarms))


async def plan(here: Here, caller: Asker, body: Wish) -> Answer:
    """It begins within a second of its start."""
    now_ns = here.deps.clock.now_ns()
    wish = body.activity(caller.user.id, now_ns)
    _refuse(lambda: planning.check(wish, here.deps.plant, now_ns))
    async with here.deps.ledger.begin() as tx:
        made = await planning.plan(tx, wish, here.deps.plant, now_ns)
    return Answer(_shape(made), 201)


async def extend(here: Here, caller: Asker, id: Id, body: Extend) -> Answer:
    """Later than what was approved, its alarms of priority 1 are to be approved again."""
    now_ns = here.deps.clock.now_ns()
    try:
        async with here.deps.ledger.begin() as tx:
            made = await planning.extend(tx, id, body.seq, parse_time(body.end), now_ns)
    except Unplannable as error:
        raise _invalid(error) from error
    return Answer(_shape(made))


async def approve(here: Here, caller: Asker, id: Id, body: Seen) -> Answer:
    """Its alarms of priority 1 are withheld as well. Never by who entered it."""
    try:
        async with here.deps.ledger.begin() as tx:
            made = await planning.approve(tx, id, body.seq, caller.user.id, here.deps.clock.now_ns())
    except NotYours as error:
        raise Problem(403, "second_person", str(error)) from error
    return Answer(_shape(made))


async def end(here: Here, caller: Asker, id: Id) -> Answer:
    """Not begun: cancelled. Begun: its grace begins; a second time, its alarms are heard at once. 409 when it
    is over."""
    async with here.deps.ledger.begin() as tx:
        made = await planning.end(tx, id, caller.user.id, here.deps.clock.now_ns())
    return Answer(_shape(made))


async def list_rules(here: Here) -> Answer:
    """The rules of alarms.yaml with their words, and every rule that withholds something now: `alarms` counts
    them, `since` is of the first."""
    async with here.deps.ledger.read() as tx:
        held = await tx.find(Alarm, state=RULED)
    counts: dict[str, list[int]] = {}
    for alarm in held:
        for rule in alarm.suppressed_by:
            counts.setdefault(rule, []).append(alarm.suppressed_ns or 0)
    names = {rule.id: plain(rule.name) for rule in here.deps.by_design().rules}
    items = [
        {
            "id": id,
            "name": names.get(id),
            "station": id.removeprefix(PREFIX) if id.startswith(PREFIX) else None,
        }
        | {
            "alarms": len(counts.get(id, ())),
            **plain({"since_ns": min(counts[id]) if id in counts else None}),
        }
        for id in sorted(names.keys() | counts.keys())
    ]
    return Answer({"items": items, "next": None})


def _rows(deps: Deps) -> Sequence[AlarmDefinition]:
    return deps.rows() if deps.rows else list(deps.definitions.values())


def _explained(deps: Deps, one: Activity) -> Expected:
    return expected(one, _rows(deps), deps.plant)


def _shape(one: Activity) -> Json:
    shape: Json = plain(one)
    return shape | {"until": rfc3339(one.until_ns)}


def _told(deps: Deps, found: Expected, alarms: dict[str, Alarm]) -> Json:
    def row(id: str) -> Json:
        definition, alarm = deps.definitions[id], alarms.get(id)
        return {
            "id": id,
            "name": plain(definition.name),
            "priority": definition.priority,
            "state": alarm.state.value if alarm else State.NORM.value,
            "active": alarm is not None and alarm.active,
        }

    return {
        "withheld": [row(id) for id in found.withheld],
        "to_approve": [row(id) for id in found.to_approve],
        "never": [row(id) for id in found.never],
    }


def _sees(audience: Audience, deps: Deps, one: Activity) -> bool:
    if not audience.sees(EventKind.ACTIVITY, None) and audience.zones is None:
        return False
    tags = [deps.plant.tags[tag] for tag in one.tags if tag in deps.plant.tags]
    everywhere = not one.zones and not one.tags
    return (
        everywhere
        or any(audience.sees_zone(zone) for zone in one.zones)
        or any(audience.sees_tag(tag) for tag in tags)
    )


def _refuse(check: Callable[[], None]) -> None:
    try:
        check()
    except Unplannable as error:
        raise _invalid(error) from error


def _invalid(error: Unplannable) -> Problem:
    why = GLOSSARY[f"activity.refused.{error.field}"]
    told = {"zh": why.zh, "en": why.en}
    return Problem(422, "invalid", f"body.{error.field}: {error}", why=told, at=error.field)


_PATH = "/api/v1/activities"
DOORS = (
    Door("GET", _PATH, list_activities, Permission.ALARMS),
    Door("POST", _PATH, plan, Permission.PLAN, 201),
    Door("POST", f"{_PATH}/preview", preview, Permission.PLAN),
    Door("GET", f"{_PATH}/{{id}}", get_activity, Permission.ALARMS),
    Door("DELETE", f"{_PATH}/{{id}}", end, Permission.PLAN),
    Door("POST", f"{_PATH}/{{id}}/extend", extend, Permission.PLAN),
    Door("POST", f"{_PATH}/{{id}}/approve", approve, Permission.DECIDE_PROPOSAL),
    Door("GET", "/api/v1/suppression", list_rules, Permission.ALARMS),
)
