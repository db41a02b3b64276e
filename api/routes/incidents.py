"""Incidents: many alarms with one cause, and all that follows from it."""

from collections import Counter
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from alarms import commands, regroup
from alarms.journal import last_raised
from api.audience import Audience
from api.context import Here
from api.gate import Asker, Caller, Door
from api.parameters import Id, Limit, page_of
from api.permissions import Limit as Reach
from api.permissions import Permission
from api.problems import Problem, not_found
from api.routes.tags import reach
from api.shapes import alarm_shape, incident_shape, notice_shape, work_order_shape
from api.wire import Answer, Json, plain
from core.model.account import Account, Segment
from core.model.alarm import Alarm
from core.model.event import EventKind
from core.model.incident import Incident, IncidentKind, IncidentState
from core.model.notice import Affected, Notice
from core.model.work_order import WorkOrder
from core.ports.ledger import Page, Tx
from response import undoing
from response.notices.exercises import in_earnest
from response.orders.callers_of import clusters_in
from response.orders.isolating import isolating
from response.orders.none_opened import why_none
from response.orders.one_matter import ORDER_KINDS
from response.orders.valves import log_of
from response.site import works

_LATELY = 500
"""Orders of a kind, the newest, among which an earlier incident's is looked for."""


class What(StrEnum):
    INCIDENT = "incident"
    WORK_ORDER = "work_order"
    NOTICE = "notice"


class Seen(BaseModel):
    """What its author saw of the incident: its `seq`."""

    model_config = ConfigDict(extra="forbid")
    seq: Annotated[int, Field(ge=0, le=2**53)]


async def list_incidents(
    here: Here,
    caller: Asker,
    state: IncidentState | None = None,
    kind: IncidentKind | None = None,
    zone: Id | None = None,
    after: Id | None = None,
    limit: Limit = 100,
) -> Answer:
    """The newest first. A crew sees those in the zones of its open orders."""
    asked: dict[str, object] = {"state": state, "kind": kind, "zone": zone}
    asked = {name: value for name, value in asked.items() if value is not None}
    audience = await reach(here, caller)
    if audience.zones is not None:
        asked["zone"] = tuple(own for own in audience.zones if zone in (None, own))
    async with here.deps.ledger.read() as tx:
        found = await tx.find(Incident, Page(limit + 1, after), **asked)
        done = await works(tx, [incident.id for incident in found])
    return Answer(audience.shown(page_of([incident_shape(incident, done) for incident in found], limit)))


async def get_incident(here: Here, caller: Asker, id: Id) -> Answer:
    """With its alarms, work orders, notices (before the public is told for whoever may read drafts alone),
    likely place, the valves that its orders name or shut, and how many are affected; `clusters`: of callers
    whose alarm is in it; `calls_after_back`: calls since its instruments were back, which hold up that it is
    over; `no_order`: why there is none, by name."""
    audience = await reach(here, caller)
    async with here.deps.ledger.read() as tx:
        incident = await tx.get(Incident, id)
        if incident is None or not audience.sees(EventKind.INCIDENT, incident.zone):
            raise not_found("incident", id)
        return Answer(audience.shown(await _whole(tx, here, incident, audience)))


async def _whole(tx: Tx, here: Here, incident: Incident, audience: Audience) -> Json:
    alarms = await tx.find(Alarm, id=tuple({member.alarm for member in incident.members}))
    orders = await tx.find(WorkOrder, incident=(incident.id, *incident.merged)) or await _left(tx, incident)
    drawn = await tx.find(Notice, incident=incident.id)
    notices = [notice for notice in drawn if audience.sees_notice(notice)]
    clusters = await clusters_in(tx, incident)
    turned = await log_of(tx, orders)
    return incident_shape(incident, await works(tx, [incident.id])) | {
        "alarms": [
            alarm_shape(alarm, here.deps) for alarm in alarms if audience.sees(EventKind.ALARM, alarm.zone)
        ],
        "work_orders": [work_order_shape(o) for o in orders if audience.sees_order(o.zone, o.crew)],
        "valves": plain(isolating(here.deps.plant, orders, turned)),
        "no_order": None if orders else why_none(incident),
        "clusters": plain(clusters),
        "calls_after_back": sum(cluster.after_back for cluster in clusters),
        "notices": [notice_shape(notice) for notice in notices],
        "affected": await _affected(tx, in_earnest(drawn)),
        "undoable": _undoable(incident, orders, notices),
    }


async def _left(tx: Tx, incident: Incident) -> list[WorkOrder]:
    """Its order that stands for a later incident now, since it was opened again for that."""
    kind = ORDER_KINDS.get(incident.kind, incident.kind.value)
    found = await tx.find(WorkOrder, Page(_LATELY), kind=kind)
    return [order for order in found if incident.id in order.past]


def _undoable(incident: Incident, orders: list[WorkOrder], notices: list[Notice]) -> list[Json]:
    """What the hub did by itself and a person may still take back here."""
    acts: list[Json] = []
    if commands.by_the_hub(incident) and incident.state in commands.UNDOABLE:
        acts.append({"what": What.INCIDENT.value, "id": incident.id})
    mine = [order for order in orders if order.incident == incident.id and undoing.untouched(order)]
    acts += [{"what": What.WORK_ORDER.value, "id": order.id} for order in mine]
    return acts + [{"what": What.NOTICE.value, "id": n.id} for n in notices if undoing.still_hubs(n)]


async def _affected(tx: Tx, notices: list[Notice]) -> Json:
    """How many accounts, by supply, and how many of them need care of their own; nobody by name."""
    rows = await tx.find(Affected, notice=tuple(notice.id for notice in notices))
    accounts = {row.account: row.supply for row in rows}
    care = tuple(segment for segment in Segment if segment is not Segment.GENERAL)
    cared = [account for account in await tx.find(Account, segment=care) if account.id in accounts]
    return {
        "accounts": len(accounts),
        "by_supply": dict(Counter(accounts.values())),
        "by_segment": dict(Counter(account.segment.value for account in cared)),
    }


async def _decide(
    here: Here, caller: Caller, id: str, seen: Seen, decision: Callable[..., Awaitable[Incident]]
) -> Answer:
    async with here.deps.ledger.begin() as tx:
        standing = await tx.get(Incident, id)
        if standing is None:
            raise not_found("incident", id)
        if caller.limit is Reach.QUALITY and standing.kind is not IncidentKind.WATER_QUALITY:
            raise Problem(403, "role", "your role decides about incidents of water quality only")
        incident = await decision(tx, id, seen.seq, caller.user.id, here.deps.clock.now_ns())
        done = await works(tx, [incident.id])
    return Answer(incident_shape(incident, done))


async def confirm(here: Here, caller: Asker, id: Id, body: Seen) -> Answer:
    """A suspected incident is one: work order and notice draft follow. 409 when it changed meanwhile."""
    return await _decide(here, caller, id, body, commands.confirm)


async def close(here: Here, caller: Asker, id: Id, body: Seen) -> Answer:
    """The matter is settled."""
    return await _decide(here, caller, id, body, commands.close)


async def false_alarm(here: Here, caller: Asker, id: Id, body: Seen) -> Answer:
    """There was nothing."""
    return await _decide(here, caller, id, body, commands.false_alarm)


class Split(Seen):
    """alarms: those that have another cause."""

    alarms: Annotated[list[Id], Field(min_length=1, max_length=1_000)]


class Merge(Seen):
    """other, other_seq: the incident that ends in this one, as its author saw it."""

    other: Id
    other_seq: Annotated[int, Field(ge=0, le=2**53)]


class Undo(Seen):
    """what: of the hub's own acts; an incident goes with its order and draft. reason: why it was wrong."""

    what: What
    reason: Annotated[str, StringConstraints(max_length=2_000)]


async def undo(here: Here, caller: Asker, id: Id, body: Undo) -> Answer:
    """What the hub did by itself is taken back, and does not come back by itself. 409 where people have taken
    it up, or it changed meanwhile; 422 without a reason, or for what a person did."""

    async def act(tx: Tx, id: str, seq: int, actor: str, now_ns: int) -> Incident:
        if body.what is not What.NOTICE:
            await undoing.undo_orders(tx, id, body.reason.strip(), actor, now_ns)
        if body.what is not What.WORK_ORDER:
            await undoing.undo_notices(tx, id, now_ns)
        if body.what is What.INCIDENT:
            return await commands.undo(tx, id, seq, body.reason, actor, now_ns)
        return await commands.undone(tx, id, seq, body.what, body.reason, actor, now_ns)

    return await _regroup(here, caller, id, body, act)


async def split(here: Here, caller: Asker, id: Id, body: Split) -> Answer:
    """The incident of some of its alarms, which never join this one again: what was put into this one with
    them goes on, else it is a new one."""
    deps = here.deps
    raised = {alarm: await last_raised(deps.ledger, alarm) for alarm in body.alarms}
    told = {alarm: one.found for alarm, one in raised.items() if one is not None and one.found is not None}

    async def act(tx: Tx, id: str, seq: int, actor: str, now_ns: int) -> Incident:
        return await regroup.split(
            tx, deps.plant, deps.definitions, id, seq, body.alarms, actor, now_ns, told
        )

    return await _regroup(here, caller, id, body, act)


async def merge(here: Here, caller: Asker, id: Id, body: Merge) -> Answer:
    """Another incident ends in this one: its alarms, and what comes from its zone, belong here."""

    async def act(tx: Tx, id: str, seq: int, actor: str, now_ns: int) -> Incident:
        return await regroup.merge(tx, here.deps.plant, id, seq, body.other, body.other_seq, actor, now_ns)

    return await _regroup(here, caller, id, body, act)


async def _regroup(
    here: Here, caller: Caller, id: str, seen: Seen, act: Callable[..., Awaitable[Incident]]
) -> Answer:
    try:
        return await _decide(here, caller, id, seen, act)
    except ValueError as error:
        raise Problem(422, "invalid", str(error)) from error


DOORS = (
    Door("GET", "/api/v1/incidents", list_incidents, Permission.INCIDENTS),
    Door("GET", "/api/v1/incidents/{id}", get_incident, Permission.INCIDENTS),
    Door("POST", "/api/v1/incidents/{id}/confirm", confirm, Permission.DECIDE_INCIDENT),
    Door("POST", "/api/v1/incidents/{id}/close", close, Permission.DECIDE_INCIDENT),
    Door("POST", "/api/v1/incidents/{id}/false-alarm", false_alarm, Permission.DECIDE_INCIDENT),
    Door("POST", "/api/v1/incidents/{id}/split", split, Permission.DECIDE_INCIDENT),
    Door("POST", "/api/v1/incidents/{id}/undo", undo, Permission.DECIDE_INCIDENT),
    Door("POST", "/api/v1/incidents/{id}/merge", merge, Permission.DECIDE_INCIDENT),
)
