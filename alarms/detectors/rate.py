"""Too fast a change: a robust slope over a stated window.

Theil-Sen (Sen 1968, JASA 63:1379): the median of the slopes between all pairs of a tenth-of-the-window
means, so a single spike or gap does not make a trend. At least three of them must hold Good samples.
Bins are those of `alarms.bins`, of one tag each, and so many that they are kept in columns.
"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from alarms.columns import Column, Slice
from alarms.definitions import ids_of
from alarms.detectors.detector import State
from alarms.kept_columns import put_back
from alarms.timers import SECOND, timers_of
from alarms.watched import Pairs, Watched
from core.model.alarm import AlarmDefinition
from core.model.finding import Finding, Verb
from core.model.sample import Floats, Int64s
from core.runtime.numbering import Mask, Numbering, Numbers, Places, together

PARTS = 10
LEAST = 3
_PAIRS = np.array(list(combinations(range(PARTS), 2)))
NEVER = -1
HOUR = 3600 * SECOND


def slopes(windows: Floats) -> Floats:
    """Median slope per bin over each row of PARTS means, (n,); NaN below LEAST of them."""
    finite = np.isfinite(windows).sum(axis=1)
    known = finite >= LEAST
    first, second = _PAIRS.T
    pairs = (windows[:, second] - windows[:, first]) / (second - first)
    if (finite == PARTS).all():
        return np.asarray(np.median(pairs, axis=1), np.float64)
    pairs[~known] = 0.0
    return np.where(known, np.nanmedian(pairs, axis=1), np.nan)


class Rate:
    """A row's setpoint > 0 speaks for a rise, < 0 for a fall; both per hour.

    end: of the bin that is being filled, NEVER before the first sample; bin k holds (k-1) x width < t <= k x
    width. total, count: of its Good samples. ring: means of the last PARTS bins, bin k in plane k % PARTS.
    """

    def __init__(self, rows: Sequence[AlarmDefinition], tags: Numbering) -> None:
        self._rows, rows = rows, list(rows)
        for row in rows:
            if row.tag is None or row.setpoint is None or row.window_s is None:
                raise ValueError(f"alarm {row.id}: a rate needs a tag, a setpoint and a window")
        names, n = [row.tag or "" for row in rows], len(rows)
        self._ids = ids_of(self._rows)
        self._names = "\n".join(self._ids).encode()
        self._watched = Watched(names, tags)
        windows = [int((row.window_s or 0.0) * SECOND) // PARTS for row in rows]
        self._width: Int64s = np.array(windows, np.int64)
        self._setpoint = np.array([row.setpoint for row in rows], np.float64)
        self._deadband = np.array([row.deadband for row in rows], np.float64)
        self._timers = timers_of(rows, 3 * self._width)
        self._end: Int64s = np.full(n, NEVER, np.int64)
        self._total, self._count = np.zeros(n), np.zeros(n)
        self._ring = np.full((PARTS, n), np.nan)

    @property
    def tags(self) -> Numbers:
        return np.unique(self._watched.number)

    def update(self, s: Slice) -> list[Finding]:
        pairs, many = self._watched.apart(s)
        findings = self._fill(s, pairs) if pairs.n else []
        for i, row in many:
            findings += self._walk(row, s.column(i))
        return findings

    def tick(self, now_ns: int, monotonic_s: float) -> list[Finding]:
        return []

    def _fill(self, s: Slice, pairs: Pairs) -> list[Finding]:
        """One sample for each of these rows; nearly all of them lie within the bin that is being filled."""
        at, rows = pairs.at, pairs.rows
        t_ns, end = s.t_ns[at], self._end[rows]
        inside = (t_ns < end) & (t_ns > end - self._width[rows])
        if not inside.all():
            findings = self._step(s, *pairs.where(np.flatnonzero(~inside)))
            at, rows = pairs.where(np.flatnonzero(inside))
            self._add(s, at, rows)
            return findings
        self._add(s, at, rows)
        return []

    def _add(self, s: Slice, at: Places, rows: Places) -> None:
        if s.all_good:
            self._total[rows] += s.v[at]
            self._count[rows] += 1.0
            return
        good = s.good[at]
        self._total[rows] += np.where(good, s.v[at], 0.0)
        self._count[rows] += good

    def _step(self, s: Slice, at: Numbers, rows: Numbers) -> list[Finding]:
        """One sample for each of these rows: it may end the bin before its own, and its own."""
        width, t_ns, end = self._width[rows], s.t_ns[at], self._end[rows]
        done = t_ns // width
        full = done * width == t_ns
        bin = done + ~full
        filling = end // width
        self._end[rows] = bin * width
        findings: list[Finding] = []
        if (over := (end != NEVER) & (bin > filling)).any():
            missing = np.where(over, np.minimum(bin - filling - 1, PARTS), -1)
            for empty in range(int(missing.max()) + 1):  # more than PARTS without a sample are like PARTS
                mine = missing >= empty
                findings += self._close(rows[mine], filling[mine] + empty)
        self._add(s, at, rows)
        if full.any():
            findings += self._close(rows[full], bin[full])
            self._end[rows[full]] += width[full]
        return findings

    def _close(self, rows: Numbers, bin: Int64s) -> list[Finding]:
        """These rows' bins are complete."""
        where = together(rows)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = self._total[where] / self._count[where]
        self._total[where], self._count[where] = 0.0, 0.0
        plane = bin % PARTS
        if (plane == plane[0]).all():
            self._ring[plane[0], where] = mean
        else:
            self._ring[plane, rows] = mean
        open_ = np.flatnonzero(~self._flat(where))
        rows, bin = rows[open_], bin[open_]
        planes = (bin[:, None] + np.arange(1, PARTS + 1)) % PARTS
        t_ns, slope = bin * self._width[rows], self._per_hour(rows, self._ring[planes, rows[:, None]])
        enter, leave, valid = self._judge(rows, slope)
        changed = np.flatnonzero(self._timers.step(rows, t_ns, enter, leave, valid))
        on = self._timers.active[rows]
        return [self._finding(int(rows[i]), int(t_ns[i]), bool(on[i]), float(slope[i])) for i in changed]

    def _flat(self, rows: Places) -> Mask:
        """Neither in alarm nor waiting for it, and provably no faster than the setpoint: of ten means in a
        row only 17 of the 45 slopes span less than three bins, so the median of all is at most a third of
        highest less lowest; of fewer means it is at most all of it."""
        ring = self._ring[:, rows]
        spread = ring.max(axis=0) - ring.min(axis=0)  # NaN when a mean is missing
        few = np.flatnonzero(np.isnan(spread))
        spread /= 3.0
        if len(few):
            some = ring[:, few]
            spread[few] = np.fmax.reduce(some, axis=0) - np.fmin.reduce(some, axis=0)
        slow = spread * (HOUR * (1 + 1e-9)) < np.abs(self._setpoint[rows]) * self._width[rows]
        return np.asarray(slow & self._timers.resting(rows), np.bool_)

    def _walk(self, row: int, column: Column) -> list[Finding]:
        """Many samples of one row."""
        width = int(self._width[row])
        bins = -(-column.t_ns // width)
        base = int(bins[0]) if self._end[row] == NEVER else int(self._end[row]) // width
        k = (bins - base)[column.good]
        total, count = np.zeros(int(bins[-1]) - base + 1), np.zeros(int(bins[-1]) - base + 1)
        total[0], count[0] = self._total[row], self._count[row]
        np.add.at(total, k, column.v[column.good])
        np.add.at(count, k, 1.0)
        n = int(column.t_ns[-1]) // width - base + 1
        self._end[row] = (base + n) * width
        self._total[row], self._count[row] = (total[n], count[n]) if n < len(total) else (0.0, 0.0)
        if n <= 0:
            return []
        with np.errstate(invalid="ignore", divide="ignore"):
            means = total[:n] / count[:n]
        before = self._ring[np.arange(base + 1, base + PARTS) % PARTS, row]
        means = np.concatenate((before, means))
        last = means[-PARTS:]
        self._ring[np.arange(base + n - len(last), base + n) % PARTS, row] = last
        t_ns = np.arange(base, base + n, dtype=np.int64) * width
        which = np.full(n, row)
        slope = self._per_hour(which, sliding_window_view(means, PARTS))
        changes = self._timers.run(row, t_ns, *self._judge(which, slope))
        return [self._finding(row, int(t_ns[i]), on, float(slope[i])) for i, on in changes]

    def _per_hour(self, rows: Numbers, windows: Floats) -> Floats:
        return slopes(windows) * (HOUR / self._width[rows])

    def _judge(self, rows: Numbers, slope: Floats) -> tuple[Mask, Mask, Mask]:
        valid, setpoint = np.isfinite(slope), self._setpoint[rows]
        beyond = np.where(valid, np.sign(setpoint) * slope - np.abs(setpoint), 0.0)
        return beyond > 0, beyond <= -self._deadband[rows], valid

    def _finding(self, at: int, t_ns: int, on: bool, slope: float) -> Finding:
        row = self._rows[at]
        return Finding(
            alarm=row.id,
            kind=row.kind,
            verb=Verb.RAISE if on else Verb.CLEAR,
            t_ns=t_ns,
            tags=(row.tag or "",),
            zone=row.zone,
            value=slope,
            limit=row.setpoint,
            evidence={"window_s": row.window_s or 0.0, "per": "hour"},
        )

    def _columns(self) -> tuple[np.ndarray, ...]:
        return (self._end, self._total, self._count, *self._ring)

    def snapshot(self) -> State:
        return {
            "ids": self._names,
            "columns": [column.tobytes() for column in self._columns()],
            "timers": self._timers.snapshot(self._ids),
        }

    def restore(self, state: State) -> None:
        put_back(self._columns(), self._ids, state["columns"], state["ids"])
        self._timers.restore(self._ids, state["timers"])
