"""The audit, entry by entry, and whether it holds."""

import orjson

from api.context import Here
from api.gate import Door
from api.parameters import Id, Limit, Seq
from api.permissions import Permission
from api.wire import Answer, plain, rfc3339
from core.model.audit import AuditRow


async def list_entries(
    here: Here, before: Seq | None = None, who: Id | None = None, limit: Limit = 100
) -> Answer:
    """The newest first, of those numbered below `before`; `who`: of one person alone."""
    rows = await here.deps.ledger.audit_before(before, limit + 1, who)
    shown = rows[:limit]
    return Answer(
        {"items": [_shown(row) for row in shown], "next": shown[-1].seq if len(rows) > limit else None}
    )


async def check(here: Here) -> Answer:
    """`holds`: its chain, and that it stood once as each anchor kept elsewhere says; `why` not. Without
    anchors a tail that was cut cleanly would not be seen."""
    if here.deps.audit is None:
        return Answer({"holds": None, "why": "nothing checks it here", "entries": None, "anchors": None})
    found = await here.deps.audit.now()
    return Answer(
        {
            "holds": found.why is None,
            "why": found.why,
            "entries": found.entries,
            "anchors": found.anchors,
            "last_anchor": plain(found.last) if found.last else None,
        }
    )


def _shown(row: AuditRow) -> dict[str, object]:
    """As it was written; `at` beside `at_ns`, in RFC 3339."""
    entry: dict[str, object] = orjson.loads(row.body)
    return entry | {"at": rfc3339(row.at_ns), "hash": row.hash}


DOORS = (
    Door("GET", "/api/v1/audit", list_entries, Permission.AUDIT),
    Door("GET", "/api/v1/audit/check", check, Permission.REPORTS),
)
