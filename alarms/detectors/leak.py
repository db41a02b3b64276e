"""Leaks: each district's inflow at night, which rises and stays up (`nights` has the statistics)."""

from collections.abc import Iterable
from math import isfinite

import numpy as np

from alarms.bins import Bins, Rows, width_for
from alarms.detectors.burst import BurstTold
from alarms.detectors.detector import State
from alarms.detectors.expected_week import DAY_NS, UTC_OFFSET_NS, local_day
from alarms.detectors.nights import FROM_H, UNTIL_H, Morning, Nights, Told
from alarms.detectors.watches import Learners
from alarms.timers import SECOND
from core.model.alarm import AlarmDefinition
from core.model.finding import Finding, Verb
from core.model.plant import Plant, Zone
from core.runtime.numbering import Numbering

WIDTH_S = 900
LEAST_KNOWN = 2 / 3
"""Share of a night's bins that must be known."""
_HOUR_NS = 3600 * SECOND
_VERBS = {
    Told.FOUND: Verb.RAISE,
    Told.GREW: Verb.ESCALATE,
    Told.LESS: Verb.UPDATE,
    Told.BACK: Verb.CLEAR,
    Told.REBASED: Verb.CLEAR,
}


class Watch:
    """One row's district: inflow counts up, outflow down, in bins of a quarter of an hour or the meters' own
    period where that is longer."""

    LEARNS_DAYS = 56

    def __init__(self, row: AlarmDefinition, zone: Zone, period_s: float) -> None:
        width_ns = width_for(period_s, WIDTH_S)
        self.row, self.tags = row, (*zone.inflow, *zone.outflow)
        self._zone, self._period_s = zone, period_s
        self._signs = np.array([1.0] * len(zone.inflow) + [-1.0] * len(zone.outflow))
        self.bins, self.nights = Bins(self.tags, width_ns), Nights()
        self._least = LEAST_KNOWN * (UNTIL_H - FROM_H) * _HOUR_NS / width_ns
        self._day: int | None = None
        self._sum, self._n = 0.0, 0
        self._bursts = list[BurstTold]()
        self._burst_m3h, self._owed_m3h = 0.0, 0.0

    def hear(self, burst: BurstTold) -> None:
        """What the district's burst alarm says is told already: it is no leak's news next morning."""
        self._bursts.append(burst)

    def afresh(self) -> "Watch":
        return Watch(self.row, self._zone, self._period_s)

    def advance(self, rows: Rows) -> list[Finding]:
        """Adds up the night's bins; a night that is over is judged."""
        x = rows.mean @ self._signs
        t_ns = self.bins.times(rows)
        day = local_day(t_ns)
        since_ns = t_ns + UTC_OFFSET_NS - day * DAY_NS
        night = (since_ns > FROM_H * _HOUR_NS) & (since_ns <= UNTIL_H * _HOUR_NS)
        over = (since_ns >= UNTIL_H * _HOUR_NS) & (since_ns < UNTIL_H * _HOUR_NS + self.bins.width_ns)
        findings = list[Finding]()
        for i in np.flatnonzero(night | over).tolist():
            if self._day is not None and int(day[i]) != self._day:
                findings += self._morning(int(t_ns[i]))
            if night[i]:
                self._add(int(day[i]), float(x[i]))
            if over[i]:
                findings += self._morning(int(t_ns[i]))
        return findings

    def _add(self, day: int, x: float) -> None:
        self._day = day
        if isfinite(x):
            self._sum, self._n = self._sum + x, self._n + 1

    def _morning(self, t_ns: int) -> list[Finding]:
        day, total, n = self._day, self._sum, self._n
        self._day, self._sum, self._n = None, 0.0, 0
        due = [burst for burst in self._bursts if burst.t_ns <= t_ns]
        self._bursts = self._bursts[len(due) :]
        for burst in due:
            self._owed_m3h += burst.stands_m3h - self._burst_m3h
            self._burst_m3h = 0.0 if burst.usual else burst.stands_m3h
        if day is None or n < self._least:
            return []
        if self._owed_m3h:
            self.nights.know(day, self._owed_m3h)
            self._owed_m3h = 0.0
        told = self.nights.hear(day, total / n)
        return [] if told is None else [self._finding(told, t_ns)]

    def _finding(self, told: Morning, t_ns: int) -> Finding:
        leak, verb = told.leak, _VERBS[told.what]
        onset_ns, grew_ns = _begins_ns(leak.onset), _begins_ns(leak.seen - leak.nights + 1)
        worse = verb in (Verb.RAISE, Verb.ESCALATE)
        return Finding(
            alarm=self.row.id,
            kind=self.row.kind,
            verb=verb,
            t_ns=t_ns,
            tags=self.tags,
            zone=self.row.zone,
            value=told.flow,
            limit=told.usual if isfinite(told.usual) else None,
            score=leak.score,
            size_m3h=leak.size_m3h,
            began_ns=onset_ns if verb is Verb.RAISE else None,
            evidence={
                "score_in": "robust standard deviations of the mean of so many nights",
                "reason": told.what.value,
                "nights": float(leak.nights),
                "by_m3h": round(told.by_m3h, 2),
                "night_m3h": round(told.flow, 2),
                **({"usual_m3h": round(told.usual, 2)} if isfinite(told.usual) else {}),
                "onset_s": float(onset_ns // SECOND),
                **({"grew_s": float(grew_ns // SECOND)} if worse and grew_ns > onset_ns else {}),
            },
        )

    def in_place_of(self, other: "Watch", found: list[Finding]) -> list[Finding]:
        raised = [finding for finding in found if finding.verb is Verb.RAISE]
        return raised[-1:] if self.nights.leak is not None else []

    def forget_alarm(self) -> None:
        """The past was learned from, not watched: what was open in it is usual, and nobody's alarm."""
        self.nights.settle()

    def snapshot(self) -> State:
        bursts = [tuple(burst) for burst in self._bursts]
        of_bursts = {"bursts": bursts, "burst_m3h": self._burst_m3h, "owed_m3h": self._owed_m3h}
        running = {"day": self._day, "sum": self._sum, "n": self._n, **of_bursts}
        return {"bins": self.bins.snapshot(), "nights": self.nights.snapshot(), **running}

    def restore(self, state: State) -> None:
        """A snapshot of other tags or another grid is left aside: the past is learned anew."""
        if self.bins.fits(state["bins"]):
            self.bins.restore(state["bins"])
            self.nights.restore(state["nights"])
            self._day, self._sum, self._n = state["day"], state["sum"], state["n"]
            self._bursts = [BurstTold(*burst) for burst in state["bursts"]]
            self._burst_m3h, self._owed_m3h = state["burst_m3h"], state["owed_m3h"]


def _begins_ns(day: int) -> int:
    """The night of that day."""
    return day * DAY_NS + FROM_H * _HOUR_NS - UTC_OFFSET_NS


class Leaks(Learners[Watch]):
    """One `Watch` a row. speed: plant seconds in a real second."""

    def __init__(self, rows: Iterable[AlarmDefinition], plant: Plant, speed: float, tags: Numbering) -> None:
        super().__init__((_watch(row, plant, speed) for row in rows), tags)
        self._of_zone = dict[str, list[str]]()
        for id, watch in self.watches.items():
            self._of_zone.setdefault(watch.row.zone or "", []).append(id)
        self._bursts_meanwhile: dict[str, list[BurstTold]] = {}

    def hear(self, burst: BurstTold) -> None:
        """Of the same slice, before `update`."""
        for id in self._of_zone.get(burst.zone, ()):
            self.watches[id].hear(burst)
            if id in self._meanwhile.rows:
                self._bursts_meanwhile.setdefault(id, []).append(burst)

    def adopt(self, id: str, learned: Watch) -> list[Finding] | None:
        """It knows what the burst's alarm told meanwhile."""
        for burst in self._bursts_meanwhile.get(id, ()):
            learned.hear(burst)
        news = super().adopt(id, learned)
        if news is not None:
            self._bursts_meanwhile.pop(id, None)
        return news


def _watch(row: AlarmDefinition, plant: Plant, speed: float) -> Watch:
    zone = plant.zones.get(row.zone or "")
    if zone is None or not zone.inflow:
        raise ValueError(f"alarm {row.id}: a leak is looked for in a zone with an inflow meter")
    period_s = max(plant.tags[tag].period_s for tag in (*zone.inflow, *zone.outflow)) * speed
    return Watch(row, zone, period_s)
