"""An instrument's past as minutes, by the rules of `public_portal.quality`, in whole columns: the record
looks at a day at once."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.model.sample import Floats, Series
from core.model.tag import Tag
from public_portal.quality import (
    FLAT_HEARD_MIN,
    HOLD_MIN,
    MINUTE_NS,
    SERVICE,
    SPIKE_MIN,
    SPIKE_STEP,
    may_stand,
)

Bools = npt.NDArray[np.bool_]
_BAD_OR_UNCERTAIN = 0xC0000000


@dataclass(frozen=True, slots=True, eq=False)
class Minutes:
    """A value a minute. value: the median of its Good samples in range, held for up to `HOLD_MIN`; NaN for
    none. low, high: of the Good samples of that very minute, NaN for none. service: it was being serviced."""

    value: Floats
    low: Floats
    high: Floats
    service: Bools

    def part(self, begin: int, end: int) -> "Minutes":
        span = slice(begin, end)
        return Minutes(self.value[span], self.low[span], self.high[span], self.service[span])

    def flat(self, tag: Tag) -> bool:
        """Without the least change, although it was heard and the instrument resolves finer."""
        heard = np.isfinite(self.low)
        if heard.sum() < FLAT_HEARD_MIN:
            return False
        low, high = float(self.low[heard].min()), float(self.high[heard].max())
        return low == high and not may_stand(tag, low)


def minutes_of(tag: Tag, past: Series, first: int, n: int) -> Minutes:
    """first: the minute (of the epoch) that the n minutes begin with."""
    minute = past.t_ns // MINUTE_NS - first
    inside = (minute >= 0) & (minute < n)
    minute, v, q = minute[inside], past.v[inside], past.q[inside]
    good = np.isfinite(v) & ((q & _BAD_OR_UNCERTAIN) == 0)
    good &= (v >= (-np.inf if tag.low is None else tag.low)) & (
        v <= (np.inf if tag.high is None else tag.high)
    )
    low, middle, high = _by_minute(minute[good], v[good], n)
    heard = np.bincount(minute, minlength=n)
    serviced = np.isin(q & 0xFFFF0000, list(SERVICE))
    return Minutes(
        value=_held(middle, heard > 0),
        low=low,
        high=high,
        service=2 * np.bincount(minute[serviced], minlength=n) > heard,
    )


def _by_minute(minute: npt.NDArray[np.int64], v: Floats, n: int) -> tuple[Floats, Floats, Floats]:
    """Lowest, median and highest of each minute; NaN where there is none."""
    order = np.lexsort((v, minute))
    v, count = v[order], np.bincount(minute, minlength=n)
    some = count > 0
    begin = (np.cumsum(count) - count)[some]
    count = count[some]
    found = np.full((3, n), np.nan)
    if some.any():
        found[0, some] = v[begin]
        found[1, some] = (v[begin + (count - 1) // 2] + v[begin + count // 2]) / 2
        found[2, some] = v[begin + count - 1]
    return found[0], found[1], found[2]


def _held(value: Floats, heard: Bools) -> Floats:
    """A minute that nothing was heard in has the value of the last one that was heard in, Good or not."""
    at = np.arange(len(value))
    last = np.maximum.accumulate(np.where(heard, at, -1))
    near = (last >= 0) & (at - last <= HOLD_MIN)
    return np.where(near, value[np.maximum(last, 0)], np.nan)


def without_spikes(tag: Tag, value: Floats) -> Floats:
    """Excursions from the span's median that are shorter than `SPIKE_MIN` are no values."""
    known = np.isfinite(value)
    step = SPIKE_STEP.get(tag.quantity)
    if step is None or not known.any():
        return value
    away = np.abs(np.where(known, value, np.inf) - np.median(value[known])) > step
    away &= known
    if not away.any():
        return value
    edges = np.flatnonzero(np.diff(np.concatenate(([0], away.astype(np.int8), [0]))))
    kept = value.copy()
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        if end - begin < SPIKE_MIN:
            kept[begin:end] = np.nan
    return kept


def together(series: list[Floats]) -> Floats:
    """The median of several instruments, minute by minute; NaN where none has a value."""
    stacked = np.stack(series)
    some = np.isfinite(stacked).any(axis=0)
    found = np.full(stacked.shape[1], np.nan)
    if some.any():
        found[some] = np.nanmedian(stacked[:, some], axis=0)
    return found
