"""Has the level shifted? For meters that tell a few times a day: a meter's hour is restless, so what counts
is how many of them in a row lie above what was usual, not how far a single one does.

The statistic is the mean of the last hours less the median of the two days before, in which no bin may count
for more than LIMIT of its own usual wandering (Huber's psi; Huber 1964, Ann. Math. Statist. 35:73).
"""

import numpy as np

from alarms.detectors.detector import State
from alarms.detectors.spread import MAD
from alarms.detectors.steps import Pair
from alarms.timers import SECOND
from core.model.sample import Floats

LIMIT = 3.0
BAR = 4.25
"""In robust standard deviations of each statistic. Chosen, with the windows, on the ten districts of BWDF
2021 (`python -m bench dma`) for half an unexplained alarm a month."""
DAYS, LEAST_DAYS = 28, 5
_AFTER_H, _BEFORE_H = (2, 4, 8, 16), 48


def shift_pairs(width_ns: int) -> tuple[Pair, ...]:
    """First a bin alone, which says how much a bin wanders and raises nothing; then 2 to 16 h. All against
    the two days before."""
    width_h = width_ns / SECOND / 3600
    before = max(4, round(_BEFORE_H / width_h))
    after = dict.fromkeys(max(2, round(hours / width_h)) for hours in _AFTER_H)
    return tuple(Pair(n, before, True) for n in (1, *after))


def shifts(r: Floats, pairs: tuple[Pair, ...], n: int, wander: float) -> Floats:
    """The statistic of each pair at the last n of r, (n, pairs). wander: of a single bin, NaN when unknown.
    NaN where half of the time before or a third of what follows is unknown."""
    out = np.full((n, len(pairs)), np.nan)
    lead = max(pair.after + pair.before for pair in pairs) + n
    r = np.concatenate((np.full(max(0, lead - len(r)), np.nan), r))
    for i, pair in enumerate(pairs):
        windows = np.lib.stride_tricks.sliding_window_view(r, pair.after + pair.before)[-n:]
        level = _level(windows[:, : pair.before])
        step = windows[:, pair.before :] - level[:, None]
        if i and np.isfinite(wander):
            step = np.clip(step, -LIMIT * wander, LIMIT * wander)
        known = np.isfinite(step).sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.where(np.isfinite(step), step, 0.0).sum(axis=1) / known
        out[:, i] = np.where(3 * known >= 2 * pair.after, mean, np.nan)
    return out


def _level(windows: Floats) -> Floats:
    """Medians of rows; NaN where less than half is known."""
    ranked = np.sort(windows, axis=1)
    known, row = np.isfinite(ranked).sum(axis=1), np.arange(len(windows))
    middle = np.maximum(known - 1, 0)
    median = 0.5 * (ranked[row, middle // 2] + ranked[row, (middle + 1) // 2])
    return np.where(2 * known >= windows.shape[1], median, np.nan)


class LongSpread:
    """How widely each statistic wanders, by its absolute deviation from nothing over four weeks: a day has
    too few values to say it. Same use as `Spread`."""

    def __init__(self, bars: list[float]) -> None:
        self.n, self._today, self._days = len(bars), [np.empty((0, len(bars)))], list[Floats]()
        self.bars = np.array(bars)
        self.sigma, self.bar = np.full(self.n, np.nan), np.full(self.n, np.nan)

    @property
    def days(self) -> int:
        return len(self._days)

    def learn(self, s: Floats) -> None:
        """s: (rows, n), NaN where unknown."""
        self._today.append(s)

    def close_day(self) -> None:
        """Midnight. A day of which nothing is known does not count."""
        today = np.concatenate(self._today)
        self._today = [np.empty((0, self.n))]
        if np.isfinite(today).any():
            self._days = [*self._days, today][-DAYS:]
            self._settle()

    def _settle(self) -> None:
        if len(self._days) < LEAST_DAYS:
            return
        s = np.abs(np.concatenate(self._days))
        for i in range(self.n):
            known = s[np.isfinite(s[:, i]), i]
            if len(known) and (scale := MAD * float(np.median(known))) > 0:
                self.sigma[i], self.bar[i] = scale, self.bars[i]

    def snapshot(self) -> State:
        days = [day.tobytes() for day in self._days]
        return {"today": np.concatenate(self._today).tobytes(), "days": days}

    def restore(self, state: State) -> None:
        if not self.n:
            return
        self._today = [np.frombuffer(state["today"]).reshape(-1, self.n)]
        self._days = [np.frombuffer(day).reshape(-1, self.n) for day in state["days"]]
        self._settle()
