"""Who does it: suggestions, the pool, hand-over, and what takes no new work."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.context import Here
from api.gate import Asker, Caller, Door
from api.glossary import GLOSSARY
from api.order_shapes import order_for
from api.own_orders import order_of, own
from api.parameters import Id
from api.permissions import Limit as Reach
from api.permissions import Permission
from api.problems import Problem
from api.wire import Answer, plain
from core.model.account import Role
from core.model.flow_lock import Earned, FlowLock, GrabPoint, Lockable
from core.model.timer import Timer
from core.model.work_order import WorkOrder, WorkOrderState
from response.orders import flow_lock, owner, pool
from response.orders.suggestion import suggest

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class HandedTo(_Body):
    to: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    note: Annotated[str, StringConstraints(max_length=2_000)] | None = None


class Locked(_Body):
    kind: Lockable
    subject: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    reason: Reason


class Reassigned(_Body):
    """crew, owner: the new ones; at least one of them."""

    orders: Annotated[list[Id], Field(min_length=1, max_length=500)]
    crew: Id | None = None
    owner: Annotated[str, StringConstraints(min_length=1, max_length=128)] | None = None
    reason: Reason


async def get_suggestion(here: Here, caller: Asker, id: Id) -> Answer:
    """Every crew, the best first; each term in minutes, and what speaks against it."""
    async with here.deps.ledger.read() as tx:
        order = await order_of(tx, id, caller)
        found = await suggest(tx, here.deps.plant, order, here.deps.clock.now_ns())
    names = {crew.id: plain(crew.name) for crew in here.deps.plant.crews.values()}
    items = [plain(one) | {"name": names[one.crew]} for one in found]
    return Answer({"items": items, "next": None})


async def list_pool(here: Here, caller: Asker) -> Answer:
    """What lies there, with what speaks against one's own crew; each crew's points, and how evenly the orders
    were spread (Gini: 0 is even)."""
    plant, now_ns = here.deps.plant, here.deps.clock.now_ns()
    mine = caller.user.crew if caller.user.crew in plant.crews else None
    async with here.deps.ledger.read() as tx:
        orders = await tx.find(WorkOrder, state=WorkOrderState.POOLED)
        against = {
            order.id: await pool.against_grab(tx, plant, order, mine, now_ns) if mine else ()
            for order in orders
        }
        ends = {order.id: await tx.get(Timer, pool.timer(order.id, 0).id) for order in orders}
        points = await tx.count(GrabPoint, ("crew", "why", "points"))
    items = [
        order_for(order, caller)
        | {"against": against[order.id], "until": plain(ends[order.id])["due"] if ends[order.id] else None}
        for order in orders
    ]
    taken = dict.fromkeys(plant.crews, 0)
    sums = dict.fromkeys(plant.crews, 0)
    for (crew, why, each), n in points.items():
        sums[crew] = sums.get(crew, 0) + int(each) * n
        if why == Earned.GRABBED:
            taken[crew] = taken.get(crew, 0) + n
    shown = taken if caller.limit is not Reach.OWN else {mine: taken[mine]} if mine else {}
    crews = [{"crew": crew, "taken": n, "points": sums.get(crew, 0)} for crew, n in shown.items()]
    return Answer({"items": items, "next": None, "crews": crews, "gini": round(pool.gini(taken.values()), 3)})


async def grab(here: Here, caller: Asker, id: Id) -> Answer:
    """200 for the first; 409 `taken` for all others, `not_eligible` with what speaks against it."""
    async with here.deps.ledger.begin() as tx:
        order = await pool.grab(tx, here.deps.plant, id, caller.user, here.deps.clock.now_ns())
    return Answer(order_for(order, caller))


async def hand_over(here: Here, caller: Asker, id: Id, body: HandedTo) -> Answer:
    """Offered; whoever it is offered to has ten minutes."""
    async with here.deps.ledger.begin() as tx:
        await order_of(tx, id, caller, _may_hand_over)
        now_ns = here.deps.clock.now_ns()
        order = await owner.offer(tx, id, body.to, caller.user, now_ns, body.note)
    return Answer(order_for(order, caller))


async def take_over(here: Here, caller: Asker, id: Id) -> Answer:
    return await _answered(here, caller, id, accept=True)


async def send_back(here: Here, caller: Asker, id: Id) -> Answer:
    return await _answered(here, caller, id, accept=False)


async def _answered(here: Here, caller: Caller, id: str, *, accept: bool) -> Answer:
    async with here.deps.ledger.begin() as tx:
        order = await owner.answer(tx, id, caller.user, here.deps.clock.now_ns(), accept=accept)
    return Answer(order_for(order, caller))


def _may_hand_over(order: WorkOrder, caller: Caller) -> bool:
    return own(order, caller) or caller.user.id == order.owner


async def list_locks(here: Here) -> Answer:
    """name: of the crew, area or service; of a person the sign-in name."""
    async with here.deps.ledger.read() as tx:
        locks = await tx.find(FlowLock)
        names = [await flow_lock.named(tx, here.deps.plant, one.kind, one.subject) for one in locks]
    items = [plain(one) | {"name": plain(name)} for one, name in zip(locks, names, strict=True)]
    return Answer({"items": items, "next": None})


async def lock(here: Here, caller: Asker, body: Locked) -> Answer:
    """201. 409 `orders_open` with their list: reassign them first. People are the administrator's, the rest a
    duty manager's."""
    _may(caller, body.kind)
    async with here.deps.ledger.begin() as tx:
        held = await flow_lock.lock(
            tx,
            here.deps.plant,
            body.kind,
            body.subject,
            body.reason,
            caller.user,
            here.deps.clock.now_ns(),
        )
    return Answer(plain(held), 201)


async def unlock(here: Here, caller: Asker, kind: Lockable, subject: str) -> Answer:
    _may(caller, kind)
    async with here.deps.ledger.begin() as tx:
        await flow_lock.unlock(tx, here.deps.plant, kind, subject)
    return Answer({})


async def reassign(here: Here, caller: Asker, body: Reassigned) -> Answer:
    """All of them, or none."""
    if body.crew is None and body.owner is None:
        raise Problem(422, "invalid", "name the new crew or the new owner")
    if caller.limit is Reach.OWN:
        raise Problem(403, "role", "your role moves its own orders only")
    if body.crew is not None and body.crew not in here.deps.plant.crews:
        raise Problem(422, "unknown_crew", f"there is no crew {body.crew!r}")
    async with here.deps.ledger.begin() as tx:
        moved = await flow_lock.reassign(
            tx,
            here.deps.plant,
            tuple(dict.fromkeys(body.orders)),
            crew=body.crew,
            owner=body.owner,
            reason=body.reason,
            actor=caller.user,
            now_ns=here.deps.clock.now_ns(),
        )
    return Answer({"items": [order_for(order, caller) for order in moved], "next": None})


def _may(caller: Caller, kind: Lockable) -> None:
    wanted = Role.ADMIN if kind is Lockable.USER else Role.DUTY_MANAGER
    if caller.user.role is not wanted:
        who = GLOSSARY[f"role.{wanted}"]
        why = {"zh": f"只有{who.zh}可以停用或恢复此项", "en": f"putting this out of use is for the {who.en}"}
        raise Problem(403, "role", why["en"], why=why)


_ORDER = "/api/v1/work-orders/{id}"
DOORS = (
    Door("GET", f"{_ORDER}/suggestion", get_suggestion, Permission.WORK_ORDERS),
    Door("GET", "/api/v1/pool", list_pool, Permission.MOVE_WORK_ORDER),
    Door("POST", f"{_ORDER}/grab", grab, Permission.MOVE_WORK_ORDER),
    Door("POST", f"{_ORDER}/handover", hand_over, Permission.HAND_OVER),
    Door("POST", f"{_ORDER}/take-over", take_over, Permission.HAND_OVER),
    Door("POST", f"{_ORDER}/send-back", send_back, Permission.HAND_OVER),
    Door("POST", "/api/v1/work-orders/reassign", reassign, Permission.MOVE_WORK_ORDER),
    Door("GET", "/api/v1/flow-locks", list_locks, Permission.WORK_ORDERS),
    Door("POST", "/api/v1/flow-locks", lock, Permission.LOCK_FLOW, 201),
    Door("DELETE", "/api/v1/flow-locks/{kind}/{subject}", unlock, Permission.LOCK_FLOW),
)
