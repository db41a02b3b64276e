"""Published hours called an instrument's fault: proposed by one person, decided by another (WQ-07)."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.context import Here
from api.gate import Asker, Caller, Door
from api.parameters import Id, Limit, Time, page_of
from api.permissions import Permission
from api.wire import Answer, parse_time, plain
from core.model.proposal import Evidence, Proposal, ProposalState
from core.model.tag import Quantity
from core.ports.ledger import Page
from response import instrument_faults

Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]


class Wish(BaseModel):
    """start, end: the hours that they touch are meant. reference: number or file of the evidence."""

    model_config = ConfigDict(extra="forbid")
    zone: Id
    parameter: Quantity
    start: Time
    end: Time
    evidence: Evidence
    reference: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    reason: Why


class Decision(BaseModel):
    """seq: of the proposal as its decider saw it."""

    model_config = ConfigDict(extra="forbid")
    seq: Annotated[int, Field(ge=0, le=2**53)]
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] | None = None


async def list_faults(
    here: Here,
    state: Annotated[ProposalState | None, Query()] = None,
    after: Id | None = None,
    limit: Limit = 100,
) -> Answer:
    """The newest first."""
    asked = {} if state is None else {"state": state}
    async with here.deps.ledger.read() as tx:
        found = await tx.find(Proposal, Page(limit + 1, after), kind=instrument_faults.KIND, **asked)
    return Answer(page_of([plain(one) for one in found], limit))


async def propose(here: Here, caller: Asker, body: Wish) -> Answer:
    """Nothing changes until another person has approved it. 409 `backwards`, `too_long` (24 h),
    `nothing_published`, `held`, `confirmed`, `proposed`."""
    async with here.deps.ledger.begin() as tx:
        made = await instrument_faults.propose(
            tx,
            here.deps.plant,
            (body.zone, body.parameter.value),
            (parse_time(body.start), parse_time(body.end)),
            body.evidence,
            body.reference,
            body.reason,
            caller.user,
            here.deps.clock.now_ns(),
        )
    return Answer(plain(made), 201)


async def approve(here: Here, caller: Asker, id: Id, body: Decision) -> Answer:
    """403 `same_person`, `same_role`; 409 `stale`, and what may be against it by now."""
    return await _decide(here, caller, id, body, ProposalState.APPROVED)


async def refuse(here: Here, caller: Asker, id: Id, body: Decision) -> Answer:
    return await _decide(here, caller, id, body, ProposalState.REFUSED)


async def withdraw(here: Here, caller: Asker, id: Id, body: Decision) -> Answer:
    """By whoever proposed it."""
    return await _decide(here, caller, id, body, ProposalState.WITHDRAWN)


async def _decide(here: Here, caller: Caller, id: str, body: Decision, state: ProposalState) -> Answer:
    async with here.deps.ledger.begin() as tx:
        now_ns = here.deps.clock.now_ns()
        decided = await instrument_faults.decide(
            tx, here.deps.plant, id, body.seq, state, caller.user, body.note, now_ns
        )
    return Answer(plain(decided))


_PATH = "/api/v1/instrument-faults"
DOORS = (
    Door("GET", _PATH, list_faults, Permission.QUALITY_DECISIONS),
    Door("POST", _PATH, propose, Permission.LABEL_FAULT, 201),
    Door("POST", f"{_PATH}/{{id}}/approve", approve, Permission.LABEL_FAULT),
    Door("POST", f"{_PATH}/{{id}}/refuse", refuse, Permission.LABEL_FAULT),
    Door("POST", f"{_PATH}/{{id}}/withdraw", withdraw, Permission.LABEL_FAULT),
)
