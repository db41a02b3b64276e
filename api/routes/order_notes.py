"""Notes between field, desk and hotline."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from api.context import Here
from api.gate import Asker, Door
from api.own_orders import had, order_of
from api.parameters import Id, Time
from api.permissions import Permission
from api.phone_time import when
from api.wire import Answer, plain
from core.model.field_work import OrderNote
from response.field_notes import add_note
from response.field_time import When


class NoteWritten(BaseModel):
    """at, sent: by the writer's device, when it was written and when it was sent. public: callers may be told
    (the hotline's card shows it)."""

    model_config = ConfigDict(extra="forbid")
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
    at: Time | None = None
    sent: Time | None = None
    public: bool = False


async def put_note(here: Here, caller: Asker, id: Id, note: Id, body: NoteWritten) -> Answer:
    """201. The id is the writer's: sent twice it is one note."""
    clock = here.deps.clock
    async with here.deps.ledger.begin() as tx:
        order = await order_of(tx, id, caller, had)
        now = clock.now_ns()
        told = when(clock, order, caller.user, body.at, body.sent, now) if body.at else When(now)
        written = await add_note(
            tx,
            order,
            id=note,
            actor=caller.user,
            text=body.text,
            now_ns=now,
            done_ns=told.done_ns,
            claimed_ns=told.claimed_ns,
            public=body.public,
        )
    return Answer(plain(written), 201)


async def list_notes(here: Here, caller: Asker, id: Id) -> Answer:
    """Of one order, as they were written."""
    async with here.deps.ledger.read() as tx:
        await order_of(tx, id, caller)
        notes = await tx.find(OrderNote, order=id)
    return Answer({"items": plain(sorted(notes, key=lambda n: n.done_ns))})


DOORS = (
    Door("GET", "/api/v1/work-orders/{id}/notes", list_notes, Permission.WORK_ORDERS),
    Door("PUT", "/api/v1/work-orders/{id}/notes/{note}", put_note, Permission.NOTE_WORK_ORDER, 201),
)
