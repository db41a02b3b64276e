"""What a crew's phone asks for and sends: its orders with all they need without a network, and its acts."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.context import Here
from api.gate import Asker, Door
from api.glossary import GLOSSARY
from api.order_shapes import order_for
from api.own_orders import had, own_alone
from api.parameters import Id, Time
from api.permissions import Permission
from api.phone_time import when
from api.problems import Problem, not_found
from api.routes.work_orders import Words
from api.wire import Answer, Json, plain
from core.model.account import User
from core.model.field_work import FieldAct, OrderNote
from core.model.incident import Incident
from core.model.passing_on import RejectReason
from core.model.photo import Photo
from core.model.plant import Plant
from core.model.text import LANGS, Lang, Text
from core.model.usage import Part, PartMove
from core.model.valve_operation import MOST_TURNS, Direction, StoppedBy, Turning, ValveOperation
from core.model.work_order import OPEN, Outcome, WorkOrder
from core.ports.ledger import Tx
from response.field_acts import after_the_last, deal_with
from response.field_time import When
from response.orders.steps import STEPS, allowed
from response.orders.taking import Said, apply
from response.orders.usage import move, stock
from response.orders.valve_slips import own, take_back
from response.orders.valves import entries_of, in_turn, shut_uncounted, turn
from response.orders.whereabouts import whereabouts
from response.service_times import STOPS, kept_from


class StepDone(BaseModel):
    """stopped: how the water was stopped; valves: which were shut for it, turns not counted. at, sent: by the
    phone's clock; only their difference counts."""

    model_config = ConfigDict(extra="forbid")
    what: Literal["step"]
    step: Id
    note: Words | None = None
    outcome: Outcome | None = None
    reject: RejectReason | None = None
    stopped: StoppedBy | None = None
    valves: Annotated[list[Id], Field(max_length=100)] = []
    at: Time
    sent: Time


class ValveTurned(BaseModel):
    """turns: of the spindle; 0: nobody knows them. closes: its closing direction as it was found."""

    model_config = ConfigDict(extra="forbid")
    what: Literal["valve"]
    valve: Id
    turning: Turning
    turns: Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]
    closes: Direction = Direction.CLOCKWISE
    note: Words | None = None
    at: Time
    sent: Time

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.turns > MOST_TURNS[self.turning]:
            raise ValueError(f"turns: {MOST_TURNS[self.turning]:g} at most")
        return self


class PartUsed(BaseModel):
    """From the crew's vehicle."""

    model_config = ConfigDict(extra="forbid")
    what: Literal["part"]
    part: Id
    quantity: Annotated[float, Field(strict=True, gt=0, le=10_000, allow_inf_nan=False)]
    at: Time
    sent: Time


class ValveTakenBack(BaseModel):
    """The last entry of a valve was a slip. entry: its id, or that of the act that made it."""

    model_config = ConfigDict(extra="forbid")
    what: Literal["undo"]
    valve: Id
    entry: Id
    at: Time
    sent: Time


Done = Annotated[StepDone | ValveTurned | ValveTakenBack | PartUsed, Field(discriminator="what")]


async def list_orders(here: Here, caller: Asker) -> Answer:
    """The caller's open orders, each with `allowed`, `photos`, `notes`, `turned` (valves; `own`: the caller
    may take it back), `used` (parts), `acts` (those of a phone that are in it) and `where` (likely pipes,
    valves, a sketch of the mains). So that a phone can go on without a network: `steps`, which step may
    follow which, and `kept`, in which states a clock has stopped. `parts`: what is on the crew's vehicle."""
    async with here.deps.ledger.read() as tx:
        orders = await tx.find(WorkOrder, state=OPEN, **own_alone(caller))
        items = [
            await _whole(tx, order, here.deps.plant, caller.user) | order_for(order, caller)
            for order in orders
        ]
        aboard = await stock(tx, caller.user.crew or "")
        known = await tx.find(Part, id=tuple(aboard))
    parts = [plain(part) | {"quantity": aboard[part.id]} for part in known]
    steps = {
        name: {"before": sorted(step.before), "after": step.after, "note_from": sorted(step.note_from)}
        for name, step in STEPS.items()
        if caller.user.role in step.roles
    }
    kept = {clock.value: plain(kept_from(clock)) for clock in STOPS}
    return Answer({"items": items, "steps": steps, "kept": kept, "parts": parts, "next": None})


async def _whole(tx: Tx, order: WorkOrder, plant: Plant, user: User) -> Json:
    photos = await tx.find(Photo, order=order.id)
    notes = await tx.find(OrderNote, order=order.id)
    turned = in_turn(await entries_of(tx, [order]))
    mine = await own(tx, turned, user)
    used = await tx.find(PartMove, work_order=order.id)
    acts = await tx.find(FieldAct, order=order.id)
    incident = await tx.get(Incident, order.incident) if order.incident else None
    return {
        "photos": plain(sorted(photos, key=lambda p: p.at_ns)),
        "notes": plain(sorted(notes, key=lambda n: n.done_ns)),
        "turned": [plain(one) | {"own": one.id in mine} for one in turned],
        "used": plain(used),
        "acts": [act.id for act in acts],
        "where": plain(whereabouts(plant, order, incident)),
    }


async def put_act(here: Here, caller: Asker, id: Id, act: Id, body: Done) -> Answer:
    """200 with the order as it is now, however often it is sent. 409: it does not fit any more; `kept` says
    that it stands as a note on the order, so that the phone may forget it."""
    clock = here.deps.clock
    now = clock.now_ns()
    async with here.deps.ledger.read() as tx:
        standing = await tx.get(WorkOrder, id)
        if standing is None:
            raise not_found("work order", id)
        step = isinstance(body, StepDone)
        said = when(clock, standing, caller.user, body.at, body.sent, now, since_reopened=step)
        done = min(now, await after_the_last(tx, id, caller.user.id, act, said.done_ns))
    told = FieldAct(
        id=act,
        order=id,
        by=caller.user.id,
        what=_name(body),
        at_ns=now,
        done_ns=done,
        claimed_ns=said.claimed_ns,
    )
    dealt = await deal_with(
        here.deps.ledger,
        told,
        caller.user,
        lambda tx: _do(tx, here, body, told, caller.user),
        _words(body),
        lambda order: had(order, caller),
    )
    if dealt is None:
        raise not_found("work order", id)
    async with here.deps.ledger.read() as tx:
        order = await tx.get(WorkOrder, id)
    assert order is not None
    if dealt.reason is not None:
        why = dealt.why
        assert why is not None
        can = list(allowed(order, caller.user))
        raise Problem(409, dealt.reason, why.en, why=plain(why), allowed=can, kept=True, state=order.state)
    return Answer(order_for(order, caller))


async def _do(tx: Tx, here: Here, body: Done, told: FieldAct, actor: User) -> None:
    if isinstance(body, StepDone):
        said = Said(
            note=body.note,
            outcome=body.outcome,
            reject=body.reject,
            stopped=body.stopped,
            done_ns=told.done_ns,
            claimed_ns=told.claimed_ns,
        )
        if body.stopped is StoppedBy.VALVES:
            plant, then = here.deps.plant, When(told.done_ns, told.claimed_ns)
            await shut_uncounted(tx, plant, told.order, body.valves, actor.id, told.at_ns, then, told.id)
        await apply(tx, told.order, body.step, actor, told.at_ns, said=said)
    elif isinstance(body, PartUsed):
        wanted = PartMove(
            id="",
            part=body.part,
            place=actor.crew or "",
            quantity=-body.quantity,
            by=actor.id,
            at_ns=told.at_ns,
            work_order=told.order,
        )
        await move(tx, wanted)
    elif isinstance(body, ValveTakenBack):
        await take_back(tx, told.order, body.entry, actor, told.at_ns, body.valve)
    else:
        operation = ValveOperation(
            id="",
            work_order=told.order,
            valve=body.valve,
            turning=body.turning,
            turns=body.turns,
            not_known=not body.turns,
            closes=body.closes,
            operator=actor.id,
            at_ns=told.at_ns,
            done_ns=told.done_ns,
            claimed_ns=told.claimed_ns,
            note=body.note,
            act=told.id,
        )
        await turn(tx, here.deps.plant, operation)


def _name(body: Done) -> str:
    if isinstance(body, StepDone):
        return f"step:{body.step}"
    if isinstance(body, PartUsed):
        return f"part:{body.part}:{body.quantity:g}"
    if isinstance(body, ValveTakenBack):
        return f"undo:{body.valve}:{body.entry}"
    return f"valve:{body.valve}:{body.turning}"


def _words(body: Done) -> Text:
    """As a note says it: what, and what was written to it."""
    return Text(*(" · ".join(_parts(body, lang)) for lang in LANGS))


def _parts(body: Done, lang: Lang) -> Iterator[str]:
    if isinstance(body, StepDone):
        said = {"step": body.step, "outcome": body.outcome, "reject": body.reject, "stopped": body.stopped}
        parts = [*(_word(of, name, lang) for of, name in said.items() if name), *body.valves, body.note]
    elif isinstance(body, PartUsed):
        parts = [body.part, f"{body.quantity:g}"]
    elif isinstance(body, ValveTakenBack):
        parts = [GLOSSARY["crew.undo"].in_(lang), body.valve]
    else:
        turns = f"{body.turns:g}" if body.turns else None
        parts = [body.valve, _word("turning", body.turning, lang), turns, body.note]
    return (part for part in parts if part)


def _word(of: str, name: str, lang: Lang) -> str:
    """As pages say it; a step that there is none of as it came."""
    known = GLOSSARY.get(f"{of}.{name}")
    return known.in_(lang) if known else name


DOORS = (
    Door("GET", "/api/v1/crew/orders", list_orders, Permission.MOVE_WORK_ORDER),
    Door("PUT", "/api/v1/work-orders/{id}/acts/{act}", put_act, Permission.MOVE_WORK_ORDER),
)
