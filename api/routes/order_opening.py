"""The service catalogue, orders that people open, and the reports that hang on them."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.context import Here
from api.gate import Asker, Caller, Door
from api.order_shapes import order_for
from api.own_orders import order_of
from api.parameters import Id, SlotId
from api.permissions import Permission, granted
from api.problems import Problem
from api.tracking import tracking
from api.wire import Answer, Json, plain
from core.model.account import Role
from core.model.flow_lock import FlowLock, Lockable
from core.model.report import Report, Symptom, TriageAnswer
from response.hotline.service_forms import possible
from response.hotline.triage import NO, TREE, YES
from response.orders.appointments import book
from response.orders.catalogue import services
from response.orders.opening import Wish, open_order
from response.orders.reports import link

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
_ADDRESS = frozenset({Role.DISPATCHER, Role.CREW})
"""Who needs the place, and no more of the caller."""


class WishedFor(BaseModel):
    """service: its code in the catalogue. report: it is opened from; what is not said here is taken from
    there. priority: a person's own choice, in place of the rules'. x, y: in the plant's coordinates, m.
    slot: when a crew comes in (WO-18)."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    service: Id
    text: Words | None = None
    zone: Id | None = None
    street: Id | None = None
    account: Id | None = None
    incident: Id | None = None
    report: Id | None = None
    pipe: Id | None = None
    priority: Literal[1, 2, 3, 4] | None = None
    x: Annotated[float, Field(allow_inf_nan=False)] | None = None
    y: Annotated[float, Field(allow_inf_nan=False)] | None = None
    slot: SlotId | None = None


class Linked(BaseModel):
    model_config = ConfigDict(extra="forbid")
    report: Id


async def list_services(here: Here) -> Answer:
    """In the catalogue's order; `disabled`: put out of use for now; `symptoms`: that a report for it may
    tell, of which it is asked by its form."""
    async with here.deps.ledger.read() as tx:
        rows = await services(tx)
        locks = await tx.find(FlowLock, kind=Lockable.SERVICE)
    out = {lock.subject for lock in locks}
    symptoms = {row.id: [s for s in Symptom if row in possible(rows.values(), s)] for row in rows.values()}
    items = [
        plain(row) | {"disabled": row.id in out, "symptoms": symptoms[row.id]}
        for row in rows.values()
        if row.active
    ]
    return Answer({"items": items, "next": None})


async def open_work_order(here: Here, caller: Asker, body: WishedFor) -> Answer:
    """201. 404: no such service, report or account; 409: out of use, or an order stands for it already."""
    plant = here.deps.plant
    for name, asked, known in (
        ("zone", body.zone, plant.zones),
        ("street", body.street, plant.streets),
        ("pipe", body.pipe, plant.network.links),
    ):
        if asked is not None and asked not in known:
            raise Problem(422, f"unknown_{name}", f"there is no {name} {asked!r}")
    if (body.x is None) != (body.y is None):
        raise Problem(422, "invalid", "give x and y, or neither")
    async with here.deps.ledger.begin() as tx:
        wish = Wish(**body.model_dump(exclude={"slot"}))
        now_ns = here.deps.clock.now_ns()
        order = await open_order(tx, plant, wish, caller.user, now_ns, here.deps.times)
        if body.slot is not None:
            order = await book(tx, order.id, body.slot, None, caller.user, now_ns, here.deps.times)
    return Answer(order_for(order, caller), 201)


async def list_reports(here: Here, caller: Asker, id: Id) -> Answer:
    """Of one order, the newest first. Who called is for those who may see customers; desk and crew see where;
    the others when and what."""
    async with here.deps.ledger.read() as tx:
        await order_of(tx, id, caller)
        found = await tx.find(Report, work_order=id)
    site = here.deps.plant.utility.site
    items = [_report(one, caller, site) for one in sorted(found, key=lambda one: (-one.at_ns, one.id))]
    return Answer({"items": items, "next": None})


def _report(report: Report, caller: Caller, site: str) -> Json:
    shape: Json = plain(report)
    shape.pop("token")
    shape["triage"] = [_said(one) for one in report.triage]
    if granted(caller.user.role, Permission.CUSTOMERS):
        return shape | {"tracking": tracking(report, site)}
    hidden = {"account", "person", "call"}
    if caller.user.role not in _ADDRESS:
        hidden |= {"address", "text", "answers", "attachments", "x", "y"}
    return {name: value for name, value in shape.items() if name not in hidden}


def _said(answer: TriageAnswer) -> Json:
    words = next((node.words for node in TREE if node.id == answer.question), None)
    return {"question": answer.question, "words": plain(words), "answer": plain(YES if answer.yes else NO)}


async def link_report(here: Here, caller: Asker, id: Id, body: Linked) -> Answer:
    """Idempotent. 409: it hangs on another order, or this one is over."""
    async with here.deps.ledger.begin() as tx:
        _, order = await link(tx, body.report, id, here.deps.clock.now_ns())
    return Answer(order_for(order, caller))


DOORS = (
    Door("GET", "/api/v1/services", list_services, Permission.WORK_ORDERS),
    Door("POST", "/api/v1/work-orders", open_work_order, Permission.OPEN_WORK_ORDER, 201),
    Door("GET", "/api/v1/work-orders/{id}/reports", list_reports, Permission.WORK_ORDERS),
    Door("POST", "/api/v1/work-orders/{id}/reports", link_report, Permission.OPEN_WORK_ORDER),
)
