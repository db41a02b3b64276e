"""A tag's past, in as many points as were asked for."""

from api.decimate import drawn, thinned
from core.model.sample import Series
from core.model.tag import Tag
from core.ports.historian import Historian

MOST_RAW = 20_000
"""Beyond about this many samples the historian's own aggregates are drawn instead: a day of 1-s samples
is 1,440 roll-ups in place of 86,400 rows."""
_MINUTE_NS, _HOUR_NS = 60_000_000_000, 3_600_000_000_000


async def history(
    historian: Historian, tag: Tag, start_ns: int, end_ns: int, points: int
) -> tuple[Series, bool]:
    """At most about `points` points with start <= t < end, and whether they are aggregates' bounds
    rather than samples. Raises HistorianUnavailable."""
    if (end_ns - start_ns) / 1e9 / max(tag.period_s, 0.1) <= MOST_RAW:
        return thinned(await historian.read(tag.id, start_ns, end_ns), points), False
    width_ns = window_ns(end_ns - start_ns, points)
    first = start_ns - start_ns % width_ns
    return drawn(await historian.buckets(tag.id, first, end_ns, width_ns), width_ns), True


def window_ns(span_ns: int, points: int) -> int:
    """The width that gives at most `points` points at two a window: whole hours where it is more than
    one, else whole minutes, as the historian keeps its roll-ups."""
    least = -(-span_ns * 2 // points)
    unit = _HOUR_NS if least > _HOUR_NS else _MINUTE_NS
    return -(-least // unit) * unit
