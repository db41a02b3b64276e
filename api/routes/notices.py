"""Outage and quality notices: read, approved and published by people."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.carrying import carried, fitting
from api.context import Here
from api.deps import Deps
from api.gate import Asker, Caller, Door
from api.parameters import Id, Limit, page_of
from api.permissions import Limit as Reach
from api.permissions import Permission
from api.problems import Problem, not_found
from api.shapes import notice_shape
from api.wire import Answer, Json, plain, rfc3339
from core.model.account import User
from core.model.notice import LIVE, QUALITY_KINDS, Notice, NoticeState, Status
from core.model.notice_version import NoticeVersion
from core.model.service_clock import ClockName, ServiceClock
from core.ports.ledger import Page, Tx
from response.notices import decisions as notices
from response.notices import difference, hub_scope, versions
from response.notices.acute import clock_id
from response.notices.rules import Seen, next_actions
from response.notices.stale import stale
from response.notices.validation import lacks

Count = Annotated[int, Field(ge=0, le=2**53)]
_TOLD = (NoticeState.PUBLISHED, NoticeState.RESTORED)
"""What the public was told, and a regulator may read."""


class Read(BaseModel):
    """What its author read: the `seq` of what is being prepared, else of the head; of how many accounts (with
    those of low pressure) and institutions it spoke, for the words of a refusal."""

    model_config = ConfigDict(extra="forbid")
    seq: Count | None = None
    accounts: Count | None = None
    institutions: Count | None = None

    @property
    def seen(self) -> Seen | None:
        return None if self.seq is None else Seen(self.seq, self.accounts, self.institutions)


class Over(Read):
    """How it is known that it is over. reason: where no signal says so. lab: the laboratory's reference."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
    lab: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""


class TakenBack(Read):
    """reason: why, of what was published."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""


class Into(Read):
    """The notice that stays."""

    into: Id


async def shown(tx: Tx, id: str, now_ns: int, reach: Reach = Reach.ALL) -> Json:
    """A notice with what is being prepared of it and what may follow."""
    before = await versions.prepared(tx, id)
    clock = await tx.get(ServiceClock, clock_id(id)) if reach is not Reach.PUBLISHED else None
    return _shape(before.head, before.pending, now_ns, reach) | {"told_by": _clock(clock)}


def _clock(clock: ServiceClock | None) -> Json | None:
    """Until when the public has to be told of it; None where no such time was promised."""
    if clock is None or clock.void_ns is not None:
        return None
    stopped = rfc3339(clock.stopped_ns) if clock.stopped_ns is not None else None
    due, start = rfc3339(clock.due_ns), rfc3339(clock.start_ns)
    return {"start": start, "due": due, "stopped": stopped, "source": clock.source}


def _shape(head: Notice, pending: NoticeVersion | None, now_ns: int, reach: Reach) -> Json:
    """Who may read what was published sees nothing of what is being prepared."""
    if reach is Reach.PUBLISHED:
        return notice_shape(head) | {"allowed": (), "pending": None}
    shape = notice_shape(head) | {"allowed": next_actions(head, pending, now_ns)}
    return shape | {"pending": notice_shape(pending.content) if pending else None}


def _may_read(notice: Notice, caller: Caller) -> bool:
    told = notice.state in _TOLD and notice.status is Status.ACTUAL
    return told or caller.limit is not Reach.PUBLISHED


async def list_notices(
    here: Here,
    caller: Asker,
    state: NoticeState | None = None,
    zone: Id | None = None,
    incident: Id | None = None,
    after: Id | None = None,
    limit: Limit = 100,
) -> Answer:
    """The newest first. A regulator and a crew see what was published."""
    asked: dict[str, object] = {"state": state, "zone": zone, "incident": incident}
    asked = {name: value for name, value in asked.items() if value is not None}
    async with here.deps.ledger.read() as tx:
        if caller.limit is Reach.PUBLISHED:
            asked["state"] = tuple(told for told in _TOLD if state in (None, told))
        found = await tx.find(Notice, Page(limit + 1, after), **asked)
        if caller.limit is Reach.PUBLISHED:
            found = [notice for notice in found if notice.status is Status.ACTUAL]
        pending = {one.notice: one for one in await tx.find(NoticeVersion, state=("draft", "approved"))}
        of = {"order": tuple(one.id for one in found), "clock": ClockName.PUBLIC_NOTICE}
        timed = found and caller.limit is not Reach.PUBLISHED
        clocks = {one.order: one for one in await tx.find(ServiceClock, **of)} if timed else {}
    now_ns = here.deps.clock.now_ns()
    shapes = [
        _shape(one, pending.get(one.id), now_ns, caller.limit) | {"told_by": _clock(clocks.get(one.id))}
        for one in found
    ]
    return Answer(page_of(shapes, limit))


async def readable(caller: Caller, tx: Tx, id: str) -> Notice:
    notice = await tx.get(Notice, id)
    if notice is None or not _may_read(notice, caller):
        raise not_found("notice", id)
    return notice


async def get_notice(here: Here, caller: Asker, id: Id) -> Answer:
    """`allowed`: what may follow its state; `pending`: a version that is being prepared."""
    async with here.deps.ledger.read() as tx:
        await readable(caller, tx, id)
        answer = await shown(tx, id, here.deps.clock.now_ns(), caller.limit)
    return Answer(answer)


async def list_versions(here: Here, caller: Asker, id: Id) -> Answer:
    """What was said, the newest first: each as it was, to whom it was new, over or changed."""
    async with here.deps.ledger.read() as tx:
        await readable(caller, tx, id)
        said = await versions.published(tx, id)
        items = [await _version(tx, version) for version in reversed(said)]
    return Answer({"items": items})


async def _version(tx: Tx, version: NoticeVersion) -> Json:
    return {
        "id": version.id,
        "version": version.version,
        "change": version.change.value,
        "identifier": version.identifier,
        "references": [plain(one) for one in version.references],
        "sent": rfc3339(version.sent_ns) if version.sent_ns else None,
        "content": notice_shape(version.content),
        "difference": (await difference.of_version(tx, version)).counts,
    }


async def check(here: Here, caller: Asker, id: Id) -> Answer:
    """What is being prepared: what is wrong with it (`hard`: it must be mended first), for whom it is new,
    over or changed, how the accounts inside are supplied, and how messages would reach them. `hub_scope`:
    what the hub reckons where a person's scope is another. Counts only; 404 for whoever may read what was
    published alone."""
    deps = here.deps
    if caller.limit is Reach.PUBLISHED:
        raise not_found("notice", id)
    async with deps.ledger.read() as tx:
        await readable(caller, tx, id)
        answer = await _checked(tx, deps, id)
        answer = await carried(tx, deps, id, answer)
    return Answer(answer)


async def _checked(tx: Tx, deps: Deps, id: str) -> Json:
    before = await versions.prepared(tx, id)
    content, pending = before.content, before.pending
    now_ns, origin = deps.clock.now_ns(), deps.plant.utility.origin
    case = await notices.case_of(tx, content, now_ns, times=deps.times, origin=origin)
    reach = await versions.reach_of(tx, before.head)
    counts = {"first": sum(len(part.accounts) for part in reach.reached)}
    if pending is not None:
        counts = (await difference.of_version(tx, pending)).counts
        reach = await versions.reach_of(tx, content)
    apart = await hub_scope.differs(tx, deps.plant, before)
    beside = (hub_scope.said(apart),) if apart else ()
    return {
        "lacks": [plain(lack) for lack in (*lacks(case), *beside, *stale(content, now_ns))],
        "hub_scope": plain(apart) if apart else None,
        "difference": counts,
        "reached": [
            {"supply": part.supply, "reason": part.reason, "accounts": len(part.accounts)}
            for part in reach.reached
        ],
        "overlaps": await _overlapping(tx, content, {a for part in reach.reached for a in part.accounts}),
    }


async def _overlapping(tx: Tx, content: Notice, accounts: set[str]) -> list[Json]:
    """Other notices that stand or are drafted for some of the same people (ON-15)."""
    others = [one for one in await tx.find(Notice, state=LIVE) if one.id != content.id]
    found = []
    for one in others:
        reach = await versions.reach_of(tx, one)
        shared = sum(len(accounts.intersection(part.accounts)) for part in reach.reached)
        if shared:
            found.append(
                {"notice": one.id, "kind": one.kind.value, "state": one.state.value, "shared": shared}
            )
    return found


async def _decide(here: Here, caller: Caller, id: str, decision: Callable[..., Awaitable[Notice]]) -> Answer:
    async with here.deps.ledger.begin() as tx:
        standing = await tx.get(Notice, id)
        if standing is None:
            raise not_found("notice", id)
        if caller.limit is Reach.QUALITY and standing.kind not in QUALITY_KINDS:
            raise Problem(403, "role", "your role decides about quality notices only")
        await decision(tx, id, caller.user, here.deps.clock.now_ns())
        answer = await shown(tx, id, here.deps.clock.now_ns())
    return Answer(answer)


def seen_in(body: Read | None) -> Seen | None:
    return body.seen if body else None


async def approve(here: Here, caller: Asker, id: Id, body: Read | None = None) -> Answer:
    """409 unless it is a draft, `stale` unless as it was read; 422 with `missing` when it could not be
    published so, or a channel could not carry it; 403 for whoever wrote it."""
    deps = here.deps
    times, origin = deps.times, deps.plant.utility.origin
    decision = partial(notices.approve, times=times, origin=origin, seen=seen_in(body))
    return await _decide(here, caller, id, fitting(deps, decision))


async def publish(here: Here, caller: Asker, id: Id, body: Read | None = None) -> Answer:
    """409 unless it is approved, `stale` unless as it was read; 422 with `missing` when it cannot be said so;
    a quality notice takes a second person."""
    deps = here.deps
    times, origin, seen = deps.times, deps.plant.utility.origin, seen_in(body)
    decision = partial(notices.publish, times=times, origin=origin, exercise=deps.exercise, seen=seen)
    return await _decide(here, caller, id, fitting(deps, decision))


async def restore(here: Here, caller: Asker, id: Id, body: Over | None = None) -> Answer:
    """Tells the public that it is over. Of doubtful water it proposes the all-clear: another publishes it."""
    told = body or Over()
    decision = partial(notices.restore, reason=told.reason, lab=told.lab, seen=told.seen)
    return await _decide(here, caller, id, decision)


async def withdraw(here: Here, caller: Asker, id: Id, body: TakenBack | None = None) -> Answer:
    """Drops a draft, or takes back what was issued in error: 422 `reason_missing`."""
    told = body or TakenBack()
    return await _decide(here, caller, id, partial(notices.withdraw, reason=told.reason, seen=told.seen))


async def issue_neutral(here: Here, caller: Asker, id: Id, body: Read | None = None) -> Answer:
    """The pre-approved text, when no duty manager has approved within ten minutes."""
    times, exercise = here.deps.times, here.deps.exercise
    decision = partial(notices.issue_neutral, times=times, exercise=exercise, seen=seen_in(body))
    return await _decide(here, caller, id, decision)


async def merge(here: Here, caller: Asker, id: Id, body: Into) -> Answer:
    """A draft that tells the same as another notice is withdrawn for it. 409 `stale` unless as read."""

    async def decision(tx: Tx, id: str, actor: User, now_ns: int) -> Notice:
        return await notices.merge(tx, id, body.into, actor, now_ns, seen=body.seen)

    return await _decide(here, caller, id, decision)


DOORS = (
    Door("GET", "/api/v1/notices", list_notices, Permission.NOTICES),
    Door("GET", "/api/v1/notices/{id}", get_notice, Permission.NOTICES),
    Door("GET", "/api/v1/notices/{id}/versions", list_versions, Permission.NOTICES),
    Door("GET", "/api/v1/notices/{id}/check", check, Permission.NOTICES),
    Door("POST", "/api/v1/notices/{id}/approve", approve, Permission.APPROVE_NOTICE),
    Door("POST", "/api/v1/notices/{id}/publish", publish, Permission.PUBLISH_NOTICE),
    Door("POST", "/api/v1/notices/{id}/restore", restore, Permission.PUBLISH_NOTICE),
    Door("POST", "/api/v1/notices/{id}/withdraw", withdraw, Permission.PUBLISH_NOTICE),
    Door("POST", "/api/v1/notices/{id}/merge", merge, Permission.PUBLISH_NOTICE),
    Door("POST", "/api/v1/notices/{id}/neutral", issue_neutral, Permission.ISSUE_NEUTRAL),
)
