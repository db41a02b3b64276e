"""The published record as CSV (RFC 4180): a line an hour, times in UTC."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.model.published import CODES, Hour, PublishedDay
from core.model.shanghai import rfc3339
from public_portal.parts import Part

HOUR_NS = 3_600_000_000_000
HEAD = (
    *("area", "parameter", "unit", "start", "end", "median", "highest_15min_median", "state", "quality_code"),
    *("n_valid", "n_expected", "published", "version", "lowest_15min_median"),
    *("limit_standard", "limit_low", "limit_high"),
)


BOM = "\ufeff"
"""Before the first line it tells Excel that the file is UTF-8."""


@dataclass(frozen=True, slots=True)
class Table:
    """lines: of a part."""

    head: tuple[str, ...]
    lines: Callable[[Part], Iterable[Sequence[str]]]

    def first(self, bom: bool) -> str:
        return (BOM if bom else "") + _written([self.head])

    def rest(self, part: Part) -> str:
        return _written(self.lines(part))


def _standing(part: Part) -> Iterator[Sequence[str]]:
    return (_line(day, hour) for day in part.days for hour in day.hours)


def _replaced(part: Part) -> Iterator[Sequence[str]]:
    gone = ((day, one) for day in part.days for one in day.replaced)
    return ([*_line(day, one.hour), rfc3339(one.at_ns), one.why.value] for day, one in gone)


TABLES: Mapping[str, Table] = {
    "record": Table(HEAD, _standing),
    "corrections": Table((*HEAD, "replaced", "reason"), _replaced),
}
"""What stands; and what stood, when it was replaced and why."""


def _line(day: PublishedDay, hour: Hour) -> list[str]:
    return [
        *(day.zone, day.parameter, day.unit, rfc3339(hour.start_ns), rfc3339(hour.start_ns + HOUR_NS)),
        *(_number(hour.median), _number(hour.high15), hour.state.value, str(CODES[hour.state])),
        *(str(hour.n_valid), str(hour.n_expected), rfc3339(hour.published_ns), str(hour.version)),
        _number(hour.low15),
        *_limit(day),
    ]


def _limit(day: PublishedDay) -> list[str]:
    """Of what the day was judged by; empty where nothing limited it."""
    if day.limit is None:
        return ["", "", ""]
    low, high = (f"{end:g}" if end is not None else "" for end in (day.limit.low, day.limit.high))
    return [day.limit.standard, low, high]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _written(lines: Iterable[Sequence[str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(lines)
    return out.getvalue()
