"""An order's service clocks, the pauses that hold them, and the dispatcher's board."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from api.clock_shapes import card_shape, clock_shape
from api.context import Here
from api.gate import Asker, Door
from api.own_orders import order_of
from api.parameters import Id
from api.permissions import Limit, Permission
from api.wire import Answer, Json, plain, rfc3339
from core.model.notice import Notice
from core.model.service_clock import ClockName, PauseReason, ServiceClock
from core.ports.ledger import Tx
from response.clocks import acts
from response.clocks.board import cards, cards_of
from response.clocks.calendar import ALWAYS
from response.clocks.reckoning import read

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class PauseAsked(BaseModel):
    """evidence: what proves it: a permit's number, a photo's id, a message."""

    model_config = ConfigDict(extra="forbid")
    reason: PauseReason
    evidence: Words


class ToldAsked(BaseModel):
    """note: how and what the caller was told."""

    model_config = ConfigDict(extra="forbid")
    note: Words


async def board(here: Here, caller: Asker) -> Answer:
    """Every order that is not over, the most urgent first, with its clocks. A crew sees its own."""
    now_ns, times = here.deps.clock.now_ns(), here.deps.times
    crew = (caller.user.crew or "") if caller.limit is Limit.OWN else None
    async with here.deps.ledger.read() as tx:
        found = await cards(tx, times, now_ns, crew)
        due = await _due(tx, now_ns) if crew is None else []
    items = [card_shape(card, here.deps, caller.user) for card in found]
    return Answer({"at": rfc3339(now_ns), "profile": times.name, "items": items, "notices": due})


async def _due(tx: Tx, now_ns: int) -> list[Json]:
    """Notices of acute doubtful water of which the public has to be told, the most urgent first."""
    running = await tx.find(ServiceClock, clock=ClockName.PUBLIC_NOTICE, running=True)
    shown = []
    for clock in sorted(running, key=lambda one: one.due_ns):
        notice = await tx.get(Notice, clock.order)
        if notice is not None:
            reading = read(clock, ALWAYS, (), now_ns)
            named = {"notice": notice.id, "kind": notice.kind.value, "title": plain(notice.title)}
            shown.append(named | clock_shape(clock, reading))
    return shown


async def list_clocks(here: Here, caller: Asker, id: Id) -> Answer:
    """Each with its deadline, with pauses and without; and every pause with its evidence."""
    now_ns, times = here.deps.clock.now_ns(), here.deps.times
    async with here.deps.ledger.read() as tx:
        order = await order_of(tx, id, caller)
        (card,) = await cards_of(tx, times, [order], now_ns)
    shown = [clock_shape(clock, reading) for clock, reading in card.clocks]
    return Answer({"order": id, "items": shown, "pauses": [plain(pause) for pause in card.pauses]})


async def pause(here: Here, caller: Asker, id: Id, body: PauseAsked) -> Answer:
    """201. 409: twice, without evidence, or where nothing of it may be paused."""
    async with here.deps.ledger.begin() as tx:
        order, now_ns = await order_of(tx, id, caller), here.deps.clock.now_ns()
        made = await acts.pause(tx, here.deps.times, order, body.reason, body.evidence, caller.user, now_ns)
    return Answer(plain(made), 201)


async def resume(here: Here, caller: Asker, id: Id) -> Answer:
    async with here.deps.ledger.begin() as tx:
        order, now_ns = await order_of(tx, id, caller), here.deps.clock.now_ns()
        ended = await acts.resume(tx, here.deps.times, order, caller.user, now_ns)
    return Answer(plain(ended))


async def take_on(here: Here, caller: Asker, id: Id, clock: Id) -> Answer:
    """The ladder tells nobody of this clock any more."""
    async with here.deps.ledger.begin() as tx:
        order, now_ns = await order_of(tx, id, caller), here.deps.clock.now_ns()
        taken = await acts.take_on(tx, here.deps.times, order, clock, caller.user, now_ns)
    return Answer(plain(taken))


async def told(here: Here, caller: Asker, id: Id, clock: Id, body: ToldAsked) -> Answer:
    """The caller was told: `inform` or `reply` stops. Its first owner says so, an agent of the hotline of an
    order that people reported, or whoever moves the order (WO-12). 403 otherwise."""
    async with here.deps.ledger.begin() as tx:
        order, now_ns = await order_of(tx, id, caller), here.deps.clock.now_ns()
        kept = await acts.told(tx, here.deps.times, order, clock, body.note, caller.user, now_ns)
    return Answer(plain(kept))


_OF = "/api/v1/work-orders/{id}/clocks"
DOORS = (
    Door("GET", "/api/v1/board", board, Permission.WORK_ORDERS),
    Door("GET", _OF, list_clocks, Permission.WORK_ORDERS),
    Door("POST", f"{_OF}/pause", pause, Permission.MOVE_WORK_ORDER, 201),
    Door("POST", f"{_OF}/resume", resume, Permission.MOVE_WORK_ORDER),
    Door("POST", f"{_OF}/{{clock}}/ack", take_on, Permission.MOVE_WORK_ORDER),
    Door("POST", f"{_OF}/{{clock}}/told", told, Permission.HAND_OVER),
)
