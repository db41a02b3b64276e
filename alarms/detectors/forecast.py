"""A value too far from what it usually is at this moment of the week: PV - forecast.

The forecast is the tag's own expected week (`expected_week`), learned as it goes or from the historian, and
used from the fourth day on. What lies beyond the band, or is in alarm, is not learned from; what has stood
for a day is, so that a new way of supply becomes usual by and by.
"""

from collections.abc import Sequence

import numpy as np

from alarms.bins import Bins, Rows, width_for
from alarms.detectors.detector import State
from alarms.detectors.expected_week import DAY_NS, DAYS, Week, by_day
from alarms.detectors.watches import Learners
from alarms.timers import timer_of
from core.model.alarm import AlarmDefinition, Side
from core.model.finding import Finding, Verb
from core.model.plant import Plant
from core.model.sample import Floats, Int64s
from core.runtime.numbering import Mask, Numbering

LEAST_DAYS = 3


class Watch:
    """One row. Everything is in bins of whole minutes. raised_ns: since when it is in alarm."""

    LEARNS_DAYS = DAYS

    def __init__(self, row: AlarmDefinition, width_ns: int) -> None:
        self.row, self.bins, self.week = row, Bins([row.tag or ""], width_ns), Week(width_ns)
        self._timer = timer_of(row, 3 * width_ns)
        self._day: int | None = None
        self._raised_ns: int | None = None

    def advance(self, rows: Rows) -> list[Finding]:
        """Judges what `bins` gave out, day by day: the forecast of a day stands from its midnight."""
        x, t_ns, findings = rows.mean[:, 0], self.bins.times(rows), list[Finding]()
        for day, at in by_day(t_ns):
            if self._day not in (None, day):
                self.week.refit()
            self._day = day
            findings += self._segment(t_ns[at], x[at])
        return findings

    def afresh(self) -> "Watch":
        return Watch(self.row, self.bins.width_ns)

    @property
    def active(self) -> bool:
        return self._timer.active

    def in_place_of(self, other: "Watch", found: list[Finding]) -> list[Finding]:
        """The other's alarm goes on as it stands; else what stands of its own is news."""
        if other.active:
            self._timer, self._raised_ns = other._timer, other._raised_ns
            return []
        return found[-1:] if self.active else []

    def forget_alarm(self) -> None:
        """The past was learned from, not watched."""
        self._timer.active, self._timer.since_ns, self._raised_ns = False, None, None

    def _segment(self, t_ns: Int64s, x: Floats) -> list[Finding]:
        expected = self.week.expected(t_ns)
        band, deadband = self._measure(self.row.setpoint or 0.0, expected), self.row.deadband
        ready = self.week.profile is not None and self.week.days >= LEAST_DAYS
        known = np.isfinite(x) & (band > 0) & ready
        off = np.where(known, self._sided(x - expected), 0.0)
        enter, leave = off > band, off <= band - self._measure(deadband, expected)
        was, changes = self._timer.active, self._timer.run(t_ns, enter & known, leave & known, known)
        findings, active = [], np.full(len(x), was)
        learned = np.where(known & enter, np.nan, x)
        since_ns = self._raised_ns
        for i, on in changes:
            active[i:] = on
            findings.append(self._finding(int(t_ns[i]), on, float(x[i]), float(expected[i])))
            self._raised_ns = int(t_ns[i]) if on else None
        self.week.learn(t_ns, self._learned(t_ns, x, learned, active, since_ns))
        return findings

    def _learned(self, t_ns: Int64s, x: Floats, plain: Floats, active: Mask, since_ns: int | None) -> Floats:
        """NaN where it is not to be learned from."""
        held = np.where(active, np.nan, plain)
        old = self._raised_ns if self._raised_ns is not None else since_ns
        if old is None:
            return held
        return np.where(active & (t_ns - old > DAY_NS), x, held)

    def _measure(self, figure: float, expected: Floats) -> Floats:
        """A figure of the row in the tag's unit, at each time."""
        return figure * np.abs(expected) / 100.0 if self.row.relative else np.full(len(expected), figure)

    def _sided(self, off: Floats) -> Floats:
        if self.row.side is Side.EITHER:
            return np.abs(off)
        return off if self.row.side is Side.ABOVE else -off

    def _finding(self, t_ns: int, on: bool, v: float, expected: float) -> Finding:
        row, off = self.row, v - expected
        most = float(self._measure(row.setpoint or 0.0, np.array([expected]))[0])
        told = 100.0 * off / abs(expected) if row.relative else off
        return Finding(
            alarm=row.id,
            kind=row.kind,
            verb=Verb.RAISE if on else Verb.CLEAR,
            t_ns=t_ns,
            tags=(row.tag or "",),
            zone=row.zone,
            value=v,
            limit=expected + (most if off >= 0 else -most),
            evidence={"reference": expected, "off": told, "off_in": "percent" if row.relative else "unit"},
        )

    def snapshot(self) -> State:
        return {
            "bins": self.bins.snapshot(),
            "week": self.week.snapshot(),
            "timer": self._timer.snapshot(),
            "day": self._day,
            "raised_ns": self._raised_ns,
        }

    def restore(self, state: State) -> None:
        """A snapshot of another tag or grid is left aside: the past is learned anew."""
        if not (self.bins.fits(state["bins"]) and self.week.fits(state["week"])):
            return
        self.bins.restore(state["bins"])
        self.week.restore(state["week"])
        self._timer.restore(state["timer"])
        self._day, self._raised_ns = state["day"], state["raised_ns"]


class Forecast(Learners[Watch]):
    """One `Watch` a row. speed: plant seconds in a real second."""

    def __init__(self, rows: Sequence[AlarmDefinition], plant: Plant, speed: float, tags: Numbering) -> None:
        super().__init__((_watch(row, plant, speed) for row in rows), tags)


def _watch(row: AlarmDefinition, plant: Plant, speed: float) -> Watch:
    if row.tag is None or row.setpoint is None:
        raise ValueError(f"alarm {row.id}: a deviation needs a tag and a setpoint")
    return Watch(row, width_for(plant.tags[row.tag].period_s * speed))
