"""Does an instrument wander off? Its day, beside that of four days before, and what its sibling says of both.

A day's mean has no hour in it, and most of what a season does in four days the sibling does too (regression
through the origin of one's change on the other's, forgetting over six weeks); what is left is held against
the instrument's own wandering of a week. It is an alarm beyond the setpoint, and beyond what this pair is
apart on nearly all days: drift that a river does as much by itself is not to be told from the river. Drift
against redundant instruments: as in Page 1954 (Biometrika 41:100) a change of mean against a learned one,
here from day to day, so that what grows slower than the season is none.
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
from core.model.sample import Floats
from core.runtime.numbering import Numbering

HOUR_S = 3600
DAY_H, LAG_H, WEEK_H = 24, 96, 168
KNOWN = 2 / 3
"""Of the hours of a day or week, that must be known."""
LEARNS_H, PAST_H, EVERY_H = 15 * 24, 60 * 24, 6
USUAL, TIMES = 0.95, 1.5
FORGETS_H = 45 * 24
BACK_H, MENDED = 3, 0.5
"""So many hours in a row near where it was, or that share of it less far off than a day before, end it."""
HELD_H = 72
"""What has stood for so long is how the two are now."""


class _Watch:
    """One row. ring: of the tag and its reference, hours, the newest last; base: the day that it is held
    against while it stands, by hour."""

    def __init__(self, row: AlarmDefinition, period_s: float) -> None:
        if row.tag is None or not isinstance(row.reference, str) or row.setpoint is None:
            raise ValueError(f"alarm {row.id}: drift needs a tag, a reference and a setpoint in spreads")
        self.row, self.setpoint = row, row.setpoint
        self.bins = Bins([row.tag, row.reference], width_for(period_s, HOUR_S))
        self.ring = np.full((WEEK_H + LAG_H + DAY_H, 2), np.nan)
        self.base = np.full((DAY_H, 2), np.nan)
        self.past: list[float] = []
        self.both = self.sibling = 0.0
        self.spread = self.bar = self.off = np.nan
        self.hour = self.lasted = self.back = 0
        self.active = False

    def advance(self, rows: Rows) -> list[Finding]:
        step = {False: self._watch, True: self._last}
        told = (step[self.active]((rows.k + i) * self.bins.width_ns, rows.mean[i]) for i in range(len(rows)))
        return [finding for finding in told if finding is not None]

    def _watch(self, t_ns: int, v: Floats) -> Finding | None:
        self._take(v)
        day = _mean(self.ring[-DAY_H:])
        change = day - _mean(self.ring[-DAY_H - LAG_H : -LAG_H])
        week = self.ring[:WEEK_H, 0]
        if not np.isfinite(change).all() or np.isfinite(week).mean() < KNOWN:
            return None
        middle = np.nanmedian(week)
        self.spread = max(MAD * float(np.nanmedian(np.abs(week - middle))), self.row.least_sd or 0.0, 1e-9)
        off = self._off(change)
        if len(self.past) * EVERY_H >= LEARNS_H:
            self.bar = max(self.setpoint, TIMES * float(np.quantile(self.past, USUAL)))
            if abs(off) > self.bar * self.spread:
                self.active, self.off, self.lasted, self.back = True, off, 0, 0
                self.base = self.ring[-DAY_H - LAG_H : -LAG_H].copy()
                return self._finding(t_ns, Verb.RAISE, float(day[0]), off)
        self.hour += 1
        if self.hour % EVERY_H == 0:
            self.past = [*self.past, abs(off) / self.spread][-PAST_H // EVERY_H :]
            keeps = float(np.exp(-EVERY_H / FORGETS_H))
            self.both = keeps * self.both + float(change[0] * change[1])
            self.sibling = keeps * self.sibling + float(change[1] ** 2)
        return None

    def _off(self, change: Floats) -> float:
        slope = self.both / self.sibling if self.sibling > 0 else 0.0
        return float(change[0] - slope * change[1])

    def _last(self, t_ns: int, v: Floats) -> Finding | None:
        """While it stands: hour by hour against the same hour of the day before it began."""
        self._take(v)
        off = self._off(v - self.base[self.lasted % DAY_H])
        self.lasted += 1
        leapt = self._off(self.ring[-1] - self.ring[-1 - DAY_H])
        if np.isfinite(off):
            near = abs(off) < self.bar * self.spread / 2
            mended = leapt * self.off < 0 and abs(leapt) > abs(self.off) * MENDED
            self.back = self.back + 1 if near or mended else 0
        if not np.isfinite(v).all() or (self.back < BACK_H and self.lasted < HELD_H):
            return None
        self.active = False
        self.ring[-DAY_H - LAG_H - self.lasted :] = np.nan
        return self._finding(t_ns, Verb.CLEAR, float(v[0]), off)

    def _take(self, v: Floats) -> None:
        self.ring[:-1] = self.ring[1:]
        self.ring[-1] = v

    def _finding(self, t_ns: int, verb: Verb, own: float, off: float) -> Finding:
        """own: of a day when it is raised, of an hour when it is over; off may be unknown then."""
        known = bool(np.isfinite(off))
        return Finding(
            alarm=self.row.id,
            kind=self.row.kind,
            verb=verb,
            t_ns=t_ns,
            tags=(self.row.tag or "", str(self.row.reference)),
            zone=self.row.zone,
            value=own,
            limit=self.bar,
            score=abs(off) / self.spread if known else None,
            evidence={"reference": own - off, "off": off, "off_in": "unit"} if known else {},
        )

    def snapshot(self) -> State:
        return {
            "bins": self.bins.snapshot(),
            "ring": self.ring.tobytes(),
            "base": self.base.tobytes(),
            "past": self.past,
            "numbers": [self.both, self.sibling, self.spread, self.bar, self.off],
            "counts": [self.hour, self.lasted, self.back, self.active],
        }

    def restore(self, state: State) -> None:
        """A snapshot of other tags or another grid is left aside."""
        if not self.bins.fits(state["bins"]):
            return
        self.bins.restore(state["bins"])
        self.ring = np.frombuffer(state["ring"]).reshape(-1, 2).copy()
        self.base = np.frombuffer(state["base"]).reshape(-1, 2)
        self.past = list(state["past"])
        self.both, self.sibling, self.spread, self.bar, self.off = state["numbers"]
        self.hour, self.lasted, self.back, self.active = state["counts"]


def _mean(hours: Floats) -> Floats:
    """NaN where too few are known."""
    known = np.isfinite(hours)
    n = known.sum(axis=0)
    total = np.where(known, hours, 0.0).sum(axis=0)
    return np.where(n >= KNOWN * len(hours), total / np.maximum(n, 1), np.nan)


class Drifts(Watches[_Watch]):
    """speed: plant seconds in a real second, since tags state their period in real ones."""

    def __init__(self, rows: Iterable[AlarmDefinition], plant: Plant, speed: float, tags: Numbering) -> None:
        super().__init__(
            (
                _Watch(
                    row, max(plant.tags[id].period_s for id in (row.tag or "", str(row.reference))) * speed
                )
                for row in rows
            ),
            tags,
        )
