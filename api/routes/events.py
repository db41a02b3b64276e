"""The event stream's door."""

from typing import Annotated

from fastapi import Header, Query, Response

from api.context import Here
from api.gate import Asker, Door
from api.permissions import Permission

LARGEST = 2**63 - 1


async def events(
    here: Here,
    caller: Asker,
    since: Annotated[int | None, Query(ge=0, le=LARGEST)] = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """Server-Sent Events. `since` (exclusive), or a browser's own Last-Event-ID, says where to go on; with
    neither the stream begins with `reset`: what stands open now.

    `alarm`, `incident`, `work_order`, `notice`: a ledger event, with its id. `values`: columns of the tags
    that changed, at most once a second. `hb`: every two seconds the clock and the ages of the pipeline.
    `cut`: the stream ends here and why; come back with `since`.
    """
    last = (
        int(last_event_id) if last_event_id and last_event_id.isascii() and last_event_id.isdigit() else None
    )
    after = since if last is None else max(since or 0, last)
    user = caller.user
    return await here.stream.open(
        user, caller.session, caller.limit, None if after is None else min(after, LARGEST)
    )


DOORS = (Door("GET", "/api/v1/events", events, Permission.VALUES),)
