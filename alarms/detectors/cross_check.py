"""Readings of one zone that do not bear each other out: a pump that runs at a level at which it never did, a
flow without its pressure, a level that does not follow what is pumped.

Each reading beside what the others say of it (`agreement`, with its paper: Hawkins 1991), in bins of a
quarter of an hour or the slowest tag's period where that is longer. It says that something does not fit, and
where most: an instrument, a valve, a pump, a leak, or a hand in the control. window_s of a row: for so long
from the first reading on everything is usual and nothing is said. After it what is beyond the bar, or in
alarm, is not learned from; what has stood for a week is.
"""

from collections.abc import Iterable

import numpy as np

from alarms.bins import Bins, Rows, width_for
from alarms.detectors.agreement import LEAST_READINGS, Agreement, farthest
from alarms.detectors.detector import State
from alarms.detectors.expected_week import DAY_NS, by_day
from alarms.detectors.watches import Learners
from alarms.timers import SECOND, timer_of
from core.model.alarm import AlarmDefinition
from core.model.finding import Finding, Verb
from core.model.plant import Plant
from core.model.sample import Floats, Int64s
from core.model.tag import Quantity, Tag
from core.runtime.numbering import Numbering

WIDTH_S = 900
BAR, BACK = 2.0, 1.0
"""Times how far a reading lies off on nearly all usual days: beyond the one it is an alarm, within the other
none any more."""
USUAL_NS = 7 * DAY_NS
"""What has stood for so long is how the zone works now."""
MOST_TAGS = 120
TOLD = 6
"""Readings that a finding names."""
RESOLVED = {
    Quantity.FLOW: 0.01,
    Quantity.PRESSURE: 0.01,
    Quantity.LEVEL: 0.01,
    Quantity.STATUS: 0.01,
    Quantity.SPEED: 0.01,
}
"""Of quantities that are compared, in the tag's unit: what an instrument resolves at best."""
_OF_EQUIPMENT = (Quantity.STATUS, Quantity.SPEED)


def compared(plant: Plant, zone: str | None) -> list[Tag]:
    """Tags that are held against each other: hydraulic ones, and of equipment in the network."""
    of_water = (tag for tag in plant.tags_of(zone) if tag.quantity in RESOLVED)
    return [tag for tag in of_water if tag.quantity not in _OF_EQUIPMENT or tag.link is not None]


class Watch:
    """One row's zone."""

    LEARNS_DAYS = 56

    def __init__(self, row: AlarmDefinition, tags: list[Tag], speed: float) -> None:
        width_ns = width_for(max(tag.period_s for tag in tags) * speed, WIDTH_S)
        self._given = tags, speed
        self.row, self.bins = row, Bins([tag.id for tag in tags], width_ns)
        self._agreement = Agreement(np.array([RESOLVED[tag.quantity] for tag in tags]))
        self._timer = timer_of(row, 3 * width_ns)
        self._learns_ns = int((row.window_s or 0.0) * SECOND)
        self._began_ns: int | None = None
        self._day: int | None = None
        self._raised_ns: int | None = None
        self._first: int | None = None

    def advance(self, rows: Rows) -> list[Finding]:
        """Judges what `bins` gave out, day by day: what a day showed counts from its midnight."""
        t_ns, findings = self.bins.times(rows), list[Finding]()
        for day, at in by_day(t_ns):
            if self._day not in (None, day):
                self._agreement.close_day(int(DAY_NS // self.bins.width_ns))
            self._day = day
            findings += self._segment(t_ns[at], rows.mean[at])
        return findings

    def afresh(self) -> "Watch":
        return Watch(self.row, *self._given)

    def in_place_of(self, other: "Watch", found: list[Finding]) -> list[Finding]:
        """What stands of its own is news: the other could not judge yet."""
        return found[-1:] if self._timer.active else []

    def forget_alarm(self) -> None:
        """The past was learned from, not watched."""
        self._timer.active, self._timer.since_ns, self._raised_ns, self._first = False, None, None, None

    def _segment(self, t_ns: Int64s, x: Floats) -> list[Finding]:
        beside = self._agreement.beside(x)
        off, allowed = self._agreement.off(beside), self._agreement.allowed
        if self._began_ns is None:
            self._began_ns = int(t_ns[0])
        if allowed is None or int(t_ns[0]) - self._began_ns < self._learns_ns:
            self._agreement.learn(beside, off)
            return []
        ratio, findings = np.abs(off) / allowed, list[Finding]()
        usual = np.zeros(len(x), np.bool_)
        for i in np.flatnonzero(np.isfinite(ratio).any(axis=1)).tolist():
            if self._judge(int(t_ns[i]), ratio[i]):
                findings.append(self._finding(int(t_ns[i]), x[i], off[i], allowed))
            stood = self._raised_ns is not None and int(t_ns[i]) - self._raised_ns > USUAL_NS
            usual[i] = stood or not (self._timer.active or float(np.nanmax(ratio[i])) > BAR)
        self._agreement.learn(beside[usual], off[usual])
        return findings

    def _judge(self, t_ns: int, ratio: Floats) -> bool:
        """Whether the alarm changed. The reading that raised it must be known for it to end."""
        most = float(np.nanmax(ratio))
        gone = self._first is not None and not np.isfinite(ratio[self._first])
        one = np.array([True])
        enter, leave = one & (most > BAR), one & (most <= BACK and not gone)
        if not self._timer.run(np.array([t_ns], np.int64), enter, leave, one):
            return False
        self._raised_ns = t_ns if self._timer.active else None
        self._first = farthest(ratio)[0] if self._timer.active else None
        return True

    def _finding(self, t_ns: int, x: Floats, off: Floats, allowed: Floats) -> Finding:
        ratio = np.abs(off) / allowed
        order = farthest(ratio)
        first = order[0]
        expected, most = float(x[first] - off[first]), BAR * float(allowed[first])
        evidence: dict[str, float | str] = {
            "reference": expected,
            "off": float(off[first]),
            "off_in": "unit",
            "score_in": "times what it lies off on usual days",
        }
        evidence |= {f"x:{self.bins.tags[i]}": round(float(ratio[i]), 2) for i in order[:TOLD]}
        return Finding(
            alarm=self.row.id,
            kind=self.row.kind,
            verb=Verb.RAISE if self._timer.active else Verb.CLEAR,
            t_ns=t_ns,
            tags=tuple(self.bins.tags[i] for i in order[:TOLD]),
            zone=self.row.zone,
            value=float(x[first]),
            limit=expected + (most if off[first] >= 0 else -most),
            score=float(ratio[first]),
            evidence=evidence,
        )

    def snapshot(self) -> State:
        return {
            "bins": self.bins.snapshot(),
            "agreement": self._agreement.snapshot(),
            "timer": self._timer.snapshot(),
            "began_ns": self._began_ns,
            "day": self._day,
            "raised_ns": self._raised_ns,
            "first": self._first,
        }

    def restore(self, state: State) -> None:
        """A snapshot of other tags or another grid is left aside: the past is learned anew."""
        if not self.bins.fits(state["bins"]):
            return
        self.bins.restore(state["bins"])
        self._agreement.restore(state["agreement"])
        self._timer.restore(state["timer"])
        self._began_ns = state["began_ns"]
        self._day, self._raised_ns, self._first = state["day"], state["raised_ns"], state["first"]


class CrossChecks(Learners[Watch]):
    """One `Watch` a row. speed: plant seconds in a real second."""

    def __init__(self, rows: Iterable[AlarmDefinition], plant: Plant, speed: float, tags: Numbering) -> None:
        super().__init__((_watch(row, compared(plant, row.zone), speed) for row in rows), tags)


def _watch(row: AlarmDefinition, mine: list[Tag], speed: float) -> Watch:
    if not LEAST_READINGS <= len(mine) <= MOST_TAGS:
        raise ValueError(f"alarm {row.id}: its zone has {len(mine)} tags to compare")
    return Watch(row, mine, speed)
