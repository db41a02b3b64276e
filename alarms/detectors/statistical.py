"""A value that leaves its own usual level: an EWMA for a shift that stays, a CUSUM for one that is small.

Each chart is of a lane: a tag with a window to learn from. After a whole window, and LEARNED samples at
least, charts speak; the baseline remembers as many samples as that window held. It is frozen while a chart of
its lane is in alarm or waits to be, and learned anew when an alarm has stood for REBASE_NS: by then that is
the usual level. Only Good samples count. Charts count samples, not seconds (`alarms.charts`); delays are
event time.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from alarms.charts import DOWN, EWMA, HIGH, LEAST, LOW, MEAN, MOST, RATE, SD, SETTINGS, STATE, UP, take
from alarms.columns import NEVER, Slice
from alarms.detectors.detector import State
from alarms.kept_columns import put_back
from alarms.lanes import Lane, lanes_of, spread
from alarms.timers import SECOND, Timers
from alarms.watched import Watched
from core.model.alarm import AlarmDefinition
from core.model.finding import Finding, FindingKind, Verb
from core.model.sample import Floats, Int64s
from core.runtime.numbering import Mask, Numbering, Numbers, Places, picked

CHARTS = (FindingKind.EWMA, FindingKind.CUSUM)
LEARNED = 30
REBASE_NS = 86_400 * SECOND
_NO_TIME = 1 << 62
_NONE: Numbers = np.empty(0, np.intp)


class _Charts:
    """Both kinds of chart of n lanes: the EWMA of lane i is condition i, its CUSUM condition n + i. at: of
    the row among all, -1 for none; unit: of the score; high, low, most: what is back within the limits by
    the deadband."""

    def __init__(self, lanes: Sequence[Lane], gap_ns: Mapping[str, int], settings: Floats) -> None:
        self.n, rows = len(lanes), [lane.row(kind) for kind in CHARTS for lane in lanes]
        self.at = [lane.at.get(kind, -1) for kind in CHARTS for lane in lanes]
        self.ids = [row.id if row else "" for row in rows]
        on, off = (
            np.array([int(getattr(row, name, 0.0) * SECOND) for row in rows], np.int64)
            for name in ("on_delay_s", "off_delay_s")
        )
        self.timers = Timers(on, off, np.array([gap_ns[lane.tag] for lane in lanes] * 2, np.int64))
        unit = [spread(row) if row and row.kind is FindingKind.EWMA else 1.0 for row in rows]
        self.unit: Floats = np.array(unit, np.float64)
        deadband = self.unit * np.array([row.deadband if row else 0.0 for row in rows])
        ewma, cusum = deadband[: self.n], deadband[self.n :]
        self.high, self.low = settings[HIGH] - ewma, settings[LOW] + ewma
        self.most = settings[MOST] - cusum

    def compare(self, lanes: Numbers, state: Floats, settings: Floats) -> tuple[Mask, Mask]:
        """Of the lanes' EWMAs, then of their CUSUMs: beyond the limit, and back within it."""
        ewma, worst = state[EWMA, lanes], np.maximum(state[UP, lanes], state[DOWN, lanes])
        beyond = (ewma > settings[HIGH, lanes]) | (ewma < settings[LOW, lanes])
        within = (ewma <= self.high[lanes]) & (ewma >= self.low[lanes])
        enter = np.concatenate((beyond, worst > settings[MOST, lanes]))
        return enter, np.concatenate((within, worst <= self.most[lanes]))

    def score(self, chart: int, state: Floats) -> float:
        """In standard deviations, negative below the baseline."""
        if chart < self.n:
            return float(state[EWMA, chart] / self.unit[chart])
        up, down = state[UP, chart - self.n], state[DOWN, chart - self.n]
        return float(up if up >= down else -down)


class Statistical:
    """rows: of both kinds. began: when a lane's first sample was, NEVER before it; n: samples learned from,
    while it learns; rate: what its baseline takes of a sample when it is not frozen; raised: since when a
    chart of the lane is in alarm, _NO_TIME for none."""

    def __init__(self, rows: Sequence[AlarmDefinition], gap_ns: Mapping[str, int], tags: Numbering) -> None:
        self._rows, lanes = rows, lanes_of(rows)
        n = len(lanes)
        self._keys = "\n".join(lane.key for lane in lanes).encode()
        self._watched = Watched([lane.tag for lane in lanes], tags)
        settings = [lane.settings() for lane in lanes]
        self._settings = np.array(settings, np.float64).reshape(n, SETTINGS).T.copy()
        self._state = np.zeros((STATE, n))
        self._state[SD] = self._settings[LEAST]
        self._charts = _Charts(lanes, gap_ns, self._settings)
        self._window: Int64s = np.array([int(lane.window_s * SECOND) for lane in lanes], np.int64)
        self._began: Int64s = np.full(n, NEVER, np.int64)
        self._raised: Int64s = np.full(n, _NO_TIME, np.int64)
        self._n, self._rate = np.zeros(n), np.zeros(n)
        self._learning, self._stirred = np.ones(n, np.bool_), np.zeros(n, np.bool_)
        self._any_learns = True

    @property
    def tags(self) -> Numbers:
        return np.unique(self._watched.number)

    def update(self, s: Slice) -> list[Finding]:
        if s.stepped is not None:
            _, lanes = self._watched.of(s.stepped)
            self._charts.timers.begin_anew(np.concatenate((lanes, lanes + self._charts.n)))
        pairs = self._watched.pairs(s)
        if s.once:
            return self._layer(s, pairs.at, pairs.rows) if pairs.n else []
        every = np.arange(pairs.n)
        at, lanes = pairs.where(every)
        first, many = s.first[at], s.last[at] - s.first[at] + 1
        findings: list[Finding] = []
        for i in range(int(many.max(initial=0))):
            here = np.flatnonzero(many > i)
            findings += self._layer(s, first[here] + i, lanes[here])
        return findings

    def tick(self, now_ns: int, monotonic_s: float) -> list[Finding]:
        return []

    def _layer(self, s: Slice, at: Places, lanes: Places) -> list[Finding]:
        """One sample of each of these lanes. Those that are not Good change nothing."""
        x, bad = s.v[at], _NONE if s.all_good else np.flatnonzero(~s.good[at])
        learns = self._begin(s, at, lanes, bad) if self._any_learns else None
        state = self._state[:, lanes]
        if len(bad):
            kept, x = state[:, bad], x.copy()
            x[bad] = 0.0
        beyond = take(state, self._settings[:, lanes], x)
        if len(bad):
            state[:, bad] = kept
        if not isinstance(lanes, slice):
            self._state[:, lanes] = state
        if learns is not None:
            beyond &= ~self._learning[lanes]
            self._learn(s, *learns)
        beyond |= self._stirred[lanes]
        beyond[bad] = False
        if not beyond.any():
            return []
        here = np.flatnonzero(beyond)
        return self._judge(s, picked(at, here), picked(lanes, here))

    def _begin(self, s: Slice, at: Places, lanes: Places, bad: Numbers) -> tuple[Numbers, Numbers]:
        """Lanes that still learn: every Good sample of theirs weighs as much as each before."""
        learning = self._learning[lanes].copy()
        learning[bad] = False
        here = np.flatnonzero(learning)
        at, lanes = picked(at, here), picked(lanes, here)
        new = self._began[lanes] == NEVER
        self._began[lanes[new]] = s.t_ns[at[new]]
        self._state[MEAN, lanes[new]] = s.v[at[new]]
        self._n[lanes] += 1.0
        self._settings[RATE, lanes] = 1.0 / self._n[lanes]
        return at, lanes

    def _learn(self, s: Slice, at: Numbers, lanes: Numbers) -> None:
        """Charts of these lanes have not begun; those that have learned enough begin with the next sample."""
        self._state[EWMA:, lanes] = 0.0
        done = (s.t_ns[at] - self._began[lanes] >= self._window[lanes]) & (self._n[lanes] >= LEARNED)
        lanes = lanes[done]
        self._learning[lanes] = False
        self._rate[lanes] = 1.0 / self._n[lanes]
        self._any_learns = bool(self._learning.any())

    def _judge(self, s: Slice, at: Numbers, lanes: Numbers) -> list[Finding]:
        """Lanes with a chart beyond its limit, in alarm, or waiting."""
        t_ns, timers, n = s.t_ns[at], self._charts.timers, self._charts.n
        enter, leave = self._charts.compare(lanes, self._state, self._settings)
        two, known = np.concatenate((lanes, lanes + n)), np.ones(len(enter), np.bool_)
        changed = np.flatnonzero(timers.step(two, np.concatenate((t_ns, t_ns)), enter, leave, known))
        findings: list[Finding] = []
        for i, chart in zip((changed % len(lanes)).tolist(), two[changed].tolist(), strict=True):
            lane = chart % n
            stands = bool(timers.active[lane] or timers.active[lane + n])
            since_ns = min(int(self._raised[lane]), int(t_ns[i]))
            self._raised[lane] = since_ns if stands else _NO_TIME
            findings.append(self._finding(chart, int(t_ns[i]), float(s.v[at[i]])))
        resting = timers.resting(two)
        resting = resting[: len(lanes)] & resting[len(lanes) :]
        self._stirred[lanes] = ~resting
        self._settings[RATE, lanes] = np.where(resting, self._rate[lanes], 0.0)
        for i in np.flatnonzero(t_ns - self._raised[lanes] >= REBASE_NS).tolist():
            findings += self._rebase(int(lanes[i]), int(t_ns[i]), float(s.v[at[i]]))
        return findings

    def _rebase(self, lane: int, t_ns: int, v: float) -> list[Finding]:
        """What has stood for so long is the usual level: it is learned anew, and nothing is in alarm."""
        charts, timers = np.array([lane, lane + self._charts.n]), self._charts.timers
        stood = charts[timers.active[charts]].tolist()
        timers.reset(charts)
        findings = [self._finding(chart, t_ns, v, "rebased") for chart in stood]
        self._state[SD, lane], self._state[EWMA:, lane] = self._settings[LEAST, lane], 0.0
        self._began[lane], self._raised[lane], self._n[lane] = NEVER, _NO_TIME, 0.0
        self._learning[lane], self._stirred[lane], self._any_learns = True, False, True
        return findings

    def _finding(self, chart: int, t_ns: int, v: float, reason: str | None = None) -> Finding:
        row, lane = self._rows[self._charts.at[chart]], chart % self._charts.n
        score, mean = self._charts.score(chart, self._state), float(self._state[MEAN, lane])
        evidence: dict[str, float | str] = {
            "score_in": f"standard deviations of the {row.kind}",
            "side": "above" if score >= 0 else "below",
            "baseline": mean,
            "sd": float(self._state[SD, lane]),
        }
        return Finding(
            alarm=row.id,
            kind=row.kind,
            verb=Verb.RAISE if self._charts.timers.active[chart] else Verb.CLEAR,
            t_ns=t_ns,
            tags=(row.tag or "",),
            zone=row.zone,
            value=v,
            limit=mean,
            score=abs(score),
            evidence=evidence | ({"reason": reason} if reason else {}),
        )

    def _columns(self) -> tuple[np.ndarray, ...]:
        kept = (self._n, self._rate, self._began, self._raised, self._learning, self._stirred)
        return (*self._state, self._settings[RATE], *kept)

    def snapshot(self) -> State:
        return {
            "keys": self._keys,
            "columns": [column.tobytes() for column in self._columns()],
            "timers": self._charts.timers.snapshot(self._charts.ids),
        }

    def restore(self, state: State) -> None:
        """A lane whose rows, window or least deviation are others now learns anew."""
        keys = self._keys.decode().split("\n") if self._keys else []
        put_back(self._columns(), keys, state["columns"], state["keys"])
        self._charts.timers.restore(self._charts.ids, state["timers"])
        self._any_learns = bool(self._learning.any())
