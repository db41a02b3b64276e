"""A tag that has gone quiet without saying why: no update within three expected intervals, real time.

The only detector that works in real seconds (house rule 8): a simulated town runs faster than its
instruments are polled. Tags whose last word was Bad are left to `bad_quality` and `communication`.
"""

from collections.abc import Sequence

import numpy as np

from alarms.columns import Slice
from alarms.detectors.detector import State
from alarms.watched import Watched
from core.model.alarm import AlarmDefinition
from core.model.finding import Finding, Verb
from core.model.plant import Plant
from core.runtime.numbering import Numbering, Numbers

INTERVALS = 3.0
LEAST_S = 10.0
LISTENED_S = 3.0
"""What counts of the time between two ticks at most: while the whole process stood still (stopped, its host
suspended, its loop blocked) nobody listened, and nobody was quiet."""


class Stale:
    """setpoint of a row: intervals to wait, 3 when it is left out. heard: since the last tick; heard_s: at
    which tick last, by the time listened, NaN before the first."""

    def __init__(self, rows: Sequence[AlarmDefinition], plant: Plant, tags: Numbering) -> None:
        by_tag = {row.tag: row for row in rows}
        if (untagged := by_tag.get(None)) is not None:
            raise ValueError(f"alarm {untagged.id}: staleness is a tag's")
        one_each = list(by_tag.values())
        self._rows = rows if len(rows) == len(one_each) else one_each
        self._names = [row.tag or "" for row in one_each]
        self._watched = Watched(self._names, tags)
        waits = [(row.setpoint or INTERVALS) * plant.tags[row.tag or ""].period_s for row in one_each]
        self._wait_s = np.maximum(LEAST_S, np.array(waits, np.float64))
        n = len(one_each)
        self._heard, self._bad, self._active = (np.zeros(n, np.bool_) for _ in range(3))
        self._heard_s = np.full(n, np.nan)
        self._listened_s, self._ticked_s = 0.0, np.inf

    @property
    def tags(self) -> Numbers:
        return self._watched.number

    def update(self, s: Slice) -> list[Finding]:
        pairs = self._watched.pairs(s)
        self._heard[pairs.rows] = True
        self._bad[pairs.rows] = False if s.all_good else ~s.good[s.last[pairs.at]]
        active = np.flatnonzero(self._active[pairs.rows])
        findings = []
        for i, row in zip(*(places.tolist() for places in pairs.where(active)), strict=True):
            column = s.column(i)
            if column.good.any():
                self._active[row] = False
                first_ns = int(column.t_ns[int(column.good.argmax())])
                findings.append(self._finding(row, first_ns, Verb.CLEAR, 0.0))
        return findings

    def tick(self, now_ns: int, monotonic_s: float) -> list[Finding]:
        """Marks what was heard since the last tick, then looks for who has been quiet too long. A tag
        never heard counts from the first tick."""
        self._listened_s += min(max(monotonic_s - self._ticked_s, 0.0), LISTENED_S)
        self._ticked_s = monotonic_s
        self._heard_s[self._heard | np.isnan(self._heard_s)] = self._listened_s
        self._heard[:] = False
        quiet_s = self._listened_s - self._heard_s
        news = np.flatnonzero((quiet_s > self._wait_s) & ~self._active & ~self._bad)
        self._active[news] = True
        return [self._finding(row, now_ns, Verb.RAISE, float(quiet_s[row])) for row in news.tolist()]

    def snapshot(self) -> State:
        active, bad = (np.flatnonzero(mask).tolist() for mask in (self._active, self._bad))
        return {
            "active": [self._names[row] for row in active],
            "bad": [self._names[row] for row in bad],
        }

    def restore(self, state: State) -> None:
        """Quiet times start anew: after a restart nobody can have been heard yet."""
        active, bad = set(state["active"]), set(state["bad"])
        self._active = np.array([name in active for name in self._names], np.bool_)
        self._bad = np.array([name in bad for name in self._names], np.bool_)
        self._heard[:], self._heard_s[:] = False, np.nan

    def _finding(self, at: int, t_ns: int, verb: Verb, quiet_s: float) -> Finding:
        row = self._rows[at]
        return Finding(
            alarm=row.id,
            kind=row.kind,
            verb=verb,
            t_ns=t_ns,
            tags=(row.tag or "",),
            zone=row.zone,
            value=quiet_s,
            limit=float(self._wait_s[at]),
        )
