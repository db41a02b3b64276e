"""Outage and quality notices: read, approved and published by people."""

from collections.abc import Awaitable, Callable

from api.audience import audience_of
from api.context import Here
from api.gate import Asker, Caller, Door
from api.parameters import Id, Limit, page_of
from api.permissions import Limit as Reach
from api.permissions import Permission
from api.problems import Problem, not_found
from api.shapes import notice_shape
from api.wire import Answer, Json
from core.model.notice import QUALITY_KINDS, Notice, NoticeState
from core.ports.ledger import Page, Tx
from response.notices import decisions as notices
from response.notices.rules import next_actions

_TOLD = (NoticeState.PUBLISHED, NoticeState.RESTORED)
"""What the public was told, and a regulator may read."""


def _shown(notice: Notice) -> Json:
    return notice_shape(notice) | {"allowed": next_actions(notice)}


async def _may_read(notice: Notice, caller: Caller, tx: Tx) -> bool:
    if caller.limit is Reach.PUBLISHED:
        return notice.state in _TOLD
    return (await audience_of(caller.user, caller.limit, tx)).sees_zone(notice.zone)


async def list_notices(
    here: Here,
    caller: Asker,
    state: NoticeState | None = None,
    zone: Id | None = None,
    incident: Id | None = None,
    after: Id | None = None,
    limit: Limit = 100,
) -> Answer:
    """The newest first. A regulator sees what was published; a crew, its orders' zones."""
    asked: dict[str, object] = {"state": state, "zone": zone, "incident": incident}
    asked = {name: value for name, value in asked.items() if value is not None}
    async with here.deps.ledger.read() as tx:
        if caller.limit is Reach.PUBLISHED:
            asked["state"] = tuple(told for told in _TOLD if state in (None, told))
        elif caller.limit is Reach.OWN:
            zones = (await audience_of(caller.user, caller.limit, tx)).zones or frozenset()
            asked["zone"] = tuple(own for own in zones if zone in (None, own))
        found = await tx.find(Notice, Page(limit + 1, after), **asked)
    return Answer(page_of([_shown(notice) for notice in found], limit))


async def get_notice(here: Here, caller: Asker, id: Id) -> Answer:
    """`allowed`: what may follow its state."""
    async with here.deps.ledger.read() as tx:
        notice = await tx.get(Notice, id)
        if notice is None or not await _may_read(notice, caller, tx):
            raise not_found("notice", id)
    return Answer(_shown(notice))


async def _decide(here: Here, caller: Caller, id: str, decision: Callable[..., Awaitable[Notice]]) -> Answer:
    async with here.deps.ledger.begin() as tx:
        standing = await tx.get(Notice, id)
        if standing is None:
            raise not_found("notice", id)
        if caller.limit is Reach.QUALITY and standing.kind not in QUALITY_KINDS:
            raise Problem(403, "role", "your role decides about quality notices only")
        notice = await decision(tx, id, caller.user, here.deps.clock.now_ns())
    return Answer(_shown(notice))


async def approve(here: Here, caller: Asker, id: Id) -> Answer:
    """409 unless it is a draft; 403 for whoever wrote it."""
    return await _decide(here, caller, id, notices.approve)


async def publish(here: Here, caller: Asker, id: Id) -> Answer:
    """409 unless it is approved; a quality notice takes a second person."""
    return await _decide(here, caller, id, notices.publish)


async def restore(here: Here, caller: Asker, id: Id) -> Answer:
    """Tells the public that it is over."""
    return await _decide(here, caller, id, notices.restore)


async def withdraw(here: Here, caller: Asker, id: Id) -> Answer:
    """Drops a draft, or takes back what was issued in error."""
    return await _decide(here, caller, id, notices.withdraw)


async def issue_neutral(here: Here, caller: Asker, id: Id) -> Answer:
    """The pre-approved text, when no duty manager has approved within ten minutes."""
    return await _decide(here, caller, id, notices.issue_neutral)


DOORS = (
    Door("GET", "/api/v1/notices", list_notices, Permission.NOTICES),
    Door("GET", "/api/v1/notices/{id}", get_notice, Permission.NOTICES),
    Door("POST", "/api/v1/notices/{id}/approve", approve, Permission.APPROVE_NOTICE),
    Door("POST", "/api/v1/notices/{id}/publish", publish, Permission.PUBLISH_NOTICE),
    Door("POST", "/api/v1/notices/{id}/restore", restore, Permission.PUBLISH_NOTICE),
    Door("POST", "/api/v1/notices/{id}/withdraw", withdraw, Permission.PUBLISH_NOTICE),
    Door("POST", "/api/v1/notices/{id}/neutral", issue_neutral, Permission.ISSUE_NEUTRAL),
)
