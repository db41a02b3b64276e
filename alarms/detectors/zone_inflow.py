"""One district's inflow against its expected week, with the district's pressures beside it.

A burst is a step in inflow that its usual wandering does not explain and with which the pressures agree.
Windows of a few minutes find bursts, windows of hours find leaks (detection.md 3, multi-window tests).
"""

from collections.abc import Mapping
from dataclasses import asdict, replace

import numpy as np

from alarms.bins import Bins, Rows
from alarms.columns import Column
from alarms.detectors.between import Between, Hit, Windows, hits
from alarms.detectors.detector import State
from alarms.detectors.expected_week import Week, by_day
from alarms.detectors.inflow_change import Burst, Change, returned
from alarms.detectors.pace import pace_for
from alarms.detectors.steps import Pair, Step, clearest, columns_steps, steps
from alarms.detectors.zone_pressures import agreement, drops
from alarms.timers import SECOND
from core.model.finding import Verb
from core.model.sample import Floats, Int64s
from core.runtime.numbering import Mask

FAST_DAYS, SLOW_DAYS = 3, 8
LEAST_SHARE, LEAST_SLOW_SHARE, LEAST_M3H = 0.15, 0.06, 1.0
"""Of the mean inflow: what is less is not worth a person's attention, or not to be told from demand."""
LONE_BINS, LONE_FACTOR = 8, 1.4
"""Without agreeing pressures a step must stand this long and this far above the bar."""
REFINE_S = (300, 900)
REBASE_S = 86_400
PRESSURE_PAIR = Pair(3, 12)
PRESSURE_TAIL = 90
CONFIRM_BINS = 3
"""A burst told between two ends of a bin that so many bins after it do not show was none."""


class ZoneInflow:
    """inflow counts up, outflow down. Everything is in bins of `width_ns`. often: its meters tell so often
    that large steps are also looked for between the ends of the bins."""

    def __init__(
        self,
        inflow: tuple[str, ...],
        outflow: tuple[str, ...],
        pressures: tuple[str, ...],
        width_ns: int,
        often: bool = False,
    ) -> None:
        self.flows, self.pressures = (*inflow, *outflow), pressures
        self._signs = np.array([1.0] * len(inflow) + [-1.0] * len(outflow))
        self.bins = Bins((*self.flows, *pressures), width_ns)
        self.between = Between(self.bins.tags, width_ns, 1 + len(pressures)) if often and pressures else None
        self.pace = pace_for(width_ns)
        self.pairs = self.pace.pairs
        self._slow = np.array([pair.slow for pair in self.pairs])
        self._soon = sum(pair.after == self.pairs[0].after for pair in self.pairs)
        self._length = max(pair.after + pair.before for pair in self.pairs)
        self.week = Week(width_ns)
        self.spread = self.pace.spread(len(pressures))
        self._p_spread = self.pace.pressure_spread(len(pressures))
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

    def advance(self, rows: Rows | None, parts: Rows | None = None) -> list[Change]:
        """Judges, in the order of time, what `bins` gave out and what the bins of `between` did."""
        if self.between is not None and parts is not None:
            self.between.hear(parts.k, np.column_stack(self._netted(parts)))
        nothing = np.empty((0, len(self.pressures)))
        changes = self._walk(self._k, np.empty(0, np.int64), np.empty(0), nothing)
        if rows is None:
            return changes
        x, p = self._netted(rows)
        t_ns = self.bins.times(rows)
        for day, at in by_day(t_ns):
            if self._day not in (None, day):
                self.week.refit()
                self.spread.close_day()
                self._p_spread.close_day()
            self._day = day
            changes += self._walk(rows.k + at.start, t_ns[at], x[at], p[at])
        return changes

    def _netted(self, rows: Rows) -> tuple[Floats, Floats]:
        return rows.mean[:, : len(self.flows)] @ self._signs, rows.mean[:, len(self.flows) :]

    def _walk(self, k: int, t_ns: Int64s, x: Floats, p: Floats) -> list[Change]:
        """A stretch within one day, and the windows that end before its next bin does."""
        windows = list[Windows]()
        if self.between is not None:
            before = np.column_stack((self._x[len(self._x) - len(self._p) :], self._p))
            windows = self.between.due(k + len(x) - 1, self._k, before)
        changes, a = list[Change](), 0
        for hit in [*hits(windows, self._judge_between), None]:
            b = len(x) if hit is None else hit.k + 1 - k
            while a < b:
                told, rows_done = self._segment(k + a, t_ns[a:b], x[a:b], p[a:b])
                changes += told
                a += rows_done
            if hit is not None and self.burst is None:
                changes += self._consider_between(hit)
        return changes

    def _segment(self, k: int, t_ns: Int64s, x: Floats, p: Floats) -> tuple[list[Change], int]:
        """Bins of one day, in which the profile and the scales do not change; the changes, and how
        many rows were used up: an event's end blanks what it spoiled, so what follows is judged anew."""
        kept_x, kept_p = self._x, self._p
        self._x, self._p, self._k = np.concatenate((kept_x, x)), np.concatenate((kept_p, p)), k + len(x)
        tail_ns = t_ns[0] + np.arange(-len(kept_x), len(x), dtype=np.int64) * self.bins.width_ns
        expected = self.week.expected(tail_ns)
        r = self._x - expected
        s = self.pace.steps(r / self._gain(expected), len(x), self.spread.sigma)
        z = self._ready(s / self.spread.sigma)
        changes, open_rows, n = self._scan(k, z, r, expected)
        self.week.learn(t_ns[:n], np.where(open_rows, np.nan, x)[:n])
        self.spread.learn(np.where(open_rows[:, None], np.nan, s)[:n])
        self._p_spread.learn(columns_steps(self._p, PRESSURE_PAIR, len(p))[:n])
        self._x, self._p = np.concatenate((kept_x, x[:n])), np.concatenate((kept_p, p[:n]))
        self._k = k + n
        if changes and (reason := changes[-1].reason) in ("back", "rebased"):
            self._x[self.pace.spoiled(reason, changes[-1].burst.onset - self._k)] = np.nan
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
        ratio = z / self.spread.bar
        best = np.fmax.reduce(ratio, axis=1) if n else np.empty(0)
        above = np.flatnonzero(best > 1.0)
        i = 0
        while i < n:
            if self.burst is None:
                ahead = above[np.searchsorted(above, i) :]
                if not len(ahead) or ahead[0] > i:
                    self._lone = 0
                if not len(ahead):
                    break
                i = int(ahead[0])
            upto, p = len(r) - n + i + 1, self._p[: len(self._p) - n + i + 1]
            if self.burst is None:
                change = self._consider(k + i, ratio[i], z[i], r[:upto], expected[:upto], p)
            else:
                open_rows[i] = True
                change = self._watch(k + i, ratio[i], r[:upto], expected[:upto], p)
            i += 1
            if change:
                changes.append(change)
                if change.verb is Verb.CLEAR:
                    return changes, open_rows, i
        return changes, open_rows, n

    def _consider(
        self, k: int, ratio: Floats, z: Floats, r: Floats, expected: Floats, p: Floats
    ) -> Change | None:
        """A step above the bar at bin k: a burst if it is large enough and the pressures agree."""
        step = self._step(ratio, r)
        if step is None:
            return None
        pair = step.pair
        agrees = "unknown" if pair.slow else agreement(p, pair, self._p_spread.sigma)
        if agrees != "yes":
            self._lone += 1
            lasting = pair.slow or not self.pressures or self._lone >= LONE_BINS
            high = pair.slow or not self.pressures or ratio[step.n] >= LONE_FACTOR
            if not (lasting and high):
                return None
        self._begin(k, step, z, agrees)
        return self._change(Verb.RAISE, "step", k, r, expected, p)

    def _begin(self, k: int, step: Step, z: Floats, agrees: str, unconfirmed: int | None = None) -> None:
        n, pair, before, size, length = step
        self._lone = 0
        self.burst = Burst(k - length + 1, k, size, before, float(z[n]), agrees, pair.after)
        self.burst.raised_m3h, self.burst.unconfirmed = size, unconfirmed

    def _step(self, ratio: Floats, r: Floats) -> Step | None:
        """The clearest with which r ends; None when it is not above the bar or too small."""
        if not np.fmax.reduce(ratio) > 1.0:
            return None
        step = clearest(r, self.pairs, ratio)
        share = LEAST_SLOW_SHARE if step.pair.slow else LEAST_SHARE
        return None if step.size < max(LEAST_M3H, share * self.week.mean) else step

    def _judge_between(self, windows: Windows) -> tuple[Floats, Floats, Floats, Floats]:
        """By what the bins have learned."""
        expected = self.week.expected(windows.t_ns)
        r, soon = windows.mean[:, 0] - expected, self._soon
        s = np.full((windows.n, len(self.pairs)), np.nan)
        s[:, :soon] = steps(r / self._gain(expected), self.pairs[:soon], windows.n)
        z = self._ready(s / self.spread.sigma)
        return r, expected, z / self.spread.bar, z

    def _consider_between(self, hit: Hit) -> list[Change]:
        """A burst if it is large enough and the pressures agree; anything else is left to the bins."""
        upto = hit.at + 1
        step, p = self._step(hit.ratio, hit.r[:upto]), hit.windows.mean[:upto, 1:]
        if step is None or agreement(p, step.pair, self._p_spread.sigma) != "yes":
            return []
        self._begin(hit.k, step, hit.z, "yes", unconfirmed=0)
        return [self._change(Verb.RAISE, "step", hit.k, hit.r[:upto], hit.expected[:upto], p, hit.t_ns)]

    def _watch(self, k: int, ratio: Floats, r: Floats, expected: Floats, p: Floats) -> Change | None:
        """An open event at bin k: refined after 5 and 15 min, over when the inflow is back, or when it was
        told between two ends of a bin and no bin shows it."""
        burst = self.burst
        assert burst is not None
        bins = k - burst.onset
        since_s = bins * self.bins.width_ns / SECOND
        if burst.unconfirmed is not None and np.isfinite(r[-1]):
            shown = self._step(ratio, r) is not None
            burst.unconfirmed = None if shown else burst.unconfirmed + 1
        if burst.refined < len(REFINE_S) and since_s >= REFINE_S[burst.refined]:
            burst.refined += 1
            burst.size_m3h = float(np.nanmedian(r[-1 - bins :])) - burst.before_m3h
            return self._change(Verb.UPDATE, "refined", k, r, expected, p)
        recent = r[-self.pace.settle :]
        level = float(np.nanmedian(recent)) if np.isfinite(recent).any() else float("nan")
        burst.back = burst.back + 1 if level < burst.back_m3h and k - burst.seen >= self.pace.settle else 0
        reason = "rebased" if since_s >= REBASE_S else "back" if burst.back >= self.pace.back else None
        if (burst.unconfirmed or 0) >= CONFIRM_BINS:
            reason = "unconfirmed"
        change = self._change(Verb.CLEAR, reason, k, r, expected, p) if reason else None
        if change and reason == "back":
            back_k = returned(burst, k, r[-(self.pace.back + self.pace.settle) :])
            change = replace(change, back_ns=back_k * self.bins.width_ns)
        self.burst = None if reason else burst
        return change

    def _change(
        self, verb: Verb, reason: str, k: int, r: Floats, expected: Floats, p: Floats, t_ns: int | None = None
    ) -> Change:
        """By what was known when it happened: in bin k, or after it at t_ns."""
        assert self.burst is not None
        start = len(p) - (k + 1 - self.burst.onset)
        fell = None if verb is Verb.CLEAR else drops(self.pressures, p, start, self._p_spread.sigma)
        at_ns = k * self.bins.width_ns if t_ns is None else t_ns
        inflow = float(r[-1] + expected[-1])
        return Change(verb, at_ns, replace(self.burst), inflow, float(expected[-1]), reason, fell)

    def snapshot(self) -> State:
        return {
            "bins": self.bins.snapshot(),
            "between": None if self.between is None else self.between.snapshot(),
            "week": self.week.snapshot(),
            "spread": self.spread.snapshot(),
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
        if not (self.bins.fits(state["bins"]) and self.week.fits(state["week"])):
            return
        self.bins.restore(state["bins"])
        if self.between is not None and (between := state.get("between")):
            self.between.restore(between)
        self.week.restore(state["week"])
        self.spread.restore(state["spread"])
        self._p_spread.restore(state["p_spread"])
        self._day, self._k, self._lone = state["day"], state["k"], state["lone"]
        self._x = np.frombuffer(state["x"]).copy()
        if self.pressures:
            self._p = np.frombuffer(state["p"]).reshape(-1, len(self.pressures)).copy()
        self.burst = None if state["burst"] is None else Burst(**state["burst"])
