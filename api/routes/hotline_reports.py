"""What callers tell, and whose number it is: put down in one click, once."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.context import Here
from api.gate import Asker, Door
from api.parameters import Id, SlotId, Time
from api.permissions import Permission
from api.routes.code_messages import offered
from api.tracking import tracking
from api.wire import Answer, parse_time, plain
from core.model.report import Channel, Symptom, TriageAnswer
from response.hotline.intake import Told, bind, keep
from response.hotline.taking_back import take_back
from response.hotline.triage import followed
from response.orders.appointments import book, visited

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


class TriageSaid(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    question: Id
    yes: bool


class Taken(BaseModel):
    """tell: the caller hears when it is over; at_night: also between 22:00 and 07:00. apart: it is not to be
    put with what is known. order: opens one where none is found; slot: when its crew
    comes in (WO-18). since: since when, as the caller says. triage: what was answered when
    asked whether it is indoors, in the order of asking. service: of
    the catalogue, where the symptom leaves a choice; answers: to its form by field (a choice by one of its
    words, `yes` or `no`), all of it checked; null where nothing was asked."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    symptom: Symptom
    channel: Channel = Channel.PHONE
    account: Id | None = None
    call: Id | None = None
    zone: Id | None = None
    street: Id | None = None
    address: Short | None = None
    text: Words | None = None
    since: Time | None = None
    outlets: Short | None = None
    neighbours: bool | None = None
    tell: bool = False
    at_night: bool = False
    apart: bool = False
    order: bool = False
    slot: SlotId | None = None
    service: Id | None = None
    answers: dict[Id, Short] | None = Field(default=None, max_length=20)
    triage: tuple[TriageSaid, ...] = Field(default=(), max_length=10)


class Bound(BaseModel):
    model_config = ConfigDict(extra="forbid")
    call: Id
    account: Id


async def take_report(here: Here, caller: Asker, body: Taken) -> Answer:
    """201. `place`: where it was put, and the named reason; `grows`: it speaks for a larger footprint.
    `tracking`: the number by which the caller follows it (WO-28); `message`: to whom it can be sent."""
    deps, now_ns = here.deps, here.deps.clock.now_ns()
    given = body.model_dump(exclude={"since", "slot", "triage"})
    since_ns = parse_time(body.since) if body.since else None
    answers = tuple(TriageAnswer(one.question, one.yes) for one in body.triage)
    followed(answers)
    told = Told(**given, since_ns=since_ns, triage=answers)
    async with deps.ledger.begin() as tx:
        kept = await keep(tx, deps.vault, deps.plant, told, caller.user, now_ns, deps.times)
        order = kept.order
        if body.slot and order and order.visit is None and visited(order, deps.times):
            order = await book(tx, order.id, body.slot, None, caller.user, now_ns, deps.times)
        message = await offered(here, tx, kept.report, caller.user)
    return Answer(
        {
            "report": {k: v for k, v in plain(kept.report).items() if k != "token"},
            "tracking": tracking(kept.report, deps.plant.utility.site),
            "message": message,
            "place": plain(kept.place) | {"grows": kept.place.grows},
            "work_order": order.id if order else None,
            "reports": order.reports if order else None,
            "visit": plain(order.visit) if order else None,
        },
        201,
    )


async def take_report_back(here: Here, caller: Asker, id: Id) -> Answer:
    """It was put with the wrong matter: off its order, and nobody is told of it."""
    deps = here.deps
    async with deps.ledger.begin() as tx:
        report = await take_back(tx, id, caller.user, deps.clock.now_ns())
    return Answer({"report": report.id, "taken_back": report.taken_back_ns is not None})


async def bind_number(here: Here, caller: Asker, body: Bound) -> Answer:
    """The call's number is put down as one of the account's own."""
    deps, now_ns = here.deps, here.deps.clock.now_ns()
    async with deps.ledger.begin() as tx:
        person = await bind(tx, deps.vault, body.call, body.account, caller.user, now_ns)
    return Answer({"account": body.account, "number": person.phone_masked})


DOORS = (
    Door("POST", "/api/v1/hotline/reports", take_report, Permission.CUSTOMERS, 201),
    Door("POST", "/api/v1/hotline/reports/{id}/take-back", take_report_back, Permission.CUSTOMERS),
    Door("POST", "/api/v1/hotline/bind", bind_number, Permission.CUSTOMERS),
)
