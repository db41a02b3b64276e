"""One district's inflow against its expected week, with the district's pressures beside it.

A burst is a step in inflow that its usual wandering does not explain and with which the pressures agree.
Windows of a few minutes find bursts, windows of hours find leaks (detection.md 3, multi-window tests).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise

import numpy as np

from alarms.bins import Bins, Rows
from alarms.columns import Column
from alarms.detectors.detector import State
from alarms.detectors.expected_week import Week, local_day
from alarms.detectors.spread import Spread
from alarms.detectors.steps import Pair, columns_steps, pairs_for, steps
from alarms.timers import SECOND
from core.model.finding import Verb
from core.model.sample import Floats, Int64s
from core.runtime.numbering import Mask

FLOOR, SLOW_FLOOR, ALONE_FLOOR, MARGIN = 5.5, 8.0, 5.5, 1.4
"""The bar over which a step counts, in robust standard deviations: at least FLOOR, SLOW_FLOOR for windows of
hours, ALONE_FLOOR where no gauge helps, and MARGIN times the usual daily peak."""
FAST_DAYS, SLOW_DAYS = 3, 8
LEAST_SHARE, LEAST_SLOW_SHARE, LEAST_M3H = 0.15, 0.06, 1.0
"""Of the mean inflow: what is less is not worth a person's attention, or not to be told from demand."""
LONE_BINS, LONE_FACTOR = 8, 1.4
"""Without agreeing pressures a step must stand this long and this far above the bar."""
BACK_SHARE, BACK_BINS, SETTLE_BINS = 0.4, 10, 15
REFINE_S = (300, 900)
REBASE_S = 86_400
PRESSURE_PAIR = Pair(3, 12)
PRESSURE_TAIL = 90


@dataclass(slots=True)
class Burst:
    """An open event. onset, seen: bins. before_m3h: the level before; raised_m3h: its size at first."""

    onset: int
    seen: int
    size_m3h: float
    before_m3h: float
    score: float
    agrees: str
    window_bins: int
    refined: int = 0
    back: int = 0
    raised_m3h: float = 0.0


@dataclass(frozen=True, slots=True)
class Drops:
    """Fall of each pressure over an event: medians before less medians after, m; NaN where unknown."""

    tags: tuple[str, ...]
    drop_m: Floats
    sigma_m: Floats
    bins_after: int


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to the event at bin k."""

    verb: Verb
    k: int
    burst: Burst
    inflow_m3h: float
    expected_m3h: float
    reason: str
    drops: Drops | None


class ZoneInflow:
    """inflow counts up, outflow down. Everything is in bins of `width_ns`."""

    def __init__(
        self, inflow: tuple[str, ...], outflow: tuple[str, ...], pressures: tuple[str, ...], width_ns: int
    ) -> None:
        self.flows, self.pressures = (*inflow, *outflow), pressures
        self._signs = np.array([1.0] * len(inflow) + [-1.0] * len(outflow))
        self.bins = Bins((*self.flows, *pressures), width_ns)
        self.pairs = pairs_for(width_ns)
        self._slow = np.array([pair.slow for pair in self.pairs])
        self._length = max(pair.after + pair.before for pair in self.pairs)
        self.week = Week()
        floors = [SLOW_FLOOR if pair.slow else FLOOR for pair in self.pairs]
        self._spread = Spread(floors if pressures else [ALONE_FLOOR] * len(floors), MARGIN)
        self._p_spread = Spread([1.0] * len(pressures), 1.0)
        self._day: int | None = None
        self._k = 0
        self._x = np.empty(0)
        self._p = np.empty((0, len(pressures)))
        self._lone = 0
        self.burst: Burst | None = None

    def update(self, columns: Mapping[str, Column]) -> list[Change]:
        rows = self.bins.add(columns)
        return [] if rows is None else self.advance(rows)

    def forget_burst(self) -> None:
        """The past was learned from, not watched: what was open in it is nobody's alarm."""
        self.burst, self._lone = None, 0

    def advance(self, rows: Rows) -> list[Change]:
        """Judges what `bins` gave out."""
        x = rows.mean[:, : len(self.flows)] @ self._signs
        p = rows.mean[:, len(self.flows) :]
        t_ns = (rows.k + np.arange(len(x), dtype=np.int64)) * self.bins.width_ns
        day = local_day(t_ns)
        changes: list[Change] = []
        cuts = [0, *(np.flatnonzero(np.diff(day)) + 1).tolist(), len(x)]
        for a, b in pairwise(cuts):
            if self._day is not None and int(day[a]) != self._day:
                self.week.refit()
                self._spread.close_day()
                self._p_spread.close_day()
            self._day = int(day[a])
            while a < b:
                told, rows_done = self._segment(rows.k + a, t_ns[a:b], x[a:b], p[a:b])
                changes += told
                a += rows_done
        return changes

    def _segment(self, k: int, t_ns: Int64s, x: Floats, p: Floats) -> tuple[list[Change], int]:
        """A stretch within one day, in which the profile and the scales do not change; the changes, and how
        many rows were used up: an event's end blanks what it spoiled, so what follows is judged anew."""
        kept_x, kept_p = self._x, self._p
        self._x, self._p, self._k = np.concatenate((kept_x, x)), np.concatenate((kept_p, p)), k + len(x)
        tail_ns = t_ns[0] + np.arange(-len(kept_x), len(x), dtype=np.int64) * self.bins.width_ns
        expected = self.week.expected(tail_ns)
        r = self._x - expected
        s = steps(r / self._gain(expected), self.pairs, len(x))
        z = self._ready(s / self._spread.sigma)
        changes, open_rows, n = self._scan(k, z, r, expected)
        self.week.learn(t_ns[:n], np.where(open_rows, np.nan, x)[:n])
        self._spread.learn(np.where(open_rows[:, None], np.nan, s)[:n])
        self._p_spread.learn(columns_steps(self._p, PRESSURE_PAIR, len(p))[:n])
        self._x, self._p = np.concatenate((kept_x, x[:n])), np.concatenate((kept_p, p[:n]))
        self._k = k + n
        if changes and changes[-1].reason == "back":
            self._x[changes[-1].burst.onset - self._k :] = np.nan
        self._x, self._p = self._x[-self._length :], self._p[-PRESSURE_TAIL:]
        return changes, n

    def _gain(self, expected: Floats) -> Floats:
        """Demand wanders more where there is more of it: by its square root."""
        mean = self.week.mean
        if not mean > 0:
            return np.ones(len(expected))
        return np.sqrt(np.maximum(expected / mean, 0.25))

    def _ready(self, z: Floats) -> Floats:
        days = self.week.days
        hold = np.where(self._slow, days < SLOW_DAYS, days < FAST_DAYS) | (self.week.profile is None)
        return np.where(hold, np.nan, z)

    def _scan(self, k: int, z: Floats, r: Floats, expected: Floats) -> tuple[list[Change], Mask, int]:
        """Walk the last len(z) bins, up to an event's end: from hit to hit while nothing is open, bin by bin
        while it is. Changes, the bins within an event, and how many bins were walked."""
        n, changes = len(z), list[Change]()
        open_rows = np.zeros(n, np.bool_)
        ratio = z / self._spread.bar
        best = np.fmax.reduce(ratio, axis=1) if n else np.empty(0)
        hits = np.flatnonzero(best > 1.0)
        i = 0
        while i < n:
            if self.burst is None:
                ahead = hits[np.searchsorted(hits, i) :]
                if not len(ahead) or ahead[0] > i:
                    self._lone = 0
                if not len(ahead):
                    break
                i = int(ahead[0])
                change = self._consider(k, i, n, ratio, z, r, expected)
            else:
                open_rows[i] = True
                change = self._watch(k, i, n, r, expected)
            i += 1
            if change:
                changes.append(change)
                if change.verb is Verb.CLEAR:
                    return changes, open_rows, i
        return changes, open_rows, n

    def _consider(
        self, k: int, i: int, n: int, ratio: Floats, z: Floats, r: Floats, expected: Floats
    ) -> Change | None:
        """A step above the bar at bin k + i: a burst if it is large enough and the pressures agree."""
        j = int(np.nanargmax(ratio[i]))
        pair, at = self.pairs[j], len(r) - n + i
        before = float(np.nanmean(r[max(0, at - pair.after - pair.before + 1) : at - pair.after + 1]))
        length = _since(r[at - pair.after + 1 : at + 1] - before)
        size = float(np.nanmean(r[at - length + 1 : at + 1])) - before
        share = LEAST_SLOW_SHARE if pair.slow else LEAST_SHARE
        if size < max(LEAST_M3H, share * self.week.mean):
            return None
        agrees = "unknown" if pair.slow else self._agreement(pair, n - 1 - i)
        if agrees != "yes":
            self._lone += 1
            lasting = pair.slow or not self.pressures or self._lone >= LONE_BINS
            high = pair.slow or not self.pressures or ratio[i, j] >= LONE_FACTOR
            if not (lasting and high):
                return None
        self._lone = 0
        self.burst = Burst(k + i - length + 1, k + i, size, before, float(z[i, j]), agrees, pair.after)
        self.burst.raised_m3h = size
        return self._change(Verb.RAISE, k + i, at, r, expected, "step")

    def _watch(self, k: int, i: int, n: int, r: Floats, expected: Floats) -> Change | None:
        """An open event at bin k + i: refined after 5 and 15 min, over when the inflow is back."""
        burst, at, width_s = self.burst, len(r) - n + i, self.bins.width_ns / SECOND
        assert burst is not None
        since_s = (k + i - burst.onset) * width_s
        if burst.refined < len(REFINE_S) and since_s >= REFINE_S[burst.refined]:
            burst.refined += 1
            onset = at - (k + i - burst.onset)
            burst.size_m3h = float(np.nanmedian(r[max(0, onset) : at + 1])) - burst.before_m3h
            return self._change(Verb.UPDATE, k + i, at, r, expected, "refined")
        recent = r[max(0, at - SETTLE_BINS + 1) : at + 1]
        level = float(np.nanmedian(recent)) if np.isfinite(recent).any() else float("nan")
        back = level - burst.before_m3h < BACK_SHARE * max(burst.size_m3h, burst.raised_m3h)
        burst.back = burst.back + 1 if back and k + i - burst.seen >= SETTLE_BINS else 0
        reason = "rebased" if since_s >= REBASE_S else "back" if burst.back >= BACK_BINS else None
        if reason is None:
            return None
        change = self._change(Verb.CLEAR, k + i, at, r, expected, reason)
        self.burst = None
        return change

    def _change(self, verb: Verb, k: int, at: int, r: Floats, expected: Floats, reason: str) -> Change:
        assert self.burst is not None
        burst = Burst(**asdict(self.burst))
        drops = self._drops(burst.onset, len(r) - 1 - at) if verb is not Verb.CLEAR else None
        return Change(verb, k, burst, float(r[at] + expected[at]), float(expected[at]), reason, drops)

    def _agreement(self, pair: Pair, back: int) -> str:
        """Do the pressures fall with the step that ends `back` bins before the newest? yes, no, unknown."""
        p = self._p[: len(self._p) - back]
        if not self.pressures or len(p) < pair.after + 3:
            return "unknown"
        fall = -columns_steps(p, Pair(pair.after, min(pair.before, len(p) - pair.after)), 1)[0]
        z = fall / self._p_spread.sigma
        z = z[np.isfinite(z)]
        if not len(z):
            return "unknown"
        return "yes" if np.median(z) > 0.5 and np.max(z) > 1.5 else "no"

    def _drops(self, onset: int, back: int) -> Drops | None:
        """What the pressures did since `onset`, by what was known `back` bins before the newest."""
        p = self._p[: len(self._p) - back]
        start = len(p) - (self._k - back - onset)
        if not self.pressures or start < 3:
            return None
        before, after = p[max(0, start - 15) : start], p[start:][:30]
        drop = np.array([_median(before[:, i]) - _median(after[:, i]) for i in range(len(self.pressures))])
        return Drops(self.pressures, drop, self._p_spread.sigma.copy(), len(after))

    def snapshot(self) -> State:
        return {
            "bins": self.bins.snapshot(),
            "week": self.week.snapshot(),
            "spread": self._spread.snapshot(),
            "p_spread": self._p_spread.snapshot(),
            "day": self._day,
            "k": self._k,
            "x": self._x.tobytes(),
            "p": self._p.tobytes(),
            "lone": self._lone,
            "burst": None if self.burst is None else asdict(self.burst),
        }

    def restore(self, state: State) -> None:
        """A snapshot of other tags or another grid is left aside: the past is learned anew."""
        if tuple(state["bins"]["tags"]) != self.bins.tags:
            return
        self.bins.restore(state["bins"])
        self.week.restore(state["week"])
        self._spread.restore(state["spread"])
        self._p_spread.restore(state["p_spread"])
        self._day, self._k, self._lone = state["day"], state["k"], state["lone"]
        self._x = np.frombuffer(state["x"]).copy()
        self._p = np.frombuffer(state["p"]).reshape(-1, len(self.pressures)).copy()
        self.burst = None if state["burst"] is None else Burst(**state["burst"])


def _since(step: Floats) -> int:
    """How many of the last bins the step fills: where its mean, weighed by their number, is clearest."""
    filled = np.where(np.isfinite(step), step, 0.0)[::-1]
    lengths = np.arange(1, len(filled) + 1)
    return int(np.argmax(np.cumsum(filled) / np.sqrt(lengths))) + 1


def _median(x: Floats) -> float:
    x = x[np.isfinite(x)]
    return float(np.median(x)) if len(x) else float("nan")
