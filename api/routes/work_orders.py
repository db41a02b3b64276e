"""Work orders, and the steps people take on them."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.context import Here
from api.gate import Asker, Door
from api.order_shapes import order_for
from api.own_orders import order_of, own_alone
from api.parameters import Id, Limit, Time, page_of
from api.permissions import Permission
from api.problems import Problem
from api.wire import Answer, parse_time
from core.model.passing_on import RejectReason
from core.model.valve_operation import StoppedBy
from core.model.work_order import Outcome, WorkOrder, WorkOrderState
from core.ports.ledger import Page
from response.callbacks.acts import through_list
from response.field_time import within
from response.orders.quicker import nobody_was_quicker
from response.orders.suggestion import sent_with_reason
from response.orders.taking import Said, apply
from response.orders.valves import shut_uncounted

Words = Annotated[str, StringConstraints(max_length=2_000)]


class StepTaken(BaseModel):
    """crew: who goes, for `assign`. seen: the crew that it was seen to have, empty for none: refused where
    another has it by now. note: a must where a step skips what usually comes between. outcome: what
    came of it, for `complete`, `close` and `cancel`. reject: why a crew gives it back. override: why it may
    close although telemetry or valves say otherwise. stopped: how the water was stopped;
    valves: which were shut for it, turns not counted. done: when it was done, of a step that a phone kept
    while it had no network."""

    model_config = ConfigDict(extra="forbid")
    crew: Id | None = None
    seen: Annotated[str, StringConstraints(max_length=64)] | None = None
    note: Words | None = None
    outcome: Outcome | None = None
    reject: RejectReason | None = None
    override: Words | None = None
    stopped: StoppedBy | None = None
    valves: Annotated[list[Id], Field(max_length=100)] = []
    done: Time | None = None

    @property
    def said(self) -> Said:
        return Said(
            crew=self.crew,
            note=self.note,
            outcome=self.outcome,
            reject=self.reject,
            override=self.override,
            stopped=self.stopped,
            done_ns=parse_time(self.done) if self.done else None,
        )


async def list_work_orders(
    here: Here,
    caller: Asker,
    state: WorkOrderState | None = None,
    zone: Id | None = None,
    incident: Id | None = None,
    after: Id | None = None,
    limit: Limit = 100,
) -> Answer:
    """The newest first. A crew sees its own."""
    equal = {"state": state, "zone": zone, "incident": incident}
    asked = {name: value for name, value in equal.items() if value is not None} | own_alone(caller)
    async with here.deps.ledger.read() as tx:
        orders = await tx.find(WorkOrder, Page(limit + 1, after), **asked)
    return Answer(page_of([order_for(order, caller) for order in orders], limit))


async def get_work_order(here: Here, caller: Asker, id: Id) -> Answer:
    """`allowed`: the steps that whoever asks may take now."""
    async with here.deps.ledger.read() as tx:
        order = await order_of(tx, id, caller)
    return Answer(order_for(order, caller))


async def take_step(here: Here, caller: Asker, id: Id, event: Id, body: StepTaken | None = None) -> Answer:
    """404: no such order or step; 403: not this person's; 409: not now, with what may be done instead; 422:
    a close lacks what `missing` lists."""
    taken = body or StepTaken()
    if taken.crew is not None and taken.crew not in here.deps.plant.crews:
        raise Problem(422, "unknown_crew", f"there is no crew {taken.crew!r}")
    async with here.deps.ledger.begin() as tx:
        standing = await order_of(tx, id, caller)
        now_ns = here.deps.clock.now_ns()
        if event == "assign":
            nobody_was_quicker(here.deps.plant, standing, taken.seen)
            await sent_with_reason(tx, here.deps.plant, standing, taken.crew, taken.note, now_ns)
        if event == "callback":
            await through_list(tx, here.deps.times.file.callbacks, standing, caller.user, now_ns)
        if taken.stopped is StoppedBy.VALVES:
            done_ns, who = taken.said.done_ns, caller.user
            when = None if done_ns is None else within(standing, who, done_ns, now_ns, since_reopened=True)
            await shut_uncounted(tx, here.deps.plant, id, taken.valves, who.id, now_ns, when)
        order = await apply(tx, id, event, caller.user, now_ns, said=taken.said)
    return Answer(order_for(order, caller))


DOORS = (
    Door("GET", "/api/v1/work-orders", list_work_orders, Permission.WORK_ORDERS),
    Door("GET", "/api/v1/work-orders/{id}", get_work_order, Permission.WORK_ORDERS),
    Door("POST", "/api/v1/work-orders/{id}/{event}", take_step, Permission.MOVE_WORK_ORDER),
)
