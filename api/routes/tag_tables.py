"""The past of several tags as one CSV."""

import asyncio
from typing import Annotated

from fastapi import Query, Response

from api.context import Here
from api.gate import Asker, Door
from api.history import history
from api.history_csv import COLUMNS, lines
from api.parameters import Id, Time, span
from api.permissions import Permission
from api.problems import not_found
from api.routes.tags import DAY_NS, reach
from api.wire import rfc3339

MOST_POINTS = 20_000
"""Of one tag; a longer past comes as the lowest and highest of windows, `waterhub export` writes it whole."""


async def history_table(
    here: Here,
    caller: Asker,
    tags: Annotated[list[Id], Query(min_length=1, max_length=8)],
    start: Time | None = None,
    end: Time | None = None,
    bom: bool = False,
) -> Response:
    """start <= t < end, by default the last day. bom: with a byte order mark, as Excel wants it."""
    audience, known = await reach(here, caller), here.deps.plant.tags
    start_ns, end_ns = span(start, end, here.deps.clock.now_ns(), DAY_NS)
    parts = [("\ufeff" if bom else "") + ",".join(COLUMNS) + "\r\n"]
    for id in dict.fromkeys(tags):
        if (tag := known.get(id)) is None or not audience.sees_tag(tag):
            raise not_found("tag", id)
        series, bounds = await history(here.deps.historian, tag, start_ns, end_ns, MOST_POINTS)
        parts.append(await asyncio.to_thread(lines, tag, series, bounds))
    day = rfc3339(start_ns)[:10]
    headers = {
        "Content-Disposition": f'attachment; filename="trends-{day}.csv"',
        "Cache-Control": "no-store",
    }
    return Response("".join(parts), 200, headers, "text/csv; charset=utf-8")


DOORS = (Door("GET", "/api/v1/history.csv", history_table, Permission.VALUES),)
