"""A value too far from what it usually is at this moment of the week: PV - forecast.

The forecast is the tag's own expected week (`expected_week`), learned as it goes or from the historian, and
used from the fourth day on. What lies beyond the band, or is in alarm, is not learned from; what has stood
for a day is, so that a new way of supply becomes usual by and by.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from alarms.bins import Bins, Rows
from alarms.columns import Slice
from alarms.detectors.detector import State
from alarms.detectors.expected_week import DAY_NS, Week, local_day
from alarms.gathered import Gathered
from alarms.meanwhile import Meanwhile, caught_up
from alarms.timers import SECOND, timer_of
from core.model.alarm import AlarmDefinition, Side
from core.model.finding import Finding, Verb
from core.model.plant import Plant
from core.model.sample import Floats, Int64s
from core.runtime.numbering import Mask, Numbering, Numbers

LEAST_DAYS = 3
MINUTE_S = 60


class Watch:
    """One row. Everything is in bins of whole minutes. raised_ns: since when it is in alarm."""

    def __init__(self, row: AlarmDefinition, width_ns: int) -> None:
        self.row, self.bins, self.week = row, Bins([row.tag or ""], width_ns), Week(width_ns)
        self._timer = timer_of(row, 3 * width_ns)
        self._day: int | None = None
        self._raised_ns: int | None = None

    def advance(self, rows: Rows) -> list[Finding]:
        """Judges what `bins` gave out, day by day: the forecast of a day stands from its midnight."""
        x, findings = rows.mean[:, 0], list[Finding]()
        t_ns = (rows.k + np.arange(len(x), dtype=np.int64)) * self.bins.width_ns
        day = local_day(t_ns)
        for a, b in pairwise([0, *(np.flatnonzero(np.diff(day)) + 1).tolist(), len(x)]):
            if self._day is not None and int(day[a]) != self._day:
                self.week.refit()
            self._day = int(day[a])
            findings += self._segment(t_ns[a:b], x[a:b])
        return findings

    @property
    def active(self) -> bool:
        return self._timer.active

    def take_over(self, other: "Watch") -> None:
        """The other's alarm, as it stands."""
        self._timer, self._raised_ns = other._timer, other._raised_ns

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


class Forecast:
    """One `Watch` a row. speed: plant seconds in a real second."""

    def __init__(self, rows: Sequence[AlarmDefinition], plant: Plant, speed: float, tags: Numbering) -> None:
        self.watches: list[Watch] = []
        for row in rows:
            if row.tag is None or row.setpoint is None:
                raise ValueError(f"alarm {row.id}: a deviation needs a tag and a setpoint")
            minutes = max(1, -(-round(plant.tags[row.tag].period_s * speed) // MINUTE_S))
            self.watches.append(Watch(row, minutes * MINUTE_S * SECOND))
        self._gathered = Gathered([watch.bins for watch in self.watches], tags)
        self._meanwhile = Meanwhile()
        self._place = {watch.row.id: n for n, watch in enumerate(self.watches)}

    @property
    def tags(self) -> Numbers:
        return self._gathered.tags

    def update(self, s: Slice) -> list[Finding]:
        findings: list[Finding] = []
        for n, done in self._gathered.add(s):
            watch = self.watches[n]
            self._meanwhile.keep(watch.row.id, done, watch.bins.width_ns)
            findings += watch.advance(done)
        return findings

    def tick(self, now_ns: int, monotonic_s: float) -> list[Finding]:
        return []

    def wait(self) -> None:
        """Rows that have heard nothing yet keep what they hear until somebody teaches them the past."""
        self._meanwhile.wait(watch.row.id for watch in self.watches if watch.bins.base is None)

    @property
    def unlearned(self) -> Iterable[str]:
        """Rows that wait for their past."""
        return self._meanwhile.rows

    def first_heard(self, id: str) -> int | None:
        """The first bin; None before anything was heard."""
        return self._meanwhile.first(id, self.watches[self._place[id]].bins)

    def afresh(self, id: str) -> Watch:
        """Another for the same row, that knows nothing."""
        watch = self.watches[self._place[id]]
        return Watch(watch.row, watch.bins.width_ns)

    def adopt(self, id: str, learned: Watch) -> list[Finding] | None:
        """As `Bursts.adopt`. What it finds in what was heard meanwhile is told where it still stands."""
        watch = self.watches[self._place[id]]
        if id not in self._meanwhile.rows:
            return []
        missed = caught_up(learned.bins, watch.bins, self._meanwhile.rows[id])
        if missed is None:
            return None
        findings = [finding for rows in missed for finding in learned.advance(rows)]
        learned.bins, self.watches[self._place[id]] = watch.bins, learned
        del self._meanwhile.rows[id]
        if watch.active:
            learned.take_over(watch)
            return []
        return findings[-1:] if learned.active else []

    def snapshot(self) -> State:
        """Without rows that wait for their past: after a restart they wait anew."""
        self._gathered.settle()
        waiting = self._meanwhile.rows
        return {watch.row.id: watch.snapshot() for watch in self.watches if watch.row.id not in waiting}

    def restore(self, state: State) -> None:
        self._gathered.forget()
        for watch in self.watches:
            if watch.row.id in state:
                watch.restore(state[watch.row.id])
