"""Fewer points of a history, without losing its extremes or its gaps (min-max decimation)."""

import numpy as np

from core.model.quality import Status, is_bad
from core.model.sample import Series
from core.ports.historian import Buckets

POINTS_A_BUCKET = 3
"""The lowest, the highest, and the first Bad one."""


def thinned(series: Series, points: int) -> Series:
    """At most `points` (3 or more) of the samples themselves, in their order: of each of equal stretches
    of time the lowest, the highest and the first Bad one."""
    if len(series) <= points:
        return series
    buckets = max(1, points // POINTS_A_BUCKET)
    start, end = int(series.t_ns[0]), int(series.t_ns[-1]) + 1
    width = -(-(end - start) // buckets)
    bucket = (series.t_ns - start) // width
    bad = is_bad(series.q)
    kept = [
        _first_of(bucket, np.lexsort((np.where(bad, np.inf, series.v), bucket)), ~bad),
        _first_of(bucket, np.lexsort((np.where(bad, np.inf, -series.v), bucket)), ~bad),
        _first_of(bucket, np.arange(len(series)), bad),
    ]
    at = np.unique(np.concatenate(kept))
    return Series(series.t_ns[at], series.v[at], series.q[at])


def _first_of(
    bucket: np.ndarray[tuple[int], np.dtype[np.int64]],
    order: np.ndarray[tuple[int], np.dtype[np.int64]],
    wanted: np.ndarray[tuple[int], np.dtype[np.bool_]],
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """In the given order, the first wanted index of each bucket."""
    order = order[wanted[order]]
    _, first = np.unique(bucket[order], return_index=True)
    return order[first]


def drawn(buckets: Buckets, width_ns: int) -> Series:
    """Aggregates as a line to draw: each window's low at its start and its high at its middle; a window
    without a usable sample is one Bad point, so that the line breaks."""
    empty = buckets.n == 0
    t_ns = np.stack([buckets.t_ns, buckets.t_ns + width_ns // 2], axis=1).ravel()
    v = np.stack([buckets.low, buckets.high], axis=1).ravel()
    q = np.repeat(np.where(empty, np.uint32(Status.BAD), np.uint32(Status.GOOD)), 2)
    keep = np.ones(len(t_ns), np.bool_)
    keep[1::2] = ~empty
    return Series(t_ns[keep], v[keep], q[keep])
