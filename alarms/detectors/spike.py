"""A reading that leaps away and comes back: a bubble at a probe, a bit that flipped on a line.

Hampel identifier (Hampel 1974, JASA 69:383; Davies and Gather 1993, JASA 88:782), causal: further than the
setpoint, in robust spreads, from the median of the last readings. It is told when the reading is back within
`MOST` bins; what stays away is no spike, but another level, and learned as that. Where a bin holds several
readings its mean says where the level is, and its lowest and highest whether one of them leapt.
"""

from collections.abc import Iterable

import numpy as np

from alarms.bins import Bins, Rows, width_for
from alarms.detectors.detector import State
from alarms.detectors.spread import MAD
from alarms.detectors.watches import Watches
from alarms.timers import SECOND
from core.model.alarm import AlarmDefinition
from core.model.finding import Finding, Verb
from core.model.plant import Plant
from core.model.tag import Quantity
from core.runtime.numbering import Numbering

HISTORY, LEAST, MOST = 12, 8, 3
"""Readings that a new one is held against, of which so many must be known; bins that a spike may last."""
BACK = 0.5
"""Share of the bar within which it is back: what stays beside it is another level."""
RESOLVED = 1e-3
"""Least spread, as a share of the median, where the row states none."""
STEPS = {
    Quantity.FREE_CHLORINE: 0.01,
    Quantity.TOTAL_CHLORINE: 0.01,
    Quantity.TURBIDITY: 0.01,
    Quantity.PH: 0.01,
    Quantity.TOC: 0.01,
    Quantity.CONDUCTIVITY: 1.0,
    Quantity.REDOX: 1.0,
    Quantity.TEMPERATURE: 0.1,
    Quantity.PRESSURE: 0.01,
}
"""The same in the quantity's usual unit, for what is told in such steps: readings that stand on one step do
not spread at all, and the next step is no leap."""


class _Watch:
    """One row. ring: the last readings that are no spikes; away: those since then that are far off, the first
    of them at left_ns."""

    def __init__(self, row: AlarmDefinition, period_s: float, step: float = 0.0) -> None:
        if row.tag is None or row.setpoint is None:
            raise ValueError(f"alarm {row.id}: a spike needs a tag and a setpoint in spreads")
        self.row, self.bar, self._step = row, row.setpoint, step
        self.bins = Bins([row.tag], width_for(period_s))
        self.ring: list[float] = []
        self.away: list[float] = []
        self.left_ns = 0
        self.active = False

    def advance(self, rows: Rows) -> list[Finding]:
        findings = []
        columns = (rows.mean, rows.low, rows.high)
        for i, (v, low, high) in enumerate(zip(*(column[:, 0].tolist() for column in columns), strict=True)):
            if v != v:  # nothing known of this bin
                continue
            t_ns = (rows.k + i) * self.bins.width_ns
            far, bar = self._far(v), self.bar * (BACK if self.away else 1.0)
            if far > bar and len(self.away) < MOST:
                self.left_ns = self.left_ns if self.away else t_ns
                self.away.append(v)
                continue
            if far <= bar and not self.away and (leapt := max(low, high, key=self._far)) != v:
                self.left_ns, self.away = t_ns, [leapt] if self._far(leapt) > self.bar else []
            spike = bool(self.away) and far <= bar
            if spike and not self.active:
                findings.append(self._finding(t_ns, Verb.RAISE))
            elif self.active and not spike:
                findings.append(self._finding(t_ns, Verb.CLEAR))
            self.active = spike
            self.ring = [v] if far > bar else [*self.ring, v][-HISTORY:]
            self.away = []
        return findings

    def _far(self, v: float) -> float:
        """In robust spreads of the last readings; 0 while too few are known."""
        if len(self.ring) < LEAST:
            return 0.0
        middle, spread = self._usual()
        return abs(v - middle) / spread

    def _usual(self) -> tuple[float, float]:
        """Median and spread of the last readings."""
        ring = np.array(self.ring)
        middle = float(np.median(ring))
        spread = MAD * float(np.median(np.abs(ring - middle)))
        stated = self.row.least_sd
        least = max(RESOLVED * abs(middle), self._step) if stated is None else stated
        return middle, max(spread, least, float(np.finfo(float).tiny))

    def _finding(self, t_ns: int, verb: Verb) -> Finding:
        """limit: beyond which the furthest reading was a leap, in the tag's unit."""
        furthest, (middle, spread) = max(self.away, key=self._far, default=None), self._usual()
        side = -1.0 if furthest is not None and furthest < middle else 1.0
        return Finding(
            alarm=self.row.id,
            kind=self.row.kind,
            verb=verb,
            t_ns=t_ns,
            tags=(self.row.tag or "",),
            zone=self.row.zone,
            value=furthest,
            limit=middle + side * self.bar * spread,
            score=None if furthest is None else self._far(furthest),
            evidence={
                "onset_s": float(self.left_ns // SECOND),
                "reference": middle,
                "score_in": "robust spreads of the last readings",
            },
        )

    def snapshot(self) -> State:
        return {
            "bins": self.bins.snapshot(),
            "ring": self.ring,
            "away": self.away,
            "active": self.active,
            "left_ns": self.left_ns,
        }

    def restore(self, state: State) -> None:
        """A snapshot of another tag or grid is left aside."""
        if self.bins.fits(state["bins"]):
            self.bins.restore(state["bins"])
            self.ring, self.away, self.active = list(state["ring"]), list(state["away"]), state["active"]
            self.left_ns = state.get("left_ns", 0)


class Spikes(Watches[_Watch]):
    """speed: plant seconds in a real second, since tags state their period in real ones."""

    def __init__(self, rows: Iterable[AlarmDefinition], plant: Plant, speed: float, tags: Numbering) -> None:
        super().__init__((_watch(row, plant, speed) for row in rows), tags)


def _watch(row: AlarmDefinition, plant: Plant, speed: float) -> _Watch:
    tag = plant.tags[row.tag or ""]
    return _Watch(row, tag.period_s * speed, STEPS.get(tag.quantity, 0.0))
