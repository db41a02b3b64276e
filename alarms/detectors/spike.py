"""A reading that leaps away and comes back: a bubble at a probe, a bit that flipped on a line.

Hampel identifier (Hampel 1974, JASA 69:383; Davies and Gather 1993, JASA 88:782), causal: further than the
setpoint, in robust spreads, from the median of the last readings. It is told when the reading is back within
`MOST` bins; what stays away is no spike, but another level, and learned as that.
"""

from collections.abc import Iterable

import numpy as np

from alarms.bins import Bins, Rows, width_for
from alarms.detectors.detector import State
from alarms.detectors.spread import MAD
from alarms.detectors.watches import Watches
from core.model.alarm import AlarmDefinition
from core.model.finding import Finding, Verb
from core.model.plant import Plant
from core.runtime.numbering import Numbering

HISTORY, LEAST, MOST = 12, 8, 3
"""Readings that a new one is held against, of which so many must be known; bins that a spike may last."""
RESOLVED = 1e-3
"""Least spread, as a share of the median, where the row states none."""


class _Watch:
    """One row. ring: the last readings that are no spikes; away: those since then that are far off."""

    def __init__(self, row: AlarmDefinition, period_s: float) -> None:
        if row.tag is None or row.setpoint is None:
            raise ValueError(f"alarm {row.id}: a spike needs a tag and a setpoint in spreads")
        self.row, self.bar = row, row.setpoint
        self.bins = Bins([row.tag], width_for(period_s))
        self.ring: list[float] = []
        self.away: list[float] = []
        self.active = False

    def advance(self, rows: Rows) -> list[Finding]:
        findings = []
        for i, v in enumerate(rows.mean[:, 0].tolist()):
            if v != v:  # nothing known of this bin
                continue
            t_ns = (rows.k + i) * self.bins.width_ns
            far = self._far(v)
            if far > self.bar and len(self.away) < MOST:
                self.away.append(v)
                continue
            spike = bool(self.away) and far <= self.bar
            if spike and not self.active:
                findings.append(self._finding(t_ns, Verb.RAISE))
            elif self.active and not spike:
                findings.append(self._finding(t_ns, Verb.CLEAR))
            self.active = spike
            self.ring = [v] if far > self.bar else [*self.ring, v][-HISTORY:]
            self.away = []
        return findings

    def _far(self, v: float) -> float:
        """In robust spreads of the last readings; 0 while too few are known."""
        if len(self.ring) < LEAST:
            return 0.0
        ring = np.array(self.ring)
        middle = float(np.median(ring))
        spread = MAD * float(np.median(np.abs(ring - middle)))
        least = self.row.least_sd if self.row.least_sd is not None else RESOLVED * abs(middle)
        return abs(v - middle) / max(spread, least, np.finfo(float).tiny)

    def _finding(self, t_ns: int, verb: Verb) -> Finding:
        furthest = max(self.away, key=self._far, default=None)
        return Finding(
            alarm=self.row.id,
            kind=self.row.kind,
            verb=verb,
            t_ns=t_ns,
            tags=(self.row.tag or "",),
            zone=self.row.zone,
            value=furthest,
            limit=self.bar,
            score=None if furthest is None else self._far(furthest),
            evidence={"usual": float(np.median(np.array(self.ring)))},
        )

    def snapshot(self) -> State:
        return {
            "bins": self.bins.snapshot(),
            "ring": self.ring,
            "away": self.away,
            "active": self.active,
        }

    def restore(self, state: State) -> None:
        """A snapshot of another tag or grid is left aside."""
        if self.bins.fits(state["bins"]):
            self.bins.restore(state["bins"])
            self.ring, self.away, self.active = list(state["ring"]), list(state["away"]), state["active"]


class Spikes(Watches[_Watch]):
    """speed: plant seconds in a real second, since tags state their period in real ones."""

    def __init__(self, rows: Iterable[AlarmDefinition], plant: Plant, speed: float, tags: Numbering) -> None:
        super().__init__((_Watch(row, plant.tags[row.tag or ""].period_s * speed) for row in rows), tags)
