"""Duties to key customers: who must be spoken to, until when, and what came of it."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, ConfigDict, StringConstraints

from api.context import Here
from api.gate import Asker, Door
from api.parameters import Id, Limit
from api.permissions import Permission
from api.wire import Answer, Json, plain, rfc3339
from core.model.account import Account
from core.model.duty import Duty, DutyAnswer, DutyState, DutyWay
from core.ports.ledger import Page
from response.duties.acts import attempted

MOST = 2000


class Attempt(BaseModel):
    """delivery: whether water is to be brought; left out where it was not asked."""

    model_config = ConfigDict(extra="forbid")
    way: DutyWay
    answer: DutyAnswer
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] | None = None
    delivery: bool | None = None


def _shown(duty: Duty, premises: Account | None, now_ns: int) -> Json:
    """With the premises' address; phones are on the customer's card, where each read is written down."""
    address = premises.address if premises else None
    shown: Json = plain(duty)
    return shown | {"address": address, "late": duty.late(now_ns)}


async def list_duties(
    here: Here,
    state: Annotated[list[DutyState] | None, Query()] = None,
    incident: Id | None = None,
    notice: Id | None = None,
    limit: Limit = MOST,
) -> Answer:
    """Those due first come first; the open ones unless asked otherwise, and of very many the newest."""
    of = {name: id for name, id in (("incident", incident), ("notice", notice)) if id is not None}
    asked: dict[str, object] = dict(of)
    if state or not of:
        asked["state"] = tuple(state or (DutyState.OPEN,))
    now_ns = here.deps.clock.now_ns()
    async with here.deps.ledger.read() as tx:
        found = await tx.find(Duty, Page(limit), **asked)
        accounts = {a.id: a for a in await tx.find(Account, id=tuple({d.account for d in found}))}
    found.sort(key=lambda duty: (duty.state is not DutyState.OPEN, duty.due_ns, duty.id))
    items = [_shown(duty, accounts.get(duty.account), now_ns) for duty in found]
    return Answer({"at": rfc3339(now_ns), "items": items})


async def attempt(here: Here, caller: Asker, id: Id, body: Attempt) -> Answer:
    """`reached` is the customer's acknowledgement, and ends the duty; 409 when it is over already."""
    async with here.deps.ledger.begin() as tx:
        now_ns = here.deps.clock.now_ns()
        duty = await attempted(
            tx,
            id,
            body.way,
            body.answer,
            caller.user,
            now_ns,
            note=body.note,
            delivery=body.delivery,
        )
        premises = await tx.get(Account, duty.account)
    return Answer(_shown(duty, premises, now_ns))


DOORS = (
    Door("GET", "/api/v1/duties", list_duties, Permission.DUTIES),
    Door("POST", "/api/v1/duties/{id}/attempts", attempt, Permission.DUTIES),
)
