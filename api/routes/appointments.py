"""When a crew comes in: what may be booked, booking, moving, cancelling, and how many were kept (WO-18)."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from api.context import Here
from api.gate import Asker, Door
from api.order_shapes import order_for
from api.parameters import Id, SlotId
from api.permissions import Permission
from api.wire import Answer, plain
from core.model.report import Symptom
from response.hotline.symptoms import group_of, service_of
from response.orders.appointments import book, cancel, figures, slots

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
COUNTED_NS = 30 * 24 * 3600 * 1_000_000_000


class Booked(BaseModel):
    """slot: of `GET /api/v1/appointments/slots`. reason: of a move."""

    model_config = ConfigDict(extra="forbid")
    slot: SlotId
    reason: Reason | None = None


class Given(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reason: Reason


async def list_slots(here: Here) -> Answer:
    """services, symptoms: for which a crew has to come in."""
    deps = here.deps
    async with deps.ledger.read() as tx:
        found = await slots(tx, deps.times, deps.clock.now_ns())
    services = deps.times.file.appointments.services
    ours = (symptom for symptom in Symptom if group_of(symptom) is not None)
    symptoms = [symptom.value for symptom in ours if service_of(symptom) in services]
    items = [plain(slot) for slot in found]
    return Answer({"services": list(services), "symptoms": symptoms, "items": items, "next": None})


async def book_visit(here: Here, caller: Asker, id: Id, body: Booked) -> Answer:
    """Idempotent. 409: `full` (with what is free), `reason_missing`, `not_visited`, or it is too late."""
    deps = here.deps
    async with deps.ledger.begin() as tx:
        now_ns = deps.clock.now_ns()
        order = await book(tx, id, body.slot, body.reason, caller.user, now_ns, deps.times)
    return Answer(order_for(order, caller))


async def cancel_visit(here: Here, caller: Asker, id: Id, body: Given) -> Answer:
    """Idempotent."""
    async with here.deps.ledger.begin() as tx:
        order = await cancel(tx, id, body.reason, caller.user, here.deps.clock.now_ns())
    return Answer(order_for(order, caller))


async def visit_figures(here: Here) -> Answer:
    """Of thirty days: kept, missed, to_come, moved, cancelled."""
    now_ns = here.deps.clock.now_ns()
    async with here.deps.ledger.read() as tx:
        counted = await figures(tx, now_ns - COUNTED_NS, now_ns)
    return Answer({**counted})


DOORS = (
    Door("GET", "/api/v1/appointments/slots", list_slots, Permission.WORK_ORDERS),
    Door("GET", "/api/v1/appointments/figures", visit_figures, Permission.WORK_ORDERS),
    Door("POST", "/api/v1/work-orders/{id}/appointment", book_visit, Permission.OPEN_WORK_ORDER),
    Door("POST", "/api/v1/work-orders/{id}/appointment/cancel", cancel_visit, Permission.OPEN_WORK_ORDER),
)
