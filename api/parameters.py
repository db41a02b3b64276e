"""What routes are asked with: the shapes of ids, times and pages, checked at the door."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Query
from pydantic import AfterValidator, StringConstraints

from api.problems import Problem
from api.wire import Json, parse_time, rfc3339
from core.model.ids import ID_PATTERN

Id = Annotated[str, StringConstraints(pattern=f"^{ID_PATTERN}$")]
LetterId = Annotated[str, StringConstraints(pattern=f"^{ID_PATTERN}/{ID_PATTERN}$")]
"""`MAILING/PERSON`."""
SlotId = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}:[A-Za-z0-9._-]{1,64}$")]
"""`DATE:ID` of an appointment window."""


def _checked(text: str) -> str:
    parse_time(text)
    return text


Time = Annotated[str, AfterValidator(_checked)]
Seq = Annotated[int, Query(ge=1, le=2**63 - 1)]
"""A row's number: as large as the ledger can count."""
Limit = Annotated[int, Query(ge=1, le=5_000)]


def span(start: str | None, end: str | None, now_ns: int, usual_ns: int) -> tuple[int, int]:
    """From start to end; without them, up to now and `usual_ns` long."""
    end_ns = parse_time(end) if end else now_ns if start is None else max(now_ns, parse_time(start) + 1)
    start_ns = parse_time(start) if start else max(0, end_ns - usual_ns)
    if start_ns >= end_ns:
        raise Problem(422, "invalid", f"start must lie before end, {rfc3339(end_ns)}")
    return start_ns, end_ns


def page_of(items: Sequence[Json], limit: int) -> Json:
    """A list answer, from one item more than it may have: `next` is the `after` to go on with."""
    return {"items": items[:limit], "next": items[limit - 1]["id"] if len(items) > limit else None}
