"""What a zone's inflow is expected to be at each moment of the week.

Robust medians by quarter hour (by hour where a meter tells once an hour) over the last four weeks, each day
taken at the level of the last ones: of the day's class (working day or weekend), drawn toward the weekday's
own median as far as there are enough of them (Mounce, Boxall and Machell 2010,
J. Water Resour. Plann. Manage. 136:309, use such a weekly profile for burst detection in real districts).
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from alarms.detectors.detector import State
from alarms.timers import SECOND
from core.model.sample import Floats, Int64s

DAYS = 28
SLOTS = 96
SLOT_NS = 900 * SECOND
DAY_NS = SLOTS * SLOT_NS
UTC_OFFSET_NS = 8 * 3600 * SECOND
"""Asia/Shanghai: people's days, and with them demand, begin at its midnight."""
LEVEL_DAYS = 3
"""The level of a day may change, as when a leak goes on; that of the last days is expected to go on."""
_PRIOR, _LEVELLED = 2.0, 2


def local_day(t_ns: Int64s | int) -> Int64s:
    """Days since 1970-01-01, local; a bin that ends at midnight belongs to the day before."""
    return np.asarray((np.asarray(t_ns, np.int64) - 1 + UTC_OFFSET_NS) // DAY_NS, np.int64)


def by_day(t_ns: Int64s) -> Iterator[tuple[int, slice]]:
    """The local days of times that follow each other, each with where its times stand."""
    day = local_day(t_ns)
    for a, b in pairwise([0, *(np.flatnonzero(np.diff(day)) + 1).tolist(), len(day)]):
        yield int(day[a]), slice(a, b)


def weekday(day: Int64s) -> Int64s:
    """0 Monday .. 6 Sunday."""
    return (day + 3) % 7


def slot_for(width_ns: int) -> int:
    """A quarter of an hour, or the least whole minutes from the bins' width on that divide a day."""
    minute_ns = 60 * SECOND
    least = max(SLOT_NS, min(width_ns, DAY_NS))
    return next(m * minute_ns for m in range(-(-least // minute_ns), 1441) if 1440 % m == 0)


class Week:
    """Learns slot means of the last DAYS days; `refit` at each midnight makes the profile. width_ns: of the
    bins it learns from. What is wider than a slot would leave slots empty, so slots are as wide then."""

    def __init__(self, width_ns: int = SLOT_NS) -> None:
        self._slot_ns = slot_for(width_ns)
        self._slots = DAY_NS // self._slot_ns
        self._wide_ns = width_ns if width_ns > SLOT_NS else 0
        self._sum = np.zeros((DAYS, self._slots))
        self._n = np.zeros((DAYS, self._slots), np.uint16)
        self._day = np.full(DAYS, -1, np.int64)
        self.profile: Floats | None = None

    def learn(self, t_ns: Int64s, x: Floats) -> None:
        """x: inflow, m3/h, NaN where unknown or not to be learned from."""
        day = local_day(t_ns)
        for d in np.unique(day).tolist():
            if self._day[d % DAYS] != d:
                self._day[d % DAYS], self._sum[d % DAYS], self._n[d % DAYS] = d, 0.0, 0
        use = np.isfinite(x)
        slot = (t_ns[use] - 1 + UTC_OFFSET_NS) % DAY_NS // self._slot_ns
        np.add.at(self._sum, (day[use] % DAYS, slot), x[use])
        np.add.at(self._n, (day[use] % DAYS, slot), 1)

    @property
    def days(self) -> int:
        """Days with at least half of their slots known."""
        return int(((self._n > 0).mean(axis=1) >= 0.5).sum())

    @property
    def mean(self) -> float:
        """Mean expected inflow, m3/h; NaN before the first refit."""
        return float("nan") if self.profile is None else float(self.profile.mean())

    def refit(self) -> None:
        with np.errstate(invalid="ignore", divide="ignore"):
            grid = self._sum / self._n
        known = np.isfinite(grid).mean(axis=1) >= 0.5
        if not known.any():
            return
        order = np.argsort(self._day[known])
        grid, on = grid[known][order], weekday(self._day[known][order])
        profile = _profile(grid, on)
        for _ in range(_LEVELLED):
            level = _median((grid - profile[on]).T)
            now = float(np.median(level[-LEVEL_DAYS:]))
            profile = _profile(grid + (now - level)[:, None], on)
        flat = profile.ravel()
        if not np.isfinite(flat).any():
            return
        flat = _filled(flat, np.full(flat.shape, np.nanmean(flat)))
        smooth = 0.25 * np.roll(flat, 1) + 0.5 * flat + 0.25 * np.roll(flat, -1)
        self.profile = flat if self._wide_ns else smooth

    def expected(self, t_ns: Int64s) -> Floats:
        """m3/h at each time, of a wide bin in its middle; zeros before the first refit."""
        if self.profile is None:
            return np.zeros(len(t_ns))
        since_monday = (t_ns - self._wide_ns // 2 + UTC_OFFSET_NS + 3 * DAY_NS) % (7 * DAY_NS)
        middles = (np.arange(7 * self._slots) + 0.5) * self._slot_ns
        return np.interp(since_monday.astype(np.float64), middles, self.profile, period=float(7 * DAY_NS))

    def snapshot(self) -> State:
        return {
            "sum": self._sum.tobytes(),
            "n": self._n.tobytes(),
            "day": self._day.tolist(),
            "profile": None if self.profile is None else self.profile.tobytes(),
        }

    def fits(self, state: State) -> bool:
        """Whether a snapshot is of these slots."""
        return len(state["sum"]) == self._sum.nbytes

    def restore(self, state: State) -> None:
        """One that fits."""
        self._sum = np.frombuffer(state["sum"]).reshape(DAYS, self._slots).copy()
        self._n = np.frombuffer(state["n"], np.uint16).reshape(DAYS, self._slots).copy()
        self._day = np.array(state["day"], np.int64)
        self.profile = None if state["profile"] is None else np.frombuffer(state["profile"]).copy()


def _profile(grid: Floats, on: Int64s) -> Floats:
    """(7, slots). grid: (days, slots); on: their weekdays."""
    overall = _median(grid)
    profile = np.empty((7, grid.shape[1]))
    for d in range(7):
        same_class = grid[(on >= 5) == (d >= 5)]
        base = _filled(_median(same_class), overall) if len(same_class) else overall
        own = grid[on == d]
        weight = len(own) / (len(own) + _PRIOR)
        profile[d] = base + (weight * (_filled(_median(own), base) - base) if len(own) else 0.0)
    return profile


def _median(grid: Floats) -> Floats:
    """Column medians of what is known; NaN where nothing is. (np.nanmedian takes six times as long.)"""
    ranked = np.sort(grid, axis=0)
    known = np.isfinite(ranked).sum(axis=0)
    column = np.arange(grid.shape[1])
    middle = np.maximum(known - 1, 0)
    median = 0.5 * (ranked[middle // 2, column] + ranked[(middle + 1) // 2, column])
    return np.where(known > 0, median, np.nan)


def _filled(x: Floats, instead: Floats) -> Floats:
    return np.where(np.isfinite(x), x, instead)
