"""How widely a statistic usually wanders: its robust scale, and the height it seldom passes.

Both are learned day by day on the zone's own data, outside events, so that a restless district gets a
higher bar than a quiet one.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from alarms.detectors.detector import State
from core.model.sample import Floats

DAYS = 14
THIN = 3
"""Every third value of a day is enough for its median deviation, since neighbours are alike."""
MAD = 1.4826


class Spread:
    """floors: of each statistic, in robust standard deviations, the least bar there is; margin:
    how far above the usual daily peak the bar stands."""

    def __init__(self, floors: Sequence[float], margin: float) -> None:
        n = len(floors)
        self.n, self._floors, self._margin = n, floors, margin
        self._today: list[npt.NDArray[np.float32]] = []
        self._top = np.full(n, -np.inf)
        self._seen = 0
        self._daily = np.empty((0, 2, n))
        self.sigma = np.full(n, np.nan)
        self.bar = np.full(n, np.nan)

    @property
    def days(self) -> int:
        return len(self._daily)

    def learn(self, s: Floats) -> None:
        """s: (rows, n), NaN where unknown."""
        if not s.size:
            return
        kept = s[-self._seen % THIN :: THIN]
        if len(kept):
            self._today.append(kept.astype(np.float32))
        self._seen += len(s)
        self._top = np.fmax(self._top, np.fmax.reduce(s, axis=0))

    def close_day(self) -> None:
        """Midnight: a day with a few hours of data at least counts."""
        today = np.concatenate(self._today).astype(np.float64) if self._today else np.empty((0, self.n))
        known = np.isfinite(today).sum(axis=0)
        if today.size and known.max() >= 24:
            mad = np.array([_mad(today[:, i]) for i in range(self.n)])
            self._daily = np.concatenate((self._daily, [[mad, self._top]]))[-DAYS:]
            self._settle()
        self._today, self._seen, self._top = [], 0, np.full(self.n, -np.inf)

    def _settle(self) -> None:
        for i in range(self.n):
            mads, tops = self._daily[:, 0, i], self._daily[:, 1, i]
            mads, tops = mads[mads > 0], tops[np.isfinite(tops)]
            if len(mads) and len(tops):
                self.sigma[i] = np.median(mads)
                usual_peak = float(np.median(tops)) / self.sigma[i]
                self.bar[i] = max(self._floors[i], self._margin * usual_peak)

    def snapshot(self) -> State:
        today = np.concatenate(self._today) if self._today else np.empty((0, self.n), np.float32)
        return {
            "today": today.tobytes(),
            "top": self._top.tolist(),
            "seen": self._seen,
            "daily": self._daily.tobytes(),
        }

    def restore(self, state: State) -> None:
        """A snapshot of another number of statistics is left aside."""
        if not self.n or len(state["top"]) != self.n:
            return
        self._today = [np.frombuffer(state["today"], np.float32).reshape(-1, self.n)]
        self._top, self._seen = np.array(state["top"]), state["seen"]
        self._daily = np.frombuffer(state["daily"]).reshape(-1, 2, self.n).copy()
        self._settle()


def _mad(x: Floats) -> float:
    x = x[np.isfinite(x)]
    return float("nan") if not len(x) else MAD * float(np.median(np.abs(x - np.median(x))))
