"""What a server recorded while nobody listened, asked for after a loss (IEC 62541-11, 6.4.3).

Only of nodes whose user access level says that their history may be read; at most a day back; throttled, so
that the present always comes first. Every sample is flagged as backfill.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np
from asyncua import ua

from collectors.opcua.columns import Columns, columns_of
from collectors.opcua.messages import decoded
from collectors.opcua.session import FAILURES, Session
from collectors.opcua.store import Store
from core.ports.clock import Clock
from core.ports.source import SourceFacts

FARTHEST_NS = 24 * 3600 * 10**9
VALUES_PER_CALL = 1000
PAUSE_S = 0.2
"""Between two calls, real seconds: 5000 values per second at most."""

_HISTORY_READ = 0x04
"""Of an access level (IEC 62541-3, 8.57)."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Gap(NamedTuple):
    """Of one item: nothing was heard after since_ns and before until_ns, server's time."""

    item: int
    node: ua.NodeId
    since_ns: int
    until_ns: int


async def backfill(
    gaps: Sequence[Gap], session: Session, store: Store, facts: SourceFacts, clock: Clock
) -> None:
    """Never raises what a server may do: that is counted, and what it means for the connection is found out
    by those who listen."""
    try:
        for start in range(0, len(gaps), session.read_limit):
            some = gaps[start : start + session.read_limit]
            levels = await session.read([gap.node for gap in some], ua.AttributeIds.UserAccessLevel)
            for gap, level in zip(some, levels.v.tolist(), strict=True):
                if level == level and int(level) & _HISTORY_READ:
                    await _read(gap, session, store, facts, clock)
    except FAILURES as error:
        if error is store.failure:
            raise
        facts.count("history_failed")


async def _read(gap: Gap, session: Session, store: Store, facts: SourceFacts, clock: Clock) -> None:
    mark: bytes | None = None
    since_ns = max(gap.since_ns, gap.until_ns - FARTHEST_NS)
    while True:
        result = (await _answer(session, gap.node, since_ns, gap.until_ns, mark)).Results[0]
        if not result.StatusCode.is_good():
            facts.count("history_refused")
            return
        values = getattr(result.HistoryData, "DataValues", None) or []
        said = _within(columns_of([(gap.item, value) for value in values]), since_ns, gap.until_ns)
        if len(said.v):
            await store.put(said, late=True, backfill=True)
            facts.count("history_read", len(said.v))
        if not result.ContinuationPoint or result.ContinuationPoint == mark:
            return
        mark = result.ContinuationPoint
        await clock.sleep(PAUSE_S)


async def _answer(
    session: Session, node: ua.NodeId, since_ns: int, until_ns: int, mark: bytes | None
) -> ua.HistoryReadResponse:
    request = ua.HistoryReadRequest()
    request.Parameters = ua.HistoryReadParameters(
        HistoryReadDetails=ua.ReadRawModifiedDetails(
            IsReadModified=False,
            StartTime=_time(since_ns),
            EndTime=_time(until_ns),
            NumValuesPerNode=VALUES_PER_CALL,
            ReturnBounds=False,
        ),
        TimestampsToReturn=ua.TimestampsToReturn.Both,
        ReleaseContinuationPoints=False,
        NodesToRead=[ua.HistoryReadValueId(NodeId=node, ContinuationPoint=mark)],
    )
    return decoded(ua.HistoryReadResponse, await session.ask(request))


def _within(said: Columns, since_ns: int, until_ns: int) -> Columns:
    inside = np.nonzero((said.source_ns > since_ns) & (said.source_ns < until_ns))[0]
    handle, v, q, source_ns, server_ns = said
    return Columns(handle[inside], v[inside], q[inside], source_ns[inside], server_ns[inside])


def _time(t_ns: int) -> datetime:
    return _EPOCH + timedelta(microseconds=t_ns // 1000)
