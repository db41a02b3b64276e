"""Columns of text or numbers as batches: stamps, values, and the order of time."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from core.model.quality import Codes, Status, is_bad
from core.model.sample import Batch, Floats, Int64s, Names

HOUR_NS = 3600 * 10**9


def numbers(cells: Sequence[str]) -> Floats:
    """NaN where a cell is no number."""
    try:
        return np.fromiter(map(float, cells), np.float64, len(cells))
    except ValueError:
        return np.array([_number(cell) for cell in cells], np.float64)


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")


def stamps(cells: Sequence[str], timezone: str, time_format: str | None = None) -> Int64s:
    """UTC ns of local times, of the first of two equal ones when clocks go back. Raises ValueError."""
    if time_format is None:
        local = np.array([cell.removesuffix("Z") for cell in cells], "datetime64[ns]").astype(np.int64)
    else:
        parsed = [datetime.strptime(cell, time_format).replace(tzinfo=None) for cell in cells]  # noqa: DTZ007
        local = np.array(parsed, "datetime64[ns]").astype(np.int64)
    return local if timezone == "UTC" else local - _offsets(local, ZoneInfo(timezone))


def _offsets(local_ns: Int64s, zone: ZoneInfo) -> Int64s:
    """Looked up once an hour: no zone has changed its clocks at another minute for decades."""
    hours, which = np.unique(local_ns // HOUR_NS, return_inverse=True)
    seconds = [_offset_s(int(hour) * 3600, zone) for hour in hours]
    return np.array(seconds, np.int64)[which] * 10**9


def _offset_s(local_s: int, zone: ZoneInfo) -> int:
    wall = datetime.fromtimestamp(local_s, UTC).replace(tzinfo=zone)
    offset = wall.utcoffset()
    return 0 if offset is None else round(offset.total_seconds())


def batch(
    source: str,
    tags: tuple[str, ...],
    tag: npt.NDArray[np.uint32],
    t_ns: Int64s,
    v: Floats,
    q: Codes | None = None,
    r_ns: Int64s | None = None,
    flags: npt.NDArray[np.uint8] | None = None,
) -> Batch:
    """A batch that holds what `Batch` promises: a value that is no number is Bad, and Bad has none."""
    codes = np.zeros(len(v), np.uint32) if q is None else q.astype(np.uint32)
    wrong = ~np.isfinite(v) & ~is_bad(codes)
    codes[wrong] = Status.BAD_SENSOR_FAILURE
    return Batch(
        Names.one(source, tags),
        tag.astype(np.uint32, copy=False),
        t_ns.astype(np.int64, copy=False),
        np.where(is_bad(codes), np.nan, v),
        codes,
        t_ns if r_ns is None else r_ns.astype(np.int64, copy=False),
        np.zeros(len(v), np.uint8) if flags is None else flags.astype(np.uint8, copy=False),
    )


def part(whole: Batch, chosen: slice | npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> Batch:
    return replace(
        whole,
        tag=whole.tag[chosen],
        t_ns=whole.t_ns[chosen],
        v=whole.v[chosen],
        q=whole.q[chosen],
        r_ns=whole.r_ns[chosen],
        flags=whole.flags[chosen],
    )


def merged(streams: Sequence[Iterator[Batch]]) -> Iterator[Batch]:
    """Batches of several streams, each in the order of source time, as one in that order."""
    if len(streams) == 1:
        yield from streams[0]
        return
    heads = {stream: head for stream in streams if (head := next(stream, None)) is not None}
    while heads:
        mark = min(int(head.t_ns[-1]) for head in heads.values())
        due = []
        for stream, head in list(heads.items()):
            cut = int(np.searchsorted(head.t_ns, mark, "right"))
            due.append(part(head, slice(cut)))
            rest = part(head, slice(cut, None)) if cut < len(head) else next(stream, None)
            if rest is None:
                del heads[stream]
            else:
                heads[stream] = rest
        yield _joined([one for one in due if len(one)])


def _joined(batches: Sequence[Batch]) -> Batch:
    names = {name: None for one in batches for name in one.tags}
    index = {name: i for i, name in enumerate(names)}
    tag = [np.array([index[name] for name in one.tags], np.uint32)[one.tag] for one in batches]
    whole = Batch(
        Names.one(batches[0].sources[0], tuple(names)),
        np.concatenate(tag),
        np.concatenate([one.t_ns for one in batches]),
        np.concatenate([one.v for one in batches]),
        np.concatenate([one.q for one in batches]),
        np.concatenate([one.r_ns for one in batches]),
        np.concatenate([one.flags for one in batches]),
    )
    return part(whole, np.argsort(whole.t_ns, kind="stable"))
