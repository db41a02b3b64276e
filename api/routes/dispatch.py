"""Dispatch orders: what the control room told whom to do. Recorded, never executed."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from api.context import Here
from api.gate import Asker, Door
from api.parameters import Id, Limit, page_of
from api.permissions import Permission
from api.problems import Problem, not_found
from api.wire import Answer, plain
from core.model.dispatch_order import DispatchOrder, DispatchState
from core.ports.ledger import Page
from response import dispatch

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000)]


class Wish(BaseModel):
    """to: a station or post, as the control room calls it. text: what is to be done."""

    model_config = ConfigDict(extra="forbid")
    to: Line
    text: Words
    zone: Id | None = None


class Heard(BaseModel):
    """receiver: who repeated it."""

    model_config = ConfigDict(extra="forbid")
    receiver: Line


class Reported(BaseModel):
    model_config = ConfigDict(extra="forbid")
    result: Words | None = None


class Why(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reason: Words


async def list_dispatch(
    here: Here, state: DispatchState | None = None, after: Id | None = None, limit: Limit = 100
) -> Answer:
    """The newest first."""
    asked = {} if state is None else {"state": state}
    async with here.deps.ledger.read() as tx:
        found = await tx.find(DispatchOrder, Page(limit + 1, after), **asked)
    return Answer(page_of([plain(one) for one in found], limit))


async def get_dispatch(here: Here, id: Id) -> Answer:
    async with here.deps.ledger.read() as tx:
        one = await tx.get(DispatchOrder, id)
    if one is None:
        raise not_found("dispatch order", id)
    return Answer(plain(one))


async def issue(here: Here, caller: Asker, body: Wish) -> Answer:
    if body.zone is not None and body.zone not in here.deps.plant.zones:
        raise Problem(422, "unknown_zone", f"there is no zone {body.zone!r}")
    now_ns = here.deps.clock.now_ns()
    async with here.deps.ledger.begin() as tx:
        made = await dispatch.issue(tx, body.to, body.text, body.zone, caller.user, now_ns)
    return Answer(plain(made), 201)


async def read_back(here: Here, caller: Asker, id: Id, body: Heard) -> Answer:
    """409 `read_back` or `over`."""
    async with here.deps.ledger.begin() as tx:
        heard = await dispatch.read_back(tx, id, body.receiver, caller.user, here.deps.clock.now_ns())
    return Answer(plain(heard))


async def done(here: Here, caller: Asker, id: Id, body: Reported | None = None) -> Answer:
    """409 `not_read_back` or `over`."""
    result = body.result if body else None
    async with here.deps.ledger.begin() as tx:
        ended = await dispatch.done(tx, id, result, caller.user, here.deps.clock.now_ns())
    return Answer(plain(ended))


async def withdraw(here: Here, caller: Asker, id: Id, body: Why) -> Answer:
    """409 `over`."""
    async with here.deps.ledger.begin() as tx:
        ended = await dispatch.withdraw(tx, id, body.reason, caller.user, here.deps.clock.now_ns())
    return Answer(plain(ended))


_PATH = "/api/v1/dispatch-orders"
DOORS = (
    Door("GET", _PATH, list_dispatch, Permission.SHIFT_LOG),
    Door("GET", f"{_PATH}/{{id}}", get_dispatch, Permission.SHIFT_LOG),
    Door("POST", _PATH, issue, Permission.KEEP_SHIFT_LOG, 201),
    Door("POST", f"{_PATH}/{{id}}/read-back", read_back, Permission.KEEP_SHIFT_LOG),
    Door("POST", f"{_PATH}/{{id}}/done", done, Permission.KEEP_SHIFT_LOG),
    Door("POST", f"{_PATH}/{{id}}/withdraw", withdraw, Permission.KEEP_SHIFT_LOG),
)
