"""The day's call-backs (回访): who is called, why, and what they said."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.context import Here
from api.gate import Asker, Door
from api.parameters import Id
from api.permissions import Permission
from api.wire import Answer, Json, plain, rfc3339
from core.model.account import Account
from core.model.callback import Callback, CallbackOutcome
from core.model.report import Report
from core.model.work_order import WorkOrder
from response.callbacks.acts import called
from response.callbacks.choice import may_call
from response.callbacks.daily import listed, make, waiting
from response.callbacks.slips import taken_back


class Called(BaseModel):
    """mark: 5 to 1, with `answered`. note: a must with `unresolved`."""

    model_config = ConfigDict(extra="forbid")
    outcome: CallbackOutcome
    mark: Annotated[int, Field(strict=True, ge=1, le=5)] | None = None
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] | None = None


class Slip(BaseModel):
    model_config = ConfigDict(extra="forbid")


def _shown(
    one: Callback, order: WorkOrder | None, address: str | None = None, told: Report | None = None
) -> Json:
    """With what was reported and done, and who took it first, whom the call names. tried: without slips."""
    shown: Json = plain(one)
    return shown | {
        "address": address,
        "title": plain(order.title) if order else None,
        "place": plain(order.place) if order else None,
        "finding": plain(order.finding) if order else None,
        "said": _said(told) if told else None,
        "tried": len(one.tries),
        "last": one.tries[-1].outcome.value if one.tries else None,
    }


def _said(told: Report) -> Json:
    """What was put down when it was reported."""
    return {"symptom": told.symptom.value, "text": told.text, "at": rfc3339(told.at_ns)}


async def list_callbacks(here: Here, day: Id | None = None, order: Id | None = None) -> Answer:
    """Those that are still open, the oldest first; or all of one day, or of one order. may_call: nobody is
    called at night. waiting: who is to be called and is on no list until its hour, or until somebody adds to
    it or calls; unlisted: how many they are."""
    chosen = {name: value for name, value in (("day", day), ("order", order)) if value is not None}
    asked: dict[str, object] = {**chosen} if chosen else {"open": True}
    now_ns, rules = here.deps.clock.now_ns(), here.deps.times.file.callbacks
    async with here.deps.ledger.read() as tx:
        found = await tx.find(Callback, **asked)
        later = [] if chosen else await waiting(tx, rules, now_ns)
        every = [*found, *later]
        ids = tuple({c.account for c in every if c.account})
        homes = {a.id: a.address for a in await tx.find(Account, id=ids)} if ids else {}
        orders = {o.id: o for o in await tx.find(WorkOrder, id=tuple({c.order for c in every}))}
        reports = {r.id: r for r in await tx.find(Report, id=tuple({c.report for c in every}))}
    found.sort(key=lambda one: (not one.open, one.day, one.id))

    def shown(some: list[Callback]) -> list[Json]:
        return [
            _shown(one, orders.get(one.order), homes.get(one.account or ""), reports.get(one.report))
            for one in some
        ]

    answer = {"at": rfc3339(now_ns), "may_call": may_call(now_ns, rules), "unlisted": len(later)}
    return Answer(answer | {"items": shown(found), "waiting": shown(later)})


async def numbers(here: Here, caller: Asker) -> Answer:
    """The masked telephone of who is still to be called, by call-back; each account shown is on record."""
    now_ns, vault = here.deps.clock.now_ns(), here.deps.vault
    async with here.deps.ledger.begin() as tx:
        found = await tx.find(Callback, open=True)
        found += await waiting(tx, here.deps.times.file.callbacks, now_ns)
        ids = {one.account for one in found if one.account}
        known = await vault.shown(tx, ids, user=caller.user.id, at_ns=now_ns, purpose="callbacks")
        reports = {r.id: r for r in await tx.find(Report, id=tuple({c.report for c in found}))}
    told = {}
    for one in found:
        persons = [person for person in known.get(one.account or "", ()) if person.phone]
        wanted = reports[one.report].person if one.report in reports else None
        persons.sort(key=lambda person: person.id != wanted)
        told[one.id] = persons[0].phone_masked if persons else None
    return Answer({"items": told})


async def make_list(here: Here) -> Answer:
    """201: what the hour of the list would add, now. What is on a list already stays as it is."""
    async with here.deps.ledger.begin() as tx:
        made = await make(tx, here.deps.times.file.callbacks, here.deps.clock.now_ns())
    return Answer({"made": len(made)}, 201)


async def call_made(here: Here, caller: Asker, id: Id, body: Called) -> Answer:
    """`unresolved` opens the order again. 409: at night, or over already; 403: whoever did the work."""
    async with here.deps.ledger.begin() as tx:
        rules, now_ns = here.deps.times.file.callbacks, here.deps.clock.now_ns()
        await listed(tx, rules, id, now_ns)
        after = await called(tx, rules, id, body.outcome, caller.user, now_ns, mark=body.mark, note=body.note)
        order = await tx.get(WorkOrder, after.order)
    return Answer(_shown(after, order))


async def slip(here: Here, caller: Asker, id: Id, body: Slip) -> Answer:
    """The last call that was put down was a slip: it is open again, and both stand on record. 403: another's;
    409: too late, nothing to take back, or the order has gone on."""
    async with here.deps.ledger.begin() as tx:
        after = await taken_back(tx, id, caller.user, here.deps.clock.now_ns())
        order = await tx.get(WorkOrder, after.order)
    return Answer(_shown(after, order))


DOORS = (
    Door("GET", "/api/v1/callbacks", list_callbacks, Permission.CALLBACKS),
    Door("POST", "/api/v1/callbacks", make_list, Permission.CALLBACKS, 201),
    Door("GET", "/api/v1/callbacks/numbers", numbers, Permission.CUSTOMERS),
    Door("POST", "/api/v1/callbacks/{id}/calls", call_made, Permission.CALLBACKS),
    Door("POST", "/api/v1/callbacks/{id}/take-back", slip, Permission.CALLBACKS),
)
