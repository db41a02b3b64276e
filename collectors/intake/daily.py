"""One value a day of a derived tag: the least, greatest or mean of a stretch of the local day.

Minimum night flow is the least quarter-hour mean of an area's inflow between 02:00 and 04:00: customers
sleep, and what still flows is mostly leakage (Farley and Trow 2003, Losses in Water Distribution
Networks, IWA).
"""

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from core.model.quality import Status
from core.model.sample import Sample
from core.model.shanghai import local

SECOND = 1_000_000_000
DAY_NS = 86_400 * SECOND
Statistic = Literal["min", "max", "mean"]
_STATISTICS: dict[Statistic, Callable[[list[float]], float]] = {
    "min": min,
    "max": max,
    "mean": statistics.fmean,
}


@dataclass(slots=True)
class Day:
    """from_s, to_s: seconds of the local day; slot_s: of the means that the statistic is of."""

    from_s: int
    to_s: int
    slot_s: int
    statistic: Statistic
    _begin_ns: int | None = None
    _slots: dict[int, list[float]] = field(default_factory=dict)
    _worst: int = 0
    _last_ns: int = 0

    def add(self, sample: Sample) -> tuple[float | None, float, int, int] | None:
        """One value of the expression. When a window is over: the statistic (None without a slot), the share
        of its slots that had a value, the worst status of what was used, and the last time in it."""
        done = None
        midnight_ns = _midnight(sample.t_ns)
        begin_ns = midnight_ns + self.from_s * SECOND
        if self._begin_ns is not None and (
            begin_ns != self._begin_ns or sample.t_ns >= midnight_ns + self.to_s * SECOND
        ):
            done = self._close()
        if begin_ns <= sample.t_ns < midnight_ns + self.to_s * SECOND:
            self._begin_ns = begin_ns
            self._last_ns = sample.t_ns
            if sample.v is not None:
                slot = (sample.t_ns - begin_ns) // (self.slot_s * SECOND)
                self._slots.setdefault(slot, []).append(sample.v)
                self._worst = max(self._worst, sample.q)
        return done

    def _close(self) -> tuple[float | None, float, int, int]:
        means = [statistics.fmean(values) for values in self._slots.values()]
        share = len(means) * self.slot_s / (self.to_s - self.from_s)
        done = (
            (_STATISTICS[self.statistic](means) if means else None),
            min(share, 1.0),
            self._worst,
            self._last_ns,
        )
        self._begin_ns, self._slots, self._worst = None, {}, 0
        return done


def sample_of(
    tag: str, done: tuple[float | None, float, int, int], least_coverage: float, r_ns: int
) -> Sample:
    """The day's value, at the last time in its window."""
    v, share, q, t_ns = done
    if v is None or share < least_coverage:
        return Sample(tag, t_ns, None, Status.BAD_NO_COMMUNICATION, r_ns)
    if share < 1.0:
        q = max(q, Status.UNCERTAIN_SUB_NORMAL)
    return Sample(tag, t_ns, v, q, r_ns)


def _midnight(t_ns: int) -> int:
    at = local(t_ns)
    since = at - at.replace(hour=0, minute=0, second=0, microsecond=0)
    return t_ns - t_ns % SECOND - round(since.total_seconds() // 1) * SECOND
