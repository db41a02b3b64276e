"""A value too far from its setpoint: PV - SP, where SP is another tag or a constant.

ISA-18.2-2016, 3.1 (deviation alarm) and clause 10 (deadband, on-delay, off-delay). While the setpoint's
value is not known (Bad, Uncertain, or older than its gap) nothing is said of the deviation.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from alarms.columns import Slice
from alarms.detectors.detector import State
from alarms.paired import Moment, Paired, pair
from alarms.timers import timers_of
from core.model.alarm import AlarmDefinition, Side
from core.model.finding import Finding, Verb
from core.model.sample import Floats
from core.runtime.numbering import Numbering, Numbers


class Deviation:
    """setpoint of a row: how far it may lie off; in percent of the reference when the row is relative, and
    then nothing is said while the reference is 0."""

    def __init__(self, rows: Sequence[AlarmDefinition], gap_ns: Mapping[str, int], tags: Numbering) -> None:
        self._rows, rows = rows, list(rows)
        for row in rows:
            if row.setpoint is None:
                raise ValueError(f"alarm {row.id}: a deviation needs a setpoint")
        self._ids = [row.id for row in rows]
        self._paired = Paired(rows, gap_ns, tags)
        self._timers = timers_of(rows, self._paired.gap_ns[0])
        self._most = np.array([row.setpoint for row in rows], np.float64)
        self._deadband = np.array([row.deadband for row in rows], np.float64)
        self._sign = np.array([-1.0 if row.side is Side.BELOW else 1.0 for row in rows])
        self._either = np.array([row.side is Side.EITHER for row in rows], np.bool_)
        self._relative = np.array([row.relative for row in rows], np.bool_)

    @property
    def tags(self) -> Numbers:
        return self._paired.tags

    def update(self, s: Slice) -> list[Finding]:
        self._timers.begin_anew(self._paired.stepped(s))
        return [finding for moment in self._paired.moments(s) for finding in self._judge(moment)]

    def tick(self, now_ns: int, monotonic_s: float) -> list[Finding]:
        return []

    def _judge(self, m: Moment) -> list[Finding]:
        rows = m.rows
        off = self._off(m)
        known = m.known & np.isfinite(off)
        beyond = np.where(self._either[rows], np.abs(off), self._sign[rows] * off) - self._most[rows]
        enter, leave = beyond > 0, beyond <= -self._deadband[rows]
        changed = self._timers.step(rows, m.t_ns, enter, leave, known)
        return [self._finding(m, i, float(off[i])) for i in np.flatnonzero(changed).tolist()]

    def _off(self, m: Moment) -> Floats:
        """PV - SP in the row's own measure; NaN or infinite for percent of nothing."""
        off = m.v - m.reference
        relative = self._relative[m.rows]
        if relative.any():
            with np.errstate(invalid="ignore", divide="ignore"):
                off = np.where(relative, 100.0 * off / np.abs(m.reference), off)
        return np.asarray(off, np.float64)

    def _finding(self, m: Moment, i: int, off: float) -> Finding:
        at = int(m.rows[i])
        row, reference = self._rows[at], float(m.reference[i])
        most = float(self._most[at]) * (abs(reference) / 100.0 if row.relative else 1.0)
        return Finding(
            alarm=row.id,
            kind=row.kind,
            verb=Verb.RAISE if self._timers.active[at] else Verb.CLEAR,
            t_ns=int(m.t_ns[i]),
            tags=pair(row),
            zone=row.zone,
            value=float(m.v[i]),
            limit=reference + (most if off >= 0 else -most),
            evidence={"reference": reference, "off": off, "off_in": "percent" if row.relative else "unit"},
        )

    def snapshot(self) -> State:
        return {"paired": self._paired.snapshot(), "timers": self._timers.snapshot(self._ids)}

    def restore(self, state: State) -> None:
        self._paired.restore(state["paired"])
        self._timers.restore(self._ids, state["timers"])
