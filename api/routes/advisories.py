"""What people are told of doubtful water, as long as it stands: for the wall, which reads no notices."""

from api.context import Here
from api.gate import Asker, Door
from api.permissions import Permission
from api.routes.tags import reach
from api.wire import Answer, Json, rfc3339
from core.model.event import EventKind
from core.model.notice import QUALITY_KINDS, Notice, NoticeState, Status


def _shape(notice: Notice) -> Json:
    assert notice.published_ns is not None, "only what is published is asked for"
    return {
        "id": notice.id,
        "kind": notice.kind.value,
        "zones": list(notice.zones or (notice.zone,)),
        "published": rfc3339(notice.published_ns),
        "version": notice.version,
        "accounts_affected": notice.accounts_affected,
    }


async def list_advisories(here: Here, caller: Asker) -> Answer:
    """Those of quality that are in force; no exercise and no test."""
    audience = await reach(here, caller)
    async with here.deps.ledger.read() as tx:
        found = await tx.find(Notice, state=NoticeState.PUBLISHED)
    items = [
        _shape(notice)
        for notice in found
        if notice.kind in QUALITY_KINDS
        and notice.status is Status.ACTUAL
        and audience.sees(EventKind.NOTICE, notice.zone)
    ]
    return Answer({"items": items, "next": None})


DOORS = (Door("GET", "/api/v1/advisories", list_advisories, Permission.INCIDENTS),)
