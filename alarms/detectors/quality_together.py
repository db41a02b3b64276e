"""Have several quantities of a station moved at once? For stations that tell every quarter of an hour or so,
where one quantity alone is as likely its instrument, the day, or rain.

A quantity's step is the median of the last values less that of those before, in its own wandering; what is
judged is the geometric mean of the largest steps, none of which counts for more than three times the least
of them: one that leaps alone is worth little, two that move together are worth both. Residuals of several
parameters at once as in CANARY (Hart et al. 2007, McKenna et al. 2008, see `quality_station`), whose
binomial discriminator wants more values than an event of slow ones may last.
"""

import numpy as np

from alarms.detectors.detector import State
from alarms.detectors.quality_station import LAST, Moment, Wander
from core.model.sample import Floats

BAR, ALONE = 2.5, 3.0
"""Of the geometric mean, in spreads; what one step counts for, times the least. Windows were chosen on the
first halves of three stations, these with the second seen (`python -m bench quality_injected`)."""
BEFORE, AFTER = 3, 3
HELD = 12
"""As in `quality_station`: of slow values fewer."""


class TogetherStation:
    """Same use as `QualityStation`. needs: quantities that must move."""

    def __init__(self, least: Floats, needs: int, bar: float = BAR) -> None:
        self.bar, m = bar, len(least)
        self.active = False
        self._needs = needs
        self._wander = Wander(least)
        self._ring = np.full((BEFORE + AFTER, m), np.nan)
        self._level = np.full(m, np.nan)
        self._usual = self._lasted = 0
        self.now: Moment | None = None

    def step(self, v: Floats) -> Moment | None:
        """The next values, one a quantity, NaN where unknown."""
        return self._last(v) if self.active else self._watch(v)

    def _watch(self, v: Floats) -> Moment | None:
        self._take(v)
        level = _medians(self._ring[:BEFORE])
        away = _medians(self._ring[BEFORE:]) - level
        z = away / self._wander.spread
        if self._moved(z) <= self.bar:
            self._wander.learn(away)
            return None
        self.active, self._level, self._usual, self._lasted = True, level, 0, 0
        self._ring = np.concatenate((np.full((AFTER, len(v)), np.nan), self._ring[:BEFORE]))
        self.now = Moment(True, z, level, self._wander.spread, None)
        return self.now

    def _last(self, v: Floats) -> Moment | None:
        """While it lasts: usual values end it, and are the only ones that are learned from."""
        z = (v - self._level) / self._wander.spread
        if np.isfinite(z).sum() < self._needs:
            return None
        self._lasted += 1
        self.now = Moment(True, z, self._level, self._wander.spread, None)
        usual = self._moved(z) <= self.bar
        self._usual = self._usual + 1 if usual else 0
        if usual:
            self._take(v)
        self.active = self._usual < LAST and self._lasted < HELD
        if self.active:
            return None
        if self._usual < LAST:
            self._ring[:] = np.nan
        rebased = self._usual < LAST
        return Moment(False, z, self._level, self._wander.spread, None, rebased)

    def _take(self, v: Floats) -> None:
        self._ring[:-1] = self._ring[1:]
        self._ring[-1] = v

    def _moved(self, z: Floats) -> float:
        far = np.abs(z)
        far[np.isnan(far)] = 0.0
        largest = np.sort(far)[-self._needs :]
        return float(np.prod(np.minimum(largest, ALONE * largest[0])) ** (1 / self._needs))

    def snapshot(self) -> State:
        columns = (self._ring, self._level, self._wander.past, self._wander.spread)
        return {
            "columns": [column.tobytes() for column in columns],
            "counts": [self._usual, self._wander.learned, self._lasted, self.active],
        }

    def restore(self, state: State) -> None:
        ring, level, past, spread = state["columns"]
        self._usual, learned, self._lasted, self.active = state["counts"]
        self._ring = np.frombuffer(ring).reshape(BEFORE + AFTER, -1).copy()
        self._level = np.frombuffer(level)
        self._wander.restore(past, spread, learned)


def _medians(rows: Floats) -> Floats:
    """Of three each, or of the two that are known."""
    ranked, known = np.sort(rows, axis=0), np.isfinite(rows).sum(axis=0)
    middle = np.where(known == len(rows), ranked[1], (ranked[0] + ranked[1]) / 2)
    return np.where(known >= len(rows) - 1, middle, np.nan)
