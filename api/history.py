"""A tag's past, in as many points as were asked for."""

import numpy as np

from api.decimate import drawn, thinned
from core.model.quality import is_bad
from core.model.sample import Series
from core.model.tag import Tag
from core.ports.historian import Historian

MOST_RAW = 20_000
"""Beyond about this many samples the historian's own aggregates are drawn instead: a day of 1-s samples
is 1,440 roll-ups in place of 86,400 rows."""
MOST_GAPS = 50
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
    line = drawn(await historian.buckets(tag.id, first, end_ns, width_ns), width_ns)
    return await _with_reasons(historian, tag.id, line, width_ns), True


async def _with_reasons(historian: Historian, tag: str, line: Series, width_ns: int) -> Series:
    """Each gap with the reason of the Bad sample that stands at its beginning: one is written when a reading
    is lost, none while it stays so. The newest gaps, as many as are looked up."""
    bad = is_bad(line.q)
    begins = np.flatnonzero(bad & ~np.concatenate(([False], bad[:-1])))
    ends = np.flatnonzero(bad & ~np.concatenate((bad[1:], [False])))
    q = line.q.copy()
    for begin, end in list(zip(begins.tolist(), ends.tolist(), strict=True))[-MOST_GAPS:]:
        at = int(line.t_ns[begin])
        raw = await historian.read(tag, at - width_ns, at + width_ns)
        reasons = raw.q[is_bad(raw.q)]
        if len(reasons):
            q[begin : end + 1] = reasons[-1]
    return Series(line.t_ns, line.v, q)


def window_ns(span_ns: int, points: int) -> int:
    """The width that gives at most `points` points at two a window: whole hours where it is more than
    one, else whole minutes, as the historian keeps its roll-ups."""
    least = -(-span_ns * 2 // points)
    unit = _HOUR_NS if least > _HOUR_NS else _MINUTE_NS
    return -(-least // unit) * unit
