"""Too fast a change: a robust slope over a stated window.

Theil-Sen (Sen 1968, JASA 63:1379): the median of the slopes between all pairs of a tenth-of-the-window
means, so a single spike or gap does not make a trend. At least three of them must hold Good samples.
"""

from collections.abc import Iterable, Mapping
from itertools import combinations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from alarms.bins import Bins
from alarms.columns import Column
from alarms.detectors.detector import State
from alarms.detectors.limit import timer_of
from alarms.timers import SECOND, Timer
from core.model.alarm import AlarmDefinition
from core.model.finding import Finding, Verb
from core.model.sample import Floats

PARTS = 10
LEAST = 3
_PAIRS = np.array(list(combinations(range(PARTS), 2)))


def slopes(means: Floats) -> Floats:
    """Median slope per bin over each run of PARTS means, shape (n - PARTS + 1,); NaN below LEAST of them."""
    windows = sliding_window_view(means, PARTS)
    known = np.isfinite(windows).sum(axis=1) >= LEAST
    first, second = _PAIRS.T
    pairs = (windows[:, second] - windows[:, first]) / (second - first)
    pairs[~known] = 0.0
    return np.where(known, np.nanmedian(pairs, axis=1), np.nan)


class _Watch:
    """setpoint > 0 speaks for a rise, < 0 for a fall; both per hour."""

    def __init__(self, row: AlarmDefinition) -> None:
        if row.tag is None or row.setpoint is None or row.window_s is None:
            raise ValueError(f"alarm {row.id}: a rate needs a tag, a setpoint and a window")
        self.row, self.setpoint = row, row.setpoint
        width_ns = int(row.window_s * SECOND) // PARTS
        self.per_hour = 3600 * SECOND / width_ns
        self.bins = Bins([row.tag], width_ns)
        self.timer: Timer = timer_of(row, 3 * width_ns)
        self.tail = np.full(PARTS - 1, np.nan)

    def update(self, columns: Mapping[str, Column]) -> list[Finding]:
        if (rows := self.bins.add(columns)) is None:
            return []
        means = np.concatenate((self.tail, rows.mean[:, 0]))
        self.tail = means[-(PARTS - 1) :]
        slope = slopes(means) * self.per_hour
        t_ns = np.arange(rows.k, rows.k + len(rows), dtype=np.int64) * self.bins.width_ns
        valid = np.isfinite(slope)
        beyond = np.where(valid, np.sign(self.setpoint) * slope - abs(self.setpoint), 0.0)
        changes = self.timer.run(t_ns, beyond > 0, beyond <= -self.row.deadband, valid)
        return [self._finding(int(t_ns[i]), on, float(slope[i])) for i, on in changes]

    def _finding(self, t_ns: int, on: bool, slope: float) -> Finding:
        return Finding(
            alarm=self.row.id,
            kind=self.row.kind,
            verb=Verb.RAISE if on else Verb.CLEAR,
            t_ns=t_ns,
            tags=(self.row.tag or "",),
            zone=self.row.zone,
            value=slope,
            limit=self.setpoint,
            evidence={"window_s": self.row.window_s or 0.0, "per": "hour"},
        )


class Rate:
    def __init__(self, rows: Iterable[AlarmDefinition]) -> None:
        self._watches = [_Watch(row) for row in rows]

    @property
    def tags(self) -> frozenset[str]:
        return frozenset(watch.row.tag for watch in self._watches if watch.row.tag)

    def update(self, columns: Mapping[str, Column]) -> list[Finding]:
        return [finding for watch in self._watches for finding in watch.update(columns)]

    def tick(self, now_ns: int, monotonic_s: float) -> list[Finding]:
        return []

    def snapshot(self) -> State:
        return {
            watch.row.id: [watch.bins.snapshot(), watch.timer.snapshot(), watch.tail.tobytes()]
            for watch in self._watches
        }

    def restore(self, state: State) -> None:
        for watch in self._watches:
            if watch.row.id in state:
                bins, timer, tail = state[watch.row.id]
                watch.bins.restore(bins)
                watch.timer.restore(timer)
                watch.tail = np.frombuffer(tail).copy()
