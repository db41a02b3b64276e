"""What people do to an alarm. A refusal is journalled with its name, and told in both languages."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from alarms import acts, out_of_service
from alarms.proposals import Declined
from alarms.states import LEAST_REASON
from alarms.transition import Transition
from api.context import Here
from api.deps import Deps
from api.gate import Asker, Caller, Door
from api.glossary import GLOSSARY
from api.parameters import Id, Limit, Time, page_of
from api.permissions import Limit as Reach
from api.permissions import Permission
from api.problems import Problem, not_found
from api.shapes import alarm_shape, proposal_shape
from api.wire import Answer, parse_time, plain
from core.model.account import Role
from core.model.alarm import Alarm, AlarmClass
from core.model.proposal import Proposal, ProposalKind, ProposalState
from core.model.tag import QUALITY
from core.ports.ledger import Page, Tx

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=LEAST_REASON, max_length=500)]
_STATUS = {"stale": 409, "second_person": 403, "supervisor": 403, "highly_managed": 403}


class Seen(BaseModel):
    """What its author saw of the alarm: both are in every shape of it."""

    model_config = ConfigDict(extra="forbid")
    occurrence: Annotated[int, Field(ge=0, le=2**53)]
    seq: Annotated[int, Field(ge=0, le=2**53)]


class Shelve(BaseModel):
    """until: plant time. once: or when it next clears, whichever comes first."""

    model_config = ConfigDict(extra="forbid")
    until: Time
    reason: Reason
    once: bool = False


class TakeOut(BaseModel):
    """permit: the number of the paper that allows it."""

    model_config = ConfigDict(extra="forbid")
    permit: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    reason: Reason


class Decision(BaseModel):
    """seq: of the proposal as its decider saw it."""

    model_config = ConfigDict(extra="forbid")
    seq: Annotated[int, Field(ge=0, le=2**53)]
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] | None = None


async def acknowledge(here: Here, caller: Asker, id: Id, body: Seen) -> Answer:
    """409 when the alarm has changed since its author saw it, or needs no acknowledgement."""
    return await _as_seen(here, caller, id, body, acts.acknowledge)


async def reset(here: Here, caller: Asker, id: Id, body: Seen) -> Answer:
    """Of a latched alarm that is over and acknowledged."""
    return await _as_seen(here, caller, id, body, acts.reset)


async def shelve(here: Here, caller: Asker, id: Id, body: Shelve) -> Answer:
    """Off the list until a stated time; it goes on being judged and journalled."""
    row = here.deps.definitions.get(id)
    if row is None:
        raise not_found("alarm", id)
    until_ns = parse_time(body.until)
    async with here.deps.ledger.begin() as tx:
        done = await acts.shelve(
            tx,
            row,
            until_ns,
            body.reason,
            caller.user.id,
            here.deps.clock.now_ns(),
            once=body.once,
            supervisor=caller.user.role is Role.DUTY_MANAGER,
        )
    return _answer(here.deps, done)


async def unshelve(here: Here, caller: Asker, id: Id) -> Answer:
    """Back on the list, acknowledged: who takes it off the shelf has seen it."""
    async with here.deps.ledger.begin() as tx:
        done = await acts.unshelve(tx, id, caller.user.id, here.deps.clock.now_ns())
    return _answer(here.deps, done)


async def propose_out_of_service(here: Here, caller: Asker, id: Id, body: TakeOut) -> Answer:
    """A proposal: nothing changes until another person has approved it."""
    try:
        async with here.deps.ledger.begin() as tx:
            now_ns = here.deps.clock.now_ns()
            made = await out_of_service.propose(tx, id, body.permit, body.reason, caller.user.id, now_ns)
    except Declined as error:
        raise _refusal(error.reason, str(error)) from error
    return Answer(plain(made), 201)


async def return_to_service(here: Here, caller: Asker, id: Id) -> Answer:
    """Unacknowledged again, where its condition stands."""
    async with here.deps.ledger.begin() as tx:
        done = await out_of_service.return_to_service(tx, id, caller.user.id, here.deps.clock.now_ns())
    return _answer(here.deps, done)


async def list_proposals(
    here: Here,
    state: Annotated[ProposalState, Query()] = ProposalState.OPEN,
    after: Id | None = None,
    limit: Limit = 100,
) -> Answer:
    """To take alarms out of service; the newest first."""
    async with here.deps.ledger.read() as tx:
        kind = ProposalKind.OUT_OF_SERVICE
        found = await tx.find(Proposal, Page(limit + 1, after), kind=kind, state=state)
    shapes = [proposal_shape(one, here.deps.definitions) for one in found]
    return Answer(page_of(shapes, limit))


async def approve(here: Here, caller: Asker, id: Id, body: Decision) -> Answer:
    return await _decide(here, caller, id, body, ProposalState.APPROVED)


async def refuse(here: Here, caller: Asker, id: Id, body: Decision) -> Answer:
    return await _decide(here, caller, id, body, ProposalState.REFUSED)


async def withdraw(here: Here, caller: Asker, id: Id, body: Decision) -> Answer:
    """By whoever proposed it."""
    return await _decide(here, caller, id, body, ProposalState.WITHDRAWN)


async def _decide(here: Here, caller: Caller, id: str, body: Decision, state: ProposalState) -> Answer:
    try:
        async with here.deps.ledger.begin() as tx:
            now_ns = here.deps.clock.now_ns()
            made = await out_of_service.decide(tx, id, body.seq, state, caller.user.id, body.note, now_ns)
    except Declined as error:
        raise _refusal(error.reason, str(error)) from error
    return Answer(plain(made))


async def _as_seen(
    here: Here, caller: Caller, id: str, body: Seen, act: Callable[..., Awaitable[Transition]]
) -> Answer:
    async with here.deps.ledger.begin() as tx:
        await _within(tx, here.deps, caller, id)
        seen = acts.Seen(body.occurrence, body.seq)
        done = await act(tx, id, seen, caller.user.id, here.deps.clock.now_ns())
    return _answer(here.deps, done)


async def _within(tx: Tx, deps: Deps, caller: Caller, id: str) -> None:
    """Raises Problem 403 for an alarm that the caller's permission does not reach."""
    if caller.limit is not Reach.QUALITY:
        return
    alarm, definition = await tx.get(Alarm, id), deps.definitions.get(id)
    if alarm is None:
        raise not_found("alarm", id)
    tag = deps.plant.tags.get(alarm.tag or "")
    public_health = definition is not None and definition.alarm_class is AlarmClass.PUBLIC_HEALTH
    if not (public_health or (tag is not None and tag.quantity in QUALITY)):
        raise Problem(403, "role", "your role acknowledges alarms of water quality only")


def _answer(deps: Deps, done: Transition) -> Answer:
    """The alarm after it, or why not; the refusal is in the journal by now."""
    if not done.changed:
        alarm = done.alarm
        saw = f"alarm {alarm.id} is {alarm.state} in occurrence {alarm.occurrence}, seq {alarm.seq}"
        raise _refusal(done.refused or "stale", saw)
    return Answer(alarm_shape(done.alarm, deps))


def _refusal(reason: str, detail: str) -> Problem:
    why = GLOSSARY[f"alarm.refused.{reason}"]
    status = _STATUS.get(reason, 422)
    return Problem(status, reason, f"{why.en} ({detail})", why={"zh": why.zh, "en": why.en})


DOORS = (
    Door("POST", "/api/v1/alarms/{id}/ack", acknowledge, Permission.ACKNOWLEDGE),
    Door("POST", "/api/v1/alarms/{id}/reset", reset, Permission.ACKNOWLEDGE),
    Door("POST", "/api/v1/alarms/{id}/shelve", shelve, Permission.SHELVE),
    Door("POST", "/api/v1/alarms/{id}/unshelve", unshelve, Permission.SHELVE),
    Door("POST", "/api/v1/alarms/{id}/out-of-service", propose_out_of_service, Permission.PROPOSE_OOS, 201),
    Door("POST", "/api/v1/alarms/{id}/return-to-service", return_to_service, Permission.RETURN_TO_SERVICE),
    Door("GET", "/api/v1/proposals", list_proposals, Permission.PROPOSALS),
    Door("POST", "/api/v1/proposals/{id}/approve", approve, Permission.DECIDE_PROPOSAL),
    Door("POST", "/api/v1/proposals/{id}/refuse", refuse, Permission.DECIDE_PROPOSAL),
    Door("POST", "/api/v1/proposals/{id}/withdraw", withdraw, Permission.PROPOSE_OOS),
)
