"""How good the alarms are, and how they stood at any instant: from the journal alone."""

import asyncio

from alarms.kpi import Actor, Kpi, Recount
from alarms.nuisance import mend
from api.context import Here
from api.deps import Deps
from api.gate import Asker, Door
from api.parameters import Time, span
from api.permissions import Permission
from api.problems import Problem
from api.routes.tags import reach
from api.shapes import entry_shape
from api.wire import Answer, Json, parse_time, plain, rfc3339
from core.model.alarm import AlarmDefinition, State
from core.model.event import EventKind
from core.model.master import MasterDrift, MasterVersion

USUAL_NS = 30 * 86_400 * 1_000_000_000
"""The period that the standard's targets are of."""
LONGEST_NS = 400 * 86_400 * 1_000_000_000


async def get_kpi(here: Here, caller: Asker, start: Time | None = None, end: Time | None = None) -> Answer:
    """Of a period, the last thirty days without one, from the hub's first start on; the worst alarms with a
    proposed mend each."""
    start_ns, end_ns = span(start, end, here.deps.clock.now_ns(), USUAL_NS)
    if end_ns - start_ns > LONGEST_NS:
        raise Problem(422, "invalid", "a period of 400 days at most")
    async with here.deps.ledger.read() as tx:
        drifts = await tx.find(MasterDrift)
        began_ns = min((version.t_ns for version in await tx.find(MasterVersion)), default=None)
    recount = Recount(start_ns, end_ns, await here.deps.ledger.journal_at(start_ns - 1), began_ns)
    async for entries in here.deps.ledger.journal_between(start_ns, end_ns):
        await asyncio.to_thread(recount.add, entries)
    figures = await asyncio.to_thread(recount.figures)
    audience = await reach(here, caller)
    unauthorised = sum(1 for d in drifts if d.since_ns < end_ns and (d.until_ns or end_ns) > start_ns)
    return Answer(
        audience.shown(
            _shape(figures, here.deps) | {"asked": rfc3339(start_ns), "unauthorised": unauthorised}
        )
    )


async def get_at(here: Here, caller: Asker, time: Time) -> Answer:
    """Every alarm that was not normal at that instant, as its last entry before tells."""
    audience = await reach(here, caller)
    entries = await here.deps.ledger.journal_at(parse_time(time))
    shapes = []
    for entry in entries:
        row = here.deps.definitions.get(entry.alarm) if entry.after is not State.NORM else None
        if entry.after is not State.NORM and audience.sees(EventKind.ALARM, row.zone if row else None):
            where = {"tag": row.tag, "zone": row.zone, "kind": row.kind.value} if row else {}
            shapes.append(audience.shown(entry_shape(entry) | _named(row) | where))
    return Answer({"time": time, "items": shapes})


def _shape(figures: Kpi, deps: Deps) -> Json:
    shape: Json = plain(figures)
    shape["floods"] = [{"begin": rfc3339(begin), "end": rfc3339(end)} for begin, end in figures.floods]
    shape["response"] = {
        str(priority): {"median_s": median / 1e9, "p95_s": p95 / 1e9, "answered": n}
        for priority, (median, p95, n) in figures.response_ns.items()
    }
    shape["by_priority"] = {str(priority): n for priority, n in figures.by_priority.items()}
    shape["worst"] = [_actor(actor, figures, deps) for actor in figures.worst]
    return shape


def _actor(actor: Actor, figures: Kpi, deps: Deps) -> Json:
    proposed = mend(actor, figures)
    return {
        "alarm": actor.alarm,
        "annunciated": actor.annunciated,
        "share": actor.share,
        "raised_times": actor.raised,
        "chatters": actor.chatters,
        "fleeting": actor.fleeting,
        "standing_s": actor.standing_ns / 1e9,
        "reaction_s": None if actor.reaction_ns is None else actor.reaction_ns / 1e9,
        "shelved": actor.shelved,
        "mend": proposed.value if proposed else None,
        **_named(deps.definitions.get(actor.alarm)),
    }


def _named(row: AlarmDefinition | None) -> Json:
    return {"name": plain(row.name), "priority": row.priority} if row else {}


DOORS = (
    Door("GET", "/api/v1/alarm-kpi", get_kpi, Permission.ALARMS),
    Door("GET", "/api/v1/alarm-states", get_at, Permission.ALARMS),
)
