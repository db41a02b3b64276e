"""What is done on an order: valves turned, parts and hours, what was found; and what goes on around it."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from api.audience import audience_of
from api.context import Here
from api.gate import Asker, Door
from api.order_shapes import order_for
from api.own_orders import order_of
from api.parameters import Id, Time
from api.permissions import Limit as Reach
from api.permissions import Permission, granted
from api.phone_time import when
from api.problems import Problem
from api.wire import Answer, parse_time, plain
from core.model.usage import Cause, Failure, FailureMode, Labour, Material, Part, PartMove, Work
from core.model.valve_operation import MOST_TURNS, Direction, Turning, ValveOperation
from response.orders import usage
from response.orders.context import around
from response.orders.parts import parts
from response.orders.valve_slips import take_back
from response.orders.valves import balance, entries_of, log_of, turn

Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)]
_Amount = Annotated[float, Field(strict=True, gt=0, le=1_000_000, allow_inf_nan=False)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Turned(_Body):
    """turns: of the spindle; none where one is opened that nobody counted when it was shut. closes: which way
    it closes, as found. at, sent: by the phone, of an operation that it kept while it had no network."""

    valve: Id
    turning: Turning
    turns: Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)] = 0.0
    closes: Direction
    note: Note | None = None
    at: Time | None = None
    sent: Time | None = None

    @model_validator(mode="after")
    def _counted(self) -> Self:
        if self.turning is Turning.CLOSE and not self.turns:
            raise ValueError("turns: say by how many it was shut")
        if self.turns > MOST_TURNS[self.turning]:
            raise ValueError(f"turns: {MOST_TURNS[self.turning]:g} at most")
        return self


class PartUsed(_Body):
    """place: the store or the crew whose vehicle it comes from; the order's crew unless it is said."""

    part: Id
    quantity: _Amount
    place: Id | None = None
    note: Note | None = None


class Worked(_Body):
    """who: a person, or the machine. rate: yuan an hour."""

    work: Work = Work.LABOUR
    who: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    start: Time
    end: Time
    rate: Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)] = 0.0


class Found(_Body):
    mode: FailureMode
    material: Material
    cause: Cause
    diameter_mm: Annotated[float, Field(gt=0, le=5_000)] | None = None
    depth_m: Annotated[float, Field(ge=0, le=50)] | None = None
    laid_year: Annotated[int, Field(ge=1850, le=2100)] | None = None
    link: Id | None = None


_Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
_Mm = Annotated[float, Field(gt=0, le=5_000, allow_inf_nan=False)]


class Article(_Body):
    """price: of one `unit`, yuan. from_mm, to_mm: outer diameters that a clamp takes."""

    name_zh: _Name
    name_en: _Name
    unit: _Name = "个"
    price: Annotated[float, Field(ge=0, le=10_000_000, allow_inf_nan=False)] = 0.0
    from_mm: _Mm | None = None
    to_mm: _Mm | None = None
    materials: list[Material] = []


class Stocked(_Body):
    part: Id
    quantity: Annotated[float, Field(strict=True, ge=-1_000_000, le=1_000_000, allow_inf_nan=False)]
    place: Id
    to: Id | None = None
    note: Note | None = None


async def list_valves(here: Here, caller: Asker, id: Id) -> Answer:
    """As they were entered, also what was taken back; `shut`: what stands shut, by how many turns."""
    async with here.deps.ledger.read() as tx:
        order = await order_of(tx, id, caller)
        found = await entries_of(tx, [order])
    shut = [
        {"valve": valve, "turns": turns} for valve, turns in balance([o for o in found if o.stands]).items()
    ]
    return Answer({"items": plain(found), "shut": shut, "to_shut": list(order.valves), "next": None})


async def turn_valve(here: Here, caller: Asker, id: Id, body: Turned) -> Answer:
    """201, with the order as it is then. 404: no such order or valve. 409 `turns_required`: opened without
    turns, although it was shut by some."""
    clock = here.deps.clock
    async with here.deps.ledger.begin() as tx:
        standing = await order_of(tx, id, caller)
        now_ns = clock.now_ns()
        told = when(clock, standing, caller.user, body.at, body.sent, now_ns) if body.at else None
        operation = ValveOperation(
            id="",
            work_order=id,
            valve=body.valve,
            turning=body.turning,
            turns=body.turns,
            not_known=not body.turns,
            closes=body.closes,
            operator=caller.user.id,
            at_ns=now_ns,
            done_ns=told.done_ns if told else None,
            claimed_ns=told.claimed_ns if told else None,
            note=body.note,
        )
        order, written = await turn(tx, here.deps.plant, operation)
        shut = balance(await log_of(tx, [order]))
    answer = {"operation": plain(written), "shut": list(shut), "work_order": order_for(order, caller)}
    return Answer(answer, 201)


async def take_valve_back(here: Here, caller: Asker, id: Id, entry: Id) -> Answer:
    """The order as if it had not been entered; idempotent. 404: no such order or entry; 403 `not_yours`; 409
    `not_the_last` of its valve, `over`."""
    async with here.deps.ledger.begin() as tx:
        await order_of(tx, id, caller)
        order = await take_back(tx, id, entry, caller.user, here.deps.clock.now_ns())
    return Answer(order_for(order, caller))


async def get_usage(here: Here, caller: Asker, id: Id) -> Answer:
    """Parts, hours, what was found, and what it cost."""
    async with here.deps.ledger.read() as tx:
        await order_of(tx, id, caller)
        moves = await tx.find(PartMove, work_order=id)
        labour = await tx.find(Labour, work_order=id)
        failure = await tx.get(Failure, id)
    cost = usage.costs(moves, labour)
    answer = {
        "parts": plain(moves),
        "labour": plain(labour),
        "failure": plain(failure) if failure else None,
        "cost": plain(cost) | {"total": cost.total},
    }
    return Answer(answer)


async def use_part(here: Here, caller: Asker, id: Id, body: PartUsed) -> Answer:
    """201. 404: no such part; 409 `not_in_stock`."""
    async with here.deps.ledger.begin() as tx:
        order = await order_of(tx, id, caller)
        place = body.place or order.crew
        if place is None:
            raise Problem(422, "place_required", "say from which store or vehicle")
        wanted = PartMove(
            id="",
            part=body.part,
            place=place,
            quantity=-body.quantity,
            by=caller.user.id,
            at_ns=here.deps.clock.now_ns(),
            work_order=id,
            note=body.note,
        )
        written = await usage.move(tx, wanted)
    return Answer(plain(written), 201)


async def add_labour(here: Here, caller: Asker, id: Id, body: Worked) -> Answer:
    """201. Overlaps of one who are told and count once."""
    async with here.deps.ledger.begin() as tx:
        await order_of(tx, id, caller)
        wanted = Labour(
            id="",
            work_order=id,
            work=body.work,
            who=body.who,
            start_ns=parse_time(body.start),
            end_ns=parse_time(body.end),
            by=caller.user.id,
            at_ns=here.deps.clock.now_ns(),
            rate=body.rate,
        )
        written = await usage.work(tx, wanted)
    return Answer(plain(written), 201)


async def put_failure(here: Here, caller: Asker, id: Id, body: Found) -> Answer:
    """Said again, it replaces what was said."""
    async with here.deps.ledger.begin() as tx:
        await order_of(tx, id, caller)
        now_ns = here.deps.clock.now_ns()
        failure = Failure(id=id, by=caller.user.id, at_ns=now_ns, **body.model_dump())
        written = await usage.found(tx, failure)
    return Answer(plain(written))


async def list_failures(here: Here, zone: Id | None = None) -> Answer:
    """What was found of the pipes, counted."""
    async with here.deps.ledger.read() as tx:
        found = await tx.count(Failure, usage.COUNTED, **({"zone": zone} if zone else {}))
    return Answer({"n": sum(found.values()), "by": usage.statistics(found)})


async def list_stock(here: Here, place: Id) -> Answer:
    """What lies in a store or on a crew's vehicle, and every article there is."""
    async with here.deps.ledger.read() as tx:
        held = await usage.stock(tx, place)
        articles = await parts(tx)
    items = [plain(part) | {"quantity": held.get(part.id, 0.0)} for part in articles.values()]
    return Answer({"items": items, "next": None})


async def put_part(here: Here, caller: Asker, id: Id, body: Article) -> Answer:
    """An article of the utility's own, or its own row in place of one that is there: by the desk."""
    if caller.limit is Reach.OWN:
        raise Problem(403, "role", "your role takes parts and does not name them")
    async with here.deps.ledger.begin() as tx:
        part = Part(id=id, **(body.model_dump() | {"materials": tuple(body.materials)}))
        await tx.put(part)
    return Answer(plain(part))


async def move_stock(here: Here, caller: Asker, body: Stocked) -> Answer:
    """201. Into a place (a delivery), out of it (a count that was wrong), or, with `to`, to another."""
    async with here.deps.ledger.begin() as tx:
        wanted = PartMove(
            id="",
            part=body.part,
            place=body.place,
            quantity=body.quantity,
            by=caller.user.id,
            at_ns=here.deps.clock.now_ns(),
            note=body.note,
        )
        moved = await usage.transfer(tx, wanted, body.to) if body.to else (await usage.move(tx, wanted),)
    return Answer({"items": plain(moved), "next": None}, 201)


async def get_context(here: Here, caller: Asker, id: Id) -> Answer:
    """Live: the area's instruments with six hours' lines and the change since it was opened, the valves. With
    the historian down `history` is false, and what is now is told all the same."""
    deps = here.deps
    async with deps.ledger.read() as tx:
        order = await order_of(tx, id, caller)
        operations = await log_of(tx, [order])
        reach = granted(caller.user.role, Permission.VALUES) or caller.limit
        audience = await audience_of(caller.user, reach, tx)
    found = await around(deps.plant, deps.live, deps.historian, order, operations, deps.clock.now_ns())
    shape = plain(found)
    seen = {tag.id for tag in deps.plant.tags.values() if audience.sees_tag(tag)}
    shape["sensors"] = [one for one in shape["sensors"] if one["tag"] in seen]
    whole = plain(order)
    facts = ("accounts_affected", "accounts_weak", "reports", "callers", "discoloured", "links")
    return Answer(shape | {name: whole[name] for name in facts})


_ORDER = "/api/v1/work-orders/{id}"
DOORS = (
    Door("GET", f"{_ORDER}/context", get_context, Permission.WORK_ORDERS),
    Door("GET", f"{_ORDER}/valves", list_valves, Permission.WORK_ORDERS),
    Door("POST", f"{_ORDER}/valves", turn_valve, Permission.MOVE_WORK_ORDER, 201),
    Door("POST", f"{_ORDER}/valves/{{entry}}/take-back", take_valve_back, Permission.MOVE_WORK_ORDER),
    Door("GET", f"{_ORDER}/usage", get_usage, Permission.WORK_ORDERS),
    Door("POST", f"{_ORDER}/parts", use_part, Permission.MOVE_WORK_ORDER, 201),
    Door("POST", f"{_ORDER}/labour", add_labour, Permission.MOVE_WORK_ORDER, 201),
    Door("PUT", f"{_ORDER}/failure", put_failure, Permission.MOVE_WORK_ORDER),
    Door("GET", "/api/v1/failures", list_failures, Permission.WORK_ORDERS),
    Door("GET", "/api/v1/stock", list_stock, Permission.WORK_ORDERS),
    Door("PUT", "/api/v1/parts/{id}", put_part, Permission.MOVE_WORK_ORDER),
    Door("POST", "/api/v1/stock", move_stock, Permission.MOVE_WORK_ORDER, 201),
)
