"""A pump or valve that does not keep to the levels at which it is switched.

It runs above the highest level at which it ever ran, or stands below the lowest at which it ever stood.

A check of operation rules, as by which BATADAL's teams told manipulated control (Giacomoni, Gatsis and Taha
2017, World Environmental and Water Resources Congress); the levels are learned and not typed. A row's tag is
the status of what fills a tank, its reference the tank's level. window_s: for so long from the first reading
on everything is usual and nothing is said. What is in alarm is not learned from, until it has stood a week.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from alarms.bins import Bins, Rows, width_for
from alarms.detectors.detector import State
from alarms.detectors.expected_week import DAY_NS, by_day
from alarms.detectors.watches import Learners
from alarms.timers import SECOND, timer_of
from core.model.alarm import AlarmDefinition
from core.model.finding import Finding, Verb
from core.model.plant import Plant
from core.model.sample import Floats, Int64s
from core.runtime.numbering import Mask, Numbering

KEPT_DAYS, LEAST_DAYS = 365, 14
"""Levels of the last year; of a state that was seen on fewer days nothing is said."""
MARGIN = 0.02
"""Share of the tank's usual range that a level may pass what was usual by."""
USUAL_NS = 7 * DAY_NS
_RAN, _STOOD, _HIGH, _LOW = range(4)


@dataclass(frozen=True, slots=True)
class Levels:
    """Between which it is switched; infinite where that is not known yet. margin: in the level's unit."""

    stops: float = float("inf")
    starts: float = float("-inf")
    margin: float = 0.0


class Watch:
    """One row. Columns of its bins: the status, the level. Of each day is kept the highest level at which
    it ran and the highest at all, and the lowest at which it stood and at all, these two with the sign
    turned."""

    LEARNS_DAYS = 56

    def __init__(self, row: AlarmDefinition, period_s: float) -> None:
        width_ns, self._period_s = width_for(period_s), period_s
        self.row, self.bins = row, Bins([row.tag or "", str(row.reference)], width_ns)
        self._timer = timer_of(row, 3 * width_ns)
        self._learns_ns = int((row.window_s or 0.0) * SECOND)
        self._began_ns: int | None = None
        self._raised_ns: int | None = None
        self._day: int | None = None
        self._before = float("nan")
        self._days = np.empty((0, 4))
        self._today = np.full(4, np.nan)
        self._levels = Levels()

    def advance(self, rows: Rows) -> list[Finding]:
        """Judges what `bins` gave out, day by day: what a day showed counts from its midnight."""
        t_ns, findings = self.bins.times(rows), list[Finding]()
        for day, at in by_day(t_ns):
            if self._day not in (None, day):
                self._close_day()
            self._day = day
            findings += self._segment(t_ns[at], rows.mean[at, 0], rows.mean[at, 1])
        return findings

    def afresh(self) -> "Watch":
        return Watch(self.row, self._period_s)

    def in_place_of(self, other: "Watch", found: list[Finding]) -> list[Finding]:
        """What stands of its own is news: the other could not judge yet."""
        return found[-1:] if self._timer.active else []

    def forget_alarm(self) -> None:
        """The past was learned from, not watched."""
        self._timer.active, self._timer.since_ns, self._raised_ns = False, None, None

    def _close_day(self) -> None:
        if np.isfinite(self._today).any():
            self._days = np.vstack([self._days, self._today])[-KEPT_DAYS:]
        self._today = np.full(4, np.nan)
        self._know()

    def _know(self) -> None:
        seen = np.isfinite(self._days).sum(axis=0)
        if not seen[_HIGH]:
            return
        most = np.fmax.reduce(self._days, axis=0)
        stops = float(most[_RAN]) if seen[_RAN] >= LEAST_DAYS else float("inf")
        starts = -float(most[_STOOD]) if seen[_STOOD] >= LEAST_DAYS else float("-inf")
        self._levels = Levels(stops, starts, MARGIN * float(most[_HIGH] + most[_LOW]))

    def _segment(self, t_ns: Int64s, status: Floats, level: Floats) -> list[Finding]:
        """Only of a bin before which it was in the same state is it known at which level that was."""
        before = np.concatenate(([self._before], status[:-1]))
        self._before = float(status[-1])
        known = np.isfinite(status) & np.isfinite(level) & (status == before)
        ran, stood = known & (status == 1.0), known & (status == 0.0)
        if self._began_ns is None:
            self._began_ns = int(t_ns[0])
        learns = int(t_ns[0]) - self._began_ns < self._learns_ns
        of = self._levels
        over = np.where(ran, level - of.stops, np.where(stood, of.starts - level, -np.inf))
        valid = (ran | stood) & (not learns)
        since = self._raised_ns
        changes = self._timer.run(t_ns, valid & (over > of.margin), valid & (over <= 0.0), valid)
        active, findings = np.full(len(t_ns), since is not None), list[Finding]()
        for i, on in changes:
            active[i:] = on
            self._raised_ns = int(t_ns[i]) if on else None
            findings.append(self._finding(int(t_ns[i]), on, bool(ran[i]), float(level[i])))
        since = since if self._raised_ns is None else self._raised_ns
        stands = active & (t_ns - (since or 0) > USUAL_NS)
        self._learn(ran, stood, level, learns | stands | ~(active | (valid & (over > of.margin))))
        return findings

    def _learn(self, ran: Mask, stood: Mask, level: Floats, usual: Mask) -> None:
        both = (ran | stood) & usual
        each = (level[ran & usual], -level[stood & usual], level[both], -level[both])
        self._today = np.fmax(self._today, [float(at.max()) if len(at) else np.nan for at in each])

    def _finding(self, t_ns: int, on: bool, ran: bool, level: float) -> Finding:
        row, of = self.row, self._levels
        reference = of.stops if ran else of.starts
        return Finding(
            alarm=row.id,
            kind=row.kind,
            verb=Verb.RAISE if on else Verb.CLEAR,
            t_ns=t_ns,
            tags=tuple(self.bins.tags),
            zone=row.zone,
            value=level,
            limit=reference + (of.margin if ran else -of.margin),
            evidence={
                "reference": reference,
                "off": level - reference,
                "off_in": "unit",
                "state": "running" if ran else "stopped",
            },
        )

    def snapshot(self) -> State:
        return {
            "bins": self.bins.snapshot(),
            "timer": self._timer.snapshot(),
            "began_ns": self._began_ns,
            "raised_ns": self._raised_ns,
            "day": self._day,
            "before": self._before,
            "days": self._days.tobytes(),
            "today": self._today.tobytes(),
        }

    def restore(self, state: State) -> None:
        """A snapshot of other tags or another grid is left aside: the past is learned anew."""
        if not self.bins.fits(state["bins"]):
            return
        self.bins.restore(state["bins"])
        self._timer.restore(state["timer"])
        self._began_ns, self._raised_ns = state["began_ns"], state["raised_ns"]
        self._day, self._before = state["day"], state["before"]
        self._days = np.frombuffer(state["days"]).reshape(-1, 4).copy()
        self._today = np.frombuffer(state["today"]).copy()
        self._know()


class LevelControls(Learners[Watch]):
    """One `Watch` a row. speed: plant seconds in a real second."""

    def __init__(self, rows: Iterable[AlarmDefinition], plant: Plant, speed: float, tags: Numbering) -> None:
        super().__init__((_watch(row, plant, speed) for row in rows), tags)


def _watch(row: AlarmDefinition, plant: Plant, speed: float) -> Watch:
    both = [plant.tags[id] for id in (row.tag, row.reference) if isinstance(id, str) and id in plant.tags]
    if len(both) < 2:
        raise ValueError(f"alarm {row.id}: a level control needs a status and a level")
    return Watch(row, max(tag.period_s for tag in both) * speed)
