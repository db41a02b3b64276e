"""Step statistics: the mean of a short window less the mean of the longer one before it."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from alarms.timers import SECOND
from core.model.sample import Floats


@dataclass(frozen=True, slots=True)
class Pair:
    """after, before: window lengths in bins. slow: for leaks that no sudden step shows."""

    after: int
    before: int
    slow: bool = False


_FAST_S = ((120, 240), (120, 480), (180, 900), (300, 1500), (600, 2700))
_SLOW_S = ((3600, 6 * 3600), (3 * 3600, 24 * 3600), (6 * 3600, 24 * 3600))


def pairs_for(width_ns: int) -> tuple[Pair, ...]:
    """Fast windows of 2-10 min against 4-45 min before, slow ones of 1-6 h against 6-24 h."""
    width_s = width_ns / SECOND
    fast = dict.fromkeys(Pair(_bins(a, width_s, 1), _bins(b, width_s, 3)) for a, b in _FAST_S)
    slow = dict.fromkeys(Pair(_bins(a, width_s, 1), _bins(b, width_s, 3), True) for a, b in _SLOW_S)
    return (*fast, *slow)


def _bins(seconds: float, width_s: float, least: int) -> int:
    return max(least, round(seconds / width_s))


def steps(r: Floats, pairs: tuple[Pair, ...], n: int) -> Floats:
    """The statistic of each pair at the last n of r, (n, pairs); NaN where less than two thirds of either
    window is known."""
    known = np.isfinite(r)
    total = np.concatenate(([0.0], np.cumsum(np.where(known, r, 0.0))))
    count = np.concatenate(([0], np.cumsum(known)))
    end = np.arange(len(r) - n + 1, len(r) + 1)
    out = np.full((n, len(pairs)), np.nan)
    for i, pair in enumerate(pairs):
        middle, start = end - pair.after, end - pair.after - pair.before
        fits = start >= 0
        after = _mean(total, count, np.maximum(middle, 0), end, pair.after)
        before = _mean(total, count, np.maximum(start, 0), np.maximum(middle, 0), pair.before)
        out[:, i] = np.where(fits, after - before, np.nan)
    return out


def _mean(
    total: Floats,
    count: npt.NDArray[np.int64],
    a: npt.NDArray[np.int64],
    b: npt.NDArray[np.int64],
    length: int,
) -> Floats:
    n = count[b] - count[a]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(3 * n >= 2 * length, (total[b] - total[a]) / n, np.nan)


def columns_steps(p: Floats, pair: Pair, n: int) -> Floats:
    """Like `steps` for one pair over columns, (n, columns)."""
    if not p.shape[1]:
        return np.empty((n, 0))
    return np.column_stack([steps(p[:, i], (pair,), n)[:, 0] for i in range(p.shape[1])])


class Step(NamedTuple):
    """n: of the pairs, which shows it; before: the level that it left; length: how many of the last bins it
    fills."""

    n: int
    pair: Pair
    before: float
    size: float
    length: int


def clearest(r: Floats, pairs: tuple[Pair, ...], ratio: Floats) -> Step:
    """The step with which r ends. ratio: of each pair, how far it stands above its bar."""
    pair = pairs[n := int(np.nanargmax(ratio))]
    start = max(0, len(r) - pair.after - pair.before)
    before = float(np.nanmean(r[start : len(r) - pair.after]))
    length = _since(r[len(r) - pair.after :] - before)
    return Step(n, pair, before, float(np.nanmean(r[len(r) - length :])) - before, length)


def _since(step: Floats) -> int:
    """How many of the last bins the step fills: where its mean, weighed by their number, is clearest."""
    filled = np.where(np.isfinite(step), step, 0.0)[::-1]
    lengths = np.arange(1, len(filled) + 1)
    return int(np.argmax(np.cumsum(filled) / np.sqrt(lengths))) + 1
