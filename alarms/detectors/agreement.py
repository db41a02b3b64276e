"""How the readings of one place go together: each is expected from all the others, now and a bin before.

Regression-adjusted variables (Hawkins 1991, Technometrics 33:61): what is left of a reading once the others
have explained what they can is small while the place works as it used to, whatever its load, and large once a
level, a pump, a flow and a pressure do not bear each other out. Mean and covariance are learned day by day,
and forgotten by half in half a year; how far a reading may lie off is what it did on nearly all usual days.
"""

from collections.abc import Sequence

import numpy as np

from alarms.detectors.detector import State
from core.model.sample import Floats
from core.runtime.numbering import Mask, Numbers

FIT_DAYS, JUDGED_DAYS, FIT_ROWS = 7, 7, 5
"""A model needs seven days and five rows a column; then it is watched for seven more before it may speak."""
KEPT_DAYS = 365
HALF_DAYS = 180.0
NEARLY_ALL = 0.99
RESOLVED = 2.0
"""Nothing within twice what an instrument resolves is far off."""
LEAST_READINGS = 3
_PATTERNS = 16


class Agreement:
    """least: what the instrument of each reading resolves. Columns are the readings of a bin, then those of
    the bin before. allowed: how far each reading may lie off; None before that is known."""

    def __init__(self, least: Floats) -> None:
        self._n = len(least)
        self._least = least
        self._before = np.full(self._n, np.nan)
        self._today: list[Floats] = []
        self._most = np.zeros(self._n)
        self._judged = 0
        self._days = 0
        self._weight, self._sum, self._square = (
            0.0,
            np.zeros(2 * self._n),
            np.zeros((2 * self._n, 2 * self._n)),
        )
        self._origin: Floats | None = None
        self._worst = np.empty((0, self._n))
        self.allowed: Floats | None = None
        self._mean: Floats | None = None
        self._spread, self._precision = np.empty((0, 0)), np.empty(0)
        self._weights: dict[bytes, Floats] = {}
        self._kept: State | None = None

    def beside(self, x: Floats) -> Floats:
        """Rows that follow each other, each with the one before it."""
        before = np.vstack([self._before, x[:-1]])
        self._before = x[-1].copy()
        return np.hstack([x, before])

    def off(self, rows: Floats) -> Floats:
        """How far each reading lies from what the others say; NaN where that cannot be told. Where some are
        not known the others tell less, and it counts for as much less."""
        off = np.full((len(rows), self._n), np.nan)
        if self._mean is None:
            return off
        known = np.isfinite(rows)
        if known.all():
            return np.asarray((rows - self._mean) @ self._weights_of(known[0]), np.float64)
        patterns, which = np.unique(known, axis=0, return_inverse=True)
        for i, pattern in enumerate(patterns):
            told = np.flatnonzero(pattern)
            readings = told[told < self._n]
            if len(readings) >= LEAST_READINGS:
                mine = np.flatnonzero(which.ravel() == i)
                part = rows[np.ix_(mine, told)] - self._mean[told]
                off[np.ix_(mine, readings)] = part @ self._weights_of(pattern)
        return off

    def _weights_of(self, known: Mask) -> Floats:
        """From what is known to how far each known reading lies off."""
        key = known.tobytes()
        if key not in self._weights:
            if len(self._weights) >= _PATTERNS:
                self._weights.clear()
            told: Numbers = np.flatnonzero(known)
            readings = told[told < self._n]
            precision = np.linalg.inv(self._spread[np.ix_(told, told)])
            own = np.diag(precision)[: len(readings)]
            self._weights[key] = precision[:, : len(readings)] / np.sqrt(own * self._precision[readings])
        return self._weights[key]

    def learn(self, rows: Floats, off: Floats) -> None:
        """Rows that are usual, of one day."""
        whole = rows[np.isfinite(rows).all(axis=1)]
        self._today += list(whole)
        told = np.isfinite(off)
        if told.any():
            self._judged += int(told.any(axis=1).sum())
            self._most = np.fmax(self._most, np.fmax.reduce(np.abs(off), axis=0))

    def close_day(self, bins: int) -> None:
        """A day of so many bins is over: what it showed counts from now on, if half of it was usual."""
        day = np.array(self._today)
        if 2 * self._judged >= bins:
            self._worst = np.vstack([self._worst, self._most])[-KEPT_DAYS:]
        if 2 * len(day) >= bins:
            self._take(day)
        self._today, self._judged, self._most = [], 0, np.zeros(self._n)
        self._kept = None
        self._fit()

    def _take(self, day: Floats) -> None:
        if self._origin is None:
            self._origin = day.mean(axis=0)
        keep, off = 0.5 ** (1 / HALF_DAYS), day - self._origin
        self._weight = keep * self._weight + len(day)
        self._sum = keep * self._sum + off.sum(axis=0)
        self._square = keep * self._square + off.T @ off
        self._days += 1

    def _fit(self) -> None:
        if len(self._worst) >= JUDGED_DAYS:
            nearly_all = np.quantile(self._worst, NEARLY_ALL, axis=0)
            self.allowed = np.asarray(np.maximum(nearly_all, RESOLVED * self._least), np.float64)
        enough = self._days >= FIT_DAYS and self._weight >= FIT_ROWS * 2 * self._n
        if self._origin is None or not enough:
            return
        mean = self._sum / self._weight
        resolved = np.diag(np.tile(self._least, 2) ** 2)
        self._mean = self._origin + mean
        self._spread = self._square / self._weight - np.outer(mean, mean) + resolved
        self._precision = np.diag(np.linalg.inv(self._spread))[: self._n]
        self._weights.clear()

    def snapshot(self) -> State:
        """What changes at midnight only is made once a day."""
        if self._kept is None:
            self._kept = {
                "days": self._days,
                "weight": self._weight,
                "origin": None if self._origin is None else self._origin.tobytes(),
                "sum": self._sum.tobytes(),
                "square": self._square.tobytes(),
                "worst": self._worst.tobytes(),
            }
        today = np.array(self._today, np.float64)
        now = {"before": self._before.tobytes(), "today": today.tobytes(), "most": self._most.tobytes()}
        return {**self._kept, **now, "judged": self._judged}

    def restore(self, state: State) -> None:
        columns = 2 * self._n
        self._days, self._weight, self._judged = state["days"], state["weight"], state["judged"]
        self._origin = None if state["origin"] is None else _floats(state["origin"])
        self._sum, self._square = _floats(state["sum"]), _floats(state["square"]).reshape(columns, columns)
        self._worst = _floats(state["worst"]).reshape(-1, self._n)
        self._before, self._most = _floats(state["before"]), _floats(state["most"])
        self._today = list(_floats(state["today"]).reshape(-1, columns))
        self._kept = None
        self._fit()


def _floats(content: bytes) -> Floats:
    return np.frombuffer(content).copy()


def farthest(ratio: Floats) -> Sequence[int]:
    """Readings by how far they lie off, the farthest first; those that nothing is known of are left out."""
    order = np.argsort(-np.where(np.isfinite(ratio), ratio, -1.0), kind="stable")
    return [int(i) for i in order if np.isfinite(ratio[i])]
