"""Any past instant as it stood: what instruments read, and which incidents, work orders and shut valves there
were. (How the alarms stood: `alarm_kpi`.)"""

from typing import Annotated

import numpy as np
from fastapi import Query

from api.context import Here
from api.gate import Asker, Door
from api.own_orders import own, own_alone
from api.parameters import Id, Time
from api.permissions import Permission
from api.problems import Problem, not_found
from api.routes.tags import Wanted, reach
from api.wire import Answer, Json, parse_time, plain, rfc3339, rfc3339_column
from core.model.event import EventKind
from core.model.tag import Quantity
from response.past import IncidentThen, OrderThen, incidents_at, orders_at, shut_at

WITHIN_NS = 3600 * 1_000_000_000
"""A value that had stood for longer was nobody's reading of that instant."""
MOST_TAGS = 1_000
"""In one answer."""


def past_ns(here: Here, time: Time) -> int:
    """Raises Problem 422 for what has not been."""
    t_ns = parse_time(time)
    if t_ns > here.deps.clock.now_ns():
        why = {"zh": "这个时刻尚未到来", "en": "this instant has not come yet"}
        raise Problem(422, "future", why["en"], why=why)
    return t_ns


async def tag_states(
    here: Here,
    caller: Asker,
    time: Time,
    zone: Id | None = None,
    after: Id | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST_TAGS)] = MOST_TAGS,
) -> Answer:
    """Columns tags, t, v, q: of each instrument the newest sample of the hour up to that instant; those
    without one are left out, and so are customers' meters. `next` as of tags."""
    t_ns, audience, wanted = past_ns(here, time), await reach(here, caller), Wanted(zone)
    ids = [
        tag.id
        for tag in here.deps.plant.tags.values()
        if wanted.has(tag) and tag.quantity is not Quantity.VOLUME and audience.sees_tag(tag)
    ]
    if after is not None:
        if after not in ids:
            raise not_found("tag", after)
        ids = ids[ids.index(after) + 1 :]
    found = await here.deps.historian.at(ids[:limit], t_ns, WITHIN_NS)
    samples = [found[id] for id in ids[:limit] if id in found]
    return Answer(
        {
            "time": rfc3339(t_ns),
            "tags": [one.tag for one in samples],
            "t": rfc3339_column(np.array([one.t_ns for one in samples], np.int64)),
            "v": [one.v for one in samples],
            "q": [one.q for one in samples],
            "next": ids[limit - 1] if len(ids) > limit else None,
        }
    )


async def incident_states(here: Here, caller: Asker, time: Time) -> Answer:
    """Those that were open at that instant, with what was known of them by then."""
    t_ns, audience = past_ns(here, time), await reach(here, caller)
    async with here.deps.ledger.read() as tx:
        found = await incidents_at(tx, t_ns)
    items = [_incident(one, t_ns) for one in found if audience.sees(EventKind.INCIDENT, one.incident.zone)]
    return Answer({"time": rfc3339(t_ns), "items": audience.shown({"items": items})["items"]})


def _incident(then: IncidentThen, t_ns: int) -> Json:
    one = then.incident
    confirmed_ns = one.confirmed_ns if one.confirmed_ns is not None and one.confirmed_ns <= t_ns else None
    return {
        "id": one.id,
        "kind": one.kind.value,
        "state": then.state.value,
        "opened": rfc3339(one.opened_ns),
        "confirmed": None if confirmed_ns is None else rfc3339(confirmed_ns),
        "zone": one.zone,
        "title": plain(one.title),
        "members": plain(then.members),
        "location": plain(then.location),
    }


async def order_states(here: Here, caller: Asker, time: Time) -> Answer:
    """Those that were not over at that instant: at which step (`state`, `since`), and which crew had it. A
    crew sees its own."""
    t_ns = past_ns(here, time)
    async with here.deps.ledger.read() as tx:
        found = await orders_at(tx, t_ns, **own_alone(caller))
    items = [_order(one) for one in found if own(one.order, caller)]
    return Answer({"time": rfc3339(t_ns), "items": items})


def _order(then: OrderThen) -> Json:
    one = then.order
    return {
        "id": one.id,
        "incident": one.incident,
        "kind": one.kind,
        "state": then.step.state.value,
        "since": rfc3339(then.step.at_ns),
        "priority": one.priority,
        "zone": one.zone,
        "title": plain(one.title),
        "place": plain(one.place),
        "opened": rfc3339(one.opened_ns),
        "crew": then.crew,
        "links": list(one.links),
        "x": one.x,
        "y": one.y,
    }


async def valve_states(here: Here, caller: Asker, time: Time) -> Answer:
    """Valves that stood shut at that instant by the crews' records, and the order they were shut for."""
    t_ns = past_ns(here, time)
    async with here.deps.ledger.read() as tx:
        shut = await shut_at(tx, await orders_at(tx, t_ns, **own_alone(caller)), t_ns)
    return Answer({"time": rfc3339(t_ns), "items": [{"valve": valve, "order": id} for valve, id in shut]})


DOORS = (
    Door("GET", "/api/v1/tag-states", tag_states, Permission.VALUES),
    Door("GET", "/api/v1/incident-states", incident_states, Permission.INCIDENTS),
    Door("GET", "/api/v1/order-states", order_states, Permission.WORK_ORDERS),
    Door("GET", "/api/v1/valve-states", valve_states, Permission.WORK_ORDERS),
)
