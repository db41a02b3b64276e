"""Shifts of the control room: the log that fills itself, its notes, and who handed it to whom."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, ConfigDict, StringConstraints

from api.context import Here
from api.gate import Asker, Door
from api.parameters import Id
from api.permissions import Permission
from api.problems import not_found
from api.wire import Answer, Json, plain, rfc3339
from core.model.canonical import canonical, parsed
from core.model.plant import Zone
from core.model.shift import Shift, ShiftHandover
from core.ports.ledger import Tx
from response.shifts import acts
from response.shifts.line import Matter, Period
from response.shifts.log import log_of, over

MOST = 60
MIN_NS = 60_000_000_000


class NoteAsked(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class TakenAsked(BaseModel):
    """sha256: of the log that was read."""

    model_config = ConfigDict(extra="forbid")
    sha256: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]


async def list_shifts(here: Here, limit: Annotated[int, Query(ge=1, le=MOST)] = 14) -> Answer:
    """The newest first. current: the one to look at."""
    rota, now_ns = here.deps.rota, here.deps.clock.now_ns()
    shift = rota.at(now_ns)
    async with here.deps.ledger.read() as tx:
        current = await _current(tx, here, shift, now_ns)
        found = [rota.after(shift)] if current.start_ns > shift.start_ns else []
        for _ in range(limit):
            found.append(shift)
            shift = rota.before(shift)
        items = [_shown(one) | _signed(await tx.get(ShiftHandover, one.id)) for one in found[:limit]]
    return Answer({"at": rfc3339(now_ns), "current": current.id, "items": items})


async def _current(tx: Tx, here: Here, shift: Shift, now_ns: int) -> Shift:
    """The one before, while it waits to be taken, or lately to be handed over; the next, once this one was
    taken; else the one whose time it is."""
    rota = here.deps.rota
    before = rota.before(shift)
    waiting = await tx.get(ShiftHandover, before.id)
    lately = now_ns < shift.start_ns + rota.early_min * MIN_NS
    if waiting.taken_ns is None if waiting else lately:
        return before
    stands = await tx.get(ShiftHandover, shift.id)
    return rota.after(shift) if stands and stands.taken_ns is not None else shift


async def show_shift(here: Here, id: Id) -> Answer:
    """As it was handed over, also where hours were others then; before that as it is now."""
    rota, now_ns = here.deps.rota, here.deps.clock.now_ns()
    async with here.deps.ledger.read() as tx:
        stands = await tx.get(ShiftHandover, id)
    if stands:
        return Answer(_signed(stands) | {"at": rfc3339(now_ns)} | parsed(stands.log))
    shift = _named(here, id)
    shown = {
        **_signed(None),
        "at": rfc3339(now_ns),
        "may_hand_over_from": rfc3339(shift.end_ns - rota.early_min * MIN_NS),
        "over": over(rota, shift, now_ns),
        **(await _log(here, shift, now_ns))[1],
    }
    return Answer(shown)


async def _log(here: Here, shift: Shift, now_ns: int) -> tuple[Period, Json]:
    deps = here.deps
    period, lines = await log_of(deps.ledger, deps.rota, shift, deps.definitions, deps.times, now_ns)
    return period, {
        **_shown(shift),
        "from": rfc3339(period.from_ns),
        "to": rfc3339(period.to_ns),
        "next_until": rfc3339(period.next_until_ns),
        "lines": [_named_place(plain(line), deps.plant.zones.get(line.zone or "")) for line in lines],
    }


async def write_note(here: Here, caller: Asker, id: Id, body: NoteAsked) -> Answer:
    shift, now_ns = _named(here, id), here.deps.clock.now_ns()
    async with here.deps.ledger.begin() as tx:
        made = await acts.note(tx, here.deps.rota, shift, caller.user, body.text, now_ns)
    return Answer(plain(made), 201)


async def hand_over(here: Here, caller: Asker, id: Id) -> Answer:
    """What is signed is the log at that moment, and stands from then on."""
    shift = _named(here, id)
    while True:
        try:
            stands = await _handed(here, caller, shift)
        except acts.NotedMeanwhile:
            continue
        return Answer(_shown(shift) | _signed(stands))


async def _handed(here: Here, caller: Asker, shift: Shift) -> ShiftHandover:
    """The log is filled while others may write: alarms do not wait for it."""
    deps, now_ns = here.deps, here.deps.clock.now_ns()
    period, log = await _log(here, shift, now_ns)
    noted = sum(line["matter"] == Matter.NOTE for line in log["lines"])
    signed, from_ns = canonical(log), period.from_ns
    async with deps.ledger.begin() as tx:
        return await acts.hand_over(tx, deps.rota, shift, caller.user, signed, noted, from_ns, now_ns)


async def take_over(here: Here, caller: Asker, id: Id, body: TakenAsked) -> Answer:
    shift, now_ns = _named(here, id), here.deps.clock.now_ns()
    async with here.deps.ledger.begin() as tx:
        stands = await acts.take_over(tx, shift, caller.user, body.sha256, now_ns)
    return Answer(_shown(shift) | _signed(stands))


def _named_place(line: Json, zone: Zone | None) -> Json:
    return line | {"zone_name": plain(zone.name) if zone else None}


def _named(here: Here, id: str) -> Shift:
    """Raises Problem 404."""
    if (shift := here.deps.rota.named(id)) is None:
        raise not_found("shift", id)
    return shift


def _shown(shift: Shift) -> Json:
    return {
        "id": shift.id,
        "name": plain(shift.name),
        "start": rfc3339(shift.start_ns),
        "end": rfc3339(shift.end_ns),
    }


def _signed(stands: ShiftHandover | None) -> Json:
    """handed, taken: null until then. intact: the log is what was signed."""
    if stands is None:
        return {"handed": None, "taken": None}
    handed = {"at": rfc3339(stands.handed_ns), "by": stands.by, "role": stands.role}
    taken = None
    if stands.taken_ns is not None:
        taken = {"at": rfc3339(stands.taken_ns), "by": stands.taken_by, "role": stands.taken_role}
    return {"handed": handed, "taken": taken, "sha256": stands.sha256, "intact": stands.intact}


_PATH = "/api/v1/shifts"
DOORS = (
    Door("GET", _PATH, list_shifts, Permission.SHIFT_LOG),
    Door("GET", f"{_PATH}/{{id}}", show_shift, Permission.SHIFT_LOG),
    Door("POST", f"{_PATH}/{{id}}/notes", write_note, Permission.KEEP_SHIFT_LOG, 201),
    Door("POST", f"{_PATH}/{{id}}/hand-over", hand_over, Permission.KEEP_SHIFT_LOG),
    Door("POST", f"{_PATH}/{{id}}/take-over", take_over, Permission.KEEP_SHIFT_LOG),
)
